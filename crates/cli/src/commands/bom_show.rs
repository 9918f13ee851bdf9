//! `bom show`: releases, channels, users, overrides.

use fleetwright_bom::Bom;
use fleetwright_engine::bom::{
    Lack, Shown, ShownOverride, ShownRelease, Straggler, Whom, find, shelf, show, stragglers,
};
use fleetwright_engine::fleet::Fleet;
use serde_json::json;

use crate::args::BomShowArgs;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{number, plain, red, wide_table};

pub(super) async fn run(context: &Context<'_>, args: &BomShowArgs) -> Ended {
    let fleet = context.open().await?;
    let Some(name) = &args.name else { return all(context, &fleet).await };
    let bom = find(&fleet, name)?;
    let whom = match (&args.who, args.behind) {
        (Some(release), _) => Some(Whom::On(position(&bom, release)?)),
        (None, true) => Some(Whom::NotThere),
        (None, false) => None,
    };
    let shown = show(&fleet, &bom).await?;
    let listed = match whom {
        Some(whom) => Some(stragglers(&fleet, &bom, whom).await?),
        None => None,
    };
    if context.ui.json() {
        let mut document = json!(shown);
        if let Some(listed) = listed {
            document["listed"] = json!(listed);
        }
        context.ui.document(&document);
        return Ok(Code::Done);
    }
    match listed {
        None => print(context, &shown),
        Some(listed) => list(context, args, &listed),
    }
    Ok(Code::Done)
}

fn position(bom: &Bom, release: &str) -> Result<usize, Failure> {
    bom.release(release).ok_or_else(|| {
        let known: Vec<&str> = bom.releases.iter().map(|release| release.version.as_str()).collect();
        let message =
            format!("`{}` has no release `{release}`\n  try: one of {}", bom.name, known.join(", "));
        Failure::usage(message)
    })
}

/// Every one of the folder; exit code 3 when some cannot be read.
async fn all(context: &Context<'_>, fleet: &Fleet) -> Ended {
    let shelf = shelf(fleet)?;
    let mut shown = Vec::new();
    for bom in &shelf.boms {
        shown.push(show(fleet, bom).await?);
    }
    for broken in &shelf.broken {
        context.ui.note(format!("error: {broken}"));
    }
    if context.ui.json() {
        let broken: Vec<String> = shelf.broken.iter().map(ToString::to_string).collect();
        context.ui.document(&json!({ "boms": shown, "broken": broken }));
    } else if shown.is_empty() {
        let folder = fleet.config.boms.display();
        context.ui.say(format!("No bill of materials in {folder}. How to write one: docs/boms.md"));
    } else {
        let row = |shown: &Shown| {
            let target = shown.target.clone().unwrap_or_else(|| "none is old enough".to_owned());
            let there = shown.releases.iter().find(|release| release.version == target);
            let there = there.map_or(0, |release| release.at_or_beyond);
            let numbers = [shown.users, there, shown.behind, shown.untold].map(|count| count.to_string());
            [vec![plain(&shown.name), plain(&target)], numbers.to_vec()].concat()
        };
        let head = ["name", "stable moves to", "users", "there or beyond", "behind all", "cannot be told"];
        context.ui.line(wide_table(&head, shown.iter().map(row).collect()));
    }
    Ok(if shelf.broken.is_empty() { Code::Done } else { Code::SomeFailed })
}

fn print(context: &Context<'_>, shown: &Shown) {
    let ui = context.ui;
    let owner = if shown.owner.is_empty() { String::new() } else { format!(", of {}", plain(&shown.owner)) };
    ui.line(format!("{}: {}{owner}", shown.name, plain(&shown.title)));
    ui.line(moves(shown));
    let mut rows: Vec<Vec<String>> = shown.releases.iter().map(|release| row(shown, release)).collect();
    let rest = [("behind all", shown.behind), ("cannot be told", shown.untold)];
    rows.extend(rest.into_iter().filter(|(_, count)| *count > 0).map(|(word, count)| {
        let empty = String::new;
        vec![word.to_owned(), empty(), empty(), count.to_string(), empty(), empty()]
    }));
    ui.line(wide_table(&["release", "channel", "released", "users", "repositories", "at or beyond"], rows));
    let repositories = number(shown.repositories as u64, "repository", "repositories");
    ui.say(format!("{} in {repositories}", number(shown.users as u64, "user", "users")));
    let counting: Vec<Vec<String>> =
        shown.overrides.iter().filter(|over| !over.expired).map(override_row).collect();
    if !counting.is_empty() {
        let head = ["overridden", "in", "allowed", "days left", "users", "needed by", "why"];
        ui.line(wide_table(&head, counting));
    }
    warnings(shown).iter().for_each(|text| ui.line(red(text)));
}

