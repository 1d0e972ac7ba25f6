//! The tiers of an app: how they are, who moved first, what they say together, what they cost.

mod apps;
mod ask;
mod before;
mod boxes;
mod change_point;
mod drawer;
mod joins;
mod lane;
mod movers;
mod page;
mod purchase;
mod rules;
mod series;
mod spend;
mod state;
mod strips;
mod verdict;
mod world;

pub use apps::rank_apps;
pub use change_point::{ChangePoint, Noise, change_points};
pub use drawer::fetch_tier;
pub use page::fetch_app;
pub use purchase::{Bought, purchase_mix};
pub use spend::fetch_spend;
