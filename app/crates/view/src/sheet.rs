//! A list of rich cells: what the lists of the drill-down pages are sent as, so that one component
//! lays out all of them and the words are chosen on the server.

use serde::{Deserialize, Serialize};
use units::Aas;

use crate::{Badge, LoadPart, PanelTools};

/// A titled table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Title above it; empty for none.
    pub title: String,
    /// Columns.
    pub columns: Vec<SheetColumn>,
    /// Rows; each as long as the columns.
    pub rows: Vec<SheetRow>,
    /// What stands in place of rows when there are none.
    pub empty: String,
    /// Notes below, a line each.
    pub notes: Vec<String>,
    /// Where its numbers can be had; empty when its panel says so.
    pub tools: PanelTools,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetColumn {
    /// Name.
    pub label: String,
    /// Unit beside it.
    pub unit: String,
    /// How it is set.
    pub kind: ColumnKind,
}

/// How a column is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Words, as wide as they are.
    #[default]
    Words,
    /// Words that take the room there is.
    Wide,
    /// Numbers, to the right.
    Number,
}

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetRow {
    /// A cell a column, each of pieces in reading order.
    pub cells: Vec<Vec<Piece>>,
    /// How far the row stands below another: the level in a tree, 0 at the root.
    pub depth: u8,
    /// A closing row: remainder, unattributed.
    pub is_quiet: bool,
}

/// A piece of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// As it is.
    Text(String),
    /// What counts.
    Strong(String),
    /// A note.
    Muted(String),
    /// SQL, an id, an address.
    Code(String),
    /// A change for the worse.
    More(String),
    /// A change for the better.
    Less(String),
    /// A link.
    Link {
        /// Its words.
        text: String,
        /// Where it leads: an address of ours, or `https:`.
        href: String,
    },
    /// A link whose words are SQL.
    CodeLink {
        /// Its words.
        text: String,
        /// Where it leads.
        href: String,
    },
    /// A badge of a statement.
    Badge(Badge),
    /// How something changed, as a badge.
    Change {
        /// For better or worse.
        class: Tone,
        /// Its words.
        text: String,
    },
    /// A warning in words.
    Warning(String),
    /// The colour of a wait class: id of its pattern.
    Swatch(String),
    /// A wait bar.
    Bar {
        /// Load by class.
        waits: Vec<LoadPart>,
        /// Load of unknown class.
        unknown: Aas,
        /// Load that fills the bar.
        scale: Aas,
        /// The same in the compare window.
        before: Option<Aas>,
    },
    /// Text to copy, folded behind its name.
    Script {
        /// What it is for.
        name: String,
        /// The text.
        text: String,
    },
    /// A new line.
    Break,
}

/// What a change means to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// For the worse.
    Worse,
    /// For the better.
    Better,
    /// Something that was not there.
    New,
    /// Neither.
    Plain,
}

impl Sheet {
    /// Adds a column.
    #[must_use]
    pub fn column(mut self, label: impl Into<String>, unit: &str, kind: ColumnKind) -> Self {
        self.columns.push(SheetColumn { label: label.into(), unit: unit.to_owned(), kind });
        self
    }

    /// Adds a row of cells.
    pub fn push(&mut self, cells: Vec<Vec<Piece>>) {
        self.rows.push(SheetRow { cells, ..SheetRow::default() });
    }
}

impl Piece {
    /// A cell of words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Vec<Self> {
        vec![Self::Text(text.into())]
    }

    /// A cell with a number, or a dash where nothing is known.
    #[must_use]
    pub fn number(value: Option<f64>) -> Vec<Self> {
        value.map_or_else(|| vec![Self::Muted("–".to_owned())], |value| Self::text(crate::number::three_figures(value)))
    }

    /// A cell with a change, coloured from `worth` on.
    #[must_use]
    pub fn change(change: f64, worth: f64) -> Vec<Self> {
        let text = crate::number::signed(change);
        vec![match () {
            () if change >= worth => Self::More(text),
            () if change <= -worth => Self::Less(text),
            () => Self::Muted(text),
        }]
    }
}
