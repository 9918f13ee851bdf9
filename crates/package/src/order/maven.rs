//! Maven's order: `ComparableVersion` of Maven 3.9 (maven-artifact 3.9.11, package
//! `org.apache.maven.artifact.versioning`), ported rule by rule.
//!
//! A version is a list of numbers and words that may end in a further list, and so on; a list begins at a
//! hyphen and between a digit and a letter. Noughts and release words at the end of a list do not count. Where
//! one list is shorter, its end is compared: equal to a nought, greater than `rc`, less than `sp`.
//!
//! Maven reads any text at all. Here a version is made of ASCII letters, digits and `.`, `-`, `_`, `+`, `~`,
//! `@`, and is none of those that name whatever is newest: `LATEST` and `RELEASE`, and Gradle's `1.+` and
//! `latest.release`. And ten or more noughts are a
//! nought here, while Maven takes them for a number above nine nines.

use std::cmp::Ordering;

use crate::order::number::Number;

/// A version, read. One list after the other: each is the last member of the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(Vec<List>);

/// The members of a list, except for the list at its end.
type List = Vec<Member>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Member {
    Number(Number),
    Word(Word),
}

/// A qualifier: its rank, and its text where it is none of the known ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    rank: u8,
    text: Option<Box<str>>,
}

/// What is known of qualifiers, in their order; the empty one is the release.
const QUALIFIERS: [&str; 7] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];

/// The rank of the release.
const RELEASE: u8 = 5;

/// The rank of all that are not known.
const UNKNOWN: u8 = 7;

impl Word {
    fn new(text: &str, before_digit: bool) -> Word {
        let text = match text {
            "a" if before_digit => "alpha",
            "b" if before_digit => "beta",
            "m" if before_digit => "milestone",
            "ga" | "final" | "release" => "",
            "cr" => "rc",
            other => other,
        };
        let known = (0_u8..).zip(QUALIFIERS).find(|(_, known)| *known == text);
        known.map_or_else(
            || Word { rank: UNKNOWN, text: Some(text.into()) },
            |(rank, _)| Word { rank, text: None },
        )
    }
}

impl Member {
    fn is_null(&self) -> bool {
        match self {
            Member::Number(number) => number.is_zero(),
            Member::Word(word) => word.rank == RELEASE,
        }
    }
}

impl Key {
    /// Reads a version.
    pub(crate) fn read(text: &str) -> Option<Key> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+~@".contains(&byte);
        let newest =
            matches!(text, "LATEST" | "RELEASE") || text.ends_with('+') || text.starts_with("latest.");
        if text.is_empty() || !text.bytes().all(allowed) || newest {
            return None;
        }
        let text = text.to_ascii_lowercase();
        let mut lists = Reader { text: &text, start: 0, digit: false, lists: vec![List::new()] }.read();
        for list in &mut lists {
            let counted = list.iter().rposition(|member| !member.is_null()).map_or(0, |last| last + 1);
            list.truncate(counted);
        }
        let counted = lists.iter().rposition(|list| !list.is_empty()).map_or(1, |last| last + 1);
        lists.truncate(counted);
        Some(Key(lists))
    }

    /// Whether a qualifier below the release stands in it.
    pub(crate) fn is_prerelease(&self) -> bool {
        let early = |member: &Member| matches!(member, Member::Word(word) if word.rank < RELEASE);
        self.0.iter().flatten().any(early)
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        compare_lists(&self.0, &other.0)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// `parseVersion`, without its normalising.
struct Reader<'a> {
    text: &'a str,
    /// Where the member that is being read begins.
    start: usize,
    /// Whether the last character of a member was a digit.
    digit: bool,
    lists: Vec<List>,
}

