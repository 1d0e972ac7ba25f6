//! Inks: what a shape looks like, by name. plotters knows colours only, so a colour stands for the
//! number of an ink; the collecting backend turns it back into a class and a fill.

use std::borrow::Cow;

use plotters::style::RGBColor;
use plotters_backend::BackendColor;

use super::Class;

/// Class and fill of a shape.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ink {
    pub(super) class: Class,
    pub(super) fill: Option<Class>,
}

/// The inks of one drawing.
#[derive(Default)]
pub(super) struct Inks(Vec<Ink>);

impl Inks {
    /// A colour that stands for shapes of `class`.
    pub(super) fn class(&mut self, class: impl Into<Cow<'static, str>>) -> RGBColor {
        self.add(Ink { class: class.into(), fill: None })
    }

    /// A colour that stands for shapes of `class` filled with the pattern `pattern`.
    pub(super) fn pattern(&mut self, class: impl Into<Class>, pattern: &str) -> RGBColor {
        self.add(Ink { class: class.into(), fill: Some(Cow::Owned(format!("url(#{pattern})"))) })
    }

    fn add(&mut self, ink: Ink) -> RGBColor {
        let number = self.0.iter().position(|known| *known == ink).unwrap_or_else(|| {
            self.0.push(ink);
            self.0.len() - 1
        });
        // Number 0 is black, which shapes get that nobody gave an ink.
        let [_, red, green, blue] = u32::try_from(number + 1).unwrap_or(0).to_be_bytes();
        RGBColor(red, green, blue)
    }

    /// The ink a colour stands for.
    pub(super) fn of(&self, colour: BackendColor) -> Option<&Ink> {
        let (red, green, blue) = colour.rgb;
        let number = u32::from_be_bytes([0, red, green, blue]).checked_sub(1)?;
        self.0.get(usize::try_from(number).ok()?)
    }
}
