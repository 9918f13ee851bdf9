//! Terraform's constraints: hashicorp/go-version (developer.hashicorp.com/terraform, "Version Constraints"). A
//! pre-release is only held by a comparison that names a pre-release of the same numbers, or is exact.

use super::form::{Clause, Interval, Op, Pre, Test, below};
use crate::ecosystem::Ecosystem;
use crate::order::number::Number;
use crate::order::{Form, Key, semver};

/// Reads constraints with commas between them.
pub(crate) fn read(text: &str) -> Option<Vec<Clause>> {
    Some(vec![text.split(',').map(|text| constraint(text.trim())).collect::<Option<_>>()?])
}

fn constraint(text: &str) -> Option<Test> {
    if let Some(text) = text.strip_prefix("~>") {
        return pessimistic(text.trim());
    }
    if text.starts_with("==") {
        return None;
    }
    let (op, text) = Op::split(text);
    let version = read_version(text)?;
    let pre = match op {
        Op::Equal | Op::NotEqual => Pre::All,
        _ => same(&version),
    };
    Some(Test::compare(op, Key(Form::Semver(version))).with(pre))
}

fn read_version(text: &str) -> Option<semver::Key> {
    match Key::read(Ecosystem::Terraform, text)?.0 {
        Form::Semver(version) => Some(version),
        _ => None,
    }
}

fn same(version: &semver::Key) -> Pre {
    if version.is_prerelease() { Pre::Of(vec![version.numbers.clone()]) } else { Pre::None }
}

/// `~> 1.2`: from 1.2 in 1; `~> 1.2.3`: from 1.2.3 in 1.2; `~> 1`: from 1 on. With a pre-release only those of
/// the same numbers.
fn pessimistic(text: &str) -> Option<Test> {
    let version = read_version(text)?;
    let numbers = text.split(['-', '+']).next().map_or(0, |numbers| numbers.split('.').count());
    let pre = same(&version);
    let [major, minor, _] = &version.numbers;
    let next = match numbers {
        _ if version.is_prerelease() => Some(version.numbers.clone()),
        1 => None,
        2 => Some([major.next(), Number::ZERO, Number::ZERO]),
        _ => Some([major.clone(), minor.next(), Number::ZERO]),
    };
    let released = version.is_prerelease();
    let low = Key(Form::Semver(version));
    let test = match next {
        None => Test::compare(Op::AtLeast, low),
        Some(next) if released => {
            let next = Key(Form::Semver(semver::Key { numbers: next, pre: Vec::new() }));
            Test::within(Interval::from_to(low, next))
        }
        Some(next) => Test::within(Interval::from_to(low, below(next))),
    };
    Some(test.with(pre))
}
