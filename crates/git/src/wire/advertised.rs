//! What a server says it can do.

use std::collections::BTreeMap;

use fleetwright_core::Oid;

use super::packet::{Packet, Packets, protocol};
use super::refs::check;
use crate::error::{GitError, Result};

/// The most references of an advertisement: servers list all they have.
const MAX_ADVERTISED: usize = 1_000_000;

/// What a server can do, and what it has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advertised {
    capabilities: BTreeMap<String, String>,
    /// Its references, where it lists them (not in protocol version 2).
    pub refs: BTreeMap<String, Oid>,
}

impl Advertised {
    /// Whether the server can do it.
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.contains_key(capability)
    }

    /// What it says of a capability: the words after `=`, empty where there are none.
    pub fn value(&self, capability: &str) -> Option<&str> {
        self.capabilities.get(capability).map(String::as_str)
    }

    fn learn(&mut self, word: &str) {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        // Of `symref=` there are several; nobody asks for them here.
        self.capabilities.insert(name.to_owned(), value.to_owned());
    }

    /// Refuses names other than SHA-1.
    fn checked(self) -> Result<Advertised> {
        match self.value("object-format") {
            None | Some("sha1") => Ok(self),
            Some(other) => {
                Err(protocol(format!("object names of the kind {other:?}; only sha1 is supported")))
            }
        }
    }
}

/// Reads what a server of protocol version 2 advertises, with or without the line that HTTP puts in front.
///
/// # Errors
/// [`GitError::Protocol`] for another version or kind of names, [`GitError::Remote`].
pub fn advertised_v2(answer: &[u8]) -> Result<Advertised> {
    let mut packets = after_service(answer)?;
    match packets.expect()?.text() {
        Some(b"version 2") => {}
        _ => return Err(protocol("an older version of the protocol than 2; it needs git 2.18 or newer")),
    }
    let mut advertised = Advertised::default();
    loop {
        let packet = packets.expect()?;
        match (packet.text(), &packet) {
            (Some(text), _) => advertised.learn(&String::from_utf8_lossy(text)),
            (None, Packet::Flush) => return advertised.checked(),
            (None, _) => return Err(protocol("an advertisement with sections")),
        }
    }
}

/// Reads what `git receive-pack` advertises, version 0 or 1, with or without the line that HTTP puts in front.
///
/// # Errors
/// [`GitError::Protocol`], [`GitError::Remote`], [`GitError::Limit`]. References whose names are odd are left out:
/// a push names one branch, and others need not please us.
pub fn receive_pack(answer: &[u8]) -> Result<Advertised> {
    let mut packets = after_service(answer)?;
    let mut advertised = Advertised::default();
    let mut first = true;
    loop {
        let packet = packets.expect()?;
        let text = match (packet.text(), &packet) {
            (Some(b"version 1"), _) if first => continue,
            (Some(text), _) => text,
            (None, Packet::Flush) => return advertised.checked(),
            (None, _) => return Err(protocol("an advertisement with sections")),
        };
        let text = String::from_utf8_lossy(text);
        let (line, words) = match text.split_once('\0') {
            Some((line, words)) if first => (line, words),
            _ => (text.as_ref(), ""),
        };
        first = false;
        words.split_ascii_whitespace().for_each(|word| advertised.learn(word));
        let bad = || protocol("a line that is not an object name and a reference");
        let (oid, name) = line.split_once(' ').ok_or_else(bad)?;
        // `shallow OID` ends the list of a shallow server.
        let Ok(oid) = oid.parse() else { if oid == "shallow" { continue } else { return Err(bad()) } };
        if check(name).is_ok() {
            advertised.refs.insert(name.to_owned(), oid);
        }
        if advertised.refs.len() > MAX_ADVERTISED {
            return Err(GitError::Limit { what: "references advertised", limit: MAX_ADVERTISED as u64 });
        }
    }
}

/// Over HTTP an advertisement begins with `# service=...` and a flush.
fn after_service(answer: &[u8]) -> Result<Packets> {
    let mut packets = Packets::of(answer);
    match packets.expect()?.text() {
        Some(text) if text.starts_with(b"# service=") => {}
        _ => return Ok(Packets::of(answer)),
    }
    match packets.expect()? {
        Packet::Flush => Ok(packets),
        _ => Err(protocol("an advertisement whose first line goes on")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::packet::{flush, line};
    use super::*;

    fn answer(lines: &[&str]) -> Vec<u8> {
        let mut out = Vec::new();
        for text in lines {
            match *text {
                "0000" => flush(&mut out),
                text => line(&mut out, text.as_bytes()).unwrap(),
            }
        }
        out
    }

    #[test]
    fn both_kinds_are_read() {
        let two = answer(&["# service=git-upload-pack\n", "0000", "version 2\n", "ls-refs=unborn\n", "0000"]);
        assert_eq!(advertised_v2(&two).unwrap().value("ls-refs"), Some("unborn"));
        let oid = "1".repeat(40);
        let first = format!("{oid} refs/heads/a\0report-status atomic agent=git/2\n");
        let pushed = receive_pack(&answer(&[&first, &format!("{oid} refs/heads/b\n"), "0000"])).unwrap();
        assert_eq!((pushed.can("atomic"), pushed.can("push-options"), pushed.refs.len()), (true, false, 2));
        let empty = format!("{} capabilities^{{}}\0report-status\n", Oid::ZERO);
        let empty = receive_pack(&answer(&["version 1\n", &empty, "0000"])).unwrap();
        assert!(empty.can("report-status") && empty.refs.is_empty());
    }

    #[test]
    fn other_versions_and_names_are_refused() {
        let oid = "1".repeat(40);
        assert!(advertised_v2(&answer(&[&format!("{oid} HEAD\0x\n"), "0000"])).is_err());
        assert!(advertised_v2(&answer(&["version 2\n", "object-format=sha256\n", "0000"])).is_err());
        assert!(receive_pack(&answer(&["# service=git-receive-pack\n", "x"])).is_err());
        assert!(
            receive_pack(&answer(&[&format!("{oid} refs/heads/a\0object-format=sha256"), "0000"])).is_err()
        );
        assert!(receive_pack(b"<html>").is_err());
        assert!(receive_pack(b"").is_err());
    }
}
