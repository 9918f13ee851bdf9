//! What grep found, as lines, JSON lines or comma-separated values.

use std::borrow::Cow;

use fleetwright_engine::grep::{Hit, Line, Place};
use serde_json::json;

use crate::show::number;
use crate::ui::Ui;

/// How hits are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `repo:path:line:text`.
    Lines {
        /// Whether matches are coloured.
        colours: bool,
    },
    /// A JSON document a line.
    Json,
    /// `repo,path,line,column,text`, with a head.
    Csv,
}

/// How repositories are named: with their forge only where there are many.
pub(super) struct Names {
    many: bool,
}

impl Names {
    pub(super) fn new(forges: usize) -> Names {
        Names { many: forges > 1 }
    }

    /// The forge and the name, of the index's `forge:name`.
    pub(super) fn parts<'a>(&self, indexed: &'a str) -> (&'a str, &'a str) {
        indexed.split_once(':').unwrap_or(("", indexed))
    }

    /// The name as people read it.
    pub(super) fn shown<'a>(&self, indexed: &'a str) -> &'a str {
        if self.many { indexed } else { self.parts(indexed).1 }
    }
}

/// Prints hits as they come.
pub(super) struct Printer<'a> {
    ui: &'a Ui,
    form: Form,
    names: &'a Names,
    all_places: bool,
    /// Whether a hit with context was printed: the next one is set apart.
    apart: bool,
    begun: bool,
}

impl<'a> Printer<'a> {
    pub(super) fn new(ui: &'a Ui, form: Form, names: &'a Names, all_places: bool) -> Printer<'a> {
        Printer { ui, form, names, all_places, apart: false, begun: false }
    }

    /// The path of a file that matches.
    pub(super) fn path(&mut self, place: &Place) {
        let path = String::from_utf8_lossy(&place.path);
        if self.form == Form::Json {
            let (forge, repo) = self.names.parts(&place.repo);
            return self.ui.record(json!({ "forge": forge, "repo": repo, "path": path }));
        }
        self.ui.line(format!("{}:{}", text(self.names.shown(&place.repo)), text(&path)));
    }

    /// A file that matches: once, or in every place where it lies.
    pub(super) fn hit(&mut self, hit: &Hit) {
        let shown = if self.all_places { hit.places.len() } else { 1 };
        let others = hit.places.len() - shown.min(hit.places.len());
        for place in hit.places.iter().take(shown) {
            match self.form {
                Form::Lines { colours } => self.lines(place, hit, colours),
                Form::Json => self.records(place, hit, others),
                Form::Csv => self.values(place, hit),
            }
        }
        if let (Form::Lines { .. }, Some(place), 1..) = (self.form, hit.places.first(), others) {
            let path = String::from_utf8_lossy(&place.path);
            let places = number(others as u64, "other place", "other places");
            self.ui.line(format!(
                "{}:{}: also in {places}",
                text(self.names.shown(&place.repo)),
                text(&path)
            ));
        }
    }

    fn lines(&mut self, place: &Place, hit: &Hit, colours: bool) {
        let (repo, path) = (text(self.names.shown(&place.repo)), String::from_utf8_lossy(&place.path));
        let path = text(&path);
        let has_context = hit.lines.iter().any(|line| line.is_context);
        let mut before: Option<u64> = None;
        for line in &hit.lines {
            let gap = before.map_or(self.apart, |before| before + 1 < line.number);
            if gap && (has_context || before.is_none()) {
                self.ui.line("--");
            }
            before = Some(line.number);
            let mark = if line.is_context { '-' } else { ':' };
            let told = self.coloured(line, colours);
            let cut = if line.cut { " [...]" } else { "" };
            self.ui.line(format!("{repo}{mark}{path}{mark}{}{mark}{told}{cut}", line.number));
        }
        self.apart = has_context;
    }

    /// A line for people: secrets and control characters out, matches in colour.
    fn coloured(&self, line: &Line, colours: bool) -> String {
        let whole = String::from_utf8_lossy(&line.bytes);
        let masked = self.ui.masked(&whole);
        // Where something was masked, places are others; and a colour within a secret would show it.
        if !colours || masked != whole {
            return text(&masked).into_owned();
        }
        let piece = |bytes: &[u8]| text(&String::from_utf8_lossy(bytes)).into_owned();
        let (mut told, mut done) = (String::new(), 0);
        for (start, end) in line.matches.iter().filter(|(start, end)| start < end) {
            let (Some(plain), Some(found)) = (line.bytes.get(done..*start), line.bytes.get(*start..*end))
            else {
                break;
            };
            told.push_str(&format!("{}\u{1b}[1;31m{}\u{1b}[0m", piece(plain), piece(found)));
            done = *end;
        }
        told.push_str(&piece(line.bytes.get(done..).unwrap_or_default()));
        told
    }

    fn records(&self, place: &Place, hit: &Hit, others: usize) {
        let (forge, repo) = self.names.parts(&place.repo);
        for line in &hit.lines {
            let mut told = json!({
                "forge": forge, "repo": repo, "path": String::from_utf8_lossy(&place.path),
                "line": line.number, "column": column(line), "text": String::from_utf8_lossy(&line.bytes),
                "matches": spans(line), "blob": hit.oid.to_string(), "alsoIn": others,
            });
            for (key, here) in [("context", line.is_context), ("cut", line.cut)] {
                if here {
                    told[key] = true.into();
                }
            }
            self.ui.record(told);
        }
    }

    fn values(&mut self, place: &Place, hit: &Hit) {
        if !self.begun {
            self.ui.line("repo,path,line,column,text");
            self.begun = true;
        }
        let repo = self.names.shown(&place.repo);
        let path = String::from_utf8_lossy(&place.path);
        for line in hit.lines.iter().filter(|line| !line.is_context) {
            let whole = String::from_utf8_lossy(&line.bytes);
            let told =
                [field(repo), field(&path), line.number.to_string(), column(line).to_string(), field(&whole)];
            self.ui.line(told.join(","));
        }
    }
}

