//! Targets given on the command line, folded into the shift's own.

use std::path::Path;

use fleetwright_core::shift::Targets;
use fleetwright_core::source::SourceError;
use fleetwright_engine::config::read_text;
use fleetwright_engine::load::{Loaded, repo_names};

use crate::args::TargetArgs;
use crate::failure::Failure;

/// Reads a shift file, with the targets of the command line in the place of its own.
pub(super) fn load(file: &Path, args: &TargetArgs) -> Result<Loaded, Failure> {
    let mut loaded = Loaded::read(file)?;
    fold(args, &mut loaded.shift.spec.targets)?;
    loaded.check().map_err(|error| blame(args, error))?;
    Ok(loaded)
}

/// Names the word of the command line where it, and not the file, is wrong.
pub(super) fn blame(args: &TargetArgs, mut error: SourceError) -> SourceError {
    let given = [
        ("spec.targets.select", "--select", args.select.is_some()),
        ("spec.targets.exclude", "--exclude", args.exclude.is_some()),
        ("spec.targets.repos", "--repo", !args.repo.is_empty() || args.repos.is_some()),
    ];
    if let Some((.., word, _)) = given.iter().find(|(key, _, here)| *here && error.key.starts_with(key)) {
        (error.file, error.key, error.line) = ((*word).to_owned(), String::new(), 0);
    }
    error
}

/// Names replace names; expressions are added with "and", exclusions with "or".
pub(super) fn fold(args: &TargetArgs, targets: &mut Targets) -> Result<(), Failure> {
    let mut names = args.repo.clone();
    if let Some(file) = &args.repos {
        names.extend(repo_names(&read_text(file)?));
        if names.is_empty() {
            return Err(Failure::usage(format!("{} names no repository", file.display())));
        }
    }
    if !names.is_empty() {
        targets.repos = names;
    }
    let org = args.org.as_ref().map(|org| format!("repo.owner == {org:?}"));
    let topic = args.topic.as_ref().map(|topic| format!("{topic:?} in repo.topics"));
    for more in [org, topic, args.select.clone()].into_iter().flatten() {
        targets.select = Some(match targets.select.take() {
            Some(own) => format!("({own}) && ({more})"),
            None => more,
        });
    }
    if let Some(more) = &args.exclude {
        targets.exclude = Some(match targets.exclude.take() {
            Some(own) => format!("({own}) || ({more})"),
            None => more.clone(),
        });
    }
    if args.limit == Some(0) {
        return Err(Failure::usage("a limit of 0 selects nothing\n  try: a larger number"));
    }
    targets.limit = args.limit.or(targets.limit);
    Ok(())
}
