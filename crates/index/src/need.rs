//! What a text must have so that a pattern can match it: trigrams, joined by "and" and "or".
//!
//! The analysis follows Russ Cox, "Regular Expression Matching with a Trigram Index" (2012): for each
//! part of the pattern the strings it can begin and end with, all strings it can be where they are few,
//! and what must be within. It may say too little, never too much: a text that matches always
//! satisfies the need (`tests/it/sound.rs` holds it against `regex`).

use std::collections::BTreeSet;

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

use crate::grams::{fold, is_end};

/// The most strings that a part is spelt out as.
const MAX_EXACT: usize = 64;

/// The most bytes of them together.
const MAX_EXACT_BYTES: usize = 16 << 10;

/// The most strings a part begins or ends with.
const MAX_EDGES: usize = 16;

/// The most characters of a class that are spelt out.
const MAX_CLASS: usize = 16;

/// How many copies of a repetition are looked at.
const MAX_COPIES: u32 = 4;

/// The most trigrams of a need; an "or" beyond it is given up.
const MAX_NODES: usize = 10_000;

/// What a text must have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// Nothing: every text may match.
    Anything,
    /// This trigram, folded.
    Gram(u32),
    /// All of these; never empty.
    All(Vec<Need>),
    /// One of these; if there is none, no text matches.
    Any(Vec<Need>),
}

impl Need {
    /// What a text must have to have this string.
    pub(crate) fn string(text: &[u8]) -> Need {
        let folded: Vec<u8> = text.iter().map(|byte| fold(*byte)).collect();
        let grams = folded.windows(3).filter(|three| !three.iter().any(|byte| is_end(*byte)));
        let grams = grams.map(|three| Need::Gram(u32::from_be_bytes([0, three[0], three[1], three[2]])));
        Need::all(grams.collect())
    }

    /// All of several.
    pub(crate) fn all(parts: Vec<Need>) -> Need {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Need::Anything => {}
                Need::All(inner) => all.extend(inner),
                part => all.push(part),
            }
        }
        all.sort_unstable();
        all.dedup();
        match all.len() {
            0 => Need::Anything,
            1 => all.swap_remove(0),
            _ => Need::All(all),
        }
    }

    /// One of several.
    pub(crate) fn any(parts: Vec<Need>) -> Need {
        let mut any = Vec::new();
        for part in parts {
            match part {
                Need::Anything => return Need::Anything,
                Need::Any(inner) => any.extend(inner),
                part => any.push(part),
            }
        }
        any.sort_unstable();
        any.dedup();
        if any.len() == 1 {
            return any.swap_remove(0);
        }
        let need = Need::Any(any);
        if need.nodes() > MAX_NODES { Need::Anything } else { need }
    }

    fn nodes(&self) -> usize {
        match self {
            Need::Anything | Need::Gram(_) => 1,
            Need::All(parts) | Need::Any(parts) => parts.iter().map(Need::nodes).sum(),
        }
    }

    fn one_of(strings: &Strings) -> Need {
        Need::any(strings.iter().map(|text| Need::string(text)).collect())
    }

    /// What a text must have to match.
    pub(crate) fn of(hir: &Hir) -> Need {
        let part = Part::of(hir);
        match &part.exact {
            Some(exact) => Need::one_of(exact),
            None => part.need,
        }
    }
}

type Strings = BTreeSet<Vec<u8>>;

/// What is known of the strings that a part of a pattern matches, folded.
#[derive(Debug, Clone)]
struct Part {
    /// All of them, where they are few; then the rest says nothing.
    exact: Option<Strings>,
    /// Each begins with one of these.
    begins: Strings,
    /// Each ends with one of these.
    ends: Strings,
    /// What each has within.
    need: Need,
}

impl Part {
    fn exactly(strings: Strings) -> Part {
        Part { exact: Some(strings), begins: Strings::new(), ends: Strings::new(), need: Need::Anything }
    }

    fn empty() -> Part {
        Part::exactly(Strings::from([Vec::new()]))
    }

