//! The look of the shop: one frame, small pieces, everything escaped.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};

/// In the serverless and multi-tier shapes CloudFront answers for it, from S3.
const STYLE: &str = include_str!("../../static/shop.css");

/// The stylesheet, where nobody else serves it.
pub(crate) async fn stylesheet() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css"), (CACHE_CONTROL, "max-age=3600")], STYLE)
}

/// A whole page; `body` is HTML already.
pub(crate) fn page(title: &str, instance: &str, body: &str) -> Html<String> {
    let title = escape(title);
    let instance = escape(instance);
    Html(format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
<title>{title} · Bookshop</title><link rel=stylesheet href=\"/static/shop.css\"></head><body>\
<header><strong><a href=\"/\">Bookshop</a></strong><a href=\"/search?q=winter\">Search</a><a href=\"/cart\">Cart</a>\
<a href=\"/orders\">Orders</a><a href=\"/account\">Account</a></header><main><h1>{title}</h1>{body}</main>\
<footer>served by {instance}</footer></body></html>"
    ))
}

/// A page that only says something.
pub(crate) fn message(status: StatusCode, text: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("Sorry");
    (status, page(title, "the shop", &format!("<p>{}</p>", escape(text)))).into_response()
}

/// For paths the shop does not know.
pub(crate) async fn not_found() -> Response {
    message(StatusCode::NOT_FOUND, "There is no such page.")
}

/// A table; heads are plain text, cells are HTML already.
pub(crate) fn table<const N: usize>(heads: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut html = String::from("<table><thead><tr>");
    for head in heads {
        html.push_str(&format!("<th>{}</th>", escape(head)));
    }
    html.push_str("</tr></thead><tbody>");
    for row in rows {
        html.push_str("<tr>");
        for cell in row {
            html.push_str(&format!("<td>{cell}</td>"));
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    html
}

/// A link to a book.
pub(crate) fn book_link(id: i32, title: &str) -> String {
    format!("<a href=\"/book/{id}\">{}</a>", escape(title))
}

/// `1234` → `12.34`.
pub(crate) fn price(cents: impl Into<i64>) -> String {
    let cents: i64 = cents.into();
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Text as HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_text_stays_text() {
        assert_eq!(escape("<b a='1'>&\""), "&lt;b a=&#39;1&#39;&gt;&amp;&quot;");
    }

    #[test]
    fn cents_become_a_price() {
        assert_eq!(price(1205), "12.05");
        assert_eq!(price(5), "0.05");
    }
}
