//! Asking for the tip of a branch and nothing else: `fetch` of protocol version 2.

use fleetwright_core::Oid;

use super::AGENT;
use super::packet::{Packet, Packets, delimiter, flush, line, protocol, words};
use super::side_band::{Band, band, keep};
use crate::error::{GitError, Result};

/// The most lines before the pack.
const MAX_LINES: usize = 10_000;

/// What is fetched, and what is here already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    /// The commit, which comes without its history.
    pub commit: Oid,
    /// A commit that was fetched so before: what its tree has is not sent again.
    pub have: Option<Oid>,
}

/// Asks for one commit and all that its tree needs, in one turn (`done`). With nothing here yet the pack stands alone;
/// else it may hold differences to what is here: git leaves out what an unrelated tree has only then (`--thin`).
///
/// # Errors
/// None in practice: every line is short.
pub fn fetch_request(want: Want) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    line(&mut out, b"command=fetch\n")?;
    line(&mut out, format!("{AGENT}\n").as_bytes())?;
    line(&mut out, b"object-format=sha1\n")?;
    delimiter(&mut out);
    line(&mut out, b"ofs-delta\n")?;
    line(&mut out, b"no-progress\n")?;
    if let Some(have) = want.have {
        line(&mut out, b"thin-pack\n")?;
        line(&mut out, format!("shallow {have}\n").as_bytes())?;
    }
    line(&mut out, b"deepen 1\n")?;
    line(&mut out, format!("want {}\n", want.commit).as_bytes())?;
    if let Some(have) = want.have {
        line(&mut out, format!("have {have}\n").as_bytes())?;
    }
    line(&mut out, b"done\n")?;
    flush(&mut out);
    Ok(out)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    /// A section's name comes next.
    Name,
    Acknowledgments,
    Shallow,
    Skipped,
    Pack,
    Over,
}

/// The answer to a fetch, as it comes in pieces.
#[derive(Debug)]
pub struct FetchAnswer {
    packets: Packets,
    section: Section,
    lines: usize,
    shallow: Vec<Oid>,
    talk: Vec<u8>,
}

impl Default for FetchAnswer {
    fn default() -> Self {
        FetchAnswer {
            packets: Packets::default(),
            section: Section::Name,
            lines: 0,
            shallow: Vec::new(),
            talk: Vec::new(),
        }
    }
}

impl FetchAnswer {
    /// Takes the next piece; what it holds of the pack is appended to `pack`.
    ///
    /// # Errors
    /// [`GitError::Remote`] with the server's words, [`GitError::Protocol`] for an answer that is none,
    /// [`GitError::Limit`] where the pack is a long time in coming.
    pub fn push(&mut self, bytes: &[u8], pack: &mut Vec<u8>) -> Result<()> {
        self.packets.push(bytes);
        while self.section != Section::Over {
            let Some(packet) = self.packets.take()? else {
                return Ok(());
            };
            if self.section == Section::Pack {
                self.section = pack_line(&packet, pack, &mut self.talk)?;
                continue;
            }
            self.lines += 1;
            if self.lines > MAX_LINES {
                return Err(GitError::Limit { what: "lines before the pack", limit: MAX_LINES as u64 });
            }
            self.section = match (self.section, packet.text()) {
                (Section::Name, Some(name)) => section(name)?,
                (Section::Name, None) => return Err(protocol("an answer to a fetch without a pack")),
                (Section::Shallow, Some(text)) => {
                    self.shallow.extend(shallow(text)?);
                    Section::Shallow
                }
                (section, Some(_)) => section,
                (_, None) if packet == Packet::Delimiter => Section::Name,
                (_, None) => return Err(protocol("an answer to a fetch that ends before the pack")),
            };
        }
        Ok(())
    }

    /// Whether the answer came to its end.
    pub fn is_over(&self) -> bool {
        self.section == Section::Over
    }

    /// The commits that come without their parents.
    pub fn shallow(&self) -> &[Oid] {
        &self.shallow
    }

    /// What the server said besides, in one line.
    pub fn said(&self) -> String {
        words(&self.talk)
    }
}

fn section(name: &[u8]) -> Result<Section> {
    match name {
        b"acknowledgments" => Ok(Section::Acknowledgments),
        b"shallow-info" => Ok(Section::Shallow),
        b"packfile" => Ok(Section::Pack),
        b"wanted-refs" => Ok(Section::Skipped),
        // `packfile-uris` sends us elsewhere for the rest; it was not asked for.
        other => Err(protocol(format!("a section {:?} that was not asked for", words(other)))),
    }
}

/// `shallow OID`; `unshallow OID` tells of a commit that is none of ours.
fn shallow(text: &[u8]) -> Result<Option<Oid>> {
    let text = String::from_utf8_lossy(text);
    match text.split_once(' ') {
        Some(("shallow", oid)) => match oid.parse() {
            Ok(oid) => Ok(Some(oid)),
            Err(_) => Err(protocol("a shallow commit without a name")),
        },
        Some(("unshallow", _)) => Ok(None),
        _ => Err(protocol("a line that is not of shallow commits")),
    }
}

fn pack_line(packet: &Packet<'_>, pack: &mut Vec<u8>, talk: &mut Vec<u8>) -> Result<Section> {
    match packet {
        Packet::Line(line) => match band(line)? {
            Band::Content(content) => pack.extend_from_slice(content),
            Band::Talk(more) => keep(talk, more),
        },
        Packet::Flush | Packet::End => return Ok(Section::Over),
        Packet::Delimiter => return Err(protocol("a section after the pack")),
    }
    Ok(Section::Pack)
}
