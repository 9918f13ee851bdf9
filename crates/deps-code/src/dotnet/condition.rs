//! Conditions of MSBuild, with three answers: yes, no, and not known here.

use crate::limits::MAX_EXPANDED;

use super::properties::{Here, Properties, Unclear, resolve};

/// The deepest nesting of brackets and `!` in a condition.
const MAX_DEPTH: usize = 16;

/// Whether a condition holds; `None` when that is not known here.
pub(super) fn holds(condition: &str, properties: &Properties, here: Here<'_>) -> Option<bool> {
    (condition.len() <= MAX_EXPANDED).then_some(())?;
    let mut reader = Reader { rest: condition, properties, here };
    let answer = reader.any(MAX_DEPTH)?;
    reader.rest.trim().is_empty().then_some(answer).flatten()
}

/// What stands on one side of a comparison: `None` inside when it is not known.
type Side = Option<String>;

struct Reader<'r> {
    rest: &'r str,
    properties: &'r Properties,
    here: Here<'r>,
}

impl Reader<'_> {
    /// `a or b`; the outer `None` is a condition that cannot be read.
    fn any(&mut self, depth: usize) -> Option<Option<bool>> {
        let mut answer = self.all(depth)?;
        while self.word("or") {
            answer = match (answer, self.all(depth)?) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        Some(answer)
    }

    fn all(&mut self, depth: usize) -> Option<Option<bool>> {
        let mut answer = self.one(depth)?;
        while self.word("and") {
            answer = match (answer, self.one(depth)?) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        Some(answer)
    }

    fn one(&mut self, depth: usize) -> Option<Option<bool>> {
        let depth = depth.checked_sub(1)?;
        if self.mark("!") {
            return Some(self.one(depth)?.map(|answer| !answer));
        }
        if self.mark("(") {
            let answer = self.any(depth)?;
            return self.mark(")").then_some(answer);
        }
        if self.word("exists") {
            self.mark("(").then_some(())?;
            let path = self.side()?;
            self.mark(")").then_some(())?;
            return Some(path.and_then(|path| {
                let path = resolve(self.here.folder, &path)?;
                // Only files that were given are known: of others nothing is said.
                let given = [".props", ".targets"].iter().any(|end| path.ends_with(end));
                given.then(|| self.here.files.contains_key(path.as_str()))
            }));
        }
        let left = self.side()?;
        let equal = if self.mark("==") {
            true
        } else if self.mark("!=") {
            false
        } else if self.rest.trim_start().starts_with(['<', '>']) {
            return None;
        } else {
            return Some(left.and_then(|text| text.to_lowercase().parse().ok()));
        };
        let right = self.side()?;
        Some(left.zip(right).map(|(left, right)| left.eq_ignore_ascii_case(&right) == equal))
    }

    /// A text in quotes, a property, or a word.
    fn side(&mut self) -> Option<Side> {
        self.rest = self.rest.trim_start();
        if let Some(inner) = self.rest.strip_prefix('\'') {
            let end = quote_end(inner)?;
            self.rest = &inner[end + 1..];
            return Some(self.expand(&inner[..end]));
        }
        let ends = |char: char| char.is_whitespace() || matches!(char, '=' | '!' | ')' | '<' | '>');
        let end = if self.rest.starts_with("$(") {
            self.rest.find(')')? + 1
        } else {
            self.rest.find(ends).unwrap_or(self.rest.len())
        };
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then(|| self.expand(word))
    }

    fn expand(&self, text: &str) -> Side {
        match self.properties.expand(text, self.here) {
            Ok(expanded) => expanded.only_if.is_empty().then_some(expanded.text),
            // A version that nothing sets is empty, so that `'$(XVersion)' == ''` gives it its default. Other
            // properties may be set by the SDK or on the command line.
            Err(Unclear::Undefined(name)) if is_own_version(&name) && text == format!("$({name})") => {
                Some(String::new())
            }
            Err(_) => None,
        }
    }

    fn mark(&mut self, mark: &str) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.strip_prefix(mark).filter(|after| mark != "!" || !after.starts_with('='));
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let same = rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        let ends = rest
            .get(word.len()..)
            .is_some_and(|after| !after.starts_with(|char: char| char.is_alphanumeric()));
        if same && ends {
            self.rest = &rest[word.len()..];
        }
        same && ends
    }
}

/// The quote that ends a text; one inside of `$(…)` does not.
fn quote_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, char) in text.char_indices() {
        match char {
            '(' if depth > 0 || before == '$' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '\'' if depth == 0 => return Some(at),
            _ => {}
        }
        before = char;
    }
    None
}

/// Whether a property looks like the version of a package, and not one that the SDK sets.
fn is_own_version(name: &str) -> bool {
    let name = name.to_lowercase();
    let of_sdk =
        ["msbuild", "targetframework", "netcoresdk", "lang", "visualstudio", "bundled", "targetplatform"];
    name.ends_with("version")
        && name.len() > "version".len()
        && !of_sdk.iter().any(|start| name.starts_with(start))
}
