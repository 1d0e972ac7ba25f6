//! From the archive to the view: align, slice, filter, sum, rank, compare, judge.
//!
//! A page's question goes in with the time it was asked at; panels come out. What the archive lacks
//! is asked for once through [`Reader`]. It must not know AWS, HTML or the clock. Its one law: rows,
//! remainder and unattributed load sum to the total, and what was not measured is nowhere counted
//! as 0.

mod alarms;
mod averages;
mod aws_cli;
mod blocking;
mod blocking_view;
mod buckets;
mod calls;
mod compare;
mod context;
mod counters;
mod elsewhere;
mod error;
mod explain;
mod facts;
mod find;
mod fleet;
mod gather;
mod hosts;
mod hypotheses;
mod judge;
mod literals;
mod load_view;
mod matrix;
mod page;
mod plan_flips;
mod plans;
mod question;
mod reader;
mod sources;
mod split;
mod sql_page;
mod statement_text;
mod statements;
mod tiers;
mod top_sql;
mod verdict;

pub use alarms::concerns;
pub use averages::{p99, weighted_mean};
pub use blocking::blocking_trees;
pub use blocking_view::{BlockingQuery, fetch_blocking};
pub use buckets::{MICROSCOPE_SECS, MOST_BUCKETS, bucket_for};
pub use compare::{CompareQuery, fetch_compare, judge_deploys};
pub use context::{ContextInput, rank_context, rank_dimension};
pub use counters::{Shown, fetch_counters, shown_for, strips};
pub use elsewhere::find_elsewhere;
pub use error::{Error, Result};
pub use explain::{Side, explain};
pub use facts::{facts_of, find_instance, trouble_of};
pub use find::find;
pub use fleet::{rank_fleet, row_of};
pub use judge::{Judgement, TileInput, judge_db_load, tiles};
pub use literals::fetch_literals;
pub use load_view::{LoadInput, fetch_db_load, fetch_overview, stack_load};
pub use matrix::{combined, only, reconciled, regrouped, remainder, without};
pub use plan_flips::plan_flips;
pub use plans::fetch_plans;
pub use question::{Question, plan, type_of_event};
pub use reader::Reader;
pub use sources::{fetch_sources, source_lines};
pub use sql_page::fetch_sql_page;
pub use statements::{SqlIndex, shortened, textless_digest};
pub use tiers::{
    Bought, ChangePoint, Noise, change_points, fetch_app, fetch_spend, fetch_tier, purchase_mix, rank_apps,
};
pub use top_sql::{MOST_ROWS, TopInput, rank, rank_top_sql};
pub use verdict::VerdictInput;

/// Facts of an instance by resource id, or by a name that only one has.
///
/// # Errors
/// [`Error::UnknownInstance`], [`Error::AmbiguousName`].
pub async fn fetch_instance(reader: &Reader, name_or_id: &str, now: units::Timestamp) -> Result<view::InstanceFacts> {
    let name = name_or_id.to_owned();
    reader
        .answer(now, move |lookup| {
            let id = find_instance(&lookup.archive, &name)?;
            Ok(facts_of(&lookup.instance(&id)?))
        })
        .await
}
