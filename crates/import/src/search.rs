//! Code searches of Sourcegraph and GitHub as targets of a shift, as far as they say the same.

use crate::grep::{self, Sought};
use crate::pattern::Simple;
use crate::query::{Picked, Word, split};
use crate::words;

/// Languages by the names that searches give them, and a glob for their files.
const LANGUAGES: [(&str, &str); 24] = [
    ("go", "**/*.go"),
    ("golang", "**/*.go"),
    ("python", "**/*.py"),
    ("java", "**/*.java"),
    ("kotlin", "**/*.{kt,kts}"),
    ("javascript", "**/*.{js,jsx,mjs,cjs}"),
    ("typescript", "**/*.{ts,tsx,mts,cts}"),
    ("ruby", "**/*.rb"),
    ("rust", "**/*.rs"),
    ("php", "**/*.php"),
    ("scala", "**/*.scala"),
    ("swift", "**/*.swift"),
    ("c", "**/*.{c,h}"),
    ("c++", "**/*.{cc,cpp,cxx,h,hpp}"),
    ("c#", "**/*.cs"),
    ("csharp", "**/*.cs"),
    ("shell", "**/*.sh"),
    ("yaml", "**/*.{yaml,yml}"),
    ("json", "**/*.json"),
    ("xml", "**/*.xml"),
    ("html", "**/*.{html,htm}"),
    ("css", "**/*.css"),
    ("markdown", "**/*.{md,markdown}"),
    ("dockerfile", "**/{Dockerfile,*.dockerfile}"),
];

/// Words of a query that say nothing about which repositories it finds, or what holds here anyway.
const SILENT: [&str; 12] = [
    "count",
    "timeout",
    "archived",
    "fork",
    "select",
    "type",
    "context",
    "index",
    "stable",
    "visibility",
    "in",
    "case",
];

/// How plain words are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Each on its own, in the same file.
    Keywords,
    /// All of them as one text.
    Literal,
    /// All of them as one regular expression.
    Regex,
}

/// What a query gathers while it is read.
#[derive(Debug, Default)]
struct Found {
    picked: Picked,
    /// Globs the files must match.
    files: Vec<String>,
    /// Globs of the language.
    languages: Vec<String>,
    /// Plain words and regular expressions, the latter with `true`.
    terms: Vec<(String, bool)>,
    in_case: bool,
}

/// Reads a query of Sourcegraph; `version` is the batch spec's.
pub(crate) fn sourcegraph(query: &str, version: u64) -> Picked {
    let words = split(query);
    if let Some(lost) = logical(&words, query) {
        return lost;
    }
    let word = |key: &str| words.iter().find(|word| word.key == key).map(|word| word.value.to_lowercase());
    let reading = match word("patterntype").as_deref() {
        Some("regexp" | "regex") => Reading::Regex,
        Some("keyword") => Reading::Keywords,
        Some("standard" | "literal") => Reading::Literal,
        None if version >= 2 => Reading::Keywords,
        None => Reading::Literal,
        Some(_) => {
            let lost = vec![format!("`{query}`: this kind of pattern")];
            return Picked { lost, ..Picked::default() };
        }
    };
    let mut found = Found { in_case: word("case").as_deref() == Some("yes"), ..Found::default() };
    for word in &words {
        match word.key.as_str() {
            "repo" | "r" => found.repo(word),
            "file" | "f" | "path" => found.file(word),
            "lang" | "language" | "l" => found.language(word),
            "repohasfile" => found.has_path(&word.value, word),
            "content" => found.term(word, reading),
            "patterntype" => {}
            key if SILENT.contains(&key) => {}
            "" => found.term(word, reading),
            _ => found.term(&Word { key: String::new(), value: word.text(), ..word.clone() }, reading),
        }
    }
    found.gathered(reading)
}

