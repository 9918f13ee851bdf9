//! Planted secrets and innocent texts.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::*;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn letters(&mut self, alphabet: &str, count: usize) -> String {
        (0..count).map(|_| char::from(alphabet.as_bytes()[self.below(alphabet.len())])).collect()
    }
}

const PLAIN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const HEX: &str = "0123456789abcdef";
const FORMATS: usize = 14;

/// A secret of a format, and what stands before it.
fn secret(dice: &mut Dice, format: usize) -> (&'static str, String) {
    let mut one =
        |prefix: &str, alphabet: &str, count: usize| format!("{prefix}{}", dice.letters(alphabet, count));
    let jwt = |dice: &mut Dice| {
        let head = URL_SAFE.encode("{\"alg\":\"RS256\",\"typ\":\"JWT\"}").replace('=', "");
        let body = URL_SAFE.encode(format!("{{\"iss\":{}}}", dice.letters("123456789", 90))).replace('=', "");
        format!("{head}.{body}.{}", dice.letters(URL, 342))
    };
    match format {
        0 => ("", one("ghp_", PLAIN, 36)),
        1 => ("", format!("{}_{}", one("github_pat_", PLAIN, 22), dice.letters(PLAIN, 59))),
        2 => ("", format!("ghs_{}_{}", dice.letters("123456789", 7), jwt(dice))),
        3 => ("", one("glpat-", URL, 20)),
        4 => ("GITEA_TOKEN=", one("", HEX, 40)),
        5 => ("", one("AKIA", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)),
        6 => ("", format!("xoxb-{}-{}", dice.letters("123456789", 12), dice.letters(PLAIN, 24))),
        7 => ("", one("sk_live_", PLAIN, 24)),
        8 => ("", one("npm_", PLAIN, 36)),
        9 => ("", one("pypi-AgEIcHlwaS5vcmc", URL, 150)),
        10 => ("", one("AIza", URL, 35)),
        11 => ("", format!("{}.{}", one("SG.", URL, 22), dice.letters(URL, 43))),
        12 => ("", jwt(dice)),
        _ => {
            let lines: Vec<String> = (0..25).map(|_| dice.letters(PLAIN, 64)).collect();
            let key = lines.join("\n");
            ("", format!("-----BEGIN RSA PRIVATE KEY-----\n{key}\n-----END RSA PRIVATE KEY-----"))
        }
    }
}

/// The ways in which a secret stands in a text.
fn encoded(dice: &mut Dice, way: usize, text: &str) -> String {
    let before = dice.letters("{}\": ", way % 3);
    match way {
        0..=2 => text.to_owned(),
        3..=5 => STANDARD.encode(format!("{before}{text}")),
        6..=8 => URL_SAFE.encode(format!("{before}{text}\n")),
        9 => text.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        10 => text.replace('\n', "%0a").replace('_', "%5f").replace(' ', "%20").replace('=', "%3D"),
        11 => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        12 => text.replace('\n', "\\n"),
        13 => {
            let whole = STANDARD.encode(format!("{before}{text}"));
            whole
                .as_bytes()
                .chunks(76)
                .map(|line| format!("{}\n  ", std::str::from_utf8(line).unwrap()))
                .collect()
        }
        _ => STANDARD.encode(format!("{{\"auth\":\"{}\"}}", STANDARD.encode(format!("{before}{text}")))),
    }
}

const WAYS: usize = 15;

/// No piece of the planted text, in its form, is left.
fn survives(clean: &str, planted: &str) -> bool {
    let planted = planted.trim();
    let middle = planted.len() / 2;
    clean.contains(&planted[middle - 8..middle + 8])
}

#[test]
fn a_thousand_planted_secrets_are_found_by_their_looks() {
    let mut dice = Dice(1);
    for number in 0..1_050 {
        let (format, way) = (number % FORMATS, number / FORMATS % WAYS);
        let (context, secret) = secret(&mut dice, format);
        let planted = encoded(&mut dice, way, &format!("{context}{secret}"));
        let text = format!("the log says \"{planted}\" and goes on\n");
        assert!(find(&text).is_some(), "format {format}, way {way}: {text}");
        let clean = mask(&text);
        assert!(!survives(&clean, &planted), "format {format}, way {way}: {clean}");
        assert!(clean.starts_with("the log says \"") && clean.ends_with("\" and goes on\n"), "{clean}");
    }
}

