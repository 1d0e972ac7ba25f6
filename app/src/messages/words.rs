//! Names of the values of our types, by value.

use units::{Dimension, SortBy};
use view::{Blocked, ChangeKind, GapReason, TierPlace};

use super::{Message, Say, table as m};
use crate::paths::SqlTab;
use crate::session::{Density, Theme};

/// Name of a theme.
#[must_use]
pub const fn theme(theme: Theme) -> Message {
    match theme {
        Theme::System => m::THEME_SYSTEM,
        Theme::Light => m::THEME_LIGHT,
        Theme::Dark => m::THEME_DARK,
    }
}

/// Name of a density.
#[must_use]
pub const fn density(density: Density) -> Message {
    match density {
        Density::Comfortable => m::DENSITY_COMFORTABLE,
        Density::Compact => m::DENSITY_COMPACT,
    }
}

/// Name of a dimension.
#[must_use]
pub const fn dimension(dimension: Dimension) -> Message {
    match dimension {
        Dimension::Wait => m::DIMENSION_WAIT,
        Dimension::WaitType => m::DIMENSION_WAIT_TYPE,
        Dimension::Sql => m::DIMENSION_SQL,
        Dimension::Statement => m::DIMENSION_STATEMENT,
        Dimension::User => m::DIMENSION_USER,
        Dimension::Host => m::DIMENSION_HOST,
        Dimension::Application => m::DIMENSION_APPLICATION,
        Dimension::Database => m::DIMENSION_DATABASE,
        Dimension::SessionType => m::DIMENSION_SESSION_TYPE,
        Dimension::BlockingSession => m::DIMENSION_BLOCKING_SESSION,
        Dimension::BlockingSql => m::DIMENSION_BLOCKING_SQL,
        Dimension::BlockingObject => m::DIMENSION_BLOCKING_OBJECT,
        Dimension::Plan => m::DIMENSION_PLAN,
        Dimension::Table => m::DIMENSION_TABLE,
        Dimension::Kind => m::DIMENSION_KIND,
        Dimension::Tag => m::DIMENSION_TAG,
    }
}

/// A name as it stands inside of a sentence: `Wait type` becomes `wait type`, `SQL` stays.
#[must_use]
pub fn inside(name: &str) -> String {
    let is_abbreviation = name.as_bytes().get(1).is_some_and(u8::is_ascii_uppercase);
    if is_abbreviation { name.to_owned() } else { name.to_ascii_lowercase() }
}

/// Name of a context tab.
#[must_use]
pub const fn tab(tab: Dimension) -> Message {
    match tab {
        Dimension::Wait => m::TAB_WAITS,
        Dimension::WaitType => m::TAB_WAIT_TYPES,
        Dimension::User => m::TAB_USERS,
        Dimension::Host => m::TAB_HOSTS,
        Dimension::Application => m::TAB_APPLICATIONS,
        Dimension::Database => m::TAB_DATABASES,
        Dimension::SessionType => m::TAB_SESSION_TYPES,
        Dimension::BlockingSession => m::TAB_BLOCKERS,
        other => dimension(other),
    }
}

/// Name of a tab of a statement.
#[must_use]
pub const fn sql_tab(tab: SqlTab) -> Message {
    match tab {
        SqlTab::Waits => m::TAB_WAITS,
        SqlTab::Callers => m::SQL_TAB_CALLERS,
        SqlTab::Plans => m::PLANS,
        SqlTab::Blocking => m::BLOCKING,
        SqlTab::Literals => m::SQL_TAB_LITERALS,
        SqlTab::Children => m::SQL_TAB_CHILDREN,
        SqlTab::Elsewhere => m::SQL_TAB_ELSEWHERE,
    }
}

/// Name of an order.
#[must_use]
pub const fn sort_name(sort: SortBy) -> Message {
    match sort {
        SortBy::Mean => m::SORT_MEAN,
        SortBy::Peak => m::SORT_PEAK,
        SortBy::P99 => m::SORT_P99,
        SortBy::Change => m::SORT_CHANGE,
        SortBy::Calls => m::SORT_CALLS,
        SortBy::Latency => m::SORT_LATENCY,
        SortBy::Rows => m::SORT_ROWS,
    }
}

