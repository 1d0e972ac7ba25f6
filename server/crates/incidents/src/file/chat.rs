//! A summary to paste into a chat, in Slack's own marks.

/// What the summary says, worded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChatSummary {
    /// First line, bold: which alarm, on what, since when.
    pub headline: String,
    /// Sentences of the verdict, quoted.
    pub verdict: Vec<String>,
    /// Lines of the timeline: time and text.
    pub timeline: Vec<(String, String)>,
    /// Name and address of the link.
    pub link: Option<(String, String)>,
}

/// Most lines of a timeline in a chat.
const MAX_LINES: usize = 12;

/// The summary. Names in it cannot mention anybody or link anywhere: `&`, `<` and `>` are escaped as
/// Slack asks (<https://docs.slack.dev/messaging/formatting-message-text>).
#[must_use]
pub fn chat_summary(summary: &ChatSummary) -> String {
    let mut lines = vec![format!("*{}*", escaped(&summary.headline).replace('*', "∗"))];
    lines.extend(summary.verdict.iter().map(|sentence| format!("> {}", escaped(sentence))));
    let shown = summary.timeline.iter().take(MAX_LINES);
    lines.extend(shown.map(|(time, text)| format!("• `{}` {}", escaped(time).replace('`', "'"), escaped(text))));
    if let Some((name, address)) = &summary.link {
        lines.push(format!("<{}|{}>", escaped(address).replace('|', "%7C"), escaped(name).replace('|', "/")));
    }
    lines.join("\n")
}

/// One line without marks of Slack's own.
fn escaped(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
