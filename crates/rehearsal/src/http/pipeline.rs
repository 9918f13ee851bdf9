//! One request, from limits and faults to its answer.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::Timestamp;
use serde_json::Value;

use super::answer::{Answer, Content};
use super::call::{Call, Caller};
use super::dialect::Dialect;
use super::request::Request;
use super::route::{Effect, Route, find};
use crate::faults::Faults;
use crate::history::Happened;
use crate::limits::Unit;
use crate::seed::Seed;
use crate::world::{Refusal, State};

/// What becomes of an answer on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrives.
    Arrives,
    /// The connection is dropped instead.
    Dropped,
    /// The connection hangs so many milliseconds, then is dropped.
    Hangs(u64),
}

/// An answer and what becomes of it.
pub(crate) struct Outcome {
    pub(crate) answer: Answer,
    pub(crate) fate: Fate,
    /// Method and path template, where one fits.
    pub(crate) kind: Option<String>,
    /// Where the answer as it was meant is another than the one sent.
    pub(crate) meant: Option<Answer>,
}

/// What happens instead of an answer.
enum Fault {
    Hang,
    Error,
    Page,
    Lost { dropped: bool },
}

/// Answers a request to the API. The state is locked; nothing here waits.
pub(crate) fn answer(state: &mut State, dialect: &dyn Dialect, request: &Request, base: &str) -> Outcome {
    let path = dialect.api_path(&request.path).unwrap_or(&request.path);
    let Some((route, params)) = find(dialect.routes(), &request.method, path) else {
        let answer = dialect.unknown(request);
        return Outcome { answer, fate: Fate::Arrives, kind: None, meant: None };
    };
    let kind = route.kind();
    let fault = drawn(state, route, request);
    let (answer, fate, meant) = match fault {
        Some(Fault::Hang) => (Answer::empty(504), Fate::Hangs(state.settings().faults.hang), None),
        Some(Fault::Error) => (Answer::page(503, "Service Unavailable"), Fate::Arrives, None),
        Some(Fault::Page) => (Answer::page(200, "Sign in"), Fate::Arrives, None),
        Some(Fault::Lost { dropped }) => {
            let meant = admitted(state, dialect, (route, params, request), base);
            if (200..300).contains(&meant.status) {
                state.note(Happened::AnswerLost { kind: kind.clone() });
                let fate = if dropped { Fate::Dropped } else { Fate::Arrives };
                (Answer::page(502, "Bad Gateway"), fate, Some(meant))
            } else {
                (meant, Fate::Arrives, None)
            }
        }
        None => (admitted(state, dialect, (route, params, request), base), Fate::Arrives, None),
    };
    let answer = dressed(state, request, answer);
    Outcome { answer, fate, kind: Some(kind), meant }
}

/// Which fault a request meets; a repeated one draws anew.
fn drawn(state: &mut State, route: &Route, request: &Request) -> Option<Fault> {
    let Faults { lost_answers, dropped, errors, pages, timeouts, .. } = state.settings().faults;
    if lost_answers + errors + pages + timeouts <= 0.0 || route.effect == Effect::Free {
        return None;
    }
    let kind = route.kind();
    let nth = state.nth(&format!("{} {}", request.method, request.path)).to_string();
    let seed: Seed = state.settings().seed;
    let chance = |rate, what: &str| seed.chance(rate, &["fault", what, &kind, &request.path, &nth]);
    if chance(timeouts, "hang") {
        return Some(Fault::Hang);
    }
    if chance(errors, "error") {
        return Some(Fault::Error);
    }
    if chance(pages, "page") {
        return Some(Fault::Page);
    }
    let lost = route.effect != Effect::Reads && chance(lost_answers, "lost");
    lost.then(|| Fault::Lost { dropped: chance(dropped, "dropped") })
}

type Found<'a> = (&'a Route, Vec<(&'static str, String)>, &'a Request);

/// Asks who it is and the limits, then answers.
fn admitted(
    state: &mut State,
    dialect: &dyn Dialect,
    (route, params, request): Found<'_>,
    base: &str,
) -> Answer {
    let kind = route.kind();
    let creates = route.effect == Effect::Creates || route.effect == Effect::Comments;
    let caller = match dialect.caller(state, request) {
        Ok(caller) => caller,
        Err(refusal) => {
            let answer = dialect.refused(state, &refusal, base, &request.path);
            state.note(Happened::Call { kind, by: String::new(), status: answer.status, content: false });
            return answer;
        }
    };
    let who = caller.budget();
    let price = dialect.price(route, request);
    let counted = route.effect != Effect::Free;
    if counted && let Err(refused) = state.begin_request(&who, &price) {
        let mut answer = dialect.limited(request, &refused, state.now());
        answer.headers.extend(dialect.limit_headers(request, &state.standing(&who)));
        state.note(Happened::Call { kind, by: who, status: answer.status, content: false });
        return answer;
    }
    let content = creates || price.iter().any(|(unit, many)| *unit == Unit::Content && *many > 0);
    let mut answer = handled(state, dialect, (route, params, request), (caller, base));
    answer = not_modified(request, answer, &price);
    if counted {
        state.end_request(&who, &answer.more);
    }
    answer.headers.extend(dialect.limit_headers(request, &state.standing(&who)));
    let content = content && (200..300).contains(&answer.status);
    state.note(Happened::Call { kind, by: who, status: answer.status, content });
    answer
}

fn handled(
    state: &mut State,
    dialect: &dyn Dialect,
    (route, params, request): Found<'_>,
    (caller, base): (Caller, &str),
) -> Answer {
    let body = match request.json() {
        _ if request.body.is_empty() => Ok(Value::Null),
        Some(body) => Ok(body),
        None => Err(Refusal::Malformed("Problems parsing JSON".to_owned())),
    };
    let answered = body.and_then(|body| {
        let mut call = Call { state: &mut *state, request, caller: caller.clone(), params, body, base };
        (route.handle)(&mut call)
    });
    answered.unwrap_or_else(|refusal| dialect.refused_to(state, &refusal, &caller, (base, &request.path)))
}

/// Gives an answer its tag, and says 304 where the sender has it already: that takes nothing of
/// GitHub's primary limit.
fn not_modified(request: &Request, answer: Answer, price: &[(Unit, u64)]) -> Answer {
    let Content::Json(body) = &answer.content else { return answer };
    if request.method != "GET" || answer.status != 200 {
        return answer;
    }
    let mut hasher = DefaultHasher::new();
    body.to_string().hash(&mut hasher);
    let tag = format!("W/\"{:016x}\"", hasher.finish());
    let known = request.header("if-none-match").is_some_and(|tags| tags.contains(&tag));
    if !known {
        return answer.with("etag", tag);
    }
    let back = price.iter().filter(|(unit, _)| *unit == Unit::Rest);
    let more = back.map(|(unit, many)| (*unit, -i64::try_from(*many).unwrap_or(0))).collect();
    Answer { more, headers: answer.headers.clone(), ..Answer::empty(304) }.with("etag", tag)
}

/// Adds what every answer has.
fn dressed(state: &State, request: &Request, answer: Answer) -> Answer {
    let shown = state.now() + state.settings().faults.clock_skew;
    let date = Timestamp::from_millisecond(shown).unwrap_or(Timestamp::UNIX_EPOCH);
    let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let id = state.settings().seed.draw(&["request", &request.path, &shown.to_string()]);
    answer.with("date", date).with("x-request-id", format!("{id:016X}"))
}