/// Where the stable channel moves users to, and when that changes by itself.
fn moves(shown: &Shown) -> String {
    let changes = shown.target_changes.as_deref().map(day);
    match (&shown.target, changes) {
        (Some(target), None) => format!("stable moves to {}", plain(target)),
        (Some(target), Some(at)) => {
            format!("stable moves to {} until {at}: what is newer is not old enough yet", plain(target))
        }
        (None, Some(at)) => format!("stable moves nobody before {at}: no release is old enough yet"),
        (None, None) => "stable moves nobody".to_owned(),
    }
}

fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}

fn row(shown: &Shown, release: &ShownRelease) -> Vec<String> {
    let share = (100 * release.at_or_beyond).checked_div(shown.users);
    let share = share.map_or_else(String::new, |share| format!("{} ({share} %)", release.at_or_beyond));
    vec![
        plain(&release.version),
        release.channels.join(", "),
        day(&release.released).to_owned(),
        release.users.to_string(),
        release.repositories.to_string(),
        share,
    ]
}

fn override_row(over: &ShownOverride) -> Vec<String> {
    let left = if over.days_left == 0 { "last day".to_owned() } else { over.days_left.to_string() };
    let words = [&over.package, &over.place, &over.version, &left, &over.users.to_string()];
    let needed = over.needed_by.to_string();
    words.into_iter().chain([&needed, &over.reason]).map(|word| plain(word)).collect()
}

/// What somebody must look after.
fn warnings(shown: &Shown) -> Vec<String> {
    let expired = shown.overrides.iter().filter(|over| over.expired).map(|over| {
        let since = format!("over since {}, and does not count", over.until);
        let rest = number(over.needed_by as u64, "user is", "users are");
        format!(
            "{}:{}: the override of {} in {} is {since}: {rest} below the stable release ({})",
            shown.file, over.line, over.package, over.place, over.reason
        )
    });
    let conflicts = shown.conflicts.iter().map(|clash| {
        let ([line, other], [version, other_version]) = (clash.lines, &clash.versions);
        format!(
            "{}:{line}: {} may be {version} here and {other_version} by line {other}, such as in {}: both must allow it",
            shown.file, clash.package, clash.such_as
        )
    });
    let lowered = shown.lowered.iter().map(|lowered| {
        let ([before, high], [after, low]) = (&lowered.before, &lowered.after);
        format!(
            "{}: release {after} has {} {low}, lower than {high} of release {before}: nobody is moved down",
            shown.file, lowered.package
        )
    });
    expired.chain(conflicts).chain(lowered).map(|text| plain(&text)).collect()
}

fn list(context: &Context<'_>, args: &BomShowArgs, listed: &[Straggler]) {
    let rows = listed.iter().take(args.limit).flat_map(|straggler| {
        let stands = match straggler.standing {
            "on" => straggler.release.as_str(),
            "behind" => "behind all",
            _ => "cannot be told",
        };
        let who = [straggler.repo.as_str(), super::deps_show::short(&straggler.component), stands].map(plain);
        let none = vec![[&who[..], &vec![String::new(); 4][..]].concat()];
        let lacks: Vec<Vec<String>> =
            straggler.lacks.iter().map(|lack| [&who[..], &lacking(lack)[..]].concat()).collect();
        if lacks.is_empty() { none } else { lacks }
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if !rows.is_empty() {
        let head = ["repository", "component", "is on", "package", "version", "wanted", "where and why"];
        context.ui.line(wide_table(&head, rows));
    }
    let more = listed.len().saturating_sub(args.limit);
    let more = if more == 0 { String::new() } else { format!(", of which {more} are not shown: --limit") };
    context.ui.say(format!("{}{more}", number(listed.len() as u64, "user", "users")));
}

fn lacking(lack: &Lack) -> [String; 4] {
    let version = match (lack.version.as_str(), lack.requirement.as_str()) {
        ("", requirement) => format!("? ({requirement})"),
        (version, _) => version.to_owned(),
    };
    let place = if lack.line == 0 { lack.file.clone() } else { format!("{}:{}", lack.file, lack.line) };
    let because = [lack.through.as_str(), lack.why.as_str()].into_iter().filter(|text| !text.is_empty());
    let place = [place.as_str()].into_iter().chain(because).collect::<Vec<_>>().join(": ");
    [lack.package.as_str(), &version, &lack.wanted, &place].map(plain)
}
