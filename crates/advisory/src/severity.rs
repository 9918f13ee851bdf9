//! How bad it is.

use std::str::FromStr;

/// The severity of an advisory.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Severity {
    /// The base score of the Common Vulnerability Scoring System, 0 to 10; `None` where none is told.
    pub score: Option<f64>,
    /// Its rating.
    pub rating: Rating,
}

/// A rating in words, as CVSS has them (specification v3.1, section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub enum Rating {
    /// Nobody told one.
    #[default]
    Unknown,
    /// 0.
    None,
    /// 0.1 to 3.9.
    Low,
    /// 4.0 to 6.9.
    Medium,
    /// 7.0 to 8.9.
    High,
    /// 9.0 to 10.
    Critical,
}

impl Rating {
    /// Its word, such as `high`.
    pub fn word(self) -> &'static str {
        match self {
            Rating::Unknown => "unknown",
            Rating::None => "none",
            Rating::Low => "low",
            Rating::Medium => "medium",
            Rating::High => "high",
            Rating::Critical => "critical",
        }
    }

    /// The rating of a word, in any case; GitHub says `MODERATE` for medium.
    pub fn of_word(word: &str) -> Option<Rating> {
        let all = [Rating::None, Rating::Low, Rating::Medium, Rating::High, Rating::Critical];
        let moderate = word.eq_ignore_ascii_case("moderate").then_some(Rating::Medium);
        all.into_iter().find(|rating| word.eq_ignore_ascii_case(rating.word())).or(moderate)
    }

    fn of_score(score: f64) -> Rating {
        match score {
            ..0.05 => Rating::None,
            ..4.0 => Rating::Low,
            ..7.0 => Rating::Medium,
            ..9.0 => Rating::High,
            _ => Rating::Critical,
        }
    }
}

impl Severity {
    /// The severity that vectors and a word tell: the highest score of the vectors that can be read, else the
    /// word.
    pub(crate) fn of<'a>(vectors: impl Iterator<Item = &'a str>, word: Option<&str>) -> Severity {
        let score = vectors.filter_map(score).max_by(f64::total_cmp);
        let rating = score.map(Rating::of_score).or(word.and_then(Rating::of_word));
        Severity { score, rating: rating.unwrap_or_default() }
    }
}

/// The longest vector that is read, in bytes.
const MAX_VECTOR: usize = 512;

/// The base score of a vector of CVSS 2, 3.0, 3.1 or 4.0.
fn score(vector: &str) -> Option<f64> {
    let short = vector.len() <= MAX_VECTOR;
    short.then(|| cvss::Cvss::from_str(vector).ok()).flatten().map(|cvss| cvss.score())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_those_of_the_examples() {
        // CVE-2021-44228, and the examples of the specifications of CVSS 3.1 and 4.0.
        let cases = [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, Rating::Critical),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, Rating::Medium),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0, Rating::None),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3, Rating::Critical),
        ];
        for (vector, score, rating) in cases {
            let severity = Severity::of([vector].into_iter(), Some("LOW"));
            assert_eq!((severity.score, severity.rating), (Some(score), rating), "{vector}");
        }
    }

    #[test]
    fn a_word_stands_in_and_nonsense_is_unknown() {
        assert_eq!(Severity::of([].into_iter(), Some("MODERATE")).rating, Rating::Medium);
        assert_eq!(Severity::of(["CVSS:9.9/x"].into_iter(), None), Severity::default());
        assert_eq!(Severity::of(["x"; 1].into_iter(), Some("dreadful")).rating, Rating::Unknown);
    }
}
