//! What secrets look like, as those who hand them out document it.

/// Which letters the tail of a token has.
#[derive(Clone, Copy)]
enum Letters {
    /// Letters and digits.
    Plain,
    /// Those, `_` and `-`.
    Url,
    /// Capital letters and digits.
    Capital,
    /// Digits and small letters to f.
    Hex,
}

impl Letters {
    fn has(self, byte: u8) -> bool {
        match self {
            Letters::Plain => byte.is_ascii_alphanumeric(),
            Letters::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Letters::Capital => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Letters::Hex => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        }
    }
}

/// A prefix, which letters follow it, and how many at least; fewer is a word in a text.
type Format = (&'static str, Letters, usize);

/// By prefix alone. GitHub: "About authentication to GitHub"; GitLab: "Token overview"; AWS:
/// "IAM identifiers"; the others as their own documentation or GitHub's list of supported secret
/// scanning patterns shows them.
const FORMATS: [Format; 40] = [
    ("ghp_", Letters::Plain, 16),
    ("gho_", Letters::Plain, 16),
    ("ghu_", Letters::Plain, 16),
    ("ghs_", Letters::Plain, 16),
    ("ghr_", Letters::Plain, 16),
    ("github_pat_", Letters::Plain, 16),
    ("glpat-", Letters::Url, 16),
    ("glptt-", Letters::Url, 16),
    ("gldt-", Letters::Url, 16),
    ("glrt-", Letters::Url, 16),
    ("glcbt-", Letters::Url, 16),
    ("glsoat-", Letters::Url, 16),
    ("gloas-", Letters::Url, 16),
    ("glagent-", Letters::Url, 16),
    ("glft-", Letters::Url, 16),
    ("AKIA", Letters::Capital, 16),
    ("ASIA", Letters::Capital, 16),
    ("xoxb-", Letters::Url, 16),
    ("xoxp-", Letters::Url, 16),
    ("xoxa-", Letters::Url, 16),
    ("xoxr-", Letters::Url, 16),
    ("xoxs-", Letters::Url, 16),
    ("xapp-", Letters::Url, 16),
    ("sk_live_", Letters::Plain, 16),
    ("rk_live_", Letters::Plain, 16),
    ("whsec_", Letters::Plain, 24),
    ("npm_", Letters::Plain, 36),
    ("pypi-AgE", Letters::Url, 50),
    ("AIza", Letters::Url, 35),
    ("GOCSPX-", Letters::Url, 20),
    ("ya29.", Letters::Url, 30),
    ("dckr_pat_", Letters::Url, 20),
    ("dop_v1_", Letters::Hex, 64),
    ("shpat_", Letters::Hex, 32),
    ("hvs.", Letters::Url, 24),
    ("sk-ant-", Letters::Url, 32),
    ("hf_", Letters::Plain, 34),
    ("lin_api_", Letters::Plain, 32),
    ("AGE-SECRET-KEY-1", Letters::Capital, 58),
    // Our own: an id of 12 letters, `_`, and 43 of base64.
    ("fw_", Letters::Url, 56),
];

/// Words before a value that say it is a secret.
const CONTEXTS: [&str; 5] = ["token", "secret", "password", "api_key", "apikey"];

/// The longest private key that is taken as a whole: RSA of 16,384 bits has some 13,000 letters.
const MAX_KEY: usize = 16_384;

/// Hears of a secret: from where, to where, and what it looks like.
type Hear<'a> = dyn FnMut(usize, usize, &'static str) + 'a;

/// Everything in `bytes` that looks like a secret; `decoded` if they were behind an encoding.
pub(super) fn each(bytes: &[u8], decoded: bool, hear: &mut Hear<'_>) {
    // No letter is looked at more than a fixed number of times: what was found is stepped over,
    // and what a run of letters did not turn out to be is not tried again within that run.
    let (mut at, mut no_jwt_before) = (0, 0);
    while at < bytes.len() {
        let within = at.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_alphanumeric());
        let found = match bytes[at] {
            b'-' => private_key(bytes, at),
            _ if within => None,
            b'e' if at >= no_jwt_before => jwt(bytes, at).map_err(|end| no_jwt_before = end).ok(),
            b'S' => sendgrid(bytes, at).or_else(|| prefixed(bytes, at)),
            _ => prefixed(bytes, at),
        };
        let found = found.or_else(|| (!within).then(|| by_context(bytes, at, decoded)).flatten());
        match found {
            Some((end, kind)) => {
                hear(at, end, kind);
                at = end;
            }
            None => at += 1,
        }
    }
}

