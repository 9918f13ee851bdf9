//! What the demo tells besides its shifts: who is affected by the advisories, and what to try next.

use std::collections::BTreeSet;
use std::path::Path;

use fleetwright_api::deps::Users;
use fleetwright_engine::deps::{Hit, advisories, who};
use fleetwright_engine::fleet::Fleet;
use fleetwright_package::{Package, Range};

use super::deps_show::{because, mended_in, place};
use super::{deps, deps_advisories};
use crate::called;
use crate::context::Context;
use crate::failure::Failure;
use crate::show::{plain, table};

/// What the story is about.
const LOG4J: &str = "maven:org.apache.logging.log4j:log4j-core";
const BELOW: &str = "<2.17.1";

/// Commands to try, and what they answer.
const NEXT: [(&str, &str); 12] = [
    ("deps advisories", "what is affected still, and the least version that mends it"),
    ("deps advisories --fix", "writes the shift that does it; apply it like any other"),
    ("deps who log4j-core '<2.17.1'", "who is on it still, and of whom it cannot be told"),
    ("deps list payments/invoices --tree", "what one of them needs, and through what"),
    ("shift why log4j data/feature-store", "why nothing was changed there"),
    ("shift diff log4j payments/settlement", "the change of one target"),
    ("shift apply shifts/fat-logger.yaml --wait", "mends two whose Log4j is hidden in a jar"),
    ("shift targets container-baseline", "every target, and why it stands where it stands"),
    ("grep -l actions/checkout@v3", "what still has the old action, over all files of the fleet"),
    ("infra list --kind Deployment", "what runs, as the files of repositories declare it"),
    ("catalog list", "every component, and whose it is"),
    ("init", "in a folder of your own: begin"),
];

/// Says who is affected by the advisories, and who is on an old Log4j.
pub(super) async fn affected(context: &Context<'_>, fleet: &Fleet) -> Result<(), Failure> {
    let Some(path) = fleet.config.advisories.clone() else { return Ok(()) };
    if context.ui.json() {
        return Ok(());
    }
    let told = advisories(fleet, &path, None).await?;
    let row = |hit: &Hit| {
        let found = &hit.found;
        let name = found.package.rsplit(':').next().unwrap_or(&found.package);
        [&found.repo, &format!("{name} {}", found.version), mended_in(hit), &place(found), &because(found)]
            .map(plain)
            .to_vec()
    };
    // By repository, as people look for theirs.
    let rows: BTreeSet<Vec<String>> = told.hits.iter().map(row).collect();
    let head = ["repository", "uses", "mended in", "where", "because of"];
    context.ui.say(table(&head, rows.into_iter().collect()));
    context.ui.say(deps_advisories::said(&told));
    let package: Package = LOG4J.parse().map_err(Failure::internal)?;
    let below = Range::question(package.ecosystem(), BELOW).map_err(Failure::internal)?;
    let told = who(fleet, &package, Some(&below)).await?;
    context.ui.say(deps::said(&Users::of(&package, Some(BELOW.to_owned()), told)));
    Ok(())
}

/// What to try next, as it can be pasted.
pub(super) fn farewell(context: &Context<'_>, folder: &Path) {
    let program = called::from_within(folder);
    let wide = NEXT.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
    context.ui.say(format!("\nLook around:  cd {}", called::quoted(folder)));
    for (command, what) in NEXT {
        context.ui.say(format!("  {program} {command:<wide$}   {what}"));
    }
}
