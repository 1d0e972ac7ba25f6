//! Every sentence the UI says, in one table: English, then Korean.
//!
//! A sentence may hold `{name}` places for values, `**strong**` and `` `code` `` spans. Values are
//! set in after the spans are found, so that no value can open one.

/// A table of sentences: a name, English, Korean.
macro_rules! messages {
    ($($name:ident: $en:literal, $ko:literal;)*) => {
        $(#[doc = $en]
        #[allow(clippy::doc_markdown, reason = "a sentence as readers see it, not prose about code")]
        pub const $name: Message = Message { en: $en, ko: $ko };)*

        #[cfg(test)]
        pub(super) const ALL: &[(&str, Message)] = &[$((stringify!($name), $name)),*];
    };
}

#[cfg(feature = "ssr")]
pub mod drill;
#[cfg(feature = "ssr")]
pub mod findings;
mod table;
#[cfg(feature = "ssr")]
pub mod wait_causes;
mod words;

pub use self::table::*;
pub use self::words::*;

use leptos::prelude::expect_context;

use crate::session::{Locale, Session};

/// One sentence in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    en: &'static str,
    ko: &'static str,
}

impl Message {
    /// The sentence in `locale`.
    #[must_use]
    pub const fn text(self, locale: Locale) -> &'static str {
        match locale {
            Locale::English => self.en,
            Locale::Korean => self.ko,
        }
    }
}

/// Speaks the reader's language.
#[derive(Clone, Copy, Debug)]
pub struct Say(pub Locale);

/// The reader's language.
///
/// # Panics
/// Outside of [`crate::App`], which provides the session.
#[must_use]
pub fn use_say() -> Say {
    use leptos::prelude::{StoredValue, WithValue};
    Say(expect_context::<StoredValue<Session>>().with_value(|session| session.locale))
}

impl Say {
    /// A sentence without values.
    #[must_use]
    pub const fn text(self, message: Message) -> &'static str {
        message.text(self.0)
    }

    /// A sentence with its values set in, spans unmarked.
    #[must_use]
    pub fn with(self, message: Message, values: &[(&str, &str)]) -> String {
        spans(message.text(self.0), values).into_iter().map(|span| span.text).collect()
    }

    /// A sentence with its values set in, as spans.
    #[must_use]
    pub fn spans(self, message: Message, values: &[(&str, &str)]) -> Vec<Span> {
        spans(message.text(self.0), values)
    }
}

/// A stretch of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// How it is set.
    pub style: SpanStyle,
    /// Its words.
    pub text: String,
}

/// How a stretch of a sentence is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanStyle {
    /// As it is.
    Plain,
    /// A number or fact that counts.
    Strong,
    /// SQL, an address, an action.
    Code,
}

fn spans(template: &str, values: &[(&str, &str)]) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for (strong, part) in template.split("**").enumerate() {
        for (code, text) in part.split('`').enumerate() {
            if text.is_empty() {
                continue;
            }
            let style = match (strong % 2, code % 2) {
                (_, 1) => SpanStyle::Code,
                (1, _) => SpanStyle::Strong,
                _ => SpanStyle::Plain,
            };
            found.push(Span { style, text: fill(text, values) });
        }
    }
    found
}

/// Replaces `{name}` by its value in one pass: what a value holds is never read as a place.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        filled.push_str(values.iter().find(|(have, _)| *have == name).map_or("–", |(_, value)| value));
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<&str> {
        let mut places: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn both_languages_say_the_same_things() {
        for (name, message) in [table::ALL, drill::ALL, findings::ALL, wait_causes::ALL].concat() {
            assert!(!message.en.is_empty() && !message.ko.is_empty(), "{name} is missing in one language");
            assert_eq!(places(message.en), places(message.ko), "{name} has other places in Korean");
            for text in [message.en, message.ko] {
                assert_eq!(text.matches("**").count() % 2, 0, "{name} leaves a span open");
                assert_eq!(text.matches('`').count() % 2, 0, "{name} leaves a span open");
                assert!(!text.contains('!'), "{name} shouts");
            }
        }
    }

    #[test]
    fn values_cannot_open_spans_or_places() {
        let say = Say(Locale::English);
        let message = Message { en: "**{a}** is `{b}`", ko: "" };
        let spans = say.spans(message, &[("a", "**{b}**"), ("b", "`x`")]);
        assert_eq!(spans.len(), 3);
        assert_eq!(spans[0], Span { style: SpanStyle::Strong, text: "**{b}**".to_owned() });
        assert_eq!(spans[2], Span { style: SpanStyle::Code, text: "`x`".to_owned() });
    }
}
