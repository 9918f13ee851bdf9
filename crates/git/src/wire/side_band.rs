//! Three streams in one: content, a server's talk, and its last words.

use super::packet::{protocol, remote};
use crate::error::Result;

/// How much of a server's talk is kept, in bytes; the rest is dropped.
const MAX_TALK: usize = 16 << 10;

/// A line of a side band.
pub(crate) enum Band<'a> {
    /// What was asked for.
    Content(&'a [u8]),
    /// Progress, and what hooks print.
    Talk(&'a [u8]),
}

/// Which band a line belongs to.
///
/// # Errors
/// [`crate::GitError::Remote`] for band 3, the server's last words; [`crate::GitError::Protocol`] for no band at all.
pub(crate) fn band(line: &[u8]) -> Result<Band<'_>> {
    match line.split_first() {
        Some((1, content)) => Ok(Band::Content(content)),
        Some((2, talk)) => Ok(Band::Talk(talk)),
        Some((3, words)) => Err(remote(words)),
        _ => Err(protocol("a line that is in none of the side bands")),
    }
}

/// Keeps what a server says, up to a limit.
pub(crate) fn keep(talk: &mut Vec<u8>, more: &[u8]) {
    let room = MAX_TALK.saturating_sub(talk.len());
    talk.extend_from_slice(&more[..more.len().min(room)]);
}
