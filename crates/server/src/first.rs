//! The first start: a one-time link makes its holder the first admin, and gives them a token to go on with.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use fleetwright_access::{Cookie, Doorkeeper, NewToken, Role, SESSION_SECONDS, Scope, Sent, same_origin};
use fleetwright_engine::fleet::Fleet;

/// The largest form, in bytes.
const MAX_FORM: usize = 4_096;

/// How long the first token lives, in days.
const DAYS: u32 = 30;

/// What the two routes need.
#[derive(Clone)]
pub(crate) struct First {
    pub(crate) fleet: Arc<Fleet>,
    /// Our own origin.
    pub(crate) ours: String,
}

/// `GET /first?link=…` asks, `POST /first` spends: whoever only looks ahead at a link spends nothing.
pub(crate) fn first(first: First) -> Router {
    Router::new().route("/first", get(ask).post(spend)).with_state(Arc::new(first))
}

async fn ask(RawQuery(query): RawQuery) -> Response {
    let link = field(query.as_deref().unwrap_or_default());
    let body = format!(
        "<h1>Fleetwright</h1><p>This link makes you the first admin, once.</p>\
        <form method=post action=/first><input type=hidden name=link value=\"{link}\"><button>Sign in</button></form>"
    );
    page(StatusCode::OK, &body)
}

async fn spend(State(first): State<Arc<First>>, headers: HeaderMap, body: Body) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let sent = Sent { site: text("sec-fetch-site"), origin: text("origin"), ours: &first.ours };
    if let Err(refusal) = same_origin(sent) {
        return page(StatusCode::FORBIDDEN, &format!("<p>{}</p>", plain(&refusal.to_string())));
    }
    let Ok(form) = to_bytes(body, MAX_FORM).await else {
        return page(StatusCode::PAYLOAD_TOO_LARGE, "<p>The form is too large.</p>");
    };
    let link = field(&String::from_utf8_lossy(&form));
    let (keeper, now) = (Doorkeeper::new(first.fleet.store.clone()), first.fleet.now());
    let began = async {
        let (session, admin) = keeper.redeem(&link, now).await?;
        let ask = NewToken {
            label: "the first start".to_owned(),
            role: Role::Admin,
            scope: Scope::All,
            days: DAYS,
        };
        Ok::<_, fleetwright_access::AccessError>((session, keeper.make_token(&admin, &ask, now).await?.0))
    };
    match began.await {
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::FORBIDDEN);
            page(status, &format!("<p>{}</p>", plain(&error.to_string())))
        }
        Ok((session, token)) => {
            let body = format!(
                "<h1>You are the admin</h1><p>A token for the command line, for {DAYS} days. It is not shown again:</p>\
                <pre>export FLEETWRIGHT_TOKEN={}\nfleetwright --server {} whoami</pre>",
                plain(token.expose()),
                plain(&first.ours)
            );
            let cookie = Cookie::session(first.ours.starts_with("https://"));
            let mut answer = page(StatusCode::OK, &body);
            if let Ok(value) = HeaderValue::from_str(&cookie.set(session.expose(), SESSION_SECONDS)) {
                answer.headers_mut().insert(header::SET_COOKIE, value);
            }
            answer
        }
    }
}

/// The link of a query or form: letters that need no care anywhere.
fn field(pairs: &str) -> String {
    let found = url::form_urlencoded::parse(pairs.as_bytes()).find(|(name, _)| name == "link");
    let text = found.map(|(_, value)| value.into_owned()).unwrap_or_default();
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(200).collect()
}

/// A text within a page.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn page(status: StatusCode, body: &str) -> Response {
    let text = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Fleetwright</title><meta name=viewport \
        content=\"width=device-width\"><style>body{{font:16px/1.5 sans-serif;max-width:46rem;margin:4rem auto;padding:0 1rem}}\
        pre{{background:#f2f2f2;padding:1rem;overflow:auto}}button{{font:inherit;padding:.4rem 1.2rem}}</style>{body}</html>"
    );
    let mut answer = crate::calls::plain(status, Body::from(text), "text/html; charset=utf-8");
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
