//! `yarn.lock`: what is asked for stands in the heads of the entries, and in berry once more in those of the workspace.

use super::moved::{Moved, missing};

/// Yarn 1.
pub(super) fn first(text: &str, moved: &Moved<'_>) -> Result<String, String> {
    let (old, new) = (format!("{}@{}", moved.name, moved.old), format!("{}@{}", moved.name, moved.new));
    let asked = |line: &str| {
        let words = line.strip_prefix("    ").and_then(|line| line.split_once(' '));
        words.is_some_and(|(name, version)| bare(name) == moved.name && bare(version) == moved.old)
    };
    let kept = moved.kept || text.lines().any(asked);
    heads(text, moved, (&old, &new, kept), |heads| {
        let wrapped = |head: &String| match head.starts_with(|c: char| c.is_ascii_alphabetic())
            && !head.starts_with("true")
            && !head.starts_with("false")
            && !head.contains([':', ' ', '\\', '"', ',', '[', ']'])
        {
            true => head.clone(),
            false => format!("\"{head}\""),
        };
        heads.iter().map(wrapped).collect::<Vec<_>>().join(", ")
    })
}

/// Yarn 2 and later.
pub(super) fn berry(text: &str, moved: &Moved<'_>) -> Result<String, String> {
    let (text, other) = workspace(text, moved)?;
    let asked = |text: &str| format!("{}@npm:{text}", moved.name);
    heads(&text, moved, (&asked(moved.old), &asked(moved.new), moved.kept || other), |heads| {
        format!("\"{}\"", heads.join(", "))
    })
}

/// The text with what the workspace's member asks for moved, and whether somebody else asks for the same as before.
fn workspace(text: &str, moved: &Moved<'_>) -> Result<(String, bool), String> {
    let place = format!("@workspace:{}", if moved.folder.is_empty() { "." } else { moved.folder });
    let (mut own, mut done, mut other) = (false, false, false);
    let mut new = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        if !line.starts_with([' ', '\n', '#']) {
            own = bare(line.trim_end().trim_end_matches(':')).split(", ").any(|head| head.ends_with(&place));
        }
        let words = line.strip_prefix("    ").and_then(|line| line.trim_end().split_once(": "));
        let asks = words.filter(|(name, _)| bare(name) == moved.name).map(|(_, asked)| bare(asked));
        let Some(asked) = asks.filter(|asked| asked.strip_prefix("npm:").unwrap_or(asked) == moved.old)
        else {
            new.push_str(line);
            continue;
        };
        if !own {
            other = true;
            new.push_str(line);
            continue;
        }
        let prefix = if asked.starts_with("npm:") { "npm:" } else { "" };
        let name = words.map(|(name, _)| name).unwrap_or_default();
        new.push_str(&format!("    {name}: {}\n", scalar(&format!("{prefix}{}", moved.new))));
        done = true;
    }
    if done { Ok((new, other)) } else { Err(missing(moved)) }
}

/// The text with one descriptor for another in the head of its entry; beside it where the old one is still asked for.
fn heads(
    text: &str,
    moved: &Moved<'_>,
    (old, new, kept): (&str, &str, bool),
    write: impl Fn(&[String]) -> String,
) -> Result<String, String> {
    let own = format!("{}@", moved.name);
    let mut entries = 0;
    let mut edited = String::with_capacity(text.len() + 16);
    let mut done = false;
    for line in text.split_inclusive('\n') {
        let head = line.trim_end().strip_suffix(':').filter(|_| !line.starts_with([' ', '#']));
        let mut all: Vec<String> =
            head.map(|head| head.split(", ").map(|each| bare(each).to_owned()).collect()).unwrap_or_default();
        let named = all.iter().any(|each| each.starts_with(&own) && !each.contains("@workspace:"));
        entries += usize::from(named);
        if !all.iter().any(|each| each == old) {
            done |= all.iter().any(|each| each == new);
            edited.push_str(line);
            continue;
        }
        all.retain(|each| each != new && (kept || each != old));
        all.push(new.to_owned());
        all.sort();
        edited.push_str(&write(&all));
        edited.push_str(":\n");
        done = true;
    }
    match (done, entries) {
        // The order of several entries follows what is asked for.
        (true, 1) => Ok(edited),
        (true, _) => Err(format!("it has several entries for {}", moved.name)),
        (false, _) => Err(missing(moved)),
    }
}

fn bare(text: &str) -> &str {
    text.trim().trim_matches('"')
}

/// A value as berry writes it: in quotes where YAML might take it for something else.
fn scalar(text: &str) -> String {
    let odd = |c: char| ",[]{}:#".contains(c);
    match text.starts_with(|c: char| "-?:,][{}#&*!|>'\"%@` ".contains(c)) || text.contains(odd) {
        true => format!("\"{text}\""),
        false => text.to_owned(),
    }
}
