//! What became of a push.

use super::packet::{Packet, Packets, protocol, words};
use super::side_band::{Band, band, keep};
use crate::error::{GitError, Result};

/// The most bytes of a report: it has two lines.
const MAX_REPORT: usize = 1 << 20;

/// What a server says became of a push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Why the objects were not taken, if so.
    pub unpack: Option<String>,
    /// The references, each with why it was not moved, if so.
    pub refs: Vec<(String, Option<String>)>,
    /// What the server and its hooks said besides, in one line.
    pub said: String,
}

impl Report {
    /// What became of a branch: `None` where it is not told, `Some(None)` where it was moved.
    pub fn of(&self, branch: &str) -> Option<Option<&str>> {
        let full = format!("refs/heads/{branch}");
        self.refs.iter().find(|(name, _)| *name == full).map(|(_, why)| why.as_deref())
    }
}

/// Reads a report of either version, with side bands or without.
///
/// # Errors
/// [`GitError::Protocol`] for an answer that is none or cut off, [`GitError::Remote`] with the server's last words,
/// [`GitError::Limit`].
pub fn report_in(answer: &[u8]) -> Result<Report> {
    let (plain, talk) = without_bands(answer)?;
    let mut report = Report { said: words(&talk), ..Report::default() };
    let mut packets = Packets::of(&plain);
    match packets.expect()?.text().and_then(|text| text.strip_prefix(b"unpack ")) {
        Some(b"ok") => {}
        Some(why) => report.unpack = Some(words(why)),
        None => return Err(protocol("an answer to a push that is no report")),
    }
    loop {
        let packet = packets.expect()?;
        match (packet.text(), &packet) {
            (Some(text), _) => read_line(&mut report, text)?,
            (None, Packet::Flush) => return Ok(report),
            (None, _) => return Err(protocol("a report with sections")),
        }
    }
}

/// `ok REF`, `ng REF WHY`, and in version 2 `option ...` of the reference before.
fn read_line(report: &mut Report, text: &[u8]) -> Result<()> {
    let text = String::from_utf8_lossy(text);
    match text.split_once(' ') {
        Some(("ok", name)) => report.refs.push((name.to_owned(), None)),
        Some(("ng", rest)) => {
            let (name, why) = rest.split_once(' ').unwrap_or((rest, "no reason given"));
            report.refs.push((name.to_owned(), Some(words(why.as_bytes()))));
        }
        Some(("option", _)) => {}
        _ => return Err(protocol("a line of a report that says nothing of a reference")),
    }
    Ok(())
}

/// The report without its frame of side bands, and what was said in band 2.
fn without_bands(answer: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    if answer.len() > MAX_REPORT {
        return Err(GitError::Limit { what: "bytes in the report of a push", limit: MAX_REPORT as u64 });
    }
    let (mut plain, mut talk) = (Vec::new(), Vec::new());
    let mut packets = Packets::of(answer);
    // A server that does not know side bands answers without: its first byte is a letter.
    if answer.get(4).is_some_and(|first| *first > 3) {
        return Ok((answer.to_vec(), talk));
    }
    // An answer that is cut off behind its report is a report.
    while let Some(packet) = packets.take()? {
        match packet {
            Packet::Line(line) => match band(line)? {
                Band::Content(content) => plain.extend_from_slice(content),
                Band::Talk(more) => keep(&mut talk, more),
            },
            _ => break,
        }
    }
    Ok((plain, talk))
}

#[cfg(test)]
mod tests {
    use super::super::packet::{flush, line};
    use super::*;

    fn plain(lines: &[&str]) -> Vec<u8> {
        let mut out = Vec::new();
        lines.iter().for_each(|text| line(&mut out, text.as_bytes()).unwrap());
        flush(&mut out);
        out
    }

    fn banded(parts: &[(u8, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (band, content) in parts {
            line(&mut out, &[&[*band], *content].concat()).unwrap();
        }
        flush(&mut out);
        out
    }

    #[test]
    fn reports_are_read_in_any_frame() {
        let inner =
            plain(&["unpack ok\n", "ng refs/heads/a hook declined\n", "ok refs/heads/b", "option x y"]);
        let (start, end) = inner.split_at(7);
        let wrapped = banded(&[(2, b"remote: no\n"), (1, start), (2, b"\x1b[31mnever\x07\r\n"), (1, end)]);
        for (answer, said) in [(inner.clone(), ""), (wrapped, "remote: no [31mnever")] {
            let report = report_in(&answer).unwrap();
            assert_eq!(
                (report.of("a"), report.of("b"), report.of("c")),
                (Some(Some("hook declined")), Some(None), None)
            );
            assert_eq!((report.unpack.as_deref(), report.said.as_str()), (None, said));
        }
        let broken = report_in(&plain(&["unpack index-pack failed"])).unwrap();
        assert_eq!(broken.unpack.as_deref(), Some("index-pack failed"));
    }

    #[test]
    fn what_is_no_report_is_refused() {
        let last = report_in(&banded(&[(3, b"fatal: disk")])).unwrap_err();
        assert!(matches!(&last, GitError::Remote { said } if said == "fatal: disk"), "{last}");
        for bad in [&b""[..], b"0000", b"<html>", &plain(&["hello"]), &plain(&["unpack ok"])[..13]] {
            assert!(report_in(bad).is_err(), "{bad:?}");
        }
        assert!(report_in(&vec![b'x'; MAX_REPORT + 1]).is_err());
    }
}