/// Label of a tile, by its key.
#[must_use]
pub fn tile(key: &str) -> Option<Message> {
    Some(match key {
        "now" => m::TILE_NOW,
        "peak" => m::PEAK,
        "p99" => m::TILE_P99,
        "mean" => m::MEAN,
        "cpu" => m::TILE_CPU,
        "connections" => m::TILE_CONNECTIONS,
        "alarms" => m::ALARMS,
        "coverage" => m::TILE_COVERAGE,
        _ => return None,
    })
}

/// The words around the note of a tile, by its key.
#[must_use]
pub fn tile_note(key: &str) -> Option<Message> {
    Some(match key {
        "peak" => m::NOTE_PEAK,
        "p99" => m::NOTE_P99,
        "mean" => m::NOTE_MEAN,
        "coverage" => m::NOTE_COVERAGE,
        _ => return None,
    })
}

/// Why a span is missing.
#[must_use]
pub fn gap_reason(reason: &GapReason, say: Say) -> String {
    match reason {
        GapReason::NoSamples => say.text(m::GAP_NO_SAMPLES).to_owned(),
        GapReason::NotCollected => say.text(m::GAP_NOT_COLLECTED).to_owned(),
        GapReason::OutsideRetention => say.text(m::GAP_OUTSIDE_RETENTION).to_owned(),
        GapReason::Failed(cause) => cause.clone(),
        GapReason::Damaged => say.text(m::GAP_DAMAGED).to_owned(),
    }
}

/// Why a chip is not applied.
#[must_use]
pub fn blocked(filter: &str, reason: Blocked, say: Say) -> String {
    match reason {
        Blocked::OneOther { taken } => {
            let taken = inside(say.text(dimension(taken)));
            say.with(m::BLOCKED_ONE_OTHER, &[("filter", filter), ("taken", &taken)])
        }
        Blocked::TooMany { questions } => {
            say.with(m::BLOCKED_TOO_MANY, &[("filter", filter), ("count", &questions.to_string())])
        }
    }
}

/// The sentence of a rule of the verdict, by its key.
#[must_use]
pub fn rule(key: &str) -> Option<Message> {
    Some(match key {
        "load_above_vcpu" => m::RULE_LOAD_ABOVE_VCPU,
        "load_above_vcpu_now" => m::RULE_LOAD_ABOVE_VCPU_NOW,
        "load_above_before" => m::RULE_LOAD_ABOVE_BEFORE,
        "wait_dominates" => m::RULE_WAIT_DOMINATES,
        "cpu_dominates" => m::RULE_CPU_DOMINATES,
        "digest_causes" => m::RULE_DIGEST_CAUSES,
        "digest_new" => m::RULE_DIGEST_NEW,
        "digest_route" => m::RULE_DIGEST_ROUTE,
        "caller_application" => m::RULE_CALLER_APPLICATION,
        "caller_host" => m::RULE_CALLER_HOST,
        "caller_user" => m::RULE_CALLER_USER,
        "blocked_not_busier" => m::RULE_BLOCKED_NOT_BUSIER,
        "slower_not_busier" => m::RULE_SLOWER_NOT_BUSIER,
        "busier_not_slower" => m::RULE_BUSIER_NOT_SLOWER,
        "busier_and_slower" => m::RULE_BUSIER_AND_SLOWER,
        "no_data" => m::RULE_NO_DATA,
        "sql_changed" => m::RULE_SQL_CHANGED,
        "sql_new" => m::RULE_SQL_NEW,
        "sql_stands" => m::RULE_SQL_STANDS,
        "sql_calls_latency" => m::RULE_SQL_CALLS_LATENCY,
        "sql_change_is_wait" => m::RULE_SQL_CHANGE_IS_WAIT,
        "sql_blocked" => m::RULE_SQL_BLOCKED,
        "compare_summary" => m::RULE_COMPARE_SUMMARY,
        "compare_unknown" => m::RULE_COMPARE_UNKNOWN,
        "tier_moved_first" => m::RULE_TIER_MOVED_FIRST,
        "demand_moved_first" => m::RULE_DEMAND_MOVED_FIRST,
        "tiers_together" => m::RULE_TIERS_TOGETHER,
        "tier_unwell" => m::RULE_TIER_UNWELL,
        "tiers_steady" => m::RULE_TIERS_STEADY,
        "tiers_unknown" => m::RULE_TIERS_UNKNOWN,
        "reading_database" => m::READING_DATABASE,
        "reading_demand" => m::READING_DEMAND,
        "reading_limit" => m::READING_LIMIT,
        "reading_targets" => m::READING_TARGETS,
        "reading_fewer_targets" => m::READING_FEWER_TARGETS,
        "reading_app" => m::READING_APP,
        "reading_pool" => m::READING_POOL,
        "reading_queries" => m::READING_QUERIES,
        _ => return None,
    })
}

