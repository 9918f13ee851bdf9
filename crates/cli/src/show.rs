//! Values as people read them.

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use fleetwright_api::shifts::Count;

/// One line under the head and nothing else: what is copied out of it stays readable.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));

/// How wide a table is where no terminal says it.
const WIDTH: u16 = 120;

/// A table with a head.
pub(crate) fn table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if !table.is_tty() {
        table.set_width(WIDTH);
    }
    filled(table, head, rows)
}

/// A table with a head that is only folded on a terminal: its paths are read by other programs.
pub(crate) fn wide_table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    filled(table, head, rows)
}

fn filled(mut table: Table, head: &[&str], rows: Vec<Vec<String>>) -> String {
    table.load_style(STYLE);
    table.set_header(head.iter().copied());
    rows.into_iter().for_each(|row| {
        table.add_row(row);
    });
    let text = table.to_string();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// How many targets stand where and why.
pub(crate) fn counts_table(counts: &[Count]) -> String {
    let mut last = "";
    let rows = counts.iter().map(|count| {
        // A stage is named once, above its reasons.
        let stage = if count.stage == last { String::new() } else { stage_word(&count.stage) };
        last = &count.stage;
        vec![stage, count.targets.to_string(), count.reason.clone(), count.example.clone()]
    });
    table(&["stage", "targets", "why", "such as"], rows.collect())
}

fn stage_word(word: &str) -> String {
    match word {
        "notApplicable" => "not applicable".to_owned(),
        other => other.to_owned(),
    }
}

/// A text out of a repository, on one line: nothing in it moves a terminal's cursor or changes its colours.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// A number with its noun.
pub(crate) fn number(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The first few of many names.
pub(crate) fn names(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let few = if names.len() == SHOWN + 1 { names.len() } else { SHOWN };
    let shown = names.iter().take(few).cloned().collect::<Vec<_>>().join(", ");
    match names.len() {
        1 => shown,
        count if count <= SHOWN + 1 => format!("{count} targets: {shown}"),
        count => format!("{count} targets: {shown} and {} more", count - SHOWN),
    }
}

/// A time of day, UTC.
pub(crate) fn when(milliseconds: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(milliseconds);
    time.map(|time| time.strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

/// A day, UTC, such as `2026-11-25`.
pub(crate) fn date(milliseconds: i64) -> String {
    when(milliseconds).split(' ').next().unwrap_or_default().to_owned()
}

/// A line of comma-separated values, as RFC 4180 has them.
pub(crate) fn csv_line(cells: Vec<String>) -> String {
    let cell = |text: String| match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    };
    cells.into_iter().map(cell).collect::<Vec<_>>().join(",")
}

/// A text in red; the colour goes where the output is no terminal.
pub(crate) fn red(text: &str) -> String {
    format!("\u{1b}[31m{text}\u{1b}[0m")
}

/// A length of time in its two largest units: `3d 4h`, `2h 5m`, `40s`.
pub(crate) fn length(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1000;
    let units = [(86_400, "d", 3_600, "h"), (3_600, "h", 60, "m"), (60, "m", 1, "s")];
    let found = units.into_iter().find(|(size, ..)| seconds >= *size);
    match found.map(|(size, unit, below, small)| (seconds / size, unit, seconds % size / below, small)) {
        None => format!("{seconds}s"),
        Some((count, unit, 0, _)) => format!("{count}{unit}"),
        Some((count, unit, rest, small)) => format!("{count}{unit} {rest}{small}"),
    }
}

/// A diff with colours; they go where the output is no terminal.
pub(crate) fn coloured(patch: &str) -> String {
    let paint = |line: &str| {
        let body = line.trim_start();
        let colour = match body.as_bytes().first() {
            Some(b'+') => "32",
            Some(b'-') => "31",
            Some(b'@') => "36",
            _ if body.starts_with("diff ") => "1",
            _ => return line.to_owned(),
        };
        format!("\u{1b}[{colour}m{line}\u{1b}[0m")
    };
    // Not `lines`: a carriage return is part of what changed.
    patch.split('\n').map(paint).collect::<Vec<_>>().join("\n")
}