/// Where a secret ends, and what it looks like.
type Found = Option<(usize, &'static str)>;

/// Whether anything that is told by its prefix begins with this byte.
const BEGINS: [bool; 256] = {
    let mut begins = [false; 256];
    // Slack's hooks.
    begins[b'h' as usize] = true;
    let mut at = 0;
    while at < FORMATS.len() {
        begins[FORMATS[at].0.as_bytes()[0] as usize] = true;
        at += 1;
    }
    begins
};

fn prefixed(bytes: &[u8], at: usize) -> Found {
    let rest = &bytes[at..];
    if !BEGINS[usize::from(rest[0])] {
        return None;
    }
    let known = FORMATS.iter().find(|(prefix, ..)| rest.starts_with(prefix.as_bytes()));
    let Some((prefix, letters, least)) = known else { return slack_hook(bytes, at) };
    let tail = at + prefix.len();
    if *prefix == "ghs_"
        && let Some(end) = installation(bytes, tail)
    {
        return Some((end, prefix));
    }
    let enough = run(&bytes[tail..], *letters, *least) == *least;
    if !enough || is_placeholder(&bytes[tail..tail + least]) {
        return None;
    }
    let end = tail + run(&bytes[tail..], *letters, usize::MAX);
    // These have exactly so many; more is a word in capitals.
    let exact = !matches!(letters, Letters::Capital) || end - tail == *least;
    // What follows belongs to it wherever forges add parts.
    let end = end + run(&bytes[end..], Letters::Url, usize::MAX);
    exact.then_some((end, prefix))
}

/// The end of GitHub's installation token since 2026: `ghs_`, a number, `_` and a JWT.
fn installation(bytes: &[u8], tail: usize) -> Option<usize> {
    let number = bytes[tail..].iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
    let jwt = tail + number + 1;
    let is = number > 0 && bytes.get(jwt - 1) == Some(&b'_') && bytes.get(jwt..)?.starts_with(b"eyJ");
    let letter = |byte: &&u8| Letters::Url.has(**byte) || **byte == b'.';
    is.then(|| jwt + bytes[jwt..].iter().take_while(letter).count()).filter(|end| end - jwt >= 16)
}

fn slack_hook(bytes: &[u8], at: usize) -> Found {
    let start = b"hooks.slack.com/services/";
    let tail = at + start.len();
    let letter = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'/';
    let length = || bytes[tail..].iter().take(100).take_while(letter).count();
    let found = bytes[at..].starts_with(start).then(length).filter(|length| *length >= 24)?;
    (!is_placeholder(&bytes[tail + found - 16..tail + found])).then_some((tail + found, "slack hook"))
}

/// `SG.`, 22 letters, a point and 43 letters.
fn sendgrid(bytes: &[u8], at: usize) -> Found {
    let rest = bytes.get(at..at + 69)?;
    let (id, key) = (&rest[3..25], &rest[26..]);
    let letters = |part: &[u8]| part.iter().all(|byte| Letters::Url.has(*byte));
    let is = rest.starts_with(b"SG.") && rest[25] == b'.' && letters(id) && letters(key);
    (is && !is_placeholder(key)).then_some((at + 69, "SG."))
}

/// Three parts of base64, the first two of them JSON; else the end of the first.
fn jwt(bytes: &[u8], at: usize) -> Result<(usize, &'static str), usize> {
    let json = |at: usize| bytes.get(at..).is_some_and(|rest| rest.starts_with(b"eyJ"));
    if !json(at) {
        return Err(at);
    }
    let part = |at: usize| at + run(&bytes[at.min(bytes.len())..], Letters::Url, usize::MAX);
    let first = part(at);
    if first - at < 12 || bytes.get(first) != Some(&b'.') || !json(first + 1) {
        return Err(first);
    }
    let second = part(first + 1);
    let third = if bytes.get(second) == Some(&b'.') { part(second + 1) } else { second };
    if second - first < 12 || third - second < 17 {
        return Err(first);
    }
    Ok((third, "JWT"))
}

fn private_key(bytes: &[u8], at: usize) -> Found {
    let rest = bytes[at..].strip_prefix(b"-----BEGIN ")?;
    let label = &rest[..rest.len().min(48)];
    let close = position(label, b"PRIVATE KEY")?;
    let dashes = close + position(&label[close..], b"-----")? + 5;
    let body = &rest[dashes..rest.len().min(dashes + MAX_KEY)];
    let blank = body.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    // Followed by something else than a key it is a word about keys; at the end of a text, such as
    // one line of a change, the key is what comes next.
    if blank < body.len() && run(&body[blank..], Letters::Plain, 4) < 4 {
        return None;
    }
    let end = match position(body, b"-----END ") {
        Some(end) => end + 9 + position(&body[end + 9..], b"-----").map_or(0, |more| more + 5),
        None => body.iter().take_while(|byte| !matches!(byte, b'"' | b'\'' | b'`' | b'<')).count(),
    };
    Some((at + 11 + dashes + end, "private key"))
}

/// Forty letters that only their surroundings tell from a commit: Gitea's tokens, and AWS's keys.
fn by_context(bytes: &[u8], at: usize, decoded: bool) -> Found {
    let rest = &bytes[at..];
    let key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
    // The cheapest question first: it is asked at every letter.
    if !rest.get(39).is_some_and(key) {
        return None;
    }
    let forty = rest.len() >= 40 && rest[..40].iter().all(key) && !rest.get(40).is_some_and(key);
    let before = at.checked_sub(1).map(|before| bytes[before]);
    if !forty || before.is_some_and(|byte| key(&byte) && byte != b'/') {
        return None;
    }
    let end = at + 40;
    if rest[..40].iter().all(|byte| Letters::Hex.has(*byte)) {
        let after = bytes.get(end).copied();
        // A login and its token, in an address or in basic authentication.
        let login =
            matches!(before, Some(b':' | b'/')) && (after == Some(b'@') || decoded && after.is_none());
        return (login || told(&bytes[..at], &CONTEXTS)).then_some((end, "token of 40 hex digits"));
    }
    let aws = told(&bytes[..at], &["secret_access_key", "secretaccesskey", "aws_secret_key", "aws_secret"]);
    (aws && !is_placeholder(&rest[..40])).then_some((end, "AWS secret key"))
}

/// Whether the word before a value, as in `word = "value"`, has one of these in it.
fn told(before: &[u8], words: &[&str]) -> bool {
    let between =
        |byte: &&u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'`' | b':' | b'=' | b'>' | b'\\');
    let gap = before.iter().rev().take(8).take_while(between).count();
    let before = &before[..before.len() - gap];
    let letters = before.iter().rev().take(64).take_while(|byte| Letters::Url.has(**byte)).count();
    let word = before[before.len() - letters..].to_ascii_lowercase();
    gap > 0 && words.iter().any(|known| position(&word, known.as_bytes()).is_some())
}

/// How many letters follow, at most `most`.
fn run(bytes: &[u8], letters: Letters, most: usize) -> usize {
    bytes.iter().take(most).take_while(|byte| letters.has(**byte)).count()
}

/// Whether it is what documents write in the place of a secret.
fn is_placeholder(tail: &[u8]) -> bool {
    let mut seen = [false; 256];
    tail.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    let kinds = seen.iter().filter(|seen| **seen).count();
    let same = tail.windows(6).any(|six| six.iter().all(|byte| *byte == six[0]));
    kinds < 5 || same || position(&tail.to_ascii_lowercase(), b"example").is_some()
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
