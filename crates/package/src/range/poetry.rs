//! Poetry's constraints (python-poetry.org/docs, "Dependency specification"), which stand in `pyproject.toml` beside
//! PEP 440's: `^1.2`, `~1.2`, `1.2.*`, `*`, a version alone, alternatives with `||`. An end that is not included
//! excludes its pre-releases too, as PEP 440's `<` does.

use super::form::{Clause, Interval, Test};
use super::pep440;
use crate::order::number::Number;
use crate::order::pep440::Key as Python;
use crate::order::{Form, Key};

/// Reads a constraint.
pub(crate) fn read(text: &str) -> Option<Vec<Clause>> {
    text.split("||").map(clause).collect()
}

fn clause(text: &str) -> Option<Clause> {
    let parts = text.split(',').map(|part| constraint(part.trim())).collect::<Option<Vec<_>>>()?;
    Some(parts.concat())
}

fn constraint(text: &str) -> Option<Clause> {
    if text == "*" {
        return Some(Vec::new());
    }
    if let Some(version) = text.strip_prefix('^') {
        return between(version.trim(), |release| {
            let nonzero = release.iter().position(|number| !number.is_zero());
            nonzero.unwrap_or(release.len().saturating_sub(1))
        });
    }
    if let Some(version) = text.strip_prefix('~').filter(|rest| !rest.starts_with('=')) {
        return between(version.trim(), |release| release.len().saturating_sub(1).min(1));
    }
    let bare = text.starts_with(|char: char| char.is_ascii_digit() || char == 'v');
    let specifier = if bare { format!("=={text}") } else { text.to_owned() };
    pep440::read(&specifier).map(|clauses| clauses.concat()).filter(|tests| !tests.is_empty())
}

/// From a version to before the one whose release differs at a place.
fn between(text: &str, place: impl Fn(&[Number]) -> usize) -> Option<Clause> {
    let low = Python::read(text)?;
    let (epoch, mut release, _) = pep440::release(text)?;
    let at = place(&release);
    let last = release.get_mut(at)?;
    *last = last.next();
    release.truncate(at + 1);
    let key = |python| Key(Form::Pep440(python));
    Some(vec![Test::within(Interval::from_to(key(low), key(Python::least(epoch, release))))])
}
