//! Asking where branches are: `ls-refs` of protocol version 2.

use fleetwright_core::Oid;

use super::AGENT;
use super::packet::{Packet, Packets, delimiter, flush, line, protocol};
use crate::branch_name;
use crate::error::{GitError, Result};
use crate::refs::Head;

/// The most references of one answer. Prefixes are always sent, so there are few; a branch's name may begin many.
pub const MAX_REFS: usize = 100_000;

/// One reference of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefLine {
    /// Its whole name: `HEAD` or `refs/...`.
    pub name: String,
    /// Its object; `None` where it points at a branch that was not born yet.
    pub oid: Option<Oid>,
    /// What it points at, where it is symbolic.
    pub target: Option<String>,
}

/// Asks for the references whose names begin with one of `prefixes`: all it costs is what they need.
///
/// `unborn` asks to be told of a `HEAD` whose branch has no commit; git knows it since 2.31 and older ones overlook it.
///
/// # Errors
/// [`GitError::Limit`] for a prefix longer than a line.
pub fn ls_refs_request(prefixes: &[&str], unborn: bool) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    line(&mut out, b"command=ls-refs\n")?;
    line(&mut out, format!("{AGENT}\n").as_bytes())?;
    line(&mut out, b"object-format=sha1\n")?;
    delimiter(&mut out);
    line(&mut out, b"symrefs\n")?;
    if unborn {
        line(&mut out, b"unborn\n")?;
    }
    for prefix in prefixes {
        line(&mut out, format!("ref-prefix {prefix}\n").as_bytes())?;
    }
    flush(&mut out);
    Ok(out)
}

/// Reads the answer to `ls-refs`. Names are checked by the rules of `git check-ref-format`.
///
/// # Errors
/// [`GitError::Protocol`], [`GitError::Remote`], [`GitError::BadBranch`], [`GitError::Limit`].
pub fn refs_in(answer: &[u8]) -> Result<Vec<RefLine>> {
    let mut packets = Packets::of(answer);
    let mut refs = Vec::new();
    loop {
        let packet = packets.expect()?;
        match (packet.text(), &packet) {
            (Some(text), _) => refs.push(ref_line(text)?),
            (None, Packet::Flush) => break,
            (None, _) => return Err(protocol("a list of references with sections")),
        }
        if refs.len() > MAX_REFS {
            return Err(GitError::Limit { what: "references in an answer", limit: MAX_REFS as u64 });
        }
    }
    Ok(refs)
}

/// `oid SP name [SP attribute]*`, where `unborn` may stand for the object.
fn ref_line(text: &[u8]) -> Result<RefLine> {
    let bad = || protocol("a line that is not an object name and a reference");
    let text = std::str::from_utf8(text).map_err(|_| protocol("a reference whose name is not UTF-8"))?;
    let mut words = text.split(' ');
    let oid = match words.next() {
        Some("unborn") => None,
        Some(hex) => Some(hex.parse().map_err(|_| bad())?),
        None => return Err(bad()),
    };
    let name = words.next().ok_or_else(bad)?.to_owned();
    check(&name)?;
    let target = words.find_map(|word| word.strip_prefix("symref-target:")).map(str::to_owned);
    if let Some(target) = &target {
        check(target)?;
    }
    Ok(RefLine { name, oid, target })
}

/// Branches by our own rules; other references only so far as they cannot be taken for something else.
pub(crate) fn check(name: &str) -> Result<()> {
    if let Some(branch) = name.strip_prefix("refs/heads/") {
        return branch_name::check(branch);
    }
    let valid = gix::validate::reference::name(name.into()).is_ok();
    if name == "HEAD" || (valid && name.starts_with("refs/")) {
        return Ok(());
    }
    Err(GitError::BadBranch { name: name.to_owned(), why: "it is not a reference".to_owned() })
}

/// The default branch among the references of an answer: `None` where `HEAD` is not told, as by a server older than
/// git 2.31 while there is no commit.
///
/// # Errors
/// [`GitError::Protocol`] where `HEAD` names no branch.
pub fn heads_in(refs: &[RefLine]) -> Result<Option<Head>> {
    let Some(head) = refs.iter().find(|line| line.name == "HEAD") else {
        return Ok(None);
    };
    let branch = head.target.as_deref().and_then(|target| target.strip_prefix("refs/heads/"));
    let branch = branch.ok_or_else(|| protocol("a HEAD that names no branch; choose a default branch"))?;
    Ok(Some(Head { branch: branch.to_owned(), commit: head.oid }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(lines: &[&str]) -> Vec<u8> {
        let mut out = Vec::new();
        lines.iter().for_each(|text| line(&mut out, text.as_bytes()).unwrap());
        flush(&mut out);
        out
    }

    #[test]
    fn hostile_names_do_not_pass() {
        let oid = "1".repeat(40);
        for name in [
            "refs/heads/../../x",
            "refs/heads/-x",
            "config",
            "refs/heads/a\nb",
            "HEAD.lock",
            "refs/heads/HEAD",
        ] {
            assert!(refs_in(&answer(&[&format!("{oid} {name}\n")])).is_err(), "{name}");
            let target = answer(&[&format!("{oid} HEAD symref-target:{name}\n")]);
            assert!(refs_in(&target).is_err(), "{name}");
        }
        for bad in ["", "1234 HEAD", &oid, &format!("{oid} ")] {
            assert!(refs_in(&answer(&[bad])).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_default_branch_is_found() {
        let oid = "1".repeat(40);
        let head = |text: &str| heads_in(&refs_in(&answer(&[text])).unwrap());
        let born = head(&format!("{oid} HEAD symref-target:refs/heads/a/b peeled:{oid}\n")).unwrap().unwrap();
        assert_eq!((born.branch.as_str(), born.commit), ("a/b", oid.parse().ok()));
        let unborn = head("unborn HEAD symref-target:refs/heads/main").unwrap().unwrap();
        assert_eq!((unborn.branch.as_str(), unborn.commit), ("main", None));
        assert!(head(&format!("{oid} HEAD")).is_err());
        assert!(head(&format!("{oid} refs/heads/x")).unwrap().is_none());
    }
}
