//! Putting a variable into a shell script where another tool pasted text: the quotes around it decide how.

/// Where in a script one stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Bare,
    Single,
    Double,
    Comment,
    /// Within a here-document up to this line; `true` when nothing in it is expanded.
    Here(String, bool),
}

/// A script that is read from its beginning, piece by piece.
#[derive(Debug)]
pub(crate) struct Script {
    place: Place,
    /// Here-documents that begin at the next line.
    pending: Vec<(String, bool)>,
    line: String,
    out: String,
}

impl Script {
    /// An empty script.
    pub(crate) fn new() -> Script {
        Script { place: Place::Bare, pending: Vec::new(), line: String::new(), out: String::new() }
    }

    /// Adds text of the script.
    pub(crate) fn text(&mut self, text: &str) {
        let letters: Vec<char> = text.chars().collect();
        let mut at = 0;
        while at < letters.len() {
            let taken = self.step(&letters[at..]);
            self.out.extend(&letters[at..at + taken]);
            at += taken;
        }
    }

    /// Puts `${name}` where it is expanded and, in quotes, kept in one piece. `false` where the shell expands
    /// nothing: then nothing is put.
    pub(crate) fn variable(&mut self, expansion: &str) -> bool {
        match &self.place {
            Place::Here(_, true) => return false,
            Place::Single => self.out.push_str(&format!("'\"{expansion}\"'")),
            _ => self.out.push_str(expansion),
        }
        self.line.push('x');
        true
    }

    /// The script.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Reads on by at least one character; says by how many.
    fn step(&mut self, rest: &[char]) -> usize {
        let Some(&letter) = rest.first() else { return 0 };
        if letter == '\n' {
            self.end_line();
            return 1;
        }
        self.line.push(letter);
        match (&self.place, letter) {
            (Place::Bare | Place::Double, '\\') if rest.len() > 1 => {
                if rest[1] == '\n' {
                    self.line.clear();
                }
                return 2;
            }
            (Place::Bare, '\'') => self.place = Place::Single,
            (Place::Single, '\'') => self.place = Place::Bare,
            (Place::Bare, '"') => self.place = Place::Double,
            (Place::Double, '"') => self.place = Place::Bare,
            (Place::Bare, '#') if self.begins_word() => self.place = Place::Comment,
            (Place::Bare, '<') if rest.get(1) == Some(&'<') && rest.get(2) != Some(&'<') => {
                return self.here_document(rest);
            }
            (Place::Bare, '<') if rest.get(1) == Some(&'<') => return 3,
            _ => {}
        }
        1
    }

    fn begins_word(&self) -> bool {
        let mut before = self.line.chars().rev().skip(1);
        before.next().is_none_or(|c| c.is_whitespace() || ";|&(".contains(c))
    }

    fn here_document(&mut self, rest: &[char]) -> usize {
        let mut taken = 2 + usize::from(rest.get(2) == Some(&'-'));
        taken += rest[taken..].iter().take_while(|c| **c == ' ').count();
        let word: String =
            rest[taken..].iter().take_while(|c| !c.is_whitespace() && !";|&<>()".contains(**c)).collect();
        let quoted = word.contains(['\'', '"', '\\']);
        let plain: String = word.chars().filter(|c| !"'\"\\".contains(*c)).collect();
        if !plain.is_empty() {
            self.pending.push((plain, quoted));
        }
        taken + word.chars().count()
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let ended = match &self.place {
            Place::Here(end, _) => line.trim_start_matches('\t') == end,
            Place::Comment => true,
            Place::Bare => true,
            Place::Single | Place::Double => false,
        };
        if ended {
            let next = if self.pending.is_empty() { None } else { Some(self.pending.remove(0)) };
            self.place = next.map_or(Place::Bare, |(end, quoted)| Place::Here(end, quoted));
        }
    }
}

/// Programs that fetch from the network.
pub(crate) const FETCHING: [&str; 22] = [
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "pip",
    "pip3",
    "poetry",
    "curl",
    "wget",
    "apt-get",
    "apk",
    "go get",
    "go mod",
    "go install",
    "cargo update",
    "bundle",
    "mvn",
    "gradle",
    "./gradlew",
    "docker",
    "composer",
    "git clone",
];

/// Whether a script needs bash: it has words that a plain shell does not know.
pub(crate) fn is_bash(script: &str) -> bool {
    let marks = [
        "[[ ",
        "<<<",
        "$'",
        "pipefail",
        "shopt ",
        "declare ",
        "readarray ",
        "mapfile ",
        "<(",
        "&>",
        "=~",
        "function ",
    ];
    marks.iter().any(|mark| script.contains(mark))
        || script.lines().any(|line| line.contains("=(") && !line.contains("$("))
}

/// Whether a program is called by its name.
pub(crate) fn calls<'a>(script: &str, programs: &[&'a str]) -> Option<&'a str> {
    let words = |line: &str| -> Vec<String> {
        let word = |c: char| c.is_whitespace() || ";|&()`\"'$".contains(c);
        line.split(word).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let lines: Vec<Vec<String>> =
        script.lines().filter(|line| !line.trim_start().starts_with('#')).map(words).collect();
    let called = |name: &&&str| {
        let parts: Vec<&str> = name.split(' ').collect();
        lines.iter().any(|line| line.windows(parts.len()).any(|window| window == parts))
    };
    programs.iter().find(called).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(before: &str, after: &str) -> String {
        let mut script = Script::new();
        script.text(before);
        if !script.variable("${X}") {
            script.text("FAILED");
        }
        script.text(after);
        script.finish()
    }

    #[test]
    fn the_quotes_around_it_decide() {
        for (before, after, expected) in [
            ("echo ", "", "echo ${X}"),
            ("echo \"a ", "\"", "echo \"a ${X}\""),
            ("sed 's/a/", "/'", "sed 's/a/'\"${X}\"'/'"),
            ("echo it\\'s ", "", "echo it\\'s ${X}"),
            ("echo 'a' # don't\necho '", "'", "echo 'a' # don't\necho ''\"${X}\"''"),
            ("cat <<EOF\nit's ", "\nEOF\n", "cat <<EOF\nit's ${X}\nEOF\n"),
            ("cat <<'EOF'\n", "\nEOF\n", "cat <<'EOF'\nFAILED\nEOF\n"),
            ("cat <<'EOF'\nx\nEOF\necho ", "", "cat <<'EOF'\nx\nEOF\necho ${X}"),
            ("cat <<-\\EOF\n\tx\n\tEOF\necho ", "", "cat <<-\\EOF\n\tx\n\tEOF\necho ${X}"),
            ("echo a#'", "'", "echo a#''\"${X}\"''"),
            ("cat <<< '", "'", "cat <<< ''\"${X}\"''"),
        ] {
            assert_eq!(filled(before, after), expected);
        }
    }

    #[test]
    fn programs_are_found_by_their_whole_names() {
        assert_eq!(calls("cd x && npm install", &["yarn", "npm"]), Some("npm"));
        assert_eq!(calls("grep npmrc .", &["npm"]), None);
        assert_eq!(calls("# npm\ngo get -u", &["npm", "go get"]), Some("go get"));
        assert_eq!(calls("go fmt", &["go get"]), None);
    }
}
