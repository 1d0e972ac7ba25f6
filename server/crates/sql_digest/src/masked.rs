//! A statement for display: literals are `?`, the layout stays.

use units::Engine;

use crate::tokens::{Kind, Token, tokens_of};

/// `text` with every literal as `?` and without comments, laid out as it was written. What an open
/// quote or comment at the end hides is not shown.
#[must_use]
pub fn masked(text: &str, engine: Engine) -> String {
    let (tokens, _) = tokens_of(text, engine);
    mask(text, &tokens).0
}

/// The masked text, and where each token stands in it.
pub(crate) fn mask(text: &str, tokens: &[Token]) -> (String, Vec<(usize, usize)>) {
    let mut out = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(tokens.len());
    let mut behind = 0;
    for token in tokens {
        // Between tokens there is only white space and, at a start, a byte order mark.
        let gap = text.get(behind..token.start).unwrap_or_default();
        out.extend(gap.chars().filter(|char| char.is_ascii_whitespace()));
        let start = out.len();
        match token.kind {
            Kind::Literal(_) => out.push('?'),
            Kind::Comment => {}
            _ => out.push_str(token.of(text)),
        }
        places.push((start, out.len()));
        behind = token.end;
    }
    out.truncate(out.trim_end().len());
    (out, places)
}
