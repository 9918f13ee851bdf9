//! Looking for code by its shape: the index says which files can match, the syntax tree which do.

use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use fleetwright_index::limits::MAX_LINE_BYTES;
use fleetwright_index::{Blobs, Candidate, Cut, Hit, Index, Line, Query, Summary};
use fleetwright_syntax::{Language, Search};

/// How many files are parsed before hits are handed over.
const ROUND: usize = 128;

/// How many unread files are named; as in the index.
const NAMED_UNREAD: usize = 100;

/// Searches one state. Of the query's pattern only what the index says of it counts.
pub(super) fn search(
    index: &Index,
    (query, sought): (&Query<'_>, &Search),
    blobs: &dyn Blobs,
    each: &mut dyn FnMut(Hit) -> ControlFlow<()>,
) -> Summary {
    let start = Instant::now();
    let mut candidates = Vec::new();
    let found = index.candidates(query, &mut |mut candidate| {
        candidate.places.retain(|place| is_written_in(sought.language(), &place.path));
        if !candidate.places.is_empty() {
            candidates.push(candidate);
        }
        ControlFlow::Continue(())
    });
    let mut summary = Summary { lines: 0, blobs: 0, places: 0, read: 0, ..found };
    let over = || start.elapsed() >= query.max_time;
    for round in candidates.chunks(ROUND) {
        let verdicts = verify(round, (query, sought), blobs, &over);
        let whole = verdicts.len() == round.len();
        for (candidate, verdict) in round.iter().zip(verdicts) {
            if hand_over(candidate, verdict, query.max_lines, (&mut summary, each)).is_break() {
                return summary;
            }
        }
        if !whole {
            summary.cut = Some(Cut::Time);
            break;
        }
    }
    summary
}

fn is_written_in(language: &Language, path: &[u8]) -> bool {
    let path = String::from_utf8_lossy(path);
    let ending = Path::new(&*path).extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| language.extensions.contains(&ending))
}

/// The lines of one file, and how many of them begin a match; or why it cannot be said.
type Verdict = Result<(u64, Vec<Line>), String>;

/// Looks through files in parallel; the verdicts are those of the first files, all unless time is over.
fn verify(
    round: &[Candidate],
    (query, sought): (&Query<'_>, &Search),
    blobs: &dyn Blobs,
    over: &(dyn Fn() -> bool + Sync),
) -> Vec<Verdict> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Verdict)>> = Mutex::new(Vec::new());
    let work = || {
        while !over() {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(candidate) = round.get(at) else { break };
            let verdict = look(candidate, (query, sought), blobs);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((at, verdict));
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        (1..cores.min(round.len())).for_each(|_| drop(scope.spawn(work)));
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, verdict)| verdict).collect()
}

fn look(candidate: &Candidate, (query, sought): (&Query<'_>, &Search), blobs: &dyn Blobs) -> Verdict {
    let mut why = String::new();
    for place in &candidate.places {
        match blobs.blob(&place.repo, candidate.oid) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
                let found = sought.find(&text).map_err(|error| error.to_string())?;
                return Ok(lines(&text, &found, query));
            }
            Err(error) => why = error,
        }
    }
    Err(why)
}

fn hand_over(
    candidate: &Candidate,
    verdict: Verdict,
    most: u64,
    (summary, each): (&mut Summary, &mut dyn FnMut(Hit) -> ControlFlow<()>),
) -> ControlFlow<()> {
    let (count, lines) = match verdict {
        Ok((0, _)) => {
            summary.read += 1;
            return ControlFlow::Continue(());
        }
        Ok(found) => found,
        Err(why) => {
            summary.unread_count += 1;
            if summary.unread.len() < NAMED_UNREAD {
                summary.unread.extend(candidate.places.first().cloned().map(|place| (place, why)));
            }
            return ControlFlow::Continue(());
        }
    };
    summary.read += 1;
    let left = most.saturating_sub(summary.lines);
    let shown = count.min(left);
    if shown > 0 {
        let hit = Hit {
            oid: candidate.oid,
            places: candidate.places.clone(),
            count: shown,
            lines: if shown < count { first(lines, shown) } else { lines },
        };
        summary.lines += shown;
        summary.blobs += 1;
        summary.places += hit.places.len() as u64;
        if each(hit).is_break() {
            summary.cut = Some(Cut::Receiver);
            return ControlFlow::Break(());
        }
    }
    if shown < count {
        summary.cut = Some(Cut::Lines);
        return ControlFlow::Break(());
    }
    ControlFlow::Continue(())
}

