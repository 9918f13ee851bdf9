//! The API: every call of the list as a route, guarded, read within limits, and answered.

mod answer;
mod once;
mod reading;
mod told;
mod who;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use fleetwright_access::{Asked, Need, Person, Refusal, Role, admit, decide};
use fleetwright_api::{At, BASE, Kind, Problem, Route, Verb, openapi, routes};
use fleetwright_engine::command::Caller;
use fleetwright_engine::fleet::Fleet;
use fleetwright_runner::Cancel;
use serde_json::{Map, Value};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

pub(crate) use self::answer::plain;
use self::answer::{Sent, problem};
use self::once::Once;
use self::told::Telling;
pub use self::who::Who;
use crate::drive::stopped;

/// How many calls are under way at once; more are told to come again.
const AT_ONCE: usize = 64;

/// How long a call waits for what somebody else is at, such as a loop of the server that drives the same shift.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long until it is tried again.
const BREATH: Duration = Duration::from_millis(200);

/// What the API needs.
pub(crate) struct Office {
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) who: Arc<dyn Who>,
    /// True once the server is to end.
    pub(crate) stop: watch::Receiver<bool>,
    once: Once,
    room: Arc<Semaphore>,
    description: Sent,
}

impl Office {
    pub(crate) fn new(fleet: Arc<Fleet>, who: Arc<dyn Who>, stop: watch::Receiver<bool>) -> Office {
        let once = Once::new(fleet.store.clone());
        let description = Sent::of(&openapi(&routes()));
        Office { fleet, who, stop, once, room: Arc::new(Semaphore::new(AT_ONCE)), description }
    }
}

/// The routes of the API, below [`BASE`].
pub(crate) fn api(office: Arc<Office>) -> Router {
    let mut by_path: BTreeMap<&'static str, MethodRouter<Arc<Office>>> = BTreeMap::new();
    for route in routes() {
        let before = by_path.remove(route.path).unwrap_or_default();
        by_path.insert(route.path, before.merge(served(route)));
    }
    let described = axum::routing::get(async |State(office): State<Arc<Office>>, headers: HeaderMap| {
        office.description.respond(&headers)
    });
    let router = Router::new().route("/openapi.json", described);
    let router = by_path
        .into_iter()
        .fold(router, |router, (path, methods)| router.route(path, methods.fallback(no_such_method)));
    Router::new().nest(BASE, router.fallback(no_such_path)).with_state(office)
}

async fn no_such_path() -> Response {
    problem(Problem::new(Kind::NotFound, format!("nothing is at this path\n  try: {BASE}/openapi.json")))
}

async fn no_such_method() -> Response {
    let mut told =
        Problem::new(Kind::NotFound, format!("this path has no such method\n  try: {BASE}/openapi.json"));
    told.status = StatusCode::METHOD_NOT_ALLOWED.as_u16();
    problem(told)
}

/// Routes of another's shape, such as Backstage's, for whoever may read.
pub(crate) fn guarded(routes: Router, who: Arc<dyn Who>) -> Router {
    let ask = async |State(who): State<Arc<dyn Who>>, request: axum::extract::Request, next: Next| {
        let changes = request.method() != axum::http::Method::GET;
        let asked = who.person(request.headers(), changes).await;
        let may = asked.and_then(|person| {
            decide(person.as_ref(), Need::Role(Role::Viewer), false).map_err(refused)?;
            let named = Asked { call: "catalog", need: Need::Role(Role::Viewer), reads: true };
            admit(person.as_ref(), named, false).map_err(refused)
        });
        match may {
            Ok(()) => next.run(request).await,
            Err(told) => problem(told),
        }
    };
    routes.layer(from_fn_with_state(who, ask))
}

fn served(route: Route) -> MethodRouter<Arc<Office>> {
    let route = Arc::new(route);
    let filter = match route.verb {
        Verb::Get => axum::routing::MethodFilter::GET,
        Verb::Post => axum::routing::MethodFilter::POST,
        Verb::Put => axum::routing::MethodFilter::PUT,
        Verb::Delete => axum::routing::MethodFilter::DELETE,
    };
    on(
        filter,
        async move |State(office): State<Arc<Office>>,
                    path: RawPathParams,
                    RawQuery(query): RawQuery,
                    headers: HeaderMap,
                    body: Body| {
            let path = path.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
            let asked = Request { path, query: query.unwrap_or_default(), headers, body };
            answered(&office, &route, asked).await.unwrap_or_else(problem)
        },
    )
}

/// What came in.
struct Request {
    path: Vec<(String, String)>,
    query: String,
    headers: HeaderMap,
    body: Body,
}

