//! Which literal stood where, as keyed hashes: skew can be seen without any value.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use units::Engine;

use crate::scan::Literal;
use crate::tokens::{Kind, Token, tokens_of};

/// Literals hashed of one statement.
pub const SLOT_HASHES_MAX: usize = 1_000;

/// The hash of one literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotHash {
    /// The literal's slot: literals are counted from 0 in the order of the text; elements of one IN list
    /// share a slot, and so do the same places of the rows of VALUES. Bind markers have a slot and no hash.
    pub slot: u32,
    /// HMAC-SHA-256 over the kind and the text of the literal, with its sign.
    pub hash: [u8; 32],
}

/// The literals of `text`, hashed with `key`, which is kept per installation and leaves it never.
#[must_use]
pub fn literal_slots(text: &str, engine: Engine, key: &[u8; 32]) -> Vec<SlotHash> {
    let (tokens, _) = tokens_of(text, engine);
    let tokens: Vec<Token> = tokens.into_iter().filter(|token| token.kind != Kind::Comment).collect();
    let mut slots = Slots { next: 0, list: None, row: None };
    let mut hashes = Vec::new();
    for at in 0..tokens.len() {
        slots.see(text, &tokens, at);
        let Kind::Literal(kind) = tokens[at].kind else { continue };
        let slot = slots.take();
        if kind != Literal::Marker && hashes.len() < SLOT_HASHES_MAX {
            hashes.push(SlotHash { slot, hash: hash(text, &tokens, at, kind, key) });
        }
    }
    hashes
}

struct Slots {
    next: u32,
    /// Brackets open in the IN list one is in, and its slot.
    list: Option<(usize, u32)>,
    /// Brackets open behind VALUES, and the slot of a row's first literal.
    row: Option<(usize, u32)>,
}

impl Slots {
    fn see(&mut self, text: &str, tokens: &[Token], at: usize) {
        let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
        match tokens[at].kind {
            Kind::Word if tokens[at].is_word(text, "values") => self.row = Some((0, self.next)),
            Kind::Open => {
                let in_list = before(1).is_some_and(|token| token.is_word(text, "in"));
                match (&mut self.list, &mut self.row) {
                    (Some((depth, _)), _) => *depth += 1,
                    (list @ None, _) if in_list => *list = Some((0, self.next)),
                    (None, Some((depth, first))) => {
                        *depth += 1;
                        if *depth == 1 {
                            self.next = *first;
                        }
                    }
                    (None, None) => {}
                }
            }
            Kind::Close => match (&mut self.list, &mut self.row) {
                (Some((0, slot)), _) => {
                    self.next = self.next.max(*slot + 1);
                    self.list = None;
                }
                (Some((depth, _)), _) => *depth -= 1,
                (None, Some((depth, _))) => *depth = depth.saturating_sub(1),
                (None, None) => {}
            },
            Kind::Word if matches!(self.row, Some((0, _))) => self.row = None,
            _ => {}
        }
    }

    fn take(&mut self) -> u32 {
        match self.list {
            Some((_, slot)) => {
                self.next = slot + 1;
                slot
            }
            None => {
                self.next += 1;
                self.next - 1
            }
        }
    }
}

fn hash(text: &str, tokens: &[Token], at: usize, kind: Literal, key: &[u8; 32]) -> [u8; 32] {
    // A key of 32 bytes is never refused.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(if kind == Literal::Number { b"n" } else { b"t" });
    if is_negative(text, tokens, at) {
        mac.update(b"-");
    }
    mac.update(tokens[at].of(text).as_bytes());
    mac.finalize().into_bytes().into()
}

/// Whether the token before a number is its sign.
fn is_negative(text: &str, tokens: &[Token], at: usize) -> bool {
    let Some(sign) = at.checked_sub(1).map(|at| &tokens[at]) else { return false };
    let subtracts = at.checked_sub(2).map(|at| tokens[at].kind);
    sign.of(text) == "-" && !matches!(subtracts, Some(Kind::Name | Kind::Close | Kind::Literal(_)))
}
