//! The files that a search would find, found by grep where the steps run.

use crate::words;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sought<'a> {
    /// The text, or the regular expression.
    pub(crate) what: &'a str,
    /// Whether it is a regular expression.
    pub(crate) is_regex: bool,
    /// Whether capitals count.
    pub(crate) in_case: bool,
}

/// A command that prints the paths of files that match a glob and hold what is looked for, one a line;
/// `None` where grep has no word for the glob.
pub(crate) fn command(glob: &str, sought: Sought<'_>) -> Option<String> {
    let case = if sought.in_case { "" } else { "i" };
    let kind = if sought.is_regex { "E" } else { "F" };
    let what = words::shell(sought.what);
    let wild = |text: &str| text.contains(['*', '?', '[', '{']);
    if !wild(glob) {
        return Some(format!("grep -sIl{case}{kind} -e {what} {}", words::shell(glob)));
    }
    let (folder, name) = match glob.split_once("**") {
        Some((folder, "")) => (folder, None),
        Some((folder, rest)) => (folder, Some(rest.strip_prefix('/')?)),
        None => return None,
    };
    if wild(folder) || name.is_some_and(|name| name.contains('/')) {
        return None;
    }
    let names: String = name
        .into_iter()
        .flat_map(choices)
        .map(|name| format!(" --include={}", words::shell(&name)))
        .collect();
    let grep = format!("grep -rsIl{case}{kind}{names} -e {what}");
    Some(match folder.trim_end_matches('/') {
        "" => format!("{grep} . | sed 's|^\\./||'"),
        folder => format!("{grep} {}", words::shell(folder)),
    })
}

/// `*.{a,b}` as `*.a` and `*.b`: grep knows no braces.
fn choices(name: &str) -> Vec<String> {
    let parts = name.split_once('{').and_then(|(start, rest)| Some((start, rest.split_once('}')?)));
    match parts {
        None => vec![name.to_owned()],
        Some((start, (inside, end))) => inside.split(',').map(|one| format!("{start}{one}{end}")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_become_words_of_grep() {
        for (glob, expected) in [
            ("**", Some("grep -rsIliF -e 'a b' . | sed 's|^\\./||'")),
            (
                "**/*.{js,ts}",
                Some("grep -rsIliF --include='*.js' --include='*.ts' -e 'a b' . | sed 's|^\\./||'"),
            ),
            ("README.md", Some("grep -sIliF -e 'a b' README.md")),
            ("deploy/**", Some("grep -rsIliF -e 'a b' deploy")),
            ("deploy/*.yaml", None),
            ("**/a/*.js", None),
        ] {
            let sought = Sought { what: "a b", is_regex: false, in_case: false };
            assert_eq!(command(glob, sought).as_deref(), expected, "{glob}");
        }
    }
}
