//! Path data: integer, relative, straight runs merged. The encoding decides the weight of a page:
//! ten layers of 1,440 buckets are 174 kB with absolute decimals and 58 kB this way.

use std::fmt::Write as _;

/// Appends a subpath through `points` to `d`: absolute start, then relative steps. Points on a
/// straight horizontal or vertical run are merged, equal neighbours dropped. `closed` ends it with
/// `z`. Fewer than two points draw nothing.
pub(super) fn append(d: &mut String, points: impl IntoIterator<Item = (i32, i32)>, closed: bool) {
    let mut points = points.into_iter();
    let Some(start) = points.next() else { return };
    let mut steps = Vec::new();
    let mut at = start;
    for point in points {
        push_step(&mut steps, (point.0 - at.0, point.1 - at.1));
        at = point;
    }
    if steps.is_empty() {
        return;
    }
    // A string takes every write; the results carry no information.
    let _unused = write!(d, "M{} {}", start.0, start.1);
    let mut was_line = false;
    for step in steps {
        let _unused = match step {
            (dx, 0) => write!(d, "h{dx}"),
            (0, dy) => write!(d, "v{dy}"),
            (dx, dy) => {
                let letter = if was_line { " " } else { "l" };
                let gap = if dy < 0 { "" } else { " " };
                write!(d, "{}{dx}{gap}{dy}", if was_line && dx < 0 { "" } else { letter })
            }
        };
        was_line = step.0 != 0 && step.1 != 0;
    }
    if closed {
        d.push('z');
    }
}

fn push_step(steps: &mut Vec<(i32, i32)>, step: (i32, i32)) {
    match (steps.last_mut(), step) {
        (_, (0, 0)) => {}
        // Backwards over a run just drawn is kept: it is a spike with a shape of its own.
        (Some(last), (dx, 0)) if last.1 == 0 && (last.0 > 0) == (dx > 0) => last.0 += dx,
        (Some(last), (0, dy)) if last.0 == 0 && (last.1 > 0) == (dy > 0) => last.1 += dy,
        _ => steps.push(step),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(points: &[(i32, i32)], closed: bool) -> String {
        let mut d = String::new();
        append(&mut d, points.iter().copied(), closed);
        d
    }

    #[test]
    fn runs_merge_and_stay_relative() {
        assert_eq!(path(&[(0, 9), (5, 9), (10, 9), (10, 4), (15, 4), (15, 9), (0, 9)], true), "M0 9h10v-5h5v5h-15z");
        assert_eq!(path(&[(2, 5), (6, 4), (10, 6), (14, 6), (18, 2)], false), "M2 5l4-1 4 2h4l4-4");
        assert_eq!(path(&[(9, 5), (6, 4), (3, 6)], false), "M9 5l-3-1-3 2");
        assert_eq!(path(&[(3, 3)], true), "");
        assert_eq!(path(&[(3, 3), (3, 3)], true), "");
    }
}
