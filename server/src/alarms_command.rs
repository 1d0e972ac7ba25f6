//! `loadlens alarms`: links in the descriptions of alarms, and templates around alarms.

use std::io::Write;

use anyhow::{Context, Result, bail};
use collect::{Access, AlarmLink, Collector, Lane};
use incidents::AlarmArn;
use incidents::links::{
    Change, Dashboard, Format, TAG_KEY, apply_statement, custom_widget, event_rule, sns_subscription, text_widget,
};
use samples::AlarmState;

use crate::cli::{AlarmsCommand, LinkArgs, Template, TemplateArgs, Tool};
use crate::clock;
use crate::config::{ConfigError, LogFormat};
use crate::telemetry;

/// Hours a text widget's button shows: it does not know the time range of its dashboard.
const WIDGET_HOURS: u32 = 3;

/// Runs one of the commands.
///
/// # Errors
/// One line: the address, AWS, or an alarm that could not be written.
pub fn run(command: &AlarmsCommand) -> Result<()> {
    match command {
        AlarmsCommand::Template(args) => print(&template(args)?),
        AlarmsCommand::Link(args) => {
            telemetry::start("warn", LogFormat::Text)?;
            tokio::runtime::Runtime::new().context("no runtime")?.block_on(link(args))
        }
    }
}

fn dashboard(url: &str) -> Result<Dashboard> {
    Dashboard::new(url).map_err(|_| {
        let hint = "use https://host or https://host/path, without query";
        ConfigError::BadValue { name: "public-url", value: url.chars().take(120).collect(), hint }.into()
    })
}

fn template(args: &TemplateArgs) -> Result<String> {
    let dashboard = dashboard(&args.public_url)?;
    let format = match args.format {
        Tool::CloudFormation => Format::CloudFormation,
        Tool::Terraform => Format::Terraform,
        Tool::Cli => Format::Cli,
    };
    Ok(match args.what {
        Template::Sns => sns_subscription(&dashboard, format),
        Template::Eventbridge => event_rule(&dashboard, format),
        Template::CustomWidget => custom_widget(&dashboard),
        Template::TextWidget => text_widget(&dashboard, "/", WIDGET_HOURS),
    })
}

async fn link(args: &LinkArgs) -> Result<()> {
    let dashboard = dashboard(&args.public_url)?;
    let access = Access { profile: args.profile.clone(), regions: args.regions.clone().unwrap_or_default() };
    let collector = Collector::connect(&access).await?;
    let names = (!args.names.is_empty()).then(|| args.names.clone());
    let mut alarms = collector.list_alarms(names, clock::now(), Lane::Interactive).await?;
    alarms.sort_by(|a, b| a.arn.cmp(&b.arn));
    for name in &args.names {
        if !alarms.iter().any(|alarm| alarm.name == *name) {
            bail!("no alarm is called '{name}' in {}; names are exact", collector.regions().join(", "));
        }
    }
    let (mut changed, mut failed) = (0_usize, 0_usize);
    for alarm in &alarms {
        let Some((words, link)) = proposal(&dashboard, alarm, args.no_tag) else { continue };
        print(&words)?;
        let Some(link) = link else { continue };
        changed += 1;
        if !args.apply {
            continue;
        }
        match collector.write_alarm_link(alarm, &link).await {
            Ok(()) => print("  written\n")?,
            Err(error) => {
                failed += 1;
                print(&format!("  not written: {error}\n"))?;
            }
        }
    }
    let count = alarms.len();
    let last = match (args.apply, changed) {
        (_, 0) => format!("{count} alarms; every link is there already\n"),
        (false, _) => format!(
            "{changed} of {count} alarms would change; nothing was written. To write, add --apply, with a role that has this statement:\n{}\n",
            apply_statement()
        ),
        (true, _) => format!("{} of {changed} alarms written\n", changed - failed),
    };
    print(&last)?;
    if failed > 0 {
        bail!("{failed} alarms could not be written; their reasons stand above");
    }
    Ok(())
}

/// What is printed about an alarm, and what would be written; `None` when there is nothing to say.
fn proposal(dashboard: &Dashboard, alarm: &AlarmState, no_tag: bool) -> Option<(String, Option<AlarmLink>)> {
    let arn: AlarmArn = alarm.arn.parse().ok()?;
    let proposal = dashboard.propose(&arn, &alarm.description);
    let tag = dashboard.tag_value(&arn).filter(|_| !no_tag).map(|value| (TAG_KEY.to_owned(), value));
    match proposal.change {
        Change::None => None,
        Change::DoesNotFit { over_by } => {
            let words = format!("{arn}\n  left alone: the description is {over_by} characters too long for the link\n");
            Some((words, None))
        }
        Change::Added | Change::Replaced => {
            let mut words = format!("{arn}\n{}", proposal.diff());
            if let Some((key, value)) = &tag {
                words.push_str(&format!("+ tag {key} = {value}, sent with notifications\n"));
            }
            Some((words, Some(AlarmLink { before: proposal.before, after: proposal.after, tag })))
        }
    }
}

fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("standard output is closed")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use samples::{AlarmKind, AlarmStatus};
    use units::Timestamp;

    fn alarm(description: &str) -> AlarmState {
        AlarmState {
            arn: "arn:aws:cloudwatch:us-east-1:111122223333:alarm:db-1".into(),
            name: "db-1".into(),
            description: description.into(),
            status: AlarmStatus::Ok,
            reason: String::new(),
            reason_data: String::new(),
            since: None,
            kind: AlarmKind::Other,
            threshold: None,
            comparison: None,
            evaluation_periods: None,
            datapoints_to_alarm: None,
            treat_missing_data: None,
            seen: Timestamp(0),
        }
    }

    #[test]
    fn a_link_is_proposed_once_with_its_tag() {
        let dashboard = dashboard("https://dash.example").unwrap();
        let (words, link) = proposal(&dashboard, &alarm("Call the DBA."), false).unwrap();
        assert!(words.contains("  Call the DBA.\n") && words.contains("+ [Open in Loadlens]("), "{words}");
        assert!(words.contains("+ tag loadlens-url = https://dash.example/a/db-1"), "{words}");
        let link = link.unwrap();
        assert_eq!(link.before, "Call the DBA.");
        assert!(proposal(&dashboard, &alarm(&link.after), false).is_none());
        let (words, link) = proposal(&dashboard, &alarm(""), true).unwrap();
        assert!(!words.contains("tag") && link.unwrap().tag.is_none());
    }

    #[test]
    fn what_is_no_address_is_named() {
        let error = dashboard("dash.example").unwrap_err();
        assert!(error.downcast_ref::<ConfigError>().is_some() && error.to_string().contains("dash.example"));
    }
}