/// Reads a query of GitHub's code search, or of its repository search.
pub(crate) fn github(query: &str) -> Picked {
    let words = split(query);
    if let Some(lost) = logical(&words, query) {
        return lost;
    }
    let mut found = Found::default();
    let mut at_root = false;
    let mut folder = None;
    for word in &words {
        let value = word.value.as_str();
        match (word.key.as_str(), word.negated) {
            ("org" | "user", false) => found.picked.repos.push(format!("{value}/*")),
            ("repo", false) => found.picked.repos.push(value.to_owned()),
            ("org" | "user", true) => {
                found.picked.exclude.push(format!("repo.owner == {}", words::cel(value)))
            }
            ("repo", true) => found.picked.exclude.push(format!("repo.name == {}", words::cel(value))),
            ("topic", _) => found.put(word.negated, format!("{} in repo.topics", words::cel(value))),
            ("path", false) if value == "/" => at_root = true,
            ("path", false) if !value.contains(['*', '?']) => {
                folder = Some(value.trim_matches('/').to_owned())
            }
            ("filename", false) => found.files.push(format!("**/{value}")),
            ("extension", false) => found.files.push(format!("**/*.{}", value.trim_start_matches('.'))),
            ("language", false) => found.language(word),
            ("", _) => found.term(word, Reading::Keywords),
            (key, _) if SILENT.contains(&key) => {}
            _ => found.picked.lost.push(format!("`{}`", word.text())),
        }
    }
    let within = |glob: String| match (&folder, at_root) {
        (_, true) => glob.trim_start_matches("**/").to_owned(),
        (Some(folder), false) => format!("{folder}/{glob}"),
        (None, false) => glob,
    };
    found.files = std::mem::take(&mut found.files).into_iter().map(within).collect();
    match (&folder, at_root) {
        _ if !found.files.is_empty() => {}
        (Some(folder), _) => found.files.push(format!("{folder}/**")),
        (None, true) if !found.terms.is_empty() => found.files.push("*".to_owned()),
        _ => {}
    }
    found.gathered(Reading::Keywords)
}

/// A query with AND, OR, NOT or brackets says what a list of conditions does not.
fn logical(words: &[Word], query: &str) -> Option<Picked> {
    let is = |word: &Word| {
        let plain = word.key.is_empty() && !word.quoted;
        plain
            && (matches!(word.value.as_str(), "OR" | "or" | "AND" | "and" | "NOT" | "not")
                || word.value.starts_with('('))
    };
    let lost = vec![format!("`{query}`: it has and, or, not or brackets")];
    words.iter().any(is).then(|| Picked { lost, ..Picked::default() })
}

impl Found {
    fn put(&mut self, negated: bool, selector: String) {
        match negated {
            true => self.picked.exclude.push(selector),
            false => self.picked.select.push(selector),
        }
    }

    fn lost(&mut self, word: &Word) {
        self.picked.lost.push(format!("`{}`", word.text()));
    }

    /// `repo:` is a regular expression over host and name, or asks something of the repository.
    fn repo(&mut self, word: &Word) {
        if word.value.starts_with("has") || word.value.starts_with("contains") {
            return self.has(word);
        }
        if word.value.contains('@') {
            return self.lost(word);
        }
        let Some((simple, host)) =
            Simple::read(&word.value).and_then(|simple| Some((simple.clone(), simple.host()?)))
        else {
            return self.repo_regex(word);
        };
        let rest = simple.without(&format!("{host}/"));
        let glob = rest.clone().and_then(|rest| rest.name_glob());
        match (rest, glob) {
            (Some(rest), None) if rest.literal().is_some_and(|rest| rest.is_empty()) => {
                self.picked.near.push(format!(
                    "`{}` takes every repository of {host}: here, of every forge",
                    word.text()
                ));
            }
            // Names at github.com have exactly one `/`; elsewhere a `*` would not cross the others.
            (_, Some(glob)) if !word.negated && (host == "github.com" || !glob.contains('*')) => {
                if self.picked.repos.is_empty() {
                    self.picked.repos.push(glob);
                } else {
                    self.repo_regex(word);
                }
            }
            _ => self.repo_regex(word),
        }
    }

    fn repo_regex(&mut self, word: &Word) {
        let host = Simple::read(&word.value).and_then(|simple| simple.host());
        let mut regex = word.value.replace("\\/", "/");
        if let Some(host) = host {
            let escaped = format!("^{}/", host.replace('.', "\\."));
            regex = regex.replacen(&escaped, "^", 1).replacen(&format!("^{host}/"), "^", 1);
        } else if regex.starts_with('^') {
            return self.lost(word);
        } else if !regex.contains('/') {
            self.picked
                .near
                .push(format!("`{}` is looked for in owner and name, not in the host", word.text()));
        }
        let selector = format!("repo.name.matches({})", words::cel(&format!("(?i){regex}")));
        self.put(word.negated, selector);
    }

