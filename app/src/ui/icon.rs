//! Icons: references into the sprite that the shell writes once per page.

use leptos::prelude::*;
use leptos::svg;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Opens a menu.
    Caret,
    /// Back in time.
    Left,
    /// Forward in time.
    Right,
    /// Takes away.
    Close,
    /// Adds.
    Plus,
    /// Finds.
    Search,
    /// A link to copy.
    Link,
    /// Shows the call behind a panel.
    Code,
    /// Saves a file.
    Download,
    /// Asks again.
    Refresh,
    /// Theme and density.
    Sun,
    /// Zooms.
    Zoom,
    /// Copies a text.
    Copy,
    /// Time.
    Clock,
    /// Not allowed.
    Lock,
    /// Something is wrong.
    Warn,
    /// A true zero.
    Empty,
    /// Sorted downwards.
    Down,
    /// Menu of places on a phone.
    List,
    /// Switched off.
    Ban,
}

impl Icon {
    /// Reference into the sprite.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Caret => "#icon-caret",
            Self::Left => "#icon-left",
            Self::Right => "#icon-right",
            Self::Close => "#icon-close",
            Self::Plus => "#icon-plus",
            Self::Search => "#icon-search",
            Self::Link => "#icon-link",
            Self::Code => "#icon-code",
            Self::Download => "#icon-download",
            Self::Refresh => "#icon-refresh",
            Self::Sun => "#icon-sun",
            Self::Zoom => "#icon-zoom",
            Self::Copy => "#icon-copy",
            Self::Clock => "#icon-clock",
            Self::Lock => "#icon-lock",
            Self::Warn => "#icon-warn",
            Self::Empty => "#icon-empty",
            Self::Down => "#icon-down",
            Self::List => "#icon-list",
            Self::Ban => "#icon-ban",
        }
    }
}

/// An icon of the sprite, hidden from assistive technology: the control around it carries the name.
#[component]
pub fn IconMark(
    /// What it shows.
    icon: Icon,
    /// 12 instead of 16 pixels.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let class = if small { "icon icon--small" } else { "icon" };
    view! {
        <svg class=class viewBox="0 0 16 16" aria-hidden="true">
            {svg::r#use().attr("href", icon.href())}
        </svg>
    }
}