/// Name of a place of the tier strip.
#[must_use]
pub const fn place(place: TierPlace) -> Message {
    match place {
        TierPlace::Edge => m::PLACE_EDGE,
        TierPlace::Balancer => m::PLACE_BALANCER,
        TierPlace::Compute => m::PLACE_COMPUTE,
        TierPlace::Data => m::PLACE_DATA,
    }
}

/// Name of a golden signal, by its key.
#[must_use]
pub fn signal(key: &str) -> Message {
    match key {
        "traffic" => m::SIGNAL_TRAFFIC,
        "latency" => m::SIGNAL_LATENCY,
        "errors" => m::SIGNAL_ERRORS,
        _ => m::SIGNAL_SATURATION,
    }
}

/// Name of a figure of the reading rules, by its key.
#[must_use]
pub fn figure(key: &str) -> Message {
    match key {
        "traffic" => m::FIGURE_TRAFFIC,
        "latency" => m::FIGURE_LATENCY,
        "balancer_errors" => m::FIGURE_BALANCER_ERRORS,
        "target_errors" => m::FIGURE_TARGET_ERRORS,
        "load_per_request" => m::FIGURE_LOAD_PER_REQUEST,
        "queries_per_request" => m::FIGURE_QUERIES_PER_REQUEST,
        "connections" => m::FIGURE_CONNECTIONS,
        "throttles" => m::FIGURE_THROTTLES,
        "healthy_share" => m::FIGURE_HEALTHY_SHARE,
        _ => m::FIGURE_LOAD,
    }
}

/// What a reading rule asks of a figure, by its key.
#[must_use]
pub fn trend(key: &str) -> Message {
    match key {
        "up" => m::TREND_UP,
        "not_up" => m::TREND_NOT_UP,
        "down" => m::TREND_DOWN,
        "some" => m::TREND_SOME,
        "none" => m::TREND_NONE,
        _ => m::TREND_LOW,
    }
}

/// What discovery cannot see, by its key.
#[must_use]
pub fn sight_limit(key: &str) -> Message {
    match key {
        "denied" => m::LIMIT_DENIED,
        "proxy_hides_callers" => m::LIMIT_PROXY,
        "shared_interfaces" => m::LIMIT_INTERFACES,
        "unknown_addresses" => m::LIMIT_ADDRESSES,
        _ => m::LIMIT_FAILED,
    }
}

/// How instances are bought, by its key.
#[must_use]
pub fn purchase(key: &str) -> Message {
    match key {
        "savings_plan" => m::BUY_SAVINGS_PLAN,
        "reserved" => m::BUY_RESERVED,
        "spot" => m::BUY_SPOT,
        "spot_spikes" => m::BUY_SPOT_SPIKES,
        _ => m::BUY_ON_DEMAND,
    }
}