    /// `repo:has.path(...)`, `repo:has.file(path:... content:...)`, `repo:has.content(...)`, `repo:has.topic(...)`.
    fn has(&mut self, word: &Word) {
        let Some((what, inside)) = word.value.strip_suffix(')').and_then(|value| value.split_once('('))
        else {
            return self.lost(word);
        };
        match what {
            "has.path" | "contains.path" => self.has_path(inside, word),
            "has.content" | "contains.content" => {
                self.put(
                    word.negated,
                    format!("repo.contains(\"**\", {})", words::cel(&format!("(?i){inside}"))),
                );
            }
            "has.topic" => self.put(word.negated, format!("{} in repo.topics", words::cel(inside))),
            "has.file" | "contains.file" | "contains" => {
                let parts = split(inside);
                let part = |key: &str| {
                    parts.iter().find(|part| part.key == key || (key == "path" && part.key == "file"))
                };
                match (part("path"), part("content")) {
                    (Some(path), None) => self.has_path(&path.value.clone(), word),
                    (path, Some(content)) => {
                        let glob = path.map_or(Some(("**".to_owned(), true)), |path| {
                            Simple::read(&path.value)?.path_glob()
                        });
                        let Some((glob, _)) = glob else { return self.lost(word) };
                        let regex = words::cel(&format!("(?i){}", content.value));
                        self.put(word.negated, format!("repo.contains({}, {regex})", words::cel(&glob)));
                    }
                    (None, None) => self.lost(word),
                }
            }
            _ => self.lost(word),
        }
    }

    fn has_path(&mut self, regex: &str, word: &Word) {
        match Simple::read(regex).and_then(|simple| simple.path_glob()) {
            Some((glob, exact)) => {
                self.put(word.negated, format!("repo.hasFile({})", words::cel(&glob)));
                if !exact {
                    self.near_glob(word, &glob);
                }
            }
            None => self.lost(word),
        }
    }

    fn file(&mut self, word: &Word) {
        if word.negated {
            let text = word.text();
            self.picked.near.push(format!("`{text}` is left out: files it would pass over count too"));
            return;
        }
        match Simple::read(&word.value).and_then(|simple| simple.path_glob()) {
            Some((glob, exact)) => {
                if !exact {
                    self.near_glob(word, &glob);
                }
                self.files.push(glob);
            }
            None => self.lost(word),
        }
    }

    fn near_glob(&mut self, word: &Word, glob: &str) {
        self.picked.near.push(format!("`{}` is a regular expression, read as the glob {glob}", word.text()));
    }

    fn language(&mut self, word: &Word) {
        let name = word.value.to_lowercase();
        match LANGUAGES.iter().find(|(known, _)| *known == name) {
            Some((_, glob)) if word.negated => {
                self.picked.exclude.push(format!("repo.hasFile({})", words::cel(glob)))
            }
            Some((_, glob)) => self.languages.push((*glob).to_owned()),
            None => self.lost(word),
        }
    }