    fn unknown() -> Part {
        let any = Strings::from([Vec::new()]);
        Part { exact: None, begins: any.clone(), ends: any, need: Need::Anything }
    }

    fn of(hir: &Hir) -> Part {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Part::empty(),
            HirKind::Literal(literal) => {
                Part::exactly(Strings::from([literal.0.iter().map(|byte| fold(*byte)).collect()])).bounded()
            }
            HirKind::Class(class) => spelt(class).map_or_else(Part::unknown, Part::exactly),
            HirKind::Repetition(repetition) => Part::repeated(repetition),
            HirKind::Capture(capture) => Part::of(&capture.sub),
            HirKind::Concat(parts) => {
                parts.iter().map(Part::of).fold(Part::empty(), |before, after| before.then(&after))
            }
            HirKind::Alternation(parts) => Part::either(parts.iter().map(Part::of).collect()),
        }
    }

    fn repeated(repetition: &Repetition) -> Part {
        let once = Part::of(&repetition.sub);
        match (repetition.min, repetition.max) {
            (0, Some(0)) => Part::empty(),
            (0, Some(1)) => Part::either(vec![once, Part::empty()]),
            (0, _) => Part::unknown(),
            (min, max) => {
                let copies = min.min(MAX_COPIES);
                let many = (1..copies).fold(once.clone(), |before, _| before.then(&once));
                if max == Some(copies) { many } else { many.then(&Part::unknown()).then(&once.loose()) }
            }
        }
    }

    fn either(parts: Vec<Part>) -> Part {
        let exact: Option<Vec<&Strings>> = parts.iter().map(|part| part.exact.as_ref()).collect();
        let total = exact.map(|exact| exact.into_iter().flatten().cloned().collect::<Strings>());
        if let Some(all) = total.filter(fits) {
            return Part::exactly(all);
        }
        let mut whole =
            Part { exact: None, begins: Strings::new(), ends: Strings::new(), need: Need::Anything };
        let mut needs = Vec::new();
        for part in parts.into_iter().map(Part::loose) {
            whole.begins.extend(part.begins);
            whole.ends.extend(part.ends);
            needs.push(part.need);
        }
        whole.need = Need::any(needs);
        whole.trimmed()
    }

    fn then(self, after: &Part) -> Part {
        if let (Some(left), Some(right)) = (&self.exact, &after.exact)
            && let Some(joined) = product(left, right)
        {
            return Part::exactly(joined);
        }
        let begins = self.exact.as_ref().and_then(|exact| product(exact, after.begins()));
        let ends = after.exact.as_ref().and_then(|exact| product(self.ends(), exact));
        let seam = product(self.ends(), after.begins()).map_or(Need::Anything, |seam| Need::one_of(&seam));
        let (before, after) = (self.loose(), after.clone().loose());
        let need = Need::all(vec![before.need, seam, after.need]);
        let begins = begins.unwrap_or(before.begins);
        let ends = ends.unwrap_or(after.ends);
        Part { exact: None, begins, ends, need }.trimmed()
    }

    fn begins(&self) -> &Strings {
        self.exact.as_ref().unwrap_or(&self.begins)
    }

    fn ends(&self) -> &Strings {
        self.exact.as_ref().unwrap_or(&self.ends)
    }

    fn bounded(self) -> Part {
        if self.exact.as_ref().is_none_or(fits) { self } else { self.loose() }
    }

    /// The same without `exact`.
    fn loose(self) -> Part {
        let Some(exact) = self.exact else { return self };
        let need = Need::one_of(&exact);
        Part { exact: None, begins: exact.clone(), ends: exact, need }.trimmed()
    }

    /// Keeps begins and ends few and short; what they say is in the need first.
    fn trimmed(mut self) -> Part {
        self.need = Need::all(vec![self.need, Need::one_of(&self.begins), Need::one_of(&self.ends)]);
        self.begins = few(self.begins, |text, length| text[..length].to_vec());
        self.ends = few(self.ends, |text, length| text[text.len() - length..].to_vec());
        self
    }
}

