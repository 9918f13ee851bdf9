//! NuGet's ranges (learn.microsoft.com, "Package versioning", "Version ranges"): `1.0` is the least version,
//! `[1.0]` the only one, intervals in brackets, and floating versions such as `1.2.*`, which are read as the
//! versions they float over: releases, or with `-*` pre-releases as well.

use super::form::{Bound, Clause, Interval, Op, Pre, Test};
use crate::ecosystem::Ecosystem;
use crate::order::nuget::{Key as NuGet, Label};
use crate::order::number::Number;
use crate::order::{Form, Key};

/// Reads a range.
pub(crate) fn read(text: &str) -> Option<Vec<Clause>> {
    let text = text.trim();
    if text.contains('*') && !text.starts_with(['[', '(']) {
        return Some(vec![floating(text)?]);
    }
    let Some(inner) = text.strip_prefix(['[', '(']).and_then(|text| text.strip_suffix([']', ')'])) else {
        return Some(vec![vec![Test::compare(Op::AtLeast, read_key(text)?)]]);
    };
    let (low_closed, high_closed) = (text.starts_with('['), text.ends_with(']'));
    let bound = |text: &str, closed| match text.trim() {
        "" => Some(None),
        version => Some(Some(Bound { key: read_key(&least(version))?, closed })),
    };
    let interval = match inner.split_once(',') {
        Some((low, high)) if !high.contains(',') => {
            Interval { low: bound(low, low_closed)?, high: bound(high, high_closed)? }
        }
        Some(_) => return None,
        None if low_closed && high_closed => {
            Interval::closed(read_key(inner.trim())?, read_key(inner.trim())?)
        }
        None => return None,
    };
    let empty = interval.low.is_none() && interval.high.is_none() && inner.trim() != ",";
    (!empty).then(|| vec![vec![Test::within(interval)]])
}

/// The least version of a floating one, which may stand at an end.
fn least(version: &str) -> String {
    let fixed = version.strip_suffix('*').unwrap_or(version).trim_end_matches(['.', '-']);
    if fixed.is_empty() { "0".to_owned() } else { fixed.to_owned() }
}

fn read_key(text: &str) -> Option<Key> {
    Key::read(Ecosystem::NuGet, text)
}

fn key(numbers: Vec<Number>, labels: Vec<Label>) -> Key {
    let numbers = std::array::from_fn(|at| numbers.get(at).cloned().unwrap_or(Number::ZERO));
    Key(Form::NuGet(NuGet { numbers, labels }))
}

/// `*`, `1.*`, `1.2.*-*`, `1.2.3-*`, `1.2.3-beta.*`.
fn floating(text: &str) -> Option<Clause> {
    let (numbers, pre) = text.split_once('-').map_or((text, None), |(head, pre)| (head, Some(pre)));
    let first = || vec![Label::Number(0)];
    let Some(fixed) = numbers.strip_suffix('*') else {
        let low = read_key(numbers)?;
        let prefix = pre?.strip_suffix('*')?;
        let from = match prefix {
            "" => format!("{numbers}-0"),
            prefix => format!("{numbers}-{}", prefix.trim_end_matches(['.', '-'])),
        };
        return Some(vec![Test::within(Interval::closed(read_key(&from)?, low))]);
    };
    let admits = match pre {
        None => Pre::None,
        Some("*") => Pre::All,
        Some(_) => return None,
    };
    let fixed = fixed.strip_suffix('.').unwrap_or(fixed);
    if fixed.is_empty() {
        return Some(vec![Test::any(admits)]);
    }
    let low = fixed.split('.').map(Number::read).collect::<Option<Vec<_>>>().filter(|low| low.len() < 4)?;
    let mut high = low.clone();
    let last = high.last_mut()?;
    *last = last.next();
    let interval = Interval::from_to(key(low, first()), key(high, first()));
    Some(vec![Test::within(interval).with(admits)])
}
