//! Regular expressions of code searches that say no more than a glob does.

/// A part of a simple regular expression.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Letter(char),
    /// `.*`
    Anything,
    /// `(a|b)` with plain texts in it.
    OneOf(Vec<String>),
}

/// A regular expression made of plain text, `.*`, `(a|b)` and anchors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Simple {
    /// Whether it begins at the beginning.
    pub(crate) starts: bool,
    /// Whether it begins at a `/` or at the beginning.
    boundary: bool,
    pieces: Vec<Piece>,
    /// Whether it ends at the end.
    pub(crate) ends: bool,
}

impl Simple {
    /// Reads a regular expression; `None` when there is more to it.
    pub(crate) fn read(regex: &str) -> Option<Simple> {
        let (boundary, rest) = match regex.strip_prefix("(^|/)").or_else(|| regex.strip_prefix("(?:^|/)")) {
            Some(rest) => (true, rest),
            None => (false, regex),
        };
        let (starts, rest) = rest.strip_prefix('^').map_or((false, rest), |rest| (true, rest));
        let mut simple = Simple { starts, boundary, pieces: Vec::new(), ends: false };
        let mut letters = rest.chars().peekable();
        while let Some(letter) = letters.next() {
            let piece = match letter {
                '$' if letters.peek().is_none() => {
                    simple.ends = true;
                    break;
                }
                '\\' => match letters.next()? {
                    escaped if escaped.is_ascii_alphanumeric() => return None,
                    escaped => Piece::Letter(escaped),
                },
                '.' if letters.peek() == Some(&'*') => {
                    letters.next();
                    Piece::Anything
                }
                '(' => {
                    let inside: String = letters.by_ref().take_while(|c| *c != ')').collect();
                    Piece::OneOf(choices(&inside)?)
                }
                '*' | '+' | '?' | '[' | ']' | '{' | '}' | ')' | '|' | '^' | '$' => return None,
                other => Piece::Letter(other),
            };
            if matches!(letters.peek(), Some('*' | '+' | '?' | '{')) {
                return None;
            }
            simple.pieces.push(piece);
        }
        Some(simple)
    }

    /// Takes a plain text away from its beginning.
    pub(crate) fn without(mut self, start: &str) -> Option<Simple> {
        let length = start.chars().count();
        let same = self.pieces.len() >= length
            && self.pieces.iter().zip(start.chars()).all(|(piece, letter)| *piece == Piece::Letter(letter));
        self.pieces.drain(..if same { length } else { 0 });
        same.then_some(self)
    }

    /// The host a repository's name begins with: everything before the first `/`.
    pub(crate) fn host(&self) -> Option<String> {
        let letters: Option<String> = self
            .pieces
            .iter()
            .map_while(|piece| if *piece == Piece::Letter('/') { None } else { Some(piece) })
            .map(|piece| if let Piece::Letter(letter) = piece { Some(*letter) } else { None })
            .collect();
        letters.filter(|host| self.starts && host.contains('.'))
    }

    /// A glob over a repository's name, where no name has more than one `/`.
    pub(crate) fn name_glob(&self) -> Option<String> {
        let mut glob = self.glob_body("*")?;
        if !self.starts {
            return None;
        }
        if !self.ends && !glob.ends_with('*') {
            glob.push('*');
        }
        // `acme/.*` and `acme/` take in every name below acme.
        Some(glob).filter(|glob| glob.contains('/'))
    }

    /// A glob over a path, and whether it takes in exactly the same paths.
    pub(crate) fn path_glob(&self) -> Option<(String, bool)> {
        let body = self.glob_body("*")?;
        let mut exact = !self.pieces.contains(&Piece::Anything);
        let mut glob = match (self.starts, self.boundary) {
            (true, _) => String::new(),
            (false, true) => "**/".to_owned(),
            (false, false) => {
                exact &= !body.contains('/');
                format!("**/{}", if body.starts_with(['*', '/']) { "" } else { "*" })
            }
        };
        glob.push_str(body.trim_start_matches(|c| c == '/' && !glob.is_empty()));
        if !self.ends {
            if glob.ends_with('/') {
                glob.push_str("**");
            } else {
                exact = false;
                glob.push_str(if glob.ends_with('*') { "" } else { "*" });
            }
        }
        Some((glob, exact))
    }

    /// The plain text it stands for, where it is nothing but that.
    pub(crate) fn literal(&self) -> Option<String> {
        let letter = |piece: &Piece| if let Piece::Letter(letter) = piece { Some(*letter) } else { None };
        self.pieces.iter().map(letter).collect()
    }

    fn glob_body(&self, anything: &str) -> Option<String> {
        let mut glob = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Letter(letter) if "*?[]{}\\!,".contains(*letter) => return None,
                Piece::Letter(letter) => glob.push(*letter),
                Piece::Anything => glob.push_str(anything),
                Piece::OneOf(texts) => glob.push_str(&format!("{{{}}}", texts.join(","))),
            }
        }
        Some(glob)
    }
}

fn choices(inside: &str) -> Option<Vec<String>> {
    let inside = inside.strip_prefix("?:").unwrap_or(inside);
    inside
        .split('|')
        .map(|text| {
            let plain = Simple::read(text)?;
            (!plain.starts && !plain.ends).then(|| plain.literal()).flatten()
        })
        .map(|text| text.filter(|text| !text.contains(['{', '}', ',', '*', '?', '['])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_globs() {
        for (regex, expected) in [
            (r"^github\.com/acme/app$", Some("acme/app")),
            (r"^github.com/acme/.*$", Some("acme/*")),
            (r"^github\.com\/acme\/", Some("acme/*")),
            (r"^github\.com/acme/(web|app)$", Some("acme/{web,app}")),
            (r"^github\.com/acme/app-", Some("acme/app-*")),
            (r"^github\.com/acme/[ab]", None),
            (r"^github\.com/(acme", None),
        ] {
            let glob = Simple::read(regex).and_then(|simple| simple.without("github.com/")?.name_glob());
            assert_eq!(glob.as_deref(), expected, "{regex}");
        }
    }

    #[test]
    fn paths_become_globs() {
        for (regex, expected) in [
            (r"^package\.json$", Some(("package.json", true))),
            (r"(^|/)package\.json$", Some(("**/package.json", true))),
            (r"package.json$", Some(("**/*package.json", true))),
            (r"\.tf$", Some(("**/*.tf", true))),
            (r"README", Some(("**/*README*", false))),
            (r"^deploy/.*\.ya?ml$", None),
            (r"^deploy/.*\.yaml$", Some(("deploy/*.yaml", false))),
            (r"^src/", Some(("src/**", true))),
        ] {
            let glob = Simple::read(regex).and_then(|simple| simple.path_glob());
            assert_eq!(glob.as_ref().map(|(glob, exact)| (glob.as_str(), *exact)), expected, "{regex}");
        }
    }
}