/// Cuts strings to two bytes, or less if they are still too many.
fn few(strings: Strings, cut: impl Fn(&[u8], usize) -> Vec<u8>) -> Strings {
    for longest in [2, 1] {
        let cut: Strings = strings.iter().map(|text| cut(text, text.len().min(longest))).collect();
        if cut.len() <= MAX_EDGES {
            return cut;
        }
    }
    Strings::from([Vec::new()])
}

fn fits(strings: &Strings) -> bool {
    strings.len() <= MAX_EXACT && strings.iter().map(Vec::len).sum::<usize>() <= MAX_EXACT_BYTES
}

/// Every string of `left` before every one of `right`, if that is not too much.
fn product(left: &Strings, right: &Strings) -> Option<Strings> {
    if left.len() * right.len() > MAX_EXACT {
        return None;
    }
    let joined: Strings = left
        .iter()
        .flat_map(|before| right.iter().map(|after| [before.as_slice(), after].concat()))
        .collect();
    fits(&joined).then_some(joined)
}

/// The strings of a small class, folded; a class of nothing has none.
fn spelt(class: &Class) -> Option<Strings> {
    let mut strings = Strings::new();
    match class {
        Class::Unicode(class) => {
            for letter in class.iter().flat_map(|range| range.start()..=range.end()).take(MAX_CLASS + 1) {
                let mut text = letter.to_string().into_bytes();
                text.iter_mut().for_each(|byte| *byte = fold(*byte));
                strings.insert(text);
            }
            let count: usize = class.iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum();
            (count <= MAX_CLASS).then_some(strings)
        }
        Class::Bytes(class) => {
            let bytes = class.iter().flat_map(|range| range.start()..=range.end());
            let bytes: Vec<u8> = bytes.take(MAX_CLASS + 1).collect();
            let spelt = bytes.len() <= MAX_CLASS;
            strings.extend(bytes.into_iter().map(|byte| vec![fold(byte)]));
            spelt.then_some(strings)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(pattern: &str) -> Need {
        Need::of(&regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern).unwrap())
    }

    fn both(parts: &[&str]) -> Need {
        Need::all(parts.iter().map(|text| Need::string(text.as_bytes())).collect())
    }

    fn either(parts: &[&str]) -> Need {
        Need::any(parts.iter().map(|text| Need::string(text.as_bytes())).collect())
    }

    #[test]
    fn literals_classes_alternations_and_repetitions() {
        assert_eq!(need("hello"), both(&["hello"]));
        assert_eq!(need("(?i)hello"), both(&["hello"]));
        assert_eq!(need("foo|bar"), either(&["foo", "bar"]));
        assert_eq!(need("ab[cd]"), either(&["abc", "abd"]));
        assert_eq!(need("foo.*bar"), both(&["foo", "bar"]));
        assert_eq!(need(r"^\s*foo\b"), both(&["foo"]));
        assert_eq!(need("(abc)+"), both(&["abc"]));
        assert_eq!(need("x(abc)?y"), both(&["xabcy"]).clone().min(need("x(abc)?y")));
        assert_eq!(need("colou?r"), Need::any(vec![both(&["colour"]), both(&["color"])]));
        assert_eq!(need(r"import\s+org\.apache"), both(&["import", "org.apache"]));
    }

    #[test]
    fn what_has_no_trigram_says_so() {
        for pattern in ["a", "..", "[a-z]+", "a.b", "(foo)?", "foo|.", r"\w+\s", "a\nb"] {
            assert_eq!(need(pattern), Need::Anything, "{pattern}");
        }
    }

    #[test]
    fn large_patterns_stay_small() {
        let words: Vec<String> = (0..900).map(|word| format!("word{word}")).collect();
        assert!(matches!(need(&words.join("|")), Need::Any(_)));
        for pattern in [
            "((a|b|c|d|e)fg){50}",
            "(((ab){9}){9}){9}",
            "([abcdefgh]{3}){20}",
            "(?i)kubernetes-services-ssss",
        ] {
            assert!(need(pattern).nodes() <= MAX_NODES, "{pattern}");
        }
    }
}
