//! `deps`: who is on what.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_api::deps::{List, Skew, Users, WhoUses};
use fleetwright_engine::deps::{Found, Skewed};
use serde_json::{Map, json};

use super::deps_advisories;
use super::deps_export;
use super::deps_show::{because, place, short};
use crate::args::{DepsCommand, DepsListArgs, SkewArgs, WhoArgs};
use crate::context::{Context, Ended};
use crate::failure::Code;
use crate::show::{number, plain, wide_table};
use crate::ui::rows;

pub(super) async fn run(context: &Context<'_>, command: DepsCommand) -> Ended {
    match command {
        DepsCommand::Who(args) => ask_who(context, &args).await,
        DepsCommand::Advisories(args) => deps_advisories::run(context, &args).await,
        DepsCommand::Export(args) => deps_export::run(context, &args).await,
        DepsCommand::List(args) => show_list(context, &args).await,
        DepsCommand::Skew(args) => show_skew(context, &args).await,
    }
}

async fn ask_who(context: &Context<'_>, args: &WhoArgs) -> Ended {
    let asked = WhoUses { package: args.package.clone(), range: args.range.clone() };
    let told = context.call(asked).await?;
    if context.ui.json() {
        let lists = vec![("found", rows(&told.found)), ("untold", rows(&told.untold))];
        let repos = told.repositories.into();
        let beside =
            [("package", json!(told.package)), ("range", json!(told.range)), ("repositories", repos)];
        context.ui.lists(lists, beside.map(|(name, value)| (name.to_owned(), value)).into_iter().collect());
        return Ok(Code::Done);
    }
    if !told.found.is_empty() {
        let rows = told.found.iter().map(|found| row(found, true)).collect();
        context
            .ui
            .line(wide_table(&["repository", "component", "version", "used", "where", "because of"], rows));
    }
    context.ui.say(said(&told));
    if !told.untold.is_empty() {
        let rows = told.untold.iter().map(|found| {
            let version = if found.version.is_empty() { &found.requirement } else { &found.version };
            let why = if found.why.is_empty() { "it has no place in that range" } else { &found.why };
            let words = [&found.repo, &place(found), version, why];
            words.map(plain).to_vec()
        });
        context
            .ui
            .line(wide_table(&["repository", "where", "written", "why it cannot be told"], rows.collect()));
    }
    Ok(Code::Done)
}

fn row(found: &Found, with_repo: bool) -> Vec<String> {
    let used = format!("{}, {}", if found.direct { "directly" } else { "indirectly" }, found.scope);
    let why = because(found);
    let version = if found.version.is_empty() { "?" } else { &found.version };
    let components: Vec<&str> = found.components.iter().map(|name| short(name)).collect();
    let first = if with_repo { &found.repo } else { &found.package };
    let place = place(found);
    match with_repo {
        true => [first, &components.join(", "), version, &used, &place, &why].map(plain).to_vec(),
        false => [first, version, &used, &place, &why].map(plain).to_vec(),
    }
}

/// The answer in one sentence.
pub(super) fn said(told: &Users) -> String {
    let package = &told.package;
    let name = package.split_once(':').map_or(package.as_str(), |(_, name)| name);
    if told.repositories == 0 {
        return format!("No repository depends on {package}.");
    }
    let repos = |found: &[Found]| found.iter().map(|each| each.repo.clone()).collect::<BTreeSet<_>>();
    let all = repos(&told.found);
    let direct: Vec<Found> = told.found.iter().filter(|each| each.direct).cloned().collect();
    let (direct, untold) = (repos(&direct).len(), repos(&told.untold).len());
    let mut text = match &told.range {
        Some(range) => {
            let are = if all.len() == 1 { "is" } else { "are" };
            let repos = number(told.repositories as u64, "repository", "repositories");
            format!("{} of {repos} using {name} {are} on {range}", all.len())
        }
        None if told.repositories == 1 => format!("1 repository uses {name}"),
        None => format!("{} repositories use {name}", told.repositories),
    };
    if !all.is_empty() {
        text += &format!(": {direct} directly, {} only through others", all.len() - direct);
    }
    if untold > 0 {
        text += &format!("; of {untold} it cannot be told");
    }
    text
}

async fn show_list(context: &Context<'_>, args: &DepsListArgs) -> Ended {
    let all = context.call(List { name: args.name.clone() }).await?.dependencies;
    if context.ui.json() {
        context.ui.document(&json!({ "dependencies": all }));
        return Ok(Code::Done);
    }
    if args.tree {
        tree(&all).iter().for_each(|line| context.ui.line(plain(line)));
    } else if !all.is_empty() {
        let rows = all.iter().map(|found| row(found, false)).collect();
        context.ui.line(wide_table(&["package", "version", "used", "where", "because of"], rows));
    }
    let direct = all.iter().filter(|found| found.direct).count();
    let unknown = all.iter().filter(|found| found.version.is_empty()).count();
    let unknown =
        if unknown == 0 { String::new() } else { format!("; the version of {unknown} cannot be told") };
    let count = number(all.len() as u64, "dependency", "dependencies");
    context.ui.say(format!("{count}, {direct} of them declared{unknown}"));
    Ok(Code::Done)
}

/// Every package below the one it is first needed by.
fn tree(all: &[Found]) -> Vec<String> {
    let mut below: BTreeMap<Vec<String>, BTreeSet<String>> = BTreeMap::new();
    for found in all {
        let name = found.package.split_once(':').map_or(found.package.as_str(), |(_, name)| name);
        let version = if found.version.is_empty() { "?" } else { &found.version };
        below.entry(found.path.clone()).or_default().insert(format!("{name} {version}"));
    }
    let mut lines = Vec::new();
    let mut open: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(path) = open.pop() {
        if let Some(name) = path.last() {
            lines.push(format!("{}{name}", "  ".repeat(path.len() - 1)));
        }
        for name in below.get(&path).into_iter().flatten().rev() {
            open.push(path.iter().chain([name]).cloned().collect());
        }
    }
    lines
}

async fn show_skew(context: &Context<'_>, args: &SkewArgs) -> Ended {
    let all = context.call(Skew { package: args.package.clone() }).await?;
    if context.ui.json() {
        let told = |each: &Skewed| {
            let versions = each.versions.iter();
            let versions =
                versions.map(|(version, repos)| json!({ "version": version, "repositories": repos }));
            json!({ "package": each.package, "versions": versions.collect::<Vec<_>>() })
        };
        context.ui.lists(vec![("packages", Box::new(all.iter().map(told)))], Map::new());
        return Ok(Code::Done);
    }
    let shown = all.iter().take(args.limit).map(|each| {
        let versions = each.versions.iter().map(|(version, repos)| {
            format!("{} ({repos})", if version.is_empty() { "cannot be told" } else { version })
        });
        vec![
            plain(&each.package),
            each.versions.len().to_string(),
            plain(&versions.collect::<Vec<_>>().join(", ")),
        ]
    });
    if !all.is_empty() {
        context.ui.line(wide_table(&["package", "versions", "in use (repositories)"], shown.collect()));
    }
    let more = all.len().saturating_sub(args.limit);
    let more = if more == 0 { String::new() } else { format!(", of which {more} are not shown: --limit") };
    let several = if args.package.is_some() { "" } else { " with more than one version" };
    context.ui.say(format!("{}{several}{more}", number(all.len() as u64, "package", "packages")));
    Ok(Code::Done)
}
