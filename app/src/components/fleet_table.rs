//! Instances ranked by load against their vCPUs.

use leptos::prelude::*;
use units::{DigestId, ResourceId};
use view::chart::{draw_load_meter, draw_spark, wait_pattern};
use view::number::{percent, three_figures, trimmed};
use view::{FleetRow, FleetView, Trouble};

use super::drawing::drawing_view;
use super::swatch::Swatch;
use crate::messages::{self as m, Say, use_say};
use crate::ui::{Icon, IconMark, Status, StatusGlyph};

/// Addresses of a row.
#[derive(Clone, Copy)]
pub struct FleetLinks {
    /// The page of an instance.
    pub db: Callback<ResourceId, String>,
    /// The page of a digest of an instance.
    pub sql: Callback<(ResourceId, DigestId), String>,
    /// Where trouble is explained.
    pub sources: &'static str,
    /// The alarms page.
    pub alarms: &'static str,
}

/// The table.
#[component]
pub fn FleetTable(
    /// Data.
    view: FleetView,
    /// Where rows lead.
    links: FleetLinks,
    /// Only rows that contain this text.
    find: String,
) -> impl IntoView {
    let say = use_say();
    let range = view.axis.range_label(view.axis.window);
    let rows = view.rows.into_iter().filter(|row| matches(row, &find)).map(|row| fleet_row(row, links));
    let rows = rows.collect_view();
    view! {
        <div class="scroll-x">
            <table class="table">
                <thead class="table__head">
                    <tr>
                        <th scope="col">{say.text(m::INSTANCE)}</th>
                        <th scope="col">{say.text(m::LOAD_AGAINST_VCPU)}</th>
                        <th class="table__number" scope="col" aria-sort="descending">
                            <span class="table__sort" aria-current="true">
                                {say.text(m::MEAN)} <IconMark icon=Icon::Down small=true />
                            </span>
                            " "
                            <span class="table__unit">"× vCPU"</span>
                        </th>
                        <th class="table__number" scope="col">{say.text(m::MEAN)} " " <span class="table__unit">"AAS"</span></th>
                        <th class="table__number" scope="col">{say.text(m::PEAK)} " " <span class="table__unit">"AAS"</span></th>
                        <th scope="col">{range}</th>
                        <th scope="col">{say.text(m::DOMINANT_WAIT)}</th>
                        <th scope="col">{say.text(m::TOP_DIGEST)}</th>
                        <th scope="col">{say.text(m::ALARMS)}</th>
                    </tr>
                </thead>
                <tbody class="table__body" data-rows="">{rows}</tbody>
            </table>
        </div>
    }
}

/// Whether a row contains the text, whatever the case, in its name, id, engine, class or digest.
fn matches(row: &FleetRow, find: &str) -> bool {
    let find = find.trim().to_ascii_lowercase();
    let facts = &row.facts;
    let digest = row.top_digest.as_ref().map_or("", |(_, text, _)| text);
    [facts.name.as_str(), facts.id.as_str(), facts.engine.label(), &facts.class, &facts.region, digest]
        .iter()
        .any(|text| text.to_ascii_lowercase().contains(&find))
}

