//! What the pages of apps read, and what reading costs.

use view::{AppView, AppsView, Panel, SpendView, TierView};

use super::ask::{Ask, What};

/// Every app in short.
pub const APPS: Ask<AppsView> = Ask::new(What::Apps);

/// One app: tiers, movers, strips, readings.
pub const APP: Ask<Panel<AppView>> = Ask::new(What::App);

/// The open drawer of an app; empty when the address names no tier.
pub const TIER: Ask<Panel<TierView>> = Ask::new(What::Tier);

/// Calls and dollars of today, and the forecast, by API.
pub const SPEND: Ask<SpendView> = Ask::new(What::Spend);
