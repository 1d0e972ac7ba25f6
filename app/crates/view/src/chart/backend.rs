//! Our drawing backend for plotters: collects marks instead of writing text.

use std::convert::Infallible;

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, text_anchor::HPos,
};

use super::ink::Inks;
use super::{Anchor, Mark, Place, path};

type Outcome = Result<(), DrawingErrorKind<Infallible>>;

/// Collects what plotters draws. Shapes of one ink that follow each other become one path.
pub(super) struct Collector<'a> {
    size: (u32, u32),
    inks: &'a Inks,
    marks: &'a mut Vec<Mark>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(size: (u32, u32), inks: &'a Inks, marks: &'a mut Vec<Mark>) -> Self {
        Self { size, inks, marks }
    }

    fn add_path(&mut self, colour: BackendColor, points: impl IntoIterator<Item = BackendCoord>, closed: bool) {
        let Some(ink) = self.inks.of(colour).filter(|_| colour.alpha > 0.0) else { return };
        if let Some(Mark::Path { class, fill, d }) = self.marks.last_mut()
            && *class == ink.class
            && *fill == ink.fill
        {
            path::append(d, points, closed);
            return;
        }
        let mut d = String::new();
        path::append(&mut d, points, closed);
        if !d.is_empty() {
            self.marks.push(Mark::Path { class: ink.class.clone(), fill: ink.fill.clone(), d });
        }
    }
}

impl DrawingBackend for Collector<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Outcome {
        Ok(())
    }

    fn present(&mut self) -> Outcome {
        Ok(())
    }

    /// Vectors have no pixels; nothing we draw asks for one.
    fn draw_pixel(&mut self, _point: BackendCoord, _colour: BackendColor) -> Outcome {
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Outcome {
        if let Some(ink) = self.inks.of(style.color()).filter(|_| style.color().alpha > 0.0) {
            let place = |(x, y): BackendCoord| (Place::Px(x), Place::Px(y));
            self.marks.push(Mark::Line { class: ink.class.clone(), from: place(from), to: place(to) });
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, points: I, style: &S) -> Outcome {
        self.add_path(style.color(), points, false);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, points: I, style: &S) -> Outcome {
        self.add_path(style.color(), points, true);
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Outcome {
        if let Some(ink) = self.inks.of(style.color()) {
            let anchor = match style.anchor().h_pos {
                HPos::Left => Anchor::Start,
                HPos::Center => Anchor::Middle,
                HPos::Right => Anchor::End,
            };
            let (class, at) = (ink.class.clone(), (Place::Px(at.0), Place::Px(at.1)));
            self.marks.push(Mark::Text { class, at, dx: 0, anchor, text: text.to_owned() });
        }
        Ok(())
    }
}