fn fleet_row(row: FleetRow, links: FleetLinks) -> AnyView {
    let say = use_say();
    let facts = &row.facts;
    let class = facts.class.strip_prefix("db.").unwrap_or(&facts.class);
    let about = format!("{} {} · {class}", facts.engine.label(), facts.engine_version);
    let simulated =
        facts.simulated.then(|| view! { " " <span class="badge badge--dashed">{say.text(m::SIMULATED)}</span> });
    let name = view! {
        <td>
            <a href=links.db.run(facts.id.clone()) data-open=""><b>{facts.name.clone()}</b></a>
            {simulated}
            <br />
            <span class="muted small">{about}</span>
        </td>
    };
    let Some(mean) = row.mean else {
        return view! {
            <tr class="fleet__row table__row--quiet">
                {name}
                <td colspan="8">{trouble_line(row.trouble.as_ref(), links, say)}</td>
            </tr>
        }
        .into_any();
    };
    let vcpus = facts.vcpu.vcpus();
    let peak = row
        .spark
        .iter()
        .flatten()
        .copied()
        .fold(None, |peak: Option<f64>, value| Some(peak.map_or(value, |peak| peak.max(value))));
    let over = vcpus.zip(peak).is_some_and(|(vcpus, peak)| peak > vcpus);
    let meter = vcpus.map(|vcpus| {
        let name = say.with(m::OF_VCPU, &[("load", &three_figures(mean.0)), ("vcpus", &trimmed(vcpus))]);
        view! { <span role="img" aria-label=name>{drawing_view(draw_load_meter(mean, peak.map(units::Aas), vcpus))}</span> }
    });
    let spark = drawing_view(draw_spark(&row.spark, vcpus));
    let peak = peak.map(|peak| view! { <span class=over.then_some("more")>{three_figures(peak)}</span> });
    let dominant = row.dominant.map(|(class, share)| {
        view! {
            <span class="fleet__dominant">
                <Swatch pattern=wait_pattern(class) />
                {class.label()}
                <span class="muted">{percent(share)}</span>
            </span>
        }
    });
    let digest = row.top_digest.map(|(id, text, _)| {
        let href = links.sql.run((row.facts.id.clone(), id));
        view! { <a class="top-sql__text" href=href title=text.clone()>{text.clone()}</a> }
    });
    view! {
        <tr class="fleet__row">
            {name}
            <td>{meter}</td>
            <td class="table__number"><b>{vcpus.map(|vcpus| three_figures(mean.0 / vcpus))}</b></td>
            <td class="table__number">{three_figures(mean.0)}</td>
            <td class="table__number">{peak}</td>
            <td>{spark}</td>
            <td>{dominant}</td>
            <td class="table__grow">{digest}</td>
            <td>{alarms(row.alarms, links, say)}</td>
        </tr>
    }
    .into_any()
}

fn alarms(count: Option<u32>, links: FleetLinks, say: Say) -> AnyView {
    match count {
        None => view! { <span class="status status--unknown"><StatusGlyph status=Status::Unknown />{say.text(m::NOT_READ)}</span> }.into_any(),
        Some(0) => view! { <span class="status status--good"><StatusGlyph status=Status::Good />"0"</span> }.into_any(),
        Some(count) => view! {
            <a class="status status--alarm" href=links.alarms>
                <StatusGlyph status=Status::Critical />
                {say.with(m::ALARMS_IN_ALARM, &[("count", &count.to_string())])}
            </a>
        }
        .into_any(),
    }
}

fn trouble_line(trouble: Option<&Trouble>, links: FleetLinks, say: Say) -> AnyView {
    let words = match trouble {
        Some(Trouble::NotCollected { what }) => say.with(m::STATE_OFF_TITLE, &[("what", what)]),
        Some(Trouble::NotRunning { status }) => say.with(m::STATE_DOWN_TITLE, &[("status", status)]),
        Some(Trouble::Denied { action, .. }) => say.with(m::DENIED_LINE, &[("action", action)]),
        Some(Trouble::Throttled { .. }) => say.text(m::STATE_THROTTLED_TITLE).to_owned(),
        Some(Trouble::Credentials) => say.text(m::STATE_CREDENTIALS_TITLE).to_owned(),
        Some(Trouble::Unreachable) => say.text(m::STATE_UNREACHABLE_TITLE).to_owned(),
        Some(Trouble::NotInFile) => say.text(m::STATE_NOT_IN_FILE_TITLE).to_owned(),
        Some(Trouble::Failed { request_id }) => say.with(m::REQUEST, &[("id", request_id)]),
        Some(Trouble::Pending { .. }) | None => say.text(m::STATE_PENDING_TITLE).to_owned(),
    };
    view! {
        <span class="status status--unknown">
            <StatusGlyph status=Status::Unknown />
            {words}
        </span>
        " · "
        <a href=links.sources>{say.text(m::SOURCES)}</a>
    }
    .into_any()
}
