//! RubyGems' requirements: `Gem::Requirement` (the guide "Patterns"). Pre-releases are in their place in
//! the order.

use super::form::{Clause, Interval, Op, Test};
use crate::ecosystem::Ecosystem;
use crate::order::gem::{Key as Gem, Segment, segments};
use crate::order::{Form, Key};

/// Reads requirements with commas between them.
pub(crate) fn read(text: &str) -> Option<Vec<Clause>> {
    let requirements = text.split(',').map(|text| requirement(text.trim()));
    Some(vec![requirements.collect::<Option<_>>()?])
}

fn requirement(text: &str) -> Option<Test> {
    if let Some(text) = text.strip_prefix("~>") {
        return pessimistic(text.trim());
    }
    if text.starts_with("==") {
        return None;
    }
    let (op, text) = Op::split(text);
    Some(Test::compare(op, Key::read(Ecosystem::RubyGems, text)?))
}

/// `~> 1.2.3`: from 1.2.3 to before 1.3, of which pre-releases are no part either.
fn pessimistic(text: &str) -> Option<Test> {
    let low = Key::read(Ecosystem::RubyGems, text)?;
    let numbers = segments(text)?.into_iter().map_while(|segment| match segment {
        Segment::Number(number) => Some(number),
        Segment::Word(_) => None,
    });
    let mut numbers = numbers.collect::<Vec<_>>();
    if numbers.len() > 1 {
        numbers.pop();
    }
    let last = numbers.last_mut()?;
    *last = last.next();
    let first = Segment::Word("".into());
    let high = Gem::of(numbers.into_iter().map(Segment::Number).chain([first]).collect());
    Some(Test::within(Interval::from_to(low, Key(Form::Gem(high)))))
}
