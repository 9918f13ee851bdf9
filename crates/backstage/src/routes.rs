//! The routes, and how each is asked and answered.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::routing::{MethodRouter, get, post, put};
use fleetwright_engine::fleet::Fleet;
use fleetwright_engine::progress::Progress;
use tokio::sync::Semaphore;

use crate::answer::Answer;
use crate::ask::{self, Ask};
use crate::refresh::Refresher;
use crate::refusal::{JSON, Refusal};
use crate::shelf::Shelf;
use crate::snapshot::Snapshot;
use crate::{analyze, entities, facets, locations, pages, validate};

/// How many bodies are in memory at once, so that large ones cannot fill it: 32 of 1 MiB each at most.
const AT_ONCE: usize = 32;

/// What the routes need.
#[derive(Clone)]
struct Desk {
    shelf: Arc<Shelf>,
    refresher: Arc<Refresher>,
    bodies: Arc<Semaphore>,
}

/// A route: what it answers of the catalog as it is.
type Work = fn(&Snapshot, &Ask) -> Result<Answer, Refusal>;

/// The catalog API of Backstage over a fleet, to be mounted at `/api/catalog`. It asks nobody who they are: put
/// authentication in front. `log` hears what goes wrong apart from any request.
pub fn router(fleet: Arc<Fleet>, log: Arc<dyn Progress>) -> Router {
    let shelf = Arc::new(Shelf::new(fleet, log));
    let bodies = Arc::new(Semaphore::new(AT_ONCE));
    let desk = Desk { shelf, refresher: Arc::default(), bodies };
    let named = "/entities/by-name/{kind}/{namespace}/{name}";
    Router::new()
        .route("/entities", read(entities::all))
        .route("/entities/by-query", read(pages::get).merge(ask_with_body(pages::post)))
        .route("/entities/by-refs", ask_with_body(entities::by_refs))
        .route("/entities/by-uid/{uid}", read(entities::by_uid).delete(delete_by_uid))
        .route(named, read(entities::by_name))
        .route(&format!("{named}/ancestry"), read(entities::ancestry))
        .route("/entity-facets", read(facets::get).merge(ask_with_body(facets::post)))
        .route("/refresh", post(refresh))
        .route("/locations", read(locations::all).merge(ask_with_body(locations::create)))
        .route("/locations/by-query", ask_with_body(locations::by_query))
        .route("/locations/by-entity/{kind}/{namespace}/{name}", read(locations::by_entity))
        .route("/locations/{id}", read(locations::by_id).merge(put(change)).delete(change))
        .route("/analyze-location", ask_with_body(analyze::location))
        .route("/validate-entity", ask_with_body(validate::entity))
        .fallback(nothing)
        .method_not_allowed_fallback(nothing)
        .with_state(desk)
}

/// A route that is only read.
fn read(work: Work) -> MethodRouter<Desk> {
    get(move |State(desk): State<Desk>, params: RawPathParams, request: Request| {
        desk.answer(work, params, request, false)
    })
}

/// A route whose question is in its body.
fn ask_with_body(work: Work) -> MethodRouter<Desk> {
    post(move |State(desk): State<Desk>, params: RawPathParams, request: Request| {
        desk.answer(work, params, request, true)
    })
}

async fn delete_by_uid(State(desk): State<Desk>, params: RawPathParams, request: Request) -> Response<Body> {
    desk.answer(entities::delete_by_uid, params, request, false).await
}

async fn change(State(desk): State<Desk>, params: RawPathParams, request: Request) -> Response<Body> {
    desk.answer(locations::change, params, request, false).await
}

async fn nothing(method: Method, uri: Uri) -> Response<Body> {
    let path: String = uri.path().chars().take(200).collect();
    Refusal::NotFound(format!("there is no {method} {path}")).respond(&method, &shown(&uri))
}

/// `POST /refresh`: answered when it is noted, as in Backstage.
async fn refresh(State(desk): State<Desk>, params: RawPathParams, request: Request) -> Response<Body> {
    let (method, url) = (request.method().clone(), shown(request.uri()));
    match desk.refresh(params, request).await {
        Ok(()) => Response::new(Body::empty()),
        Err(refusal) => refusal.respond(&method, &url),
    }
}

impl Desk {
    async fn answer(
        self,
        work: Work,
        params: RawPathParams,
        request: Request,
        with_body: bool,
    ) -> Response<Body> {
        let (method, url) = (request.method().clone(), shown(request.uri()));
        let path = request.uri().path().to_owned();
        let unless = request.headers().clone();
        let answered: Result<(Response<Body>, Arc<Snapshot>), Refusal> = async {
            let ask = self.read(params, request, with_body).await?;
            let snapshot = self.shelf.now().await?;
            if method == Method::GET && matches(&unless, &snapshot.etag) {
                return Ok((unmodified(), snapshot));
            }
            let held = Arc::clone(&snapshot);
            // Apart from everybody else: some questions take their time, and a panic is an answer.
            let done = tokio::task::spawn_blocking(move || {
                work(&held, &ask).map(|answer| answer.respond(&held, &path))
            });
            Ok((done.await.map_err(|_| Refusal::Broken)??, snapshot))
        }
        .await;
        match answered {
            Ok((mut response, snapshot)) => {
                if method == Method::GET
                    && let Ok(etag) = HeaderValue::from_str(&snapshot.etag)
                {
                    response.headers_mut().insert(header::ETAG, etag);
                }
                response
            }
            Err(refusal) => refusal.respond(&method, &url),
        }
    }

    /// Reads a request.
    async fn read(&self, params: RawPathParams, request: Request, with_body: bool) -> Result<Ask, Refusal> {
        let path = params.iter().map(|(_, value)| value.to_owned()).collect();
        let mut ask = Ask::new(path, request.uri().query())?;
        if with_body {
            let _room = self.bodies.acquire().await.map_err(|_| Refusal::Broken)?;
            ask.body = ask::read(request).await?;
        }
        Ok(ask)
    }

    async fn refresh(&self, params: RawPathParams, request: Request) -> Result<(), Refusal> {
        let ask = self.read(params, request, true).await?;
        ask.only(&[])?;
        let body = ask.object()?;
        if body.keys().any(|key| !["entityRef", "authorizationToken"].contains(&key.as_str())) {
            return Err(Refusal::input("request/body must NOT have additional properties"));
        }
        let reference = ask::needed(body, "entityRef")?;
        let snapshot = self.shelf.now().await?;
        let missing = || Refusal::NotFound(format!("Entity {reference} not found"));
        let at = snapshot.find(&reference.to_lowercase()).ok_or_else(missing)?;
        self.refresher.ask(&self.shelf, snapshot.repo(at));
        Ok(())
    }
}

/// Path and query below where this is mounted, as Backstage tells them.
fn shown(uri: &Uri) -> String {
    uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string)
}

/// Whether who asks has this version already.
fn matches(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|tag| tag.trim().trim_start_matches("W/") == etag)
}

fn unmodified() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}
