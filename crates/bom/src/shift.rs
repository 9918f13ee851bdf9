//! The Shift that moves everybody to a release. Its name and its bytes depend on the file alone, and on which
//! repositories hold the components of overrides: so the same file is a new round, and never another shift.

use std::fmt::Write as _;

use fleetwright_package::Package;

use crate::bom::{Bom, Channel, Override, Release, Target};
use crate::place::quoted;

/// The longest selection that is written as one expression, in bytes; a selector reads 4,096.
const MAX_SELECT: usize = 4_000;

/// Repositories that an override leaves out.
#[derive(Debug, Clone, Copy)]
pub struct LeftOut<'a> {
    /// The override.
    pub over: &'a Override,
    /// The repositories that hold its components, in order; nothing for an override of repositories.
    pub repos: &'a [String],
}

/// How the repositories are picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// By an expression: also those are picked that come later.
    Expression,
    /// By a list: the expression would be longer than a selector reads.
    List,
}

/// A Shift file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The shift's name; the file is called so, with `.yaml`.
    pub name: String,
    /// The file.
    pub text: String,
    /// How it picks repositories.
    pub selection: Selection,
}

/// Writes the Shift that moves users of a channel to its target. `left` are the overrides that count now, and
/// `behind` the repositories that are not there yet, in order.
pub fn shift(
    bom: &Bom,
    (channel, target): (Channel, Target),
    left: &[LeftOut<'_>],
    behind: &[String],
) -> Option<Written> {
    let release = bom.releases.get(target.release)?;
    let name = match channel {
        Channel::Stable => format!("bom-{}", bom.name),
        Channel::Candidate => format!("bom-{}-candidate", bom.name),
    };
    let select = select(release, left);
    let selection = if select.len() > MAX_SELECT { Selection::List } else { Selection::Expression };
    let mut text = format!(
        "# Written by `fleetwright bom shift {}`: change the bill of materials, not this file.\n\
         apiVersion: fleetwright/v1\nkind: Shift\nmetadata:\n  name: {name}\n  title: {}\n  description: {}\nspec:\n",
        bom.name,
        yaml(&format!("{} {}", bom.title, release.version)),
        block(&description(bom, release, left)),
    );
    if !bom.owner.is_empty() {
        line(&mut text, format_args!("  owner: {}", yaml(&bom.owner)));
    }
    line(&mut text, format_args!("  targets:"));
    match selection {
        Selection::Expression => line(&mut text, format_args!("    select: {}", yaml(&select))),
        Selection::List => {
            // Without a name, everybody would be meant.
            let head = if behind.is_empty() { "    select: \"false\"" } else { "    repos:" };
            line(&mut text, format_args!("{head}"));
            behind.iter().for_each(|repo| line(&mut text, format_args!("      - {}", yaml(repo))));
        }
    }
    line(&mut text, format_args!("  steps:"));
    for pin in &release.packages {
        let (package, to) = (yaml(&pin.package.to_string()), yaml(&pin.version));
        line(&mut text, format_args!("    - dependency: {{ package: {package}, to: {to} }}"));
        if let Some(out) = out(&pin.package, left) {
            line(&mut text, format_args!("      if: {}", yaml(&format!("!({out})"))));
        }
    }
    line(
        &mut text,
        format_args!("  pullRequest:\n    title: \"{{{{ title }}}}\"\n    body: \"{{{{ description }}}}\""),
    );
    Some(Written { name, text, selection })
}

/// Whoever is below the release in any of its packages, but for those that an override leaves out.
fn select(release: &Release, left: &[LeftOut<'_>]) -> String {
    let terms = release.packages.iter().map(|pin| {
        let package = quoted(&pin.package.to_string());
        let below = format!("repo.dependsOn({package}, {})", quoted(&format!("<{}", pin.version)));
        match out(&pin.package, left) {
            Some(out) => format!("({below} && !({out}))"),
            None => below,
        }
    });
    terms.collect::<Vec<_>>().join(" || ")
}

/// The repositories that are left out of the change of one package.
fn out(package: &Package, left: &[LeftOut<'_>]) -> Option<String> {
    let terms = left.iter().filter(|left| left.over.package == *package).filter_map(|left| {
        let list = || {
            let names: Vec<String> = left.repos.iter().map(|repo| quoted(repo)).collect();
            (!names.is_empty()).then(|| format!("repo.name in [{}]", names.join(", ")))
        };
        left.over.place.cel().or_else(list)
    });
    let terms: Vec<String> = terms.collect();
    (!terms.is_empty()).then(|| terms.join(" || "))
}

fn description(bom: &Bom, release: &Release, left: &[LeftOut<'_>]) -> String {
    let mut text = format!("Moves to release {} of `{}`:\n\n", release.version, bom.name);
    release
        .packages
        .iter()
        .for_each(|pin| line(&mut text, format_args!("- `{}` {}", pin.package, pin.version)));
    if !bom.description.trim().is_empty() {
        line(&mut text, format_args!("\n{}", bom.description.trim()));
    }
    if !left.is_empty() {
        line(&mut text, format_args!("\nLeft out for now:\n"));
        left.iter().for_each(|left| {
            let Override { package, place, reason, until, .. } = left.over;
            line(
                &mut text,
                format_args!("- `{package}` in `{}` until {until}: {}", place.text(), reason.trim()),
            );
        });
    }
    text
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{words}");
}

/// A text of several lines below a key of `metadata`; one that YAML would take otherwise is quoted.
fn block(text: &str) -> String {
    let plain = |line: &str| !line.starts_with(char::is_whitespace) && !line.chars().any(char::is_control);
    if !text.split('\n').all(plain) {
        return yaml(text);
    }
    let lines = text.trim_end().split('\n').map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("\n    {line}"),
    });
    format!("|{}", lines.collect::<String>())
}

/// A text as YAML has it: JSON's texts are YAML's.
fn yaml(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
