//! Made-up contents, the same for the same seed.

/// Numbers that look random: SplitMix64 (Steele, Lea and Flood, 2014), chosen because it is four lines.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Numbers {
        Numbers(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of so many, from 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let count = u64::try_from(count.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % count).unwrap_or(0)
    }

    /// One of a list's words.
    pub(crate) fn word<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words.get(self.below(words.len())).copied().unwrap_or_default()
    }
}

/// Bytes that do not compress.
pub(crate) fn noise(seed: u64, bytes: usize) -> Vec<u8> {
    let mut numbers = Numbers::new(seed);
    let mut noise: Vec<u8> = (0..bytes.div_ceil(8)).flat_map(|_| numbers.next().to_le_bytes()).collect();
    noise.truncate(bytes);
    noise
}

const NOUNS: [&str; 16] = [
    "account", "batch", "cursor", "digest", "entry", "filter", "grant", "header", "invoice", "journal",
    "limit", "message", "offset", "price", "record", "window",
];

const VERBS: [&str; 12] = [
    "append", "check", "collect", "decode", "encode", "expire", "load", "merge", "parse", "reserve", "store",
    "verify",
];

/// How a language writes a comment line and a function.
pub(crate) struct Language {
    pub(crate) ending: &'static str,
    comment: &'static str,
    function: fn(&str, &str, u64) -> String,
}

pub(crate) const JAVA: Language = Language {
    ending: "java",
    comment: "//",
    function: |verb, noun, number| {
        format!(
            "    static int {verb}{noun}{number}(int {noun}) {{\n        int limit = {number};\n        \
             return {noun} > limit ? limit : {noun};\n    }}\n"
        )
    },
};

pub(crate) const JAVASCRIPT: Language = Language {
    ending: "js",
    comment: "//",
    function: |verb, noun, number| {
        format!(
            "export function {verb}_{noun}_{number}({noun}) {{\n  const limit = {number};\n  \
             return Math.min({noun}, limit);\n}}\n"
        )
    },
};

pub(crate) const PYTHON: Language = Language {
    ending: "py",
    comment: "#",
    function: |verb, noun, number| {
        format!(
            "def {verb}_{noun}_{number}({noun}: int) -> int:\n    limit = {number}\n    \
             return min({noun}, limit)\n\n"
        )
    },
};

/// A source file of at least so many bytes.
pub(crate) fn source(language: &Language, numbers: &mut Numbers, title: &str, bytes: usize) -> String {
    let mut text = format!("{} {title}\n\n", language.comment);
    while text.len() < bytes {
        let (verb, noun) = (numbers.word(&VERBS), numbers.word(&NOUNS));
        let number = numbers.next() % 10_000;
        text.push_str(&format!("{} Makes sure that the {noun} can {verb} in time.\n", language.comment));
        text.push_str(&(language.function)(verb, noun, number));
        text.push('\n');
    }
    text
}

/// Sentences for a document of at least so many bytes.
pub(crate) fn prose(numbers: &mut Numbers, title: &str, bytes: usize) -> String {
    let mut text = format!("# {title}\n");
    while text.len() < bytes {
        let (verb, noun, other) = (numbers.word(&VERBS), numbers.word(&NOUNS), numbers.word(&NOUNS));
        text.push_str(&format!("\nBefore the {noun} may {verb}, its {other} has been written down twice.\n"));
    }
    text
}
