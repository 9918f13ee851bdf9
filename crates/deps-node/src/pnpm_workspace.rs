//! `pnpm-workspace.yaml`: members, catalogs and overrides.

use fleetwright_package::{Place, Scope};

use crate::indented::{lines, unquote};
use crate::manifest::{Catalogs, Wanted, overridden};
use crate::text::Source;

/// What it says.
#[derive(Debug, Default)]
pub(crate) struct PnpmWorkspace {
    /// The globs of the members.
    pub(crate) globs: Vec<String>,
    /// The catalogs.
    pub(crate) catalogs: Catalogs,
    /// The overrides.
    pub(crate) overrides: Vec<Wanted>,
    /// The parts that are written in a way not read here: in braces, with anchors or aliases.
    pub(crate) unread: Vec<u32>,
}

/// Reads one.
pub(crate) fn read(source: &Source<'_>) -> PnpmWorkspace {
    let mut all = PnpmWorkspace::default();
    lines(source.text, |keys, written, value| {
        let known = matches!(
            keys.first().map(AsRef::as_ref),
            Some("packages" | "catalog" | "catalogs" | "overrides")
        );
        if known && value.starts_with(['{', '[', '&', '*', '|', '>']) && !value.starts_with(">=") {
            all.unread.push(source.line_of(written));
            return;
        }
        let entry = || wanted(source, written, value);
        match keys {
            [top, item] if top == "packages" && item == "-" => all.globs.push(unquote(value).into_owned()),
            [top, name] if top == "catalog" => {
                drop(all.catalogs.entry(String::new()).or_default().insert(name.to_string(), entry()))
            }
            [top, catalog, name] if top == "catalogs" => {
                let catalog = if catalog == "default" { "" } else { catalog };
                all.catalogs.entry(catalog.to_owned()).or_default().insert(name.to_string(), entry());
            }
            [top, name] if top == "overrides" => {
                all.overrides.push(Wanted { name: overridden(name).to_owned(), ..entry() });
            }
            _ => {}
        }
    });
    all
}

fn wanted(source: &Source<'_>, written: &str, value: &str) -> Wanted {
    let text = unquote(value);
    let place = |part: &str| -> Option<Place> {
        let at = source.offset(part)?;
        Some(source.place(at..at + part.len()))
    };
    let set = match &text {
        std::borrow::Cow::Borrowed(inside) => place(inside),
        std::borrow::Cow::Owned(_) => None,
    };
    Wanted {
        name: unquote(written).into_owned(),
        text: text.to_string(),
        scope: Scope::Managed,
        place: place(written).unwrap_or_else(|| source.place(0..0)),
        set,
        comment: comment(source, written),
    }
}

/// The comment behind a line, or alone on the line above it.
fn comment(source: &Source<'_>, written: &str) -> Option<String> {
    let at = source.offset(written)?;
    let start = source.text[..at].rfind('\n').map_or(0, |at| at + 1);
    let line = source.text[at..].lines().next()?;
    if let Some((_, behind)) = line.split_once(" #") {
        return Some(behind.trim().to_owned());
    }
    let above = source.text[..start].lines().next_back()?.trim();
    above.strip_prefix('#').map(|comment| comment.trim().to_owned())
}
