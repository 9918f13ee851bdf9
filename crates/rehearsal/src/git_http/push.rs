//! The first lines of a push: which branches go where.

use fleetwright_core::Oid;

/// One reference a push wants to move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) from: Option<Oid>,
    pub(crate) to: Option<Oid>,
    /// The whole name.
    pub(crate) name: String,
}

impl Command {
    /// The branch, if it is one.
    pub(crate) fn branch(&self) -> Option<&str> {
        self.name.strip_prefix("refs/heads/")
    }
}

/// What a push wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Push {
    pub(crate) commands: Vec<Command>,
    /// Whether the answer goes in bands.
    pub(crate) bands: bool,
}

/// Reads the commands of `git-receive-pack` (gitprotocol-pack, "reference update request").
pub(crate) fn read(body: &[u8]) -> Push {
    let mut push = Push::default();
    let mut rest = body;
    while let Some((line, more)) = packet(rest) {
        rest = more;
        let text = String::from_utf8_lossy(line);
        let (command, capabilities) = text.split_once('\0').unwrap_or((&text, ""));
        push.bands |= capabilities.split_whitespace().any(|word| word == "side-band-64k");
        let mut words = command.trim_end().splitn(3, ' ');
        if let (Some(Ok(from)), Some(Ok(to)), Some(name)) =
            (words.next().map(str::parse), words.next().map(str::parse), words.next())
        {
            let there = |oid: Oid| (oid != Oid::ZERO).then_some(oid);
            push.commands.push(Command { from: there(from), to: there(to), name: name.to_owned() });
        }
    }
    push
}

/// One packet and what follows; `None` at a flush, at the end, and for what is no packet.
fn packet(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = std::str::from_utf8(bytes.get(..4)?).ok()?;
    let length = usize::from_str_radix(length, 16).ok()?;
    if length < 4 {
        return None;
    }
    Some((bytes.get(4..length)?, bytes.get(length..)?))
}

/// Wraps bytes into a packet.
pub(crate) fn framed(bytes: &[u8]) -> Vec<u8> {
    let mut packet = format!("{:04x}", bytes.len() + 4).into_bytes();
    packet.extend_from_slice(bytes);
    packet
}

/// The answer to a push that is refused: each reference with its reason.
pub(crate) fn report(push: &Push, reasons: &[String], remote: &[String]) -> Vec<u8> {
    let mut status = framed(b"unpack ok\n");
    for (command, reason) in push.commands.iter().zip(reasons) {
        status.extend(framed(format!("ng {} {reason}\n", command.name).as_bytes()));
    }
    status.extend(b"0000");
    if !push.bands {
        return status;
    }
    let mut answer = Vec::new();
    for line in remote {
        answer.extend(framed(format!("\u{2}{line}\n").as_bytes()));
    }
    // A packet holds at most 65,520 bytes.
    for part in status.chunks(65_000) {
        answer.extend(framed(&[b"\x01", part].concat()));
    }
    answer.extend(b"0000");
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_up_to_the_flush() {
        let (zero, one) = (Oid::ZERO, Oid::from_bytes([1; 20]));
        let mut body =
            framed(format!("{zero} {one} refs/heads/a\0 report-status side-band-64k agent=x").as_bytes());
        body.extend(framed(format!("{one} {zero} refs/heads/b").as_bytes()));
        body.extend(b"0000PACK....");
        let push = read(&body);
        assert!(push.bands);
        assert_eq!(push.commands[0], Command { from: None, to: Some(one), name: "refs/heads/a".to_owned() });
        assert_eq!((push.commands[1].branch(), push.commands[1].to), (Some("b"), None));
        assert_eq!(read(b"00"), Push::default());
    }
}
