//! Domain pieces of pages. They take plain data or signals and addresses; they know no routes.

pub mod app_bar;
pub mod brush;
pub mod chips;
pub mod clock;
pub mod context_bar;
pub mod context_tabs;
pub mod counters;
pub mod drawing;
pub mod fleet_table;
pub mod keys;
pub mod legend;
pub mod load_chart;
pub mod load_table;
pub mod mini_map;
pub mod panel;
pub mod reader;
pub mod refresh;
pub mod sentence;
pub mod sprite;
pub mod sql_text;
pub mod swatch;
pub mod tiles;
pub mod time_range;
pub mod tooltip;
pub mod top_sql;
pub mod verdict;
