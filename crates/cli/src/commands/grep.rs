//! `grep`: what is asked, and what was found.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::ops::ControlFlow;

use fleetwright_engine::grep::{Cut, Grep, Hit, Reading, Searched, Sought, grep};
use serde_json::json;

use super::grep_show::{Form, Names, Printer, text};
use crate::args::GrepArgs;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::number;

/// The most matching lines where nobody says.
const LIMIT: u64 = 1000;

pub(super) async fn run(context: &Context<'_>, args: GrepArgs) -> Ended {
    if args.csv && context.ui.json() {
        return Err(Failure::usage("`--csv` and `--json` exclude each other"));
    }
    let asked = asked(&args)?;
    let fleet = context.open().await?;
    let names = Names::new(fleet.forges().count());
    let form = match (context.ui.json(), args.csv) {
        (true, _) => Form::Json,
        (false, true) => Form::Csv,
        (false, false) => Form::Lines { colours: std::io::stdout().is_terminal() },
    };
    let mut printer = Printer::new(context.ui, form, &names, args.all_places);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let (mut left, limit) = (args.limit.unwrap_or(LIMIT), args.limit.unwrap_or(LIMIT));
    let mut each = |hit: Hit| {
        if args.count {
            for place in &hit.places {
                *counts.entry(place.repo.clone()).or_default() += hit.count;
            }
        } else if args.files {
            let places = hit.places.len() as u64;
            hit.places
                .iter()
                .take(usize::try_from(left).unwrap_or(usize::MAX))
                .for_each(|place| printer.path(place));
            if places > left {
                left = 0;
                return ControlFlow::Break(());
            }
            left -= places;
        } else {
            printer.hit(&hit);
        }
        ControlFlow::Continue(())
    };
    let mut searched = grep(&fleet, &asked, &mut each).await?;
    if searched.summary.cut == Some(Cut::Receiver) {
        searched.summary.cut = Some(Cut::Lines);
    }
    if args.count {
        told_counts(context, &names, &counts);
    }
    told(context, &names, &searched, limit);
    Ok(match (searched.summary.lines, searched.is_whole()) {
        (1.., _) => Code::Done,
        (0, true) if searched.repositories > 0 => Code::NothingFound,
        (0, _) => Code::SomeFailed,
    })
}

fn asked(args: &GrepArgs) -> Result<Grep, Failure> {
    let reading = Reading { literal: args.fixed, ignore_case: args.ignore_case, word: args.word };
    let sought = match &args.lang {
        Some(language) if args.ast => Sought::code(language, &args.pattern)?,
        _ => Sought::text(&args.pattern, reading)?,
    };
    let snapshot = args.snapshot.map(|number| number.to_string().parse());
    let snapshot = snapshot.transpose().map_err(Failure::internal)?;
    let bounded = !args.count && !args.files;
    Ok(Grep {
        sought,
        repos: args.repo.clone(),
        paths: args.path.clone(),
        before: args.before.or(args.context).unwrap_or_default(),
        after: args.after.or(args.context).unwrap_or_default(),
        count_only: args.count || args.files,
        large: args.large,
        max_lines: if bounded { args.limit.unwrap_or(LIMIT) } else { u64::MAX },
        max_time: args.time,
        snapshot,
    })
}

fn told_counts(context: &Context<'_>, names: &Names, counts: &BTreeMap<String, u64>) {
    let total: u64 = counts.values().sum();
    for (repo, count) in counts {
        if context.ui.json() {
            let (forge, name) = names.parts(repo);
            context.ui.record(json!({ "forge": forge, "repo": name, "count": count }));
        } else {
            context.ui.line(format!("{}: {count}", text(names.shown(repo))));
        }
    }
    if !context.ui.json() {
        let repositories = number(counts.len() as u64, "repository", "repositories");
        context.ui.line(format!("{} in {repositories}", number(total, "matching line", "matching lines")));
    }
}

/// What was looked at, as the last line of JSON; what was not, as a line beside the result.
fn told(context: &Context<'_>, names: &Names, searched: &Searched, limit: u64) {
    let summary = &searched.summary;
    let left_out = left_out(names, searched, limit);
    if context.ui.json() {
        let unread = summary.unread.iter().map(|(place, why)| {
            let (forge, repo) = names.parts(&place.repo);
            json!({ "forge": forge, "repo": repo, "path": String::from_utf8_lossy(&place.path), "why": why })
        });
        let cut = summary.cut.map(|cut| match cut {
            Cut::Lines | Cut::Receiver => "limit",
            Cut::Time => "time",
            Cut::Places => "places",
        });
        context.ui.record(json!({ "summary": {
            "snapshot": searched.snapshot.to_string(), "repositories": searched.repositories,
            "lines": summary.lines, "files": summary.blobs, "places": summary.places, "read": summary.read,
            "cut": cut, "tooLarge": summary.too_large, "binary": summary.binary,
            "unreadable": summary.unread_count, "unread": unread.collect::<Vec<_>>(),
            "damage": summary.damage.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "stale": searched.stale, "notIndexed": searched.unknown, "whole": searched.is_whole(),
        }}));
    }
    if !left_out.is_empty() {
        context.ui.note(left_out.join("; "));
    }
}

fn left_out(names: &Names, searched: &Searched, limit: u64) -> Vec<String> {
    let summary = &searched.summary;
    let mut parts = Vec::new();
    if searched.repositories == 0 {
        parts.push(
            "no repository is known of that name: `fleetwright repo sync` looks for new ones".to_owned(),
        );
    }
    match summary.cut {
        Some(Cut::Lines | Cut::Receiver) => parts.push(format!("cut after {limit}: `--limit N` shows more")),
        Some(Cut::Time) => {
            parts.push("time is over, the rest was not looked at: `--time 5m` gives more".to_owned())
        }
        Some(Cut::Places) => {
            parts.push("too many files to look at: name fewer with `--repo` or `--path`".to_owned())
        }
        None => {}
    }
    let files = |count| number(count, "file", "files");
    if summary.too_large > 0 {
        parts.push(format!("{} over 1 MiB not searched (`--large` does)", files(summary.too_large)));
    }
    if summary.binary > 0 {
        parts.push(format!("{} binary, not searched", files(summary.binary)));
    }
    if let Some((place, why)) = summary.unread.first() {
        let path = String::from_utf8_lossy(&place.path);
        let path = text(&path);
        let repo = text(names.shown(&place.repo));
        parts.push(format!(
            "{} cannot be read, such as {repo}:{path}: {}",
            files(summary.unread_count),
            text(why)
        ));
    }
    parts.extend(summary.damage.first().map(ToString::to_string));
    let repositories = |names: &[String]| number(names.len() as u64, "repository", "repositories");
    if !searched.stale.is_empty() {
        parts.push(format!(
            "the index is older than {}, `fleetwright repo sync` reads them again",
            repositories(&searched.stale)
        ));
    }
    if !searched.unknown.is_empty() {
        parts.push(format!(
            "{} not in the index, `fleetwright repo sync` reads them",
            repositories(&searched.unknown)
        ));
    }
    parts
}