#[test]
fn a_thousand_known_secrets_do_not_survive_a_stream() {
    known_secrets_do_not_survive(2, "abc de\n");
    // One line without an end, where nothing tells a good place to cut.
    known_secrets_do_not_survive(3, "abc|de,");
}

fn known_secrets_do_not_survive(seed: u64, alphabet: &str) {
    let mut dice = Dice(seed);
    let mut secrets: Vec<String> = (0..700).map(|number| secret(&mut dice, number % FORMATS).1).collect();
    // Some that no format knows.
    secrets.extend((0..350).map(|_| dice.letters("abcXYZ!?/+&= ", 30)));
    let redactor = Redactor::new(&secrets);
    let (mut stream, mut text, mut shown, mut planted) =
        (redactor.stream(), Vec::new(), Vec::new(), Vec::new());
    for (number, secret) in secrets.iter().enumerate() {
        let form = encoded(&mut dice, number % (WAYS - 1), secret);
        let words = dice.letters(alphabet, 40);
        let between = alphabet.chars().last().unwrap();
        text.extend_from_slice(format!("{words}{between}{form}{between}").as_bytes());
        planted.push(form);
    }
    let mut rest = text.as_slice();
    while !rest.is_empty() {
        let (chunk, more) = rest.split_at((1 + dice.below(97)).min(rest.len()));
        shown.extend(stream.push(chunk));
        rest = more;
    }
    shown.extend(stream.finish());
    let shown = String::from_utf8(shown).unwrap();
    for (number, (secret, form)) in secrets.iter().zip(&planted).enumerate() {
        let way = number % (WAYS - 1);
        assert!(!survives(&shown, form), "way {way}: {form}");
        assert!(!survives(&shown, secret), "way {way}: {secret}");
    }
    assert!(
        shown.len() * 20 > text.len(),
        "more than the secrets is gone: {} of {}",
        shown.len(),
        text.len()
    );
}

#[test]
fn innocent_texts_raise_no_alarm() {
    let texts = [
        include_str!("../../../../Cargo.lock"),
        include_str!("../../../../CONTRIBUTING.md"),
        include_str!("../../../../docs/design/dependencies.md"),
        include_str!("format.rs"),
        "the ghp_ prefix; ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; AKIAIOSFODNN7EXAMPLE",
        "MAKIABCDEFGHIJKLMNOPQRSTUV npm_config_cache npm_package_dependencies_left_pad_version",
        "commit 1e62155f0a3c5d7b9e8f6a4c2d1b0e9f8a7c6d5b\nparent: 1e62155f0a3c5d7b9e8f6a4c2d1b0e9f8a7c6d5b",
        "uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4",
        "\"integrity\": \"sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg==\"",
        "https://example.com/a%20b/very/long/path/to/some/Directory/With/CamelCase/And/More/index.html?x=%7B%7D",
        "-----BEGIN PRIVATE KEY-----\" starts a key, and \"-----END PRIVATE KEY-----\" ends it",
        "-----BEGIN CERTIFICATE-----\nMIIBkTCB+wIJAKHHIG0o\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0B\n-----END PUBLIC KEY-----",
        "import com.sendgrid.SG.Something.really.long.package.name.that.goes.on.and.on.and.on",
        "let token = parse(input); // eyJ is how JSON begins in base64: eyJhIjoxfQ==",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        "550e8400-e29b-41d4-a716-446655440000 deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
        "",
    ];
    for text in texts {
        let start: String = text.chars().take(60).collect();
        assert_eq!(find(text), None, "{start}: {:?}", mask(text).find("***"));
        assert!(matches!(Redactor::new(["0123456789-secret"]).text(text), Cow::Borrowed(_)), "{start}");
    }
}