impl Reader<'_> {
    fn read(mut self) -> Vec<List> {
        for (at, byte) in self.text.bytes().enumerate() {
            match byte {
                b'.' | b'-' => {
                    self.end_member(at);
                    self.start = at + 1;
                    if byte == b'-' {
                        self.lists.push(List::new());
                    }
                }
                b'0'..=b'9' => {
                    if !self.digit && at > self.start {
                        self.end_word_before_digit(at);
                    }
                    self.digit = true;
                }
                _ => {
                    if self.digit && at > self.start {
                        self.end_member(at);
                        self.start = at;
                        self.lists.push(List::new());
                    }
                    self.digit = false;
                }
            }
        }
        if self.text.len() > self.start {
            if !self.digit {
                self.begin_list_unless_empty();
            }
            self.end_member(self.text.len());
        }
        self.lists
    }

    fn end_member(&mut self, end: usize) {
        let text = self.text.get(self.start..end).unwrap_or_default();
        let member = match Number::read(text) {
            Some(number) if self.digit => Member::Number(number),
            _ if text.is_empty() => Member::Number(Number::ZERO),
            _ => Member::Word(Word::new(text, false)),
        };
        self.push(member);
    }

    /// `.X1` is read like `-X1`.
    fn end_word_before_digit(&mut self, end: usize) {
        self.begin_list_unless_empty();
        let text = self.text.get(self.start..end).unwrap_or_default();
        self.push(Member::Word(Word::new(text, true)));
        self.start = end;
        self.lists.push(List::new());
    }

    fn begin_list_unless_empty(&mut self) {
        if self.lists.last().is_some_and(|list| !list.is_empty()) {
            self.lists.push(List::new());
        }
    }

    fn push(&mut self, member: Member) {
        if let Some(list) = self.lists.last_mut() {
            list.push(member);
        }
    }
}

/// What stands at a place of a list.
enum Part<'a> {
    Number(&'a Number),
    Word(&'a Word),
    List(&'a [List]),
    End,
}

fn part(lists: &[List], at: usize) -> Part<'_> {
    let Some((list, rest)) = lists.split_first() else { return Part::End };
    match list.get(at) {
        Some(Member::Number(number)) => Part::Number(number),
        Some(Member::Word(word)) => Part::Word(word),
        None if at == list.len() && !rest.is_empty() => Part::List(rest),
        None => Part::End,
    }
}

/// `ListItem.compareTo` of two lists.
fn compare_lists(left: &[List], right: &[List]) -> Ordering {
    let mut at = 0;
    loop {
        let order = match (part(left, at), part(right, at)) {
            (Part::End, Part::End) => return Ordering::Equal,
            (Part::End, there) => compare_to_end(&there).reverse(),
            (there, Part::End) => compare_to_end(&there),
            (Part::List(left), Part::List(right)) => return compare_lists(left, right),
            (left, right) => compare_parts(&left, &right),
        };
        if order.is_ne() {
            return order;
        }
        at += 1;
    }
}

/// Two parts of which neither is the end and not both are lists.
fn compare_parts(left: &Part<'_>, right: &Part<'_>) -> Ordering {
    match (left, right) {
        (Part::Number(left), Part::Number(right)) => left.cmp(right),
        (Part::Word(left), Part::Word(right)) => left.cmp(right),
        _ => kind(left).cmp(&kind(right)),
    }
}

/// A word is less than a list, and a list less than a number.
fn kind(part: &Part<'_>) -> u8 {
    match part {
        Part::End | Part::Word(_) => 0,
        Part::List(_) => 1,
        Part::Number(_) => 2,
    }
}

fn compare_to_end(part: &Part<'_>) -> Ordering {
    match part {
        Part::End => Ordering::Equal,
        Part::Number(number) => (*number).cmp(&Number::ZERO),
        Part::Word(word) => word.rank.cmp(&RELEASE),
        Part::List(lists) => {
            let members = lists.iter().flatten();
            let orders = members.map(|member| match member {
                Member::Number(number) => number.cmp(&Number::ZERO),
                Member::Word(word) => word.rank.cmp(&RELEASE),
            });
            orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        }
    }
}
