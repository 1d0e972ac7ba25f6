//! Status glyphs: shape says it before colour does.

use leptos::prelude::*;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Over a limit: diamond.
    Critical,
    /// Worth a look: triangle.
    Warning,
    /// Within limits: disc.
    Good,
    /// No data: dashed ring.
    Unknown,
}

impl Status {
    /// Name in class names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Good => "good",
            Self::Unknown => "unknown",
        }
    }
}

/// The glyph of a status.
#[component]
pub fn StatusGlyph(
    /// How it is.
    status: Status,
    /// Class that sizes and colours it.
    #[prop(default = "status__glyph")]
    class: &'static str,
) -> impl IntoView {
    let mark = match status {
        Status::Critical => view! { <path d="M6 .6l5.4 5.4L6 11.4.6 6z" fill="currentColor" /> }.into_any(),
        Status::Warning => view! { <path d="M6 1l5.2 9.6H.8z" fill="currentColor" /> }.into_any(),
        Status::Good => view! { <circle cx="6" cy="6" r="4" fill="currentColor" /> }.into_any(),
        Status::Unknown => view! {
            <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.2 2" />
        }
        .into_any(),
    };
    view! { <svg class=class viewBox="0 0 12 12" aria-hidden="true">{mark}</svg> }
}