/// Where the first match begins, in characters from 1; 0 for a line without one.
fn column(line: &Line) -> usize {
    let start = line.matches.first().and_then(|(start, _)| line.bytes.get(..*start));
    match start {
        Some(before) => String::from_utf8_lossy(before).chars().count() + 1,
        // The match lies in the part that is not shown, or there is none.
        None => 0,
    }
}

/// Matches in characters of the text that is shown, as `[start, end]`.
fn spans(line: &Line) -> Vec<[usize; 2]> {
    let characters =
        |at: usize| String::from_utf8_lossy(line.bytes.get(..at).unwrap_or(&line.bytes)).chars().count();
    // Each is counted from the start of the line: more than a few hundred are not worth their time.
    line.matches.iter().take(200).map(|(start, end)| [characters(*start), characters(*end)]).collect()
}

/// A field of comma-separated values (RFC 4180), without control characters.
fn field(value: &str) -> String {
    let value = text(value);
    if value.contains(['"', ',']) || value.starts_with(' ') || value.ends_with(' ') {
        return format!("\"{}\"", value.replace('"', "\"\""));
    }
    value.into_owned()
}

/// Marks that turn the direction of the text after them (Unicode's bidirectional controls).
const TURNS: [std::ops::RangeInclusive<char>; 3] =
    ['\u{200e}'..='\u{200f}', '\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'];

/// A text that moves no cursor and turns no direction: control characters are written out.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    let turns = |letter: char| TURNS.iter().any(|range| range.contains(&letter));
    let bad = |letter: char| (letter.is_control() && letter != '\t') || turns(letter);
    if !text.contains(bad) {
        return Cow::Borrowed(text);
    }
    let written = text
        .chars()
        .map(|letter| if bad(letter) { letter.escape_unicode().to_string() } else { letter.to_string() });
    Cow::Owned(written.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_steers_it() {
        assert_eq!(text("a\tb"), "a\tb");
        assert_eq!(text("a\u{1b}[2J\u{202e}b\r"), "a\\u{1b}[2J\\u{202e}b\\u{d}");
    }

    #[test]
    fn fields() {
        assert_eq!(field("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(field("a b"), "a b");
    }
}
