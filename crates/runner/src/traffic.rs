//! What went through the proxy, and what was refused, in few words.

use std::collections::BTreeMap;

/// Refusals, and hosts that were reached, that are told one by one.
const TOLD: usize = 50;
/// Characters of a host's name that are told.
const SHOWN: usize = 120;

/// What one run asked of the network.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    most: u64,
    bytes: u64,
    reached: BTreeMap<String, u64>,
    refused: BTreeMap<String, String>,
    more: bool,
    cut: bool,
    crowded: Option<usize>,
}

impl Traffic {
    /// Nothing yet, of at most so many bytes.
    pub(crate) fn new(most: u64) -> Traffic {
        Traffic { most, ..Traffic::default() }
    }

    /// The most bytes.
    pub(crate) fn most(&self) -> u64 {
        self.most
    }

    /// Counts bytes in either direction; whether they may pass.
    pub(crate) fn carried(&mut self, host: &str, port: u16, bytes: usize) -> bool {
        if self.bytes.saturating_add(bytes as u64) > self.most {
            self.cut = true;
            return false;
        }
        self.bytes += bytes as u64;
        let place = place(host, port);
        if self.reached.len() < TOLD || self.reached.contains_key(&place) {
            *self.reached.entry(place).or_default() += bytes as u64;
        }
        true
    }

    /// A host was not reached, for this reason.
    pub(crate) fn refused(&mut self, host: &str, port: u16, why: &str) {
        let place = place(host, port);
        if self.refused.len() < TOLD {
            self.refused.entry(place).or_insert_with(|| why.to_owned());
        } else if !self.refused.contains_key(&place) {
            self.more = true;
        }
    }

    /// A connection was refused because there were so many.
    pub(crate) fn crowded(&mut self, most: usize) {
        self.crowded = Some(most);
    }

    /// By host and port, the bytes that went there and came from there.
    pub(crate) fn reached(&self) -> &BTreeMap<String, u64> {
        &self.reached
    }

    /// Lines for a log.
    pub(crate) fn lines(&self) -> String {
        let mut lines: Vec<String> =
            self.refused.iter().map(|(place, why)| format!("{place} {why}")).collect();
        if self.more {
            lines.push("more hosts were refused".to_owned());
        }
        if let Some(most) = self.crowded {
            lines.push(format!("connections were refused: there were {most} at once already"));
        }
        if self.cut {
            lines.push(format!("connections were cut: more than {} bytes were carried", self.most));
        }
        lines.extend(self.reached.iter().map(|(place, bytes)| format!("{place}: {bytes} bytes")));
        lines.iter().map(|line| format!("network: {line}\n")).collect()
    }
}

/// A host and port that may be shown: a name comes from whoever asked.
fn place(host: &str, port: u16) -> String {
    let plain = |c: char| if c.is_ascii_graphic() { c } else { '?' };
    let host: String = host.chars().take(SHOWN).map(plain).collect();
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_once_and_in_few_words() {
        let mut traffic = Traffic::new(100);
        assert!(traffic.carried("a.example", 443, 60) && traffic.carried("a.example", 443, 40));
        assert!(!traffic.carried("a.example", 443, 1));
        for _ in 0..3 {
            traffic.refused("b\n.example", 443, "was refused: no");
        }
        traffic.crowded(64);
        let lines = "network: b?.example:443 was refused: no\n\
             network: connections were refused: there were 64 at once already\n\
             network: connections were cut: more than 100 bytes were carried\n\
             network: a.example:443: 100 bytes\n";
        assert_eq!(traffic.lines(), lines);
        for host in 0..10_000 {
            traffic.refused(&format!("{host}{}", "x".repeat(1000)), 443, "no");
        }
        assert!(
            traffic.lines().len() < 60 * (SHOWN + 40) && traffic.lines().contains("more hosts were refused")
        );
    }
}
