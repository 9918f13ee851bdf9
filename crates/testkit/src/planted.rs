//! Secrets to plant, and a search for what is left of them.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};

/// Chance from a number: the same one plants the same.
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// A number below another one.
    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % most.max(1)
    }

    /// So many letters of an alphabet.
    pub fn letters(&mut self, alphabet: &str, count: usize) -> String {
        (0..count).map(|_| char::from(alphabet.as_bytes()[self.below(alphabet.len())])).collect()
    }
}

const CAPITALS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PLAIN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const HEX: &str = "0123456789abcdef";
const DIGITS: &str = "123456789";

/// How many formats there are.
pub const FORMATS: usize = 12;

/// A secret of a format, with the words before it where only they tell what it is.
pub fn secret(dice: &mut Dice, format: usize) -> String {
    let with = |prefix: &str, tail: String| format!("{prefix}{tail}");
    match format % FORMATS {
        0 => with("ghp_", dice.letters(PLAIN, 36)),
        1 => format!("github_pat_{}_{}", dice.letters(PLAIN, 22), dice.letters(PLAIN, 59)),
        2 => format!("ghs_{}_{}", dice.letters(DIGITS, 7), jwt(dice)),
        3 => with("glpat-", dice.letters(URL, 20)),
        4 => with("GITEA_TOKEN=", dice.letters(HEX, 40)),
        5 => with("AKIA", dice.letters(CAPITALS, 16)),
        6 => format!("xoxb-{}-{}", dice.letters(DIGITS, 12), dice.letters(PLAIN, 24)),
        7 => with("sk_live_", dice.letters(PLAIN, 24)),
        8 => with("npm_", dice.letters(PLAIN, 36)),
        9 => with("pypi-AgEIcHlwaS5vcmc", dice.letters(URL, 150)),
        10 => jwt(dice),
        _ => {
            let lines: Vec<String> = (0..12).map(|_| dice.letters(PLAIN, 64)).collect();
            let body = lines.join("\n");
            format!("-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----")
        }
    }
}

fn jwt(dice: &mut Dice) -> String {
    let head = URL_SAFE_NO_PAD.encode("{\"alg\":\"RS256\",\"typ\":\"JWT\"}");
    let body = URL_SAFE_NO_PAD.encode(format!("{{\"iss\":{}}}", dice.letters(DIGITS, 90)));
    format!("{head}.{body}.{}", dice.letters(URL, 342))
}

/// How many ways there are to write a secret.
pub const WAYS: usize = 7;

/// A secret as it stands in a text; all but the wrapped one and a plain private key are one line.
pub fn written(dice: &mut Dice, way: usize, secret: &str) -> String {
    let before = dice.letters("{}\": ", way % 3);
    match way % WAYS {
        0 => secret.to_owned(),
        1 => STANDARD.encode(format!("{before}{secret}")),
        2 => URL_SAFE.encode(format!("{before}{secret}\n")),
        3 => secret.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        4 => secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
        5 => secret.replace('\n', "\\n"),
        _ => {
            let whole = STANDARD.encode(format!("{before}{secret}"));
            let lines: Vec<&str> =
                whole.as_bytes().chunks(76).filter_map(|line| std::str::from_utf8(line).ok()).collect();
            lines.join("\n")
        }
    }
}

/// Bytes of a secret that nothing else has.
const NEEDLE: usize = 14;

/// Looks for pieces of secrets in whatever form.
#[derive(Default)]
pub struct Search {
    needles: HashSet<[u8; NEEDLE]>,
    /// How many secrets are looked for.
    pub secrets: usize,
}

impl Search {
    /// Looks for this secret too: plain, in base64 wherever it begins, URL-encoded and in hex.
    pub fn add(&mut self, secret: &str) {
        self.secrets += 1;
        let line = secret.lines().max_by_key(|line| line.len()).unwrap_or_default();
        // Not from the beginning, which all of a format have.
        let piece = &line[line.len().saturating_sub(NEEDLE + 4)..];
        let bytes = piece.as_bytes();
        let hex = |upper: bool, before: &str| -> String {
            bytes
                .iter()
                .map(|byte| if upper { format!("{before}{byte:02X}") } else { format!("{before}{byte:02x}") })
                .collect()
        };
        self.needle(bytes);
        for text in [hex(false, ""), hex(true, ""), hex(false, "%"), hex(true, "%")] {
            self.needle(text.as_bytes());
        }
        for skip in 0..3 {
            for text in [STANDARD.encode(&bytes[skip..]), URL_SAFE.encode(&bytes[skip..])] {
                self.needle(text.as_bytes());
            }
        }
    }

    fn needle(&mut self, text: &[u8]) {
        if let Some(needle) = text.first_chunk() {
            self.needles.insert(*needle);
        }
    }

    /// Every piece of a secret that is in here, line ends or not.
    pub fn found(&self, bytes: &[u8]) -> Vec<String> {
        let joined: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let hits = [bytes, &joined].into_iter().flat_map(|bytes| bytes.windows(NEEDLE));
        let hits = hits.filter(|window| self.needles.contains(*window));
        let mut found: Vec<String> = hits.map(|hit| String::from_utf8_lossy(hit).into_owned()).collect();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_every_secret_in_every_form() {
        let mut dice = Dice::new(1);
        for number in 0..FORMATS * WAYS * 3 {
            let mut search = Search::default();
            let secret = secret(&mut dice, number);
            search.add(&secret);
            let text = written(&mut dice, number / FORMATS, &secret);
            assert_eq!(search.found(b"nothing of the kind"), [""; 0]);
            assert!(!search.found(format!("it says {text}.").as_bytes()).is_empty(), "{text}");
        }
    }
}
