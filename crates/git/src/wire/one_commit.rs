//! Asking for one commit without its files: what it says, at the cost of one request of some hundred bytes.

use fleetwright_core::Oid;
use gix::zlib::Inflate;

use super::AGENT;
use super::fetch::FetchAnswer;
use super::packet::{delimiter, flush, line, protocol};
use crate::error::Result;
use crate::history::CommitFacts;
use crate::object::{Kind, name};

/// The most bytes of a commit that is read so: its message may be long, a history is not in it.
const MAX_COMMIT: usize = 4 << 20;

/// Asks for one commit, with neither its tree nor its parents (`filter tree:0`, which a server must allow).
///
/// # Errors
/// None in practice: every line is short.
pub fn commit_request(commit: Oid) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    line(&mut out, b"command=fetch\n")?;
    line(&mut out, format!("{AGENT}\n").as_bytes())?;
    line(&mut out, b"object-format=sha1\n")?;
    delimiter(&mut out);
    line(&mut out, b"no-progress\n")?;
    line(&mut out, b"deepen 1\n")?;
    line(&mut out, b"filter tree:0\n")?;
    line(&mut out, format!("want {commit}\n").as_bytes())?;
    line(&mut out, b"done\n")?;
    flush(&mut out);
    Ok(out)
}

/// What the commit says, from the answer to [`commit_request`]. It is proved by its name.
///
/// # Errors
/// [`crate::GitError::Remote`] where the server does not give it so, [`crate::GitError::Protocol`] for an answer that is
/// none, or of another commit.
pub fn commit_in(answer: &[u8], commit: Oid) -> Result<CommitFacts> {
    let mut pack = Vec::new();
    let mut taken = FetchAnswer::default();
    taken.push(answer, &mut pack)?;
    let Some(rest) = pack.strip_prefix(b"PACK\0\0\0\x02\0\0\0\x01").filter(|_| taken.is_over()) else {
        return Err(protocol("something else than one commit"));
    };
    let (size, header) = entry_header(rest).ok_or_else(|| protocol("something else than a commit"))?;
    let mut data = vec![0; size];
    let (_, _, written) = Inflate::default()
        .once(&rest[header..], &mut data)
        .map_err(|error| protocol(format!("a commit that does not unfold: {error}")))?;
    if written != size || name(Kind::Commit, &data)? != commit {
        return Err(protocol("another commit than was asked for"));
    }
    CommitFacts::parse(commit, &data)
}

/// The size of the commit that begins here, and the length of what says so.
fn entry_header(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = usize::from(*bytes.first()?);
    if first >> 4 & 7 != 1 {
        return None;
    }
    let (mut size, mut shift, mut at, mut more) = (first & 15, 4, 1, first & 128 != 0);
    while more {
        let byte = usize::from(*bytes.get(at)?);
        size |= (byte & 127) << shift;
        (shift, at, more) = (shift + 7, at + 1, byte & 128 != 0);
        if size > MAX_COMMIT || shift > 32 {
            return None;
        }
    }
    Some((size, at))
}
