//! A sheet: a titled table of rich cells. The server chose its words and addresses.

use leptos::prelude::*;
use view::chart::draw_wait_bar;
use view::{ColumnKind, PanelTools, Piece, Sheet, SheetRow};

use super::drawing::drawing_view;
use super::panel::ToolLinks;
use super::swatch::Swatch;
use super::top_sql::badge_view;
use crate::messages::{self as m, use_say};
use crate::ui::CopyButton;

/// Tables one below the other.
#[must_use]
pub fn sheets_view(sheets: Vec<Sheet>) -> AnyView {
    sheets.into_iter().map(sheet_view).collect_view().into_any()
}

/// One table with its title and notes.
#[must_use]
pub fn sheet_view(sheet: Sheet) -> AnyView {
    let kinds: Vec<ColumnKind> = sheet.columns.iter().map(|column| column.kind).collect();
    let tools = (sheet.tools != PanelTools::default())
        .then(|| view! { <div class="panel__tools"><ToolLinks tools=sheet.tools.clone() /></div> });
    let title = (!sheet.title.is_empty()).then(|| view! { <h3 class="sheet__title">{sheet.title.clone()}</h3> });
    let top = (title.is_some() || tools.is_some()).then(|| view! { <div class="sheet__head">{title} {tools}</div> });
    let has_head = sheet.columns.iter().any(|column| !column.label.is_empty());
    let head = sheet.columns.into_iter().map(|column| {
        view! {
            <th class=class_of(column.kind) scope="col">
                {column.label} " " <span class="table__unit">{column.unit}</span>
            </th>
        }
    });
    let head = has_head.then(|| view! { <thead class="table__head"><tr>{head.collect_view()}</tr></thead> });
    let is_empty = sheet.rows.is_empty();
    let rows = sheet.rows.into_iter().map(|row| row_view(row, &kinds)).collect_view();
    let body = if is_empty {
        view! { <p class="sheet__empty">{sheet.empty}</p> }.into_any()
    } else {
        view! {
            <div class="scroll-x">
                <table class="table sheet__table">
                    {head}
                    <tbody class="table__body">{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let notes = sheet.notes.into_iter().map(|note| view! { <p class="sheet__note">{note}</p> }).collect_view();
    view! {
        <section class="sheet">
            {top}
            {body}
            {notes}
        </section>
    }
    .into_any()
}

const fn class_of(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Words => "",
        ColumnKind::Wide => "table__grow",
        ColumnKind::Number => "table__number",
    }
}

fn row_view(row: SheetRow, kinds: &[ColumnKind]) -> AnyView {
    let depth = row.depth.min(DEEPEST);
    let cells = row.cells.into_iter().enumerate().map(|(place, cell)| {
        let class = class_of(kinds.get(place).copied().unwrap_or_default());
        let class = if place == 0 && depth > 0 { format!("{class} sheet__level-{depth}") } else { class.to_owned() };
        view! { <td class=class>{cell.into_iter().map(piece_view).collect_view()}</td> }
    });
    let class = if row.is_quiet { "table__row--quiet" } else { "" };
    view! { <tr class=class>{cells.collect_view()}</tr> }.into_any()
}

/// Levels of a tree that are set in further; deeper ones stand below each other.
const DEEPEST: u8 = 8;

/// One piece of a cell.
#[must_use]
pub fn piece_view(piece: Piece) -> AnyView {
    let span = |class: &'static str, text: String| view! { <span class=class>{text}</span> }.into_any();
    match piece {
        Piece::Text(text) => text.into_any(),
        Piece::Strong(text) => view! { <strong>{text}</strong> }.into_any(),
        Piece::Muted(text) => span("muted", text),
        Piece::Code(text) => view! { <code>{text}</code> }.into_any(),
        Piece::More(text) => span("more", text),
        Piece::Less(text) => span("less", text),
        Piece::Link { text, href } => link(text.into_any(), href),
        Piece::CodeLink { text, href } => link(view! { <code>{text}</code> }.into_any(), href),
        Piece::Badge(badge) => badge_view(badge),
        Piece::Change { class, text } => span(class_of_change(class), text),
        Piece::Warning(text) => span("badge badge--warning", text),
        Piece::Swatch(pattern) => view! { <Swatch pattern=pattern /> }.into_any(),
        Piece::Bar { waits, unknown, scale, before } => drawing_view(draw_wait_bar(&waits, unknown, scale, before)),
        Piece::Script { name, text } => script(name, text),
        Piece::Break => view! { <br /> }.into_any(),
    }
}

const fn class_of_change(change: view::Tone) -> &'static str {
    match change {
        view::Tone::Worse => "badge badge--critical",
        view::Tone::Better => "badge badge--good",
        view::Tone::New => "badge badge--new",
        view::Tone::Plain => "badge",
    }
}

/// An address of ours is opened by the router; AWS's pages are not.
fn link(text: AnyView, href: String) -> AnyView {
    let is_ours = href.starts_with('/');
    view! { <a href=href rel=(!is_ours).then_some("external noopener")>{text}</a> }.into_any()
}

fn script(name: String, text: String) -> AnyView {
    let say = use_say();
    view! {
        <details class="script-fold">
            <summary class="button button--small">{name}</summary>
            <div class="script">
            <CopyButton
                text=Signal::stored(text.clone())
                label=say.text(m::COPY)
                done=say.text(m::COPIED)
                class="button--small script__copy"
            />
            <pre class="call"><code>{text}</code></pre>
            </div>
        </details>
    }
    .into_any()
}
