//! The verdict line: what is wrong, since when, who; with the numbers behind each clause.

use leptos::prelude::*;
use view::{Clause, PanelTools, Severity, Verdict};

use super::panel::ToolLinks;
use super::sentence::sentence;
use crate::messages::{self as m, Say, use_say};
use crate::ui::{Dropdown, Icon, IconMark, Status, StatusGlyph};

/// The line.
#[component]
pub fn VerdictLine(
    /// The verdict.
    verdict: Verdict,
    /// The page zoomed to what the verdict speaks of.
    #[prop(optional_no_strip)]
    zoom: Option<String>,
    /// Where the same can be had as data.
    #[prop(optional)]
    tools: PanelTools,
) -> impl IntoView {
    let say = use_say();
    let (status, class) = match verdict.severity {
        Severity::Critical => (Status::Critical, "verdict verdict--critical"),
        Severity::Warning => (Status::Warning, "verdict verdict--warning"),
        Severity::Good => (Status::Good, "verdict verdict--good"),
        Severity::Unknown => (Status::Unknown, "verdict"),
    };
    let words = if verdict.clauses.is_empty() {
        sentence(say, m::NO_FINDING, &[])
    } else {
        verdict.clauses.iter().map(|clause| clause_view(clause, say)).collect_view().into_any()
    };
    let zoom = zoom.map(|href| {
        view! {
            <a class="button button--small" href=href data-noscroll="">
                <IconMark icon=Icon::Zoom small=true />
                {say.text(m::ZOOM_TO_IT)}
            </a>
        }
    });
    view! {
        <section class=class aria-label=say.text(m::VERDICT)>
            <StatusGlyph status=status class="verdict__icon" />
            <p class="verdict__text">{words}</p>
            <div class="verdict__actions">
                <Dropdown place="dropdown--end" class="button--small" summary=say.text(m::HOW_WE_KNOW).into_any()>
                    <Evidence verdict=verdict />
                </Dropdown>
                {zoom}
                <ToolLinks tools=tools />
            </div>
        </section>
    }
}

/// A clause in the reader's words. A rule without a sentence shows its evidence as it is.
fn clause_view(clause: &Clause, say: Say) -> AnyView {
    let values: Vec<(&str, &str)> = clause.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    match m::rule(&clause.rule) {
        Some(message) => view! { {sentence(say, message, &values)} " " }.into_any(),
        None => format!("{} ", clause.evidence.join("; ")).into_any(),
    }
}

#[component]
fn Evidence(verdict: Verdict) -> impl IntoView {
    let say = use_say();
    let lines = |lines: Vec<String>| lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    let evidence: Vec<String> = verdict.clauses.into_iter().flat_map(|clause| clause.evidence).collect();
    let has_evidence = !evidence.is_empty();
    view! {
        <div class="evidence">
            {has_evidence.then(|| view! { <ul class="evidence__list">{lines(evidence)}</ul> })}
            <p class="menu__heading">{say.text(m::CHECKED)}</p>
            <ul class="evidence__list">{lines(verdict.checked)}</ul>
        </div>
    }
}
