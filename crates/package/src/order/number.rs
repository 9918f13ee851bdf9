//! Numbers as versions hold them: of any length, so that nothing overflows.

/// A number of decimal digits without leading zeros. Nearly all fit a `u64`; the others are digits, of which
/// the longer one is the greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Number {
    /// What fits.
    Small(u64),
    /// What does not.
    Big(Digits),
}

/// At least twenty digits, the first of them no zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digits(Box<str>);

impl Ord for Digits {
    fn cmp(&self, other: &Digits) -> std::cmp::Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Digits {
    fn partial_cmp(&self, other: &Digits) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Number {
    /// Nought.
    pub(crate) const ZERO: Number = Number::Small(0);

    /// The number that these digits write; `None` when there are none, or others than `0` to `9`.
    pub(crate) fn read(text: &str) -> Option<Number> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = text.trim_start_matches('0');
        if digits.is_empty() {
            return Some(Number::ZERO);
        }
        Some(digits.parse().map_or_else(|_| Number::Big(Digits(digits.into())), Number::Small))
    }

    /// Whether it is nought.
    pub(crate) fn is_zero(&self) -> bool {
        *self == Number::ZERO
    }

    /// The number after it.
    pub(crate) fn next(&self) -> Number {
        match self {
            Number::Small(small) => small
                .checked_add(1)
                .map_or_else(|| Number::Big(Digits("18446744073709551616".into())), Number::Small),
            Number::Big(Digits(digits)) => Number::Big(Digits(one_more(digits).into())),
        }
    }
}

/// The digits of the next number.
fn one_more(digits: &str) -> String {
    let kept = digits.trim_end_matches('9');
    let zeros = "0".repeat(digits.len() - kept.len());
    match kept.as_bytes().split_last() {
        None => format!("1{zeros}"),
        Some((last, head)) => {
            let head = kept.get(..head.len()).unwrap_or_default();
            format!("{head}{}{zeros}", char::from(last + 1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_length_have_an_order_and_a_next_one() {
        let number = |text: &str| Number::read(text).unwrap();
        assert_eq!(number("007"), number("7"));
        assert!(number("18446744073709551615") < number("18446744073709551616"));
        assert!(number("99999999999999999999") < number("100000000000000000000"));
        assert_eq!(number("18446744073709551615").next(), number("18446744073709551616"));
        assert_eq!(number("99999999999999999999").next(), number("100000000000000000000"));
        assert_eq!(number("12345678901234567899").next(), number("12345678901234567900"));
        assert_eq!(number("92345678901234567899").next(), number("92345678901234567900"));
        assert_eq!(Number::read(""), None);
        assert_eq!(Number::read("1a"), None);
    }
}