/// Guards, reads, does and answers one call.
async fn answered(office: &Arc<Office>, route: &Arc<Route>, asked: Request) -> Result<Response, Problem> {
    let Ok(room) = Arc::clone(&office.room).try_acquire_owned() else {
        return Err(Problem::new(Kind::Unable, "too many calls are under way\n  try: again in a moment"));
    };
    let person = office.who.person(&asked.headers, route.verb != Verb::Get).await?;
    // Nobody's body is read who may not whatever it says.
    decide(person.as_ref(), route.need, true).map_err(refused)?;
    let sent = read(route, &asked.path, &asked.query, (&asked.headers, asked.body)).await?;
    let sent = Value::Object(sent);
    let owns = owns(office, route, person.as_ref(), &sent).await;
    let wanted = Asked { call: route.name, need: route.need, reads: route.verb == Verb::Get };
    admit(person.as_ref(), wanted, owns).map_err(refused)?;
    let Some(person) = person else { return Err(refused(Refusal::NotSignedIn)) };
    let streams = route.verb != Verb::Get && told::wants_events(&asked.headers);
    let key = once::key(&asked.headers, &person.name, route, &sent)?;
    if let Some(key) = &key
        && let Some(before) = office.once.before(key).await?
    {
        return Ok(before.respond(streams));
    }
    let work = Work { office: Arc::clone(office), route: Arc::clone(route), sent, person, key };
    if streams {
        return Ok(told::events(|caller| work.run(caller), room));
    }
    let interrupt = Cancel::new();
    // Whoever goes away before the answer interrupts what they asked for; it ends in order.
    let _gone = told::CancelOnDrop(interrupt.clone());
    let progress = Arc::new(fleetwright_engine::progress::Quiet);
    let running = tokio::spawn(async move {
        let done = work.run(Telling { progress, interrupt }).await;
        drop(room);
        done
    });
    let done =
        running.await.map_err(|_| Problem::new(Kind::Internal, "the call broke off; that is a defect"))?;
    Ok(Sent::of(&done?).respond(&asked.headers))
}

/// A call that is let in.
struct Work {
    office: Arc<Office>,
    route: Arc<Route>,
    sent: Value,
    person: Person,
    key: Option<once::Key>,
}

impl Work {
    /// Does it, and remembers the answer where it came with a key.
    async fn run(self, Telling { progress, interrupt }: Telling) -> Result<Value, Problem> {
        let Work { office, route, sent, person, key } = self;
        let under_way = key.as_ref().map(|key| office.once.begin(key)).transpose()?;
        let caller = Caller { by: person.name.clone(), progress, interrupt: interrupt.clone() };
        let at = At { fleet: Arc::clone(&office.fleet), caller, person, driven: true };
        route.written(sent.clone(), at.clone()).await?;
        let patience = Instant::now() + PATIENCE;
        let done = loop {
            let mut running = route.run(sent.clone(), at.clone());
            let done = tokio::select! {
                done = &mut running => done,
                () = stopped(office.stop.clone()) => {
                    interrupt.cancel();
                    running.await
                }
            };
            let is_taken = done.as_ref().is_err_and(|told| told.kind() == Kind::Taken);
            if !is_taken || interrupt.is_cancelled() || Instant::now() > patience {
                break done;
            }
            tokio::time::sleep(BREATH).await;
        };
        if route.secret {
            return done;
        }
        let done = done.map(|mut value| {
            office.fleet.keyring().redactor().value(&mut value);
            value
        });
        if let Some(key) = &key {
            office.once.remember(key, &done).await;
        }
        drop(under_way);
        done
    }
}

/// The fields of a call, out of path, query and body.
async fn read(
    route: &Route,
    path: &[(String, String)],
    query: &str,
    (headers, body): (&HeaderMap, Body),
) -> Result<Map<String, Value>, Problem> {
    if route.verb.asks() {
        let pairs = reading::pairs(query);
        return route.gather(path.iter().cloned().chain(pairs));
    }
    if !query.is_empty() {
        let why = format!("a {} takes no query\n  try: its fields belong into the body", route.verb);
        return Err(Problem::new(Kind::Usage, why));
    }
    let mut sent = reading::object(headers, body).await?;
    for (name, value) in route.gather(path.iter().cloned())? {
        if sent.insert(name.clone(), value).is_some() {
            let why = format!("`{name}` stands in the path and in the body\n  try: leave it out of the body");
            return Err(Problem::new(Kind::Usage, why));
        }
    }
    Ok(sent)
}

/// Whether what a call is about is known to belong to whoever asks.
async fn owns(office: &Office, route: &Route, person: Option<&Person>, sent: &Value) -> bool {
    let (Need::RoleOrOwner(role), Some(person)) = (route.need, person) else { return false };
    match route.repo(sent) {
        Some(repo) if person.role < role => office.who.owns(person, &repo).await,
        _ => false,
    }
}

pub(crate) fn refused(refusal: Refusal) -> Problem {
    let kind = match refusal.status() {
        401 => Kind::Unknown,
        429 => Kind::TooOften,
        _ => Kind::Forbidden,
    };
    Problem::new(kind, refusal.to_string())
}