/// The lines before the one that begins match number `most + 1`.
fn first(lines: Vec<Line>, most: u64) -> Vec<Line> {
    let mut begun = 0;
    let fits = |line: &Line| {
        begun += u64::from(!line.is_context);
        begun <= most
    };
    lines.into_iter().take_while(fits).collect()
}

/// The lines that matches lie on, and their context. A line on which a match begins is a hit; the
/// others a match goes over are told as context, with what of them is matched.
fn lines(text: &str, found: &[Range<usize>], query: &Query<'_>) -> (u64, Vec<Line>) {
    if found.is_empty() {
        return (0, Vec::new());
    }
    let starts: Vec<usize> =
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let line_of = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
    let mut begun: Vec<usize> = found.iter().map(|range| line_of(range.start)).collect();
    begun.dedup();
    let count = begun.len() as u64;
    if query.count_only {
        return (count, Vec::new());
    }
    let outer = outermost(found);
    let mut wanted: Vec<usize> = Vec::new();
    for range in &outer {
        let from = line_of(range.start).saturating_sub(query.before as usize);
        let to = line_of(range.end.saturating_sub(1).max(range.start)) + query.after as usize;
        wanted.extend(from.max(wanted.last().map_or(0, |last| last + 1))..=to.min(starts.len() - 1));
    }
    // What follows the last line's end is no line.
    wanted.retain(|at| starts.get(*at).is_some_and(|start| *start < text.len()));
    let told = wanted.into_iter().map(|at| {
        let whole = starts[at]..starts.get(at + 1).map_or(text.len(), |next| next - 1);
        line(text, (at, whole), (&outer, begun.binary_search(&at).is_err()))
    });
    (count, told.collect())
}

/// Matches that lie in no other.
fn outermost(found: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut outer: Vec<Range<usize>> = Vec::new();
    for range in found {
        match outer.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => outer.push(range.clone()),
        }
    }
    outer
}

fn line(
    text: &str,
    (at, whole): (usize, Range<usize>),
    (found, is_context): (&[Range<usize>], bool),
) -> Line {
    let bytes = text.as_bytes()[whole.clone()].strip_suffix(b"\r").unwrap_or(&text.as_bytes()[whole.clone()]);
    let shown = &bytes[..bytes.len().min(MAX_LINE_BYTES)];
    let end = whole.start + shown.len();
    let first = found.partition_point(|range| range.end <= whole.start);
    let here = found[first..].iter().take_while(|range| range.start < end);
    let matches =
        here.map(|range| (range.start.max(whole.start) - whole.start, range.end.min(end) - whole.start));
    Line {
        number: at as u64 + 1,
        bytes: shown.to_vec(),
        cut: shown.len() < bytes.len(),
        is_context,
        matches: matches.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleetwright_index::{Globs, Pattern, Reading};

    #[test]
    fn lines_of_matches() {
        let text = "a\nf(1,\r\n  2)\nb\nf(f(3))\n";
        let sought = Search::new("javascript", "f($$$A)").unwrap();
        let found = sought.find(text).unwrap();
        let (pattern, globs) = (Pattern::lines("f", Reading::default()).unwrap(), Globs::all());
        let query = Query { after: 1, ..Query::new(&pattern, &globs) };
        let (count, told) = lines(text, &found, &query);
        assert_eq!(count, 2);
        let told: Vec<_> = told
            .iter()
            .map(|line| {
                (line.number, line.is_context, String::from_utf8_lossy(&line.bytes), line.matches.clone())
            })
            .collect();
        assert_eq!(
            told,
            [
                (2, false, "f(1,".into(), vec![(0, 4)]),
                (3, true, "  2)".into(), vec![(0, 4)]),
                (4, true, "b".into(), vec![]),
                (5, false, "f(f(3))".into(), vec![(0, 7)]),
            ]
        );
    }
}
