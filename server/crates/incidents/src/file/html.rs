//! The page as text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use view::{Cell, DataTable};

use crate::snapshot::{Snapshot, SnapshotError};

const STYLE: &str = include_str!("incident.css");

/// Begins and ends the snapshot inside a page. A script element of an unknown type is data to a
/// browser and runs never.
const SNAPSHOT_OPEN: &str = "<script type=\"application/vnd.loadlens.incident\" id=\"snapshot\">";
const SNAPSHOT_CLOSE: &str = "</script>";

/// Characters a line of base64 has.
const LINE_CHARS: usize = 120;

/// Words of the page that are not content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileWords {
    /// Language of the words, as HTML names it: `en`, `ko`.
    pub language: String,
    /// Over what was found.
    pub verdict: String,
    /// Over what happened when.
    pub timeline: String,
    /// Over what people wrote.
    pub notes: String,
    /// Over the summary to copy.
    pub summary: String,
    /// Opens the numbers behind a chart.
    pub numbers: String,
    /// At the end: how to open the file in Loadlens.
    pub footer: String,
}

/// Everything the page shows, worded and formatted.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentFile {
    /// Heading: the alarm and the instance.
    pub title: String,
    /// Under it: name and value.
    pub facts: Vec<(String, String)>,
    /// Sentences.
    pub verdict: Vec<String>,
    /// Charts.
    pub figures: Vec<Figure>,
    /// Tables.
    pub tables: Vec<TableSection>,
    /// What happened when.
    pub timeline: Vec<TimelineLine>,
    /// Who wrote when, and what.
    pub notes: Vec<(String, String)>,
    /// Ready to paste.
    pub summary: String,
    /// Words.
    pub words: FileWords,
}

/// A chart and the numbers in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// SVG of [`view::chart`]'s own writer. It is put in as it is.
    pub svg: String,
    /// Below it.
    pub caption: String,
    /// The numbers.
    pub table: DataTable,
}

/// A table under a heading.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSection {
    /// Heading.
    pub title: String,
    /// Table.
    pub table: DataTable,
    /// Column that holds SQL, printed as written.
    pub sql_column: Option<usize>,
}

/// A line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineLine {
    /// Time as printed.
    pub time: String,
    /// What happened.
    pub text: String,
    /// It came first.
    pub is_first_mover: bool,
}

impl IncidentFile {
    /// The page, with the snapshot inside when one is given.
    ///
    /// # Errors
    /// [`SnapshotError`] when the snapshot cannot be written.
    pub fn to_html(&self, snapshot: Option<&Snapshot>) -> Result<String, SnapshotError> {
        let mut page = Page(String::with_capacity(256 * 1024));
        self.write_head(&mut page);
        page.tag("h1", &self.title);
        self.write_facts(&mut page);
        self.write_verdict(&mut page);
        for figure in &self.figures {
            self.write_figure(&mut page, figure);
        }
        self.write_timeline(&mut page);
        for section in &self.tables {
            page.tag("h2", &section.title);
            write_table(&mut page, &section.table, section.sql_column);
        }
        self.write_notes(&mut page);
        page.tag("h2", &self.words.summary);
        page.tag("pre", &self.summary);
        page.raw("</main><footer>");
        page.tag("p", &self.words.footer);
        page.raw("</footer>");
        if let Some(snapshot) = snapshot {
            write_snapshot(&mut page, &snapshot.to_bytes()?);
        }
        page.raw("</body></html>\n");
        Ok(page.0)
    }

