//! Go's requirements: a version in `go.mod` is the least one that will do (go.dev/ref/mod, "Minimal version
//! selection"); a higher one with the same major version is as good, and another major version is another
//! module, except for those without modules of their own (`+incompatible`).

use super::form::{Clause, Interval, Op, Test, below};
use crate::ecosystem::Ecosystem;
use crate::order::number::Number;
use crate::order::{Form, Key};

/// Reads a requirement.
pub(crate) fn read(text: &str) -> Option<Vec<Clause>> {
    let key = Key::read(Ecosystem::Go, text.trim())?;
    let Form::Semver(version) = &key.0 else { return None };
    let [major, ..] = &version.numbers;
    let free = text.contains("+incompatible");
    let next = if *major <= Number::Small(1) { Number::Small(2) } else { major.next() };
    let next = below([next, Number::ZERO, Number::ZERO]);
    let test =
        if free { Test::compare(Op::AtLeast, key) } else { Test::within(Interval::from_to(key, next)) };
    Some(vec![vec![test]])
}
