//! Moving one branch of a server: a command, and a pack of exactly the objects it lacks.

use fleetwright_core::Oid;

use super::AGENT;
use super::advertised::Advertised;
use super::packet::{flush, line};
use crate::branch_name;
use crate::error::{GitError, Result};
use crate::object::Object;
use crate::pack;

/// The most push options, and the most bytes of one.
const MAX_OPTIONS: (usize, usize) = (64, 4_096);

/// What is to become of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move<'a> {
    /// The branch, without `refs/heads/`.
    pub branch: &'a str,
    /// Where it must be now; `None` where it must not exist.
    pub expected: Option<Oid>,
    /// Where it goes; `None` removes it.
    pub head: Option<Oid>,
}

/// The request that moves a branch. The server compares `expected` by itself, under its own lock.
///
/// `offered` is what the server advertised. Without it only what every server since git 1.6.6 understands is asked for:
/// others overlook what they do not know. That is why push options need an advertisement: a server that does not know
/// them would take them for the pack. Those it does not offer are left out.
///
/// # Errors
/// [`GitError::BadBranch`]; [`GitError::Protocol`] for a server that cannot do it; [`GitError::Limit`] beyond a pack
/// of 2 GiB or 64 options; [`GitError::Edit`] for an option with a newline or NUL.
pub fn push_request(
    wanted: Move<'_>,
    objects: &[Object],
    options: &[String],
    offered: Option<&Advertised>,
) -> Result<Vec<u8>> {
    branch_name::check(wanted.branch)?;
    let options = if offered.is_some_and(|offered| offered.can("push-options")) { options } else { &[] };
    check_options(options)?;
    let name = |oid: Option<Oid>| oid.unwrap_or(Oid::ZERO);
    let mut command = format!(
        "{} {} refs/heads/{}\0{}",
        name(wanted.expected),
        name(wanted.head),
        wanted.branch,
        capabilities(wanted, offered)?
    );
    if !options.is_empty() {
        command.push_str(" push-options");
    }
    let mut out = Vec::new();
    line(&mut out, command.as_bytes())?;
    flush(&mut out);
    if !options.is_empty() {
        options.iter().try_for_each(|option| line(&mut out, option.as_bytes()))?;
        flush(&mut out);
    }
    // A server that only removes waits for no pack.
    if wanted.head.is_some() {
        pack::append(objects, &mut out)?;
    }
    Ok(out)
}

fn capabilities(wanted: Move<'_>, offered: Option<&Advertised>) -> Result<String> {
    let Some(offered) = offered else {
        return Ok(format!(" report-status side-band-64k {AGENT}"));
    };
    let cannot = |what: &str| super::packet::protocol(what.to_owned());
    if wanted.head.is_none() && !offered.can("delete-refs") {
        return Err(cannot("no way to remove a branch (delete-refs)"));
    }
    let report = ["report-status-v2", "report-status"].into_iter().find(|known| offered.can(known));
    let mut words = report.ok_or_else(|| cannot("no report of what became of a push"))?.to_owned();
    for word in ["side-band-64k", "atomic"] {
        if offered.can(word) {
            words.push(' ');
            words.push_str(word);
        }
    }
    if offered.can("object-format") {
        words.push_str(" object-format=sha1");
    }
    Ok(format!(" {words} {AGENT}"))
}

fn check_options(options: &[String]) -> Result<()> {
    let (count, bytes) = MAX_OPTIONS;
    if options.len() > count {
        return Err(GitError::Limit { what: "push options", limit: count as u64 });
    }
    match options.iter().find(|option| option.len() > bytes || option.contains(['\n', '\0'])) {
        Some(_) => Err(GitError::Edit {
            path: "a push option".to_owned(),
            why: "it has a newline or NUL, or more than 4,096 bytes",
        }),
        None => Ok(()),
    }
}
