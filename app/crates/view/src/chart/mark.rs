//! A drawing as plain data: what a component turns into elements, or [`super::svg`] into text.
//!
//! A stretched drawing holds geometry only. An overlay places by percentage of its width, so that
//! text is true at any width without script. Nothing carries an inline style: the
//! content-security policy would drop it.

use std::borrow::Cow;
use std::fmt;

/// A class name, or several with a space between.
pub type Class = Cow<'static, str>;

/// A coordinate or length of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Pixels, or units of the view box.
    Px(i32),
    /// Tenths of a pixel.
    Tenths(i32),
    /// Hundredths of a per cent of the width (or height).
    Percent(i32),
}

impl Place {
    /// The start of an axis.
    pub const ZERO: Self = Self::Px(0);
    /// All of it.
    pub const ALL: Self = Self::Percent(10_000);

    /// A part of the axis, 0 to 1, to the hundredth of a per cent.
    #[must_use]
    pub fn part(part: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "saturating, and parts are near 0 to 1")]
        let hundredths = (part * 10_000.0).round() as i32;
        Self::Percent(hundredths)
    }

    /// Pixels to the tenth.
    #[must_use]
    pub fn tenths(px: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "saturating, and drawings are small")]
        let tenths = (px * 10.0).round() as i32;
        Self::Tenths(tenths)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = |f: &mut fmt::Formatter<'_>, value: i32, scale: i32, unit: &str| {
            let sign = if value < 0 { "-" } else { "" };
            let (whole, rest) =
                (value.unsigned_abs() / scale.unsigned_abs(), value.unsigned_abs() % scale.unsigned_abs());
            match (rest, scale) {
                (0, _) => write!(f, "{sign}{whole}{unit}"),
                (rest, 100) if rest % 10 == 0 => write!(f, "{sign}{whole}.{}{unit}", rest / 10),
                (rest, 100) => write!(f, "{sign}{whole}.{rest:02}{unit}"),
                (rest, _) => write!(f, "{sign}{whole}.{rest}{unit}"),
            }
        };
        match *self {
            Self::Px(px) => write!(f, "{px}"),
            Self::Tenths(tenths) => decimal(f, tenths, 10, ""),
            Self::Percent(hundredths) => decimal(f, hundredths, 100, "%"),
        }
    }
}

/// Which end of a text stands at its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins there, or its class decides.
    #[default]
    Start,
    /// Its middle stands there.
    Middle,
    /// It ends there.
    End,
}

impl Anchor {
    /// Value of `text-anchor`; `None` where the attribute is not needed.
    #[must_use]
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Start => None,
            Self::Middle => Some("middle"),
            Self::End => Some("end"),
        }
    }
}

/// One element of a drawing.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// `<path>`: integer and relative after each `M`.
    Path {
        /// Class.
        class: Class,
        /// Reference to a pattern, `url(#wait-lock)`; `None` leaves it to the class.
        fill: Option<Class>,
        /// Path data.
        d: String,
    },
    /// `<line>`
    Line {
        /// Class.
        class: Class,
        /// One end: x, y.
        from: (Place, Place),
        /// Other end: x, y.
        to: (Place, Place),
    },
    /// `<rect>`
    Rect {
        /// Class.
        class: Class,
        /// As for paths.
        fill: Option<Class>,
        /// Left, top.
        at: (Place, Place),
        /// Width, height.
        size: (Place, Place),
        /// Corner radius.
        radius: u8,
    },
    /// `<circle>`
    Circle {
        /// Class.
        class: Class,
        /// Centre.
        at: (Place, Place),
        /// Radius.
        radius: Place,
    },
    /// `<text>`
    Text {
        /// Class.
        class: Class,
        /// Anchor point.
        at: (Place, Place),
        /// Pixels to move to the right of it.
        dx: i32,
        /// Which end stands there.
        anchor: Anchor,
        /// The words.
        text: String,
    },
    /// `<g>`
    Group {
        /// Class.
        class: Class,
        /// What it holds.
        marks: Vec<Self>,
    },
    /// A nested `<svg overflow="visible">`: moves its content to a percentage of the width.
    Frame {
        /// Class, may be empty.
        class: Class,
        /// Left, top.
        at: (Place, Place),
        /// Width and height, when they are not those of the drawing.
        size: (Option<Place>, Option<Place>),
        /// Name for assistive technology and for the pointer (`role="img"`, `aria-label`,
        /// `<title>`); `None` for geometry without a meaning of its own.
        name: Option<String>,
        /// What it holds.
        marks: Vec<Self>,
    },
}

/// View box of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ViewBox {
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Width, at least 1.
    pub width: u32,
    /// Height, at least 1.
    pub height: u32,
}

impl fmt::Display for ViewBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.x, self.y, self.width, self.height)
    }
}

/// How a view box meets the element's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// `preserveAspectRatio="none"`: geometry is stretched to the column.
    Stretch,
    /// `preserveAspectRatio="xMinYMid meet"`.
    Meet,
}

impl Fit {
    /// Value of `preserveAspectRatio`.
    #[must_use]
    pub const fn attribute(self) -> &'static str {
        match self {
            Self::Stretch => "none",
            Self::Meet => "xMinYMid meet",
        }
    }
}

/// One `<svg>` element.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Class of the element.
    pub class: Class,
    /// View box and how it is fitted; `None` for an overlay in pixels and percentages.
    pub view_box: Option<(ViewBox, Fit)>,
    /// Height attribute in pixels; `None` when the class sets it.
    pub height: Option<u32>,
    /// What it holds, in drawing order.
    pub marks: Vec<Mark>,
}