#[test]
fn the_looks_have_names() {
    let hex = "0123456789abcdef0123456789abcdef01234567";
    let table = [
        ("token = ghs_1234_eyJhbGciOiJIUzI1NiJ9".to_owned(), "ghs_"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE".to_owned(), "private key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----".to_owned(), "private key"),
        (format!("Authorization: token {hex}"), "token of 40 hex digits"),
        (format!("git clone https://bot:{hex}@git.example.org/a"), "token of 40 hex digits"),
        (STANDARD.encode(format!("bot:{hex}")), "token of 40 hex digits"),
        (format!("aws_secret_access_key = {}", &STANDARD.encode(hex)[..40]), "AWS secret key"),
        (
            "https://hooks.slack.com/services/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".to_owned(),
            "slack hook",
        ),
    ];
    for (text, kind) in table {
        assert_eq!(find(&text), Some(kind), "{text}");
    }
}

#[test]
fn hostile_texts_take_linear_time() {
    let parts = [
        "ghp_",
        "eyJ-",
        "eyJaaaaaaaaaaaa.",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----AAAA",
        "%25",
        "\\\\u0067",
        "////",
        "token:",
        "AAAA",
        "ZXlK",
        "a\n",
        "xoxb-",
        "2525252525",
        "SG.",
    ];
    let redactor = Redactor::new(["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "ghp_ghp_ghp_ghp_ghp_ghp_ghp_ghp_x"]);
    let time = |text: &str| {
        let steps = redactor.bytes(text.as_bytes());
        steps.len()
    };
    // A quadratic scan of a megabyte would not end within the patience of whoever runs this.
    for part in parts {
        assert!(time(&part.repeat((1 << 19) / part.len())) < 1 << 21, "{part}");
    }
}

#[test]
fn two_lines_may_be_two_secrets() {
    let mut dice = Dice(7);
    for _ in 0..200 {
        // Three bytes are four letters: nothing tells where the first one ends.
        let words = dice.letters(PLAIN, 2);
        let first = STANDARD.encode(format!("{words}TOKEN={}", dice.letters(HEX, 40)));
        let second = STANDARD.encode(secret(&mut dice, 5).1);
        let text = format!("{first}\n\n{second}\n");
        let clean = mask(&text);
        assert!(!survives(&clean, &first) && !survives(&clean, &second), "{text}\n{clean}");
    }
}

#[test]
fn paragraphs_are_secrets_of_their_own() {
    let mut dice = Dice(11);
    for _ in 0..200 {
        // One on a line, then one on several: what stands before hides where the second begins.
        let first = STANDARD.encode(format!("{}TOKEN={}", dice.letters(PLAIN, 3), dice.letters(HEX, 40)));
        let long = format!("github_pat_{}_{}", dice.letters(PLAIN, 22), dice.letters(PLAIN, 59));
        let whole = STANDARD.encode(&long);
        let lines: Vec<&str> =
            whole.as_bytes().chunks(76).filter_map(|l| std::str::from_utf8(l).ok()).collect();
        let text = format!("{}\n\n{}\n\n{first}\n", first.trim_end_matches('='), lines.join("\n"));
        let clean = mask(&text);
        assert!(!survives(&clean, &whole) && !survives(&clean, &first), "{text}\n{clean}");
        assert!(lines.iter().all(|line| !clean.contains(&line[line.len() - 14..])), "{text}\n{clean}");
    }
}

#[test]
fn what_is_too_short_to_be_a_secret_is_left_alone() {
    let redactor = Redactor::new(["short", ""]);
    assert_eq!(redactor.text("a short word"), "a short word");
    assert_eq!(format!("{redactor:?}"), "Redactor(…)");
    assert_eq!(Redactor::new(["eight888"]).find(b"it is eight888."), Some("known secret"));
}

#[test]
fn long_texts_are_looked_at_to_their_end() {
    let redactor = Redactor::new(["a secret of words"]);
    let length = 3 << 20;
    // At the ends of windows too.
    for at in [0, (1 << 20) - 5, (1 << 20) - (1 << 16) - 5, 2 << 20, length - 17] {
        let mut text = "x ".repeat(length / 2);
        text.replace_range(at..at + 17, "a secret of words");
        assert!(redactor.knows(text.as_bytes()), "{at}");
        assert!(redactor.knows(&text.as_bytes()[at..]), "{at}");
    }
    let text = format!("{}a secret of words{}", "x ".repeat(length / 4), "x ".repeat(length / 4));
    assert!(!redactor.text(&text).contains("secret"));
    assert!(!redactor.knows(b"no secret"));
}