    fn write_head(&self, page: &mut Page) {
        page.raw("<!doctype html>\n<html lang=\"");
        page.text(&self.words.language);
        page.raw("\"><head><meta charset=\"utf-8\">");
        page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">");
        page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\">");
        page.tag("title", &self.title);
        page.raw("<style>");
        page.raw(STYLE);
        page.raw("</style></head><body><main>");
    }

    fn write_facts(&self, page: &mut Page) {
        page.raw("<dl>");
        for (name, value) in &self.facts {
            page.raw("<div>");
            page.tag("dt", name);
            page.tag("dd", value);
            page.raw("</div>");
        }
        page.raw("</dl>");
    }

    fn write_verdict(&self, page: &mut Page) {
        page.tag("h2", &self.words.verdict);
        for sentence in &self.verdict {
            page.tag("p", sentence);
        }
    }

    fn write_figure(&self, page: &mut Page, figure: &Figure) {
        page.raw("<figure><div class=\"chart\">");
        page.raw(&figure.svg);
        page.raw("</div>");
        page.tag("figcaption", &figure.caption);
        page.raw("<details>");
        page.tag("summary", &self.words.numbers);
        write_table(page, &figure.table, None);
        page.raw("</details></figure>");
    }

    fn write_timeline(&self, page: &mut Page) {
        page.tag("h2", &self.words.timeline);
        page.raw("<ol>");
        for line in &self.timeline {
            page.raw(if line.is_first_mover { "<li class=\"first\">" } else { "<li>" });
            page.tag("time", &line.time);
            page.raw(" ");
            page.text(&line.text);
            page.raw("</li>");
        }
        page.raw("</ol>");
    }

    fn write_notes(&self, page: &mut Page) {
        if self.notes.is_empty() {
            return;
        }
        page.tag("h2", &self.words.notes);
        for (by, text) in &self.notes {
            page.tag("h3", by);
            page.tag("pre", text);
        }
    }
}

fn write_table(page: &mut Page, table: &DataTable, sql_column: Option<usize>) {
    page.raw("<div class=\"table\"><table><thead><tr>");
    for name in &table.head {
        page.tag("th", name);
    }
    page.raw("</tr></thead><tbody>");
    for row in &table.rows {
        page.raw("<tr>");
        for (column, cell) in row.iter().enumerate() {
            match cell {
                Cell::Text(text) if Some(column) == sql_column => {
                    page.raw("<td>");
                    page.tag("pre", text);
                    page.raw("</td>");
                }
                Cell::Text(text) => page.tag("td", text),
                Cell::Number(_) | Cell::Missing => {
                    page.raw("<td class=\"number\">");
                    page.text(&cell.printed());
                    page.raw("</td>");
                }
            }
        }
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div>");
}

fn write_snapshot(page: &mut Page, bytes: &[u8]) {
    page.raw(SNAPSHOT_OPEN);
    let encoded = STANDARD.encode(bytes);
    for line in encoded.as_bytes().chunks(LINE_CHARS) {
        page.raw("\n");
        // Base64 is ASCII.
        page.raw(std::str::from_utf8(line).unwrap_or_default());
    }
    page.raw("\n");
    page.raw(SNAPSHOT_CLOSE);
}

/// The snapshot of a file: one of our snapshot files, or an incident page that carries one.
///
/// # Errors
/// [`SnapshotError`], saying what is wrong with it.
pub fn snapshot_in(file: &[u8]) -> Result<Snapshot, SnapshotError> {
    let Some(open) = find_last(file, SNAPSHOT_OPEN.as_bytes()) else { return Snapshot::from_bytes(file) };
    let inside = &file[open + SNAPSHOT_OPEN.len()..];
    let close = find_last(inside, SNAPSHOT_CLOSE.as_bytes()).ok_or(SnapshotError::Damaged)?;
    let encoded: Vec<u8> = inside[..close].iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(encoded).map_err(|_| SnapshotError::Damaged)?;
    Snapshot::from_bytes(&bytes)
}

/// Content cannot hold the mark, since it is escaped; the last one is ours.
fn find_last(text: &[u8], mark: &[u8]) -> Option<usize> {
    text.windows(mark.len()).rposition(|window| window == mark)
}

/// HTML as it grows.
struct Page(String);

impl Page {
    fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    /// Text, escaped. Characters that HTML does not know and those that turn the reading direction
    /// around are left out, so that a name cannot disguise itself.
    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                '\n' | '\t' => self.0.push(letter),
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
                control if control.is_control() => {}
                other => self.0.push(other),
            }
        }
    }

    fn tag(&mut self, name: &str, text: &str) {
        for part in ["<", name, ">"] {
            self.raw(part);
        }
        self.text(text);
        for part in ["</", name, ">"] {
            self.raw(part);
        }
    }
}