/// What a reader must know about an alarm, by its key.
#[must_use]
pub fn alarm_note(key: &str) -> Option<Message> {
    Some(match key {
        "never_seen" => m::NOTE_NEVER_SEEN,
        "not_collected" => m::NOTE_NOT_COLLECTED,
        "gone" => m::NOTE_GONE,
        "several" => m::NOTE_SEVERAL,
        "not_an_alarm" => m::NOTE_NOT_AN_ALARM,
        "unreadable" => m::NOTE_UNREADABLE,
        "time_last_alarm" => m::NOTE_TIME_LAST_ALARM,
        "time_last_change" => m::NOTE_TIME_LAST_CHANGE,
        "time_now" => m::NOTE_TIME_NOW,
        "time_in_future" => m::NOTE_TIME_IN_FUTURE,
        "instance_elsewhere" => m::NOTE_INSTANCE_ELSEWHERE,
        "database_not_listed" => m::NOTE_DATABASE_NOT_LISTED,
        "rule_unreadable" => m::NOTE_RULE_UNREADABLE,
        "rule_circular" => m::NOTE_RULE_CIRCULAR,
        "child_unknown" => m::NOTE_CHILD_UNKNOWN,
        "query_names_none" => m::NOTE_QUERY_NAMES_NONE,
        "metrics_in_region" => m::NOTE_METRICS_IN_REGION,
        _ => return None,
    })
}

/// Why an alarm is worth having, by its key.
#[must_use]
pub fn suggestion(key: &str) -> Option<Message> {
    Some(match key {
        "load_above_vcpu" => m::SUGGEST_LOAD,
        "cpu_high" => m::SUGGEST_CPU,
        "connections_high" => m::SUGGEST_CONNECTIONS,
        "storage_low" => m::SUGGEST_STORAGE,
        "replica_behind" => m::SUGGEST_REPLICA,
        "wraparound_near" => m::SUGGEST_WRAPAROUND,
        "balancer_5xx_rate" => m::SUGGEST_BALANCER_5XX,
        "target_5xx_rate" | "api_5xx_rate" => m::SUGGEST_TARGET_5XX,
        "response_slow" => m::SUGGEST_SLOW,
        "function_throttled" | "table_throttled" => m::SUGGEST_THROTTLED,
        "function_errors" => m::SUGGEST_ERRORS,
        "check_failed" | "health_check_failed" => m::SUGGEST_CHECK,
        "memory_high" => m::SUGGEST_MEMORY,
        "edge_5xx_rate" => m::SUGGEST_EDGE_5XX,
        _ => return None,
    })
}

/// Sort of a tier, by its key.
#[must_use]
pub fn tier_kind(key: &str) -> Message {
    match key {
        "route53" => m::TIER_ROUTE53,
        "cloudfront" => m::TIER_CLOUDFRONT,
        "s3" => m::TIER_S3,
        "alb" => m::TIER_ALB,
        "other_balancer" => m::TIER_BALANCER,
        "api_gateway" => m::TIER_API,
        "auto_scaling" => m::TIER_GROUP,
        "ec2" => m::TIER_EC2,
        "ebs" => m::TIER_EBS,
        "ecs" => m::TIER_ECS,
        "eks" => m::TIER_EKS,
        "lambda" => m::TIER_LAMBDA,
        "rds_proxy" => m::TIER_PROXY,
        "rds" => m::TIER_RDS,
        "dynamodb" => m::TIER_DYNAMODB,
        "dax" => m::TIER_DAX,
        _ => m::TIER_OTHER,
    }
}

/// How a digest changed.
#[must_use]
pub const fn change_kind(kind: ChangeKind) -> Message {
    match kind {
        ChangeKind::New => m::KIND_NEW,
        ChangeKind::Gone => m::KIND_GONE,
        ChangeKind::Regressed => m::KIND_REGRESSED,
        ChangeKind::Improved => m::KIND_IMPROVED,
        ChangeKind::More => m::KIND_MORE,
        ChangeKind::Less => m::KIND_LESS,
    }
}
