//! `Dockerfile` and `Containerfile`: base images, and images that files are copied or mounted from.

use std::ops::Range;

use fleetwright_package::Scope;

use crate::image;
use crate::source::{Source, shown};
use crate::variable::{Variables, fill};

/// Reads a `Dockerfile`.
pub(crate) fn read(source: &mut Source<'_>) {
    let mut arguments = Variables::new();
    let mut stages: Vec<Stage<'_>> = Vec::new();
    let mut others = Vec::new();
    for instruction in instructions(source.text) {
        let words = words(source.text, &instruction);
        let Some(first) = words.first().map(|word| source.slice(word)) else { continue };
        let rest = words.get(1..).unwrap_or_default();
        match first.to_ascii_uppercase().as_str() {
            "ARG" if stages.is_empty() => rest.iter().for_each(|word| argument(source, word, &mut arguments)),
            "FROM" => stages.extend(stage(source, rest)),
            "COPY" | "ADD" => others.extend(from_option(source, rest, "--from=")),
            "RUN" => others.extend(from_option(source, rest, "--mount=")),
            _ => {}
        }
    }
    let runs = last_base(&stages);
    for (at, stage) in stages.iter().enumerate() {
        let scope = if Some(at) == runs { Scope::Runtime } else { Scope::Build };
        if !is_stage(stages.get(..at).unwrap_or_default(), source.slice(&stage.image)) {
            base(source, stage.image.clone(), scope, &arguments);
        }
    }
    for span in others {
        let name = source.slice(&span);
        if !is_stage(&stages, name) && !name.bytes().all(|byte| byte.is_ascii_digit()) {
            image::declare(source, span, Scope::Build, &arguments);
        }
    }
}

struct Stage<'a> {
    image: Range<usize>,
    image_text: &'a str,
    name: Option<&'a str>,
}

fn stage<'a>(source: &Source<'a>, words: &[Range<usize>]) -> Option<Stage<'a>> {
    let mut words = words.iter().skip_while(|word| source.slice(word).starts_with("--"));
    let image = words.next()?.clone();
    let name = words.next().filter(|word| source.slice(word).eq_ignore_ascii_case("as"));
    let name = name.and_then(|_| words.next()).map(|word| source.slice(word));
    Some(Stage { image_text: source.slice(&image), image, name })
}

fn is_stage(stages: &[Stage<'_>], name: &str) -> bool {
    stages.iter().any(|stage| stage.name.is_some_and(|own| own.eq_ignore_ascii_case(name)))
}

/// The stage whose base the last one runs on, through the stages it is built from.
fn last_base(stages: &[Stage<'_>]) -> Option<usize> {
    let mut at = stages.len().checked_sub(1)?;
    loop {
        let text = stages.get(at)?.image_text;
        let before = stages.get(..at)?;
        let named = |stage: &Stage<'_>| stage.name.is_some_and(|own| own.eq_ignore_ascii_case(text));
        match before.iter().rposition(named) {
            Some(earlier) => at = earlier,
            None => return Some(at),
        }
    }
}

fn base(source: &mut Source<'_>, span: Range<usize>, scope: Scope, arguments: &Variables) {
    let text = source.slice(&span);
    match fill(text, span.start, arguments) {
        Ok(filled) if filled.text == "scratch" => {}
        Ok(filled) if !filled.text.is_empty() => image::filled_in(source, span, scope, &filled),
        _ if text.starts_with('$') => {
            let message = format!("`FROM {}` names no image: its argument has no default", shown(text));
            source.finding(source.line(span.start), message, "give the ARG before it a default");
        }
        _ => image::declare(source, span, scope, arguments),
    }
}

fn argument(source: &Source<'_>, word: &Range<usize>, arguments: &mut Variables) {
    let Some((name, value)) = source.slice(word).split_once('=') else { return };
    let bare = value.trim_matches(['"', '\'']);
    let start = word.start + name.len() + 1 + (value.len() - value.trim_start_matches(['"', '\'']).len());
    let value = match fill(bare, start, arguments) {
        // One that is made of others is written in several places.
        Ok(filled) => (filled.text.clone(), (filled.text == bare).then_some(start)),
        Err(_) => return,
    };
    arguments.insert(name.to_owned(), value);
}

/// The image in an option, `--from=image` or `--mount=type=bind,from=image`.
fn from_option(source: &Source<'_>, words: &[Range<usize>], option: &str) -> Vec<Range<usize>> {
    let options = words.iter().take_while(|word| source.slice(word).starts_with("--"));
    let found = options.filter_map(|word| {
        let value = source.slice(word).strip_prefix(option)?;
        let start = word.start + option.len();
        if option == "--from=" {
            return Some(start..word.end);
        }
        let at = if value.starts_with("from=") { 0 } else { value.find(",from=")? + 1 } + "from=".len();
        let length = value.get(at..)?.find(',').unwrap_or(value.len() - at);
        Some(start + at..start + at + length)
    });
    found.filter(|span| !span.is_empty()).collect()
}

/// The bytes of each instruction, with its continuations and without what a here-document holds.
fn instructions(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut at): (Vec<Range<usize>>, _) = (Vec::new(), 0);
    let (mut continues, mut until): (bool, Option<&str>) = (false, None);
    for line in text.split_inclusive('\n') {
        let span = at..at + line.len();
        at = span.end;
        let body = line.trim();
        if let Some(end) = until {
            if body == end {
                until = None;
            }
            continue;
        }
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        match found.last_mut().filter(|_| continues) {
            Some(last) => last.end = span.end,
            None => found.push(span),
        }
        continues = body.ends_with('\\') || body.ends_with('`');
        until = here_document(body);
    }
    found
}

/// The word that ends a here-document which begins on this line.
fn here_document(line: &str) -> Option<&str> {
    let upper = line.get(..4)?.to_ascii_uppercase();
    let rest = line.split_once("<<").filter(|_| matches!(upper.as_str(), "RUN " | "COPY" | "ADD "))?.1;
    let word = rest.trim_start_matches('-').trim_start_matches(['"', '\'']);
    let end = word.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(word.len());
    word.get(..end).filter(|word| word.starts_with(|char: char| char.is_ascii_alphabetic()))
}

/// The bytes of an instruction's words; comments between its lines and what continues them are none.
fn words(text: &str, instruction: &Range<usize>) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), instruction.start);
    for line in text.get(instruction.clone()).unwrap_or_default().split_inclusive('\n') {
        let start = at;
        at += line.len();
        if line.trim_start().starts_with('#') {
            continue;
        }
        let mut word = None;
        for (offset, char) in line.char_indices().chain([(line.len(), ' ')]) {
            match (word, char.is_whitespace()) {
                (None, false) => word = Some(offset),
                (Some(from), true) => {
                    if !matches!(line.get(from..offset), Some("\\" | "`")) {
                        found.push(start + from..start + offset);
                    }
                    word = None;
                }
                _ => {}
            }
        }
    }
    found
}
