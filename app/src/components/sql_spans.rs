//! A statement with keywords, tables and parameters told apart, and the places of findings marked.
//! What each stretch is was decided on the server.

use leptos::prelude::*;
use view::{SqlSpan, SqlSpanKind};

/// The statement as `<pre><code>`. `table` gives the address a table leads to.
#[component]
pub fn SqlSpans(
    /// Stretches which together are the text.
    spans: Vec<SqlSpan>,
    /// Where a table leads.
    table: Callback<String, String>,
) -> impl IntoView {
    let pieces = spans.into_iter().map(|span| {
        let text = match span.kind {
            SqlSpanKind::Plain => span.text.into_any(),
            SqlSpanKind::Keyword => view! { <span class="sql-block__keyword">{span.text}</span> }.into_any(),
            SqlSpanKind::Param => view! { <span class="sql-block__param">{span.text}</span> }.into_any(),
            SqlSpanKind::Comment => view! { <span class="sql-block__comment">{span.text}</span> }.into_any(),
            SqlSpanKind::Table => {
                let href = table.run(span.text.trim().to_owned());
                view! { <a class="sql-block__table" href=href>{span.text}</a> }.into_any()
            }
        };
        match span.mark {
            None => text,
            Some(number) => view! { <mark class="sql-block__mark" title=number.to_string()>{text}</mark> }.into_any(),
        }
    });
    let pieces = pieces.collect_view();
    view! {
        <pre class="sql-block" tabindex="0"><code>{pieces}</code></pre>
    }
}