    fn term(&mut self, word: &Word, reading: Reading) {
        if word.negated {
            return self.lost(word);
        }
        let regex =
            word.value.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|_| !word.quoted);
        let is_regex = regex.is_some() || (reading == Reading::Regex && !word.quoted);
        self.terms.push((regex.unwrap_or(&word.value).to_owned(), is_regex));
    }

    /// All that was found, as targets.
    fn gathered(mut self, reading: Reading) -> Picked {
        let files = if self.files.is_empty() { self.languages.clone() } else { self.files.clone() };
        let glob = match files.as_slice() {
            [] => "**",
            [one] => one,
            [first, ..] => {
                self.picked.near.push("one file need not match all of the patterns of files".to_owned());
                first
            }
        }
        .to_owned();
        let flag = if self.in_case { "" } else { "(?i)" };
        let regexes = self.regexes(reading);
        for regex in &regexes {
            let regex = words::cel(&format!("{flag}{regex}"));
            self.picked.select.push(format!("repo.contains({}, {regex})", words::cel(&glob)));
        }
        if regexes.len() > 1 {
            self.picked.near.push("the words need not stand in one file".to_owned());
        }
        let rest = if regexes.is_empty() { &files[..] } else { files.get(1..).unwrap_or_default() };
        let languages = if self.files.is_empty() { &[][..] } else { &self.languages[..] };
        for glob in rest.iter().chain(languages) {
            self.picked.select.push(format!("repo.hasFile({})", words::cel(glob)));
        }
        self.picked.paths = self.paths(&glob, &regexes);
        self.picked
    }

    fn regexes(&self, reading: Reading) -> Vec<String> {
        let regex =
            |(text, is_regex): &(String, bool)| if *is_regex { text.clone() } else { words::escape(text) };
        let all: Vec<String> = self.terms.iter().map(regex).collect();
        match reading {
            Reading::Keywords => all,
            _ if all.is_empty() => all,
            Reading::Literal => vec![all.join(" ")],
            Reading::Regex => vec![all.join(".*")],
        }
    }

    /// A command that lists the files a search for one text would find.
    fn paths(&self, glob: &str, regexes: &[String]) -> Option<String> {
        let [regex] = regexes else { return None };
        let is_regex = self.terms.iter().any(|(_, is_regex)| *is_regex);
        let plain: Vec<&str> = self.terms.iter().map(|(text, _)| text.as_str()).collect();
        let what = if is_regex { regex.clone() } else { plain.join(" ") };
        grep::command(glob, Sought { what: &what, is_regex, in_case: self.in_case })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(picked: &Picked) -> String {
        let mut parts = picked.repos.clone();
        parts.extend(picked.select.clone());
        parts.extend(picked.exclude.iter().map(|text| format!("NOT {text}")));
        parts.extend(picked.lost.iter().map(|text| format!("LOST {text}")));
        parts.extend(picked.near.iter().map(|_| "NEAR".to_owned()));
        parts.join(" ; ")
    }

    #[test]
    fn sourcegraphs_queries() {
        for (query, expected) in [
            ("file:README.md", r#"repo.hasFile("**/*README.md*") ; NEAR"#),
            ("repo:^github\\.com/acme/.*$ file:^package\\.json$", r#"acme/* ; repo.hasFile("package.json")"#),
            ("OLD-VALUE", r#"repo.contains("**", "(?i)OLD-VALUE")"#),
            ("lang:go fmt.Sprintf", r#"repo.contains("**/*.go", "(?i)fmt\\.Sprintf")"#),
            ("lang:go -file:vendor", r#"repo.hasFile("**/*.go") ; NEAR"#),
            ("case:yes /log4j-1\\.[0-9]/", r#"repo.contains("**", "log4j-1\\.[0-9]")"#),
            (
                "repo:acme/ -repo:sandbox",
                r#"repo.name.matches("(?i)acme/") ; NOT repo.name.matches("(?i)sandbox") ; NEAR"#,
            ),
            ("repo:^gitlab\\.example\\.com/team/", r#"repo.name.matches("(?i)^team/")"#),
            (
                "repo:has.path(^go\\.mod$) repo:has.topic(backend)",
                r#"repo.hasFile("go.mod") ; "backend" in repo.topics"#,
            ),
            ("repo:has.file(path:\\.tf$ content:aws_s3)", r#"repo.contains("**/*.tf", "(?i)aws_s3")"#),
            ("a or b", "LOST `a or b`: it has and, or, not or brackets"),
            ("x patterntype:structural", "LOST `x patterntype:structural`: this kind of pattern"),
            ("repo:^github\\.com/acme/app$@dev", "LOST `repo:^github\\.com/acme/app$@dev`"),
            ("count:all select:repo repo:^github\\.com/acme/(a|b)$", "acme/{a,b}"),
            ("file:[ab]", "LOST `file:[ab]`"),
        ] {
            assert_eq!(shown(&sourcegraph(query, 2)), expected, "{query}");
        }
    }

    #[test]
    fn words_are_read_as_the_version_reads_them() {
        let two = sourcegraph("foo bar", 2);
        assert_eq!(two.select, [r#"repo.contains("**", "(?i)foo")"#, r#"repo.contains("**", "(?i)bar")"#]);
        let one = sourcegraph("foo bar", 1);
        assert_eq!(one.select, [r#"repo.contains("**", "(?i)foo bar")"#]);
        assert_eq!(one.paths.as_deref(), Some("grep -rsIliF -e 'foo bar' . | sed 's|^\\./||'"));
    }

    #[test]
    fn githubs_queries() {
        for (query, expected) in [
            ("org:NerdWallet path:/ filename:.eslintrc", r#"NerdWallet/* ; repo.hasFile(".eslintrc")"#),
            (
                "org:acme filename:package.json react",
                r#"acme/* ; repo.contains("**/package.json", "(?i)react")"#,
            ),
            ("org:acme topic:service archived:false", r#"acme/* ; "service" in repo.topics"#),
            ("org:acme extension:tf path:infra", r#"acme/* ; repo.hasFile("infra/**/*.tf")"#),
            ("org:acme size:>100", "acme/* ; LOST `size:>100`"),
            ("org:acme NOT repo:acme/x", "LOST `org:acme NOT repo:acme/x`: it has and, or, not or brackets"),
        ] {
            assert_eq!(shown(&github(query)), expected, "{query}");
        }
    }
}
