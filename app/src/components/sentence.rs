//! A sentence of the message table with its spans set.

use leptos::prelude::*;

use crate::messages::{Message, Say, Span, SpanStyle};

/// The spans of a sentence as elements.
#[must_use]
pub fn sentence(say: Say, message: Message, values: &[(&str, &str)]) -> AnyView {
    say.spans(message, values).into_iter().map(span_view).collect_view().into_any()
}

fn span_view(span: Span) -> AnyView {
    match span.style {
        SpanStyle::Plain => span.text.into_any(),
        SpanStyle::Strong => view! { <strong>{span.text}</strong> }.into_any(),
        SpanStyle::Code => view! { <code>{span.text}</code> }.into_any(),
    }
}
