//! The blobs that can match: what is needed, asked of every segment.

use crate::error::Damage;
use crate::marks::Marks;
use crate::need::Need;
use crate::segment::{BINARY, LARGE, Segment, Spot, TEXT};
use crate::state::State;

/// A list longer than this many bytes per candidate left is not read: verifying is cheaper.
const BYTES_PER_CANDIDATE: usize = 16 << 10;

/// What can match.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// Blobs whose content is indexed and has what is needed.
    pub(crate) text: Marks,
    /// Blobs that are too large to be indexed.
    pub(crate) large: Marks,
    /// Binary blobs.
    pub(crate) binary: Marks,
    /// What could not be read: then the rest is not all there is.
    pub(crate) damage: Vec<Damage>,
}

/// Asks every segment.
pub(crate) fn evaluate(state: &State, need: &Need) -> Candidates {
    let mut found = Candidates { damage: state.damage.clone(), ..Candidates::default() };
    for segment in &state.segments {
        if let Err(damage) = segment_into(segment, need, &mut found) {
            found.damage.push(damage);
        }
    }
    found
}

fn segment_into(segment: &Segment, need: &Need, found: &mut Candidates) -> Result<(), Damage> {
    let mark =
        |marks: &mut Marks, numbers: Vec<u32>| numbers.into_iter().for_each(|number| marks.set(number));
    mark(&mut found.large, segment.all_of(LARGE)?);
    mark(&mut found.binary, segment.all_of(BINARY)?);
    let text = match satisfying(segment, need) {
        Ok(Some(numbers)) => numbers,
        Ok(None) => segment.all_of(TEXT)?,
        // A list that cannot be read rules nothing out.
        Err(damage) => {
            found.damage.push(damage);
            segment.all_of(TEXT)?
        }
    };
    mark(&mut found.text, text);
    Ok(())
}

/// The numbers of a segment that satisfy a need; `None` for all.
fn satisfying(segment: &Segment, need: &Need) -> Result<Option<Vec<u32>>, Damage> {
    match need {
        Need::Anything => Ok(None),
        Need::Gram(gram) => segment.all_of(*gram).map(Some),
        Need::All(parts) => all(segment, parts),
        Need::Any(parts) => {
            let mut numbers = Vec::new();
            for part in parts {
                match satisfying(segment, part)? {
                    None => return Ok(None),
                    Some(part) => numbers.extend(part),
                }
            }
            numbers.sort_unstable();
            numbers.dedup();
            Ok(Some(numbers))
        }
    }
}

/// The shortest list first, and no further once the candidates are few.
fn all(segment: &Segment, parts: &[Need]) -> Result<Option<Vec<u32>>, Damage> {
    let (mut spots, mut others): (Vec<Spot>, Vec<&Need>) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Need::Gram(gram) => match segment.spot(*gram)? {
                Some(spot) => spots.push(spot),
                None => return Ok(Some(Vec::new())),
            },
            part => others.push(part),
        }
    }
    spots.sort_unstable_by_key(|spot| spot.length);
    let mut left: Option<Vec<u32>> = None;
    for spot in spots {
        if left.as_ref().is_some_and(|left| spot.length > left.len() * BYTES_PER_CANDIDATE) {
            break;
        }
        left = Some(both(left, segment.numbers(spot)?));
    }
    for part in others {
        if left.as_ref().is_some_and(Vec::is_empty) {
            break;
        }
        if let Some(numbers) = satisfying(segment, part)? {
            left = Some(both(left, numbers));
        }
    }
    Ok(left)
}

fn both(left: Option<Vec<u32>>, right: Vec<u32>) -> Vec<u32> {
    let Some(mut left) = left else { return right };
    let mut rest = right.as_slice();
    left.retain(|number| {
        let at = rest.partition_point(|other| other < number);
        rest = &rest[at..];
        rest.first() == Some(number)
    });
    left
}
