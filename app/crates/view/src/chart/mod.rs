//! Charts as data. plotters scales and draws; our backend collects marks; a component turns them
//! into elements and [`load_image`] into an image. The style sheet of the page decides how a
//! class looks.

mod axis;
mod backend;
mod bars;
mod columns;
mod crosshair;
mod fill;
mod ink;
mod lane;
mod load;
mod mark;
mod metric;
mod mini_map;
mod overlay;
mod path;
mod plane;
mod span;
mod stack;
mod strip;
mod svg;
mod words;

pub use axis::time_axis;
pub use bars::{WaterfallBar, WaterfallRow, draw_load_meter, draw_wait_bar, draw_waterfall, wait_bar_name};
pub use columns::Columns;
pub use crosshair::{crosshair_flag, crosshair_line};
pub use fill::{
    GAP_PATTERN, OTHER_PATTERN, Pattern, SERIES_FILLS, is_dark, layer_pattern, patterns, reference, series_pattern,
    wait_pattern,
};
pub use lane::{draw_alarm_lane, mover_lines};
pub use load::{LayerMark, LoadChart, LoadChartOptions, draw_load};
pub use mark::{Anchor, Class, Drawing, Fit, Mark, Place, ViewBox};
pub use metric::{LANE_ROW_PX, MetricChart, MetricOptions, draw_lane, draw_metric};
pub use mini_map::{MINI_MAP_HEIGHT, MiniMap, brush, draw_mini_map};
pub use span::{longest_span_over, spans_over};
pub use strip::{Strip, StripHeight, StripSeries, draw_load_strip, draw_spark, draw_stack_strip, draw_strip, gap_mark};
pub use svg::{Caption, load_image, metric_image, write_drawing};
pub use words::ChartWords;
