//! Semantic versions of which the end may be missing or `x`, as npm's and Helm's ranges are made of.

use crate::order::number::Number;
use crate::order::semver::{Identifier, read_pre};

/// Up to three numbers; what is missing, `x`, `X` or `*` is `None`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Partial {
    /// Major, minor, patch.
    pub(crate) numbers: [Option<Number>; 3],
    /// What makes it a pre-release; only three numbers have it.
    pub(crate) pre: Vec<Identifier>,
}

/// How partial versions are written.
pub(crate) struct Style {
    /// Whether numbers may begin with a nought.
    pub(crate) zeros: bool,
    /// Whether fewer than three numbers may have a pre-release.
    pub(crate) short_pre: bool,
    /// The greatest number there is.
    pub(crate) greatest: u64,
}

impl Partial {
    /// Reads one, after its `v`; what is built of (`+...`) does not count.
    pub(crate) fn read(text: &str, style: &Style) -> Option<Partial> {
        let text = text.split_once('+').map_or(text, |(before, _)| before);
        let (text, pre) = text.split_once('-').map_or((text, None), |(head, pre)| (head, Some(pre)));
        let mut numbers = [None, None, None];
        let mut count = 0;
        for part in text.split('.') {
            *numbers.get_mut(count)? = match part {
                "x" | "X" | "*" => None,
                digits => Some(read_number(digits, style)?),
            };
            count += 1;
        }
        if pre.is_some() && count < 3 && !style.short_pre {
            return None;
        }
        Some(Partial { numbers, pre: pre.map_or(Some(Vec::new()), read_pre)? })
    }

    /// How many numbers stand before the first that is missing.
    pub(crate) fn known(&self) -> usize {
        self.numbers.iter().take_while(|number| number.is_some()).count()
    }

    /// Whether a number stands after one that is missing.
    pub(crate) fn is_torn(&self) -> bool {
        self.numbers.iter().skip(self.known()).any(Option::is_some)
    }

    /// The numbers before the first that is missing, and noughts.
    pub(crate) fn floor(&self) -> [Number; 3] {
        let known = self.known();
        std::array::from_fn(|at| {
            self.numbers.get(at).filter(|_| at < known).cloned().flatten().unwrap_or(Number::ZERO)
        })
    }

    /// The least numbers that differ from these at this place: after `1.2.3` at 1 comes `1.3.0`.
    pub(crate) fn after(&self, place: usize) -> [Number; 3] {
        let floor = self.floor();
        std::array::from_fn(|at| match floor.get(at) {
            Some(number) if at < place => number.clone(),
            Some(number) if at == place => number.next(),
            _ => Number::ZERO,
        })
    }
}

fn read_number(text: &str, style: &Style) -> Option<Number> {
    let leading = text.len() > 1 && text.starts_with('0');
    let number = Number::read(text).filter(|number| *number <= Number::Small(style.greatest));
    number.filter(|_| style.zeros || !leading)
}
