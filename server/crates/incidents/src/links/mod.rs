//! The way back: links in alarms that lead here, templates that set them up, and alarms worth having.
//!
//! Texts only. The single call that writes into an alarm is made elsewhere, when somebody asks for
//! it by name; what it would write is [`Proposal`].

mod alarm;
mod cdk;
mod cloudformation;
mod description;
mod receiving;
mod suggest;
mod terraform;
mod widget;

pub use alarm::{AlarmTemplate, Query, QuerySource};
pub use cdk::alarm_in_cdk;
pub use cloudformation::alarm_in_cloudformation;
pub use description::{Change, Dashboard, NotADashboard, Proposal, TAG_KEY, apply_statement};
pub use receiving::{Format, event_rule, sns_subscription};
pub use suggest::{ResourceFacts, is_covered, missing_alarms, suggested_alarms};
pub use terraform::alarm_in_terraform;
pub use widget::{custom_widget, text_widget};

/// A text in double quotes with JSON's escapes: valid in JSON, YAML and TypeScript.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Letters and digits only, as logical names of templates want it, beginning with a letter.
fn logical_name(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let joined: String = words.map(|word| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..])).collect();
    let joined: String = joined.chars().take(200).collect();
    if joined.starts_with(|letter: char| letter.is_ascii_alphabetic()) { joined } else { format!("Alarm{joined}") }
}
