//! What is not answered, and why, as Backstage words it.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::json;

/// The kind of every answer.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// The largest body, in bytes. Backstage's own client sends at most 90 KiB at once.
pub const MAX_BODY: usize = 1 << 20;

/// Why a request is not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The request is wrong.
    #[error("{0}")]
    Input(String),
    /// There is no such thing.
    #[error("{0}")]
    NotFound(String),
    /// It is not done here.
    #[error("{0}")]
    NotAllowed(String),
    /// The body is too large.
    #[error("request entity too large: at most {} bytes", MAX_BODY)]
    TooLarge,
    /// The body is of another kind.
    #[error("unsupported media type {0}")]
    MediaType(String),
    /// The body did not come in time.
    #[error("the request did not come whole in time")]
    TooSlow,
    /// The catalog cannot be read now.
    #[error("the catalog cannot be read now: {0}; try again, and look at the server's log")]
    Unavailable(String),
    /// A defect of ours.
    #[error("the request broke its reader; this is a defect of Fleetwright, please report it")]
    Broken,
}

impl Refusal {
    /// The request is wrong, and how.
    pub(crate) fn input(why: impl std::fmt::Display) -> Refusal {
        Refusal::Input(why.to_string())
    }

    /// The error's class, as Backstage names it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Refusal::Input(_) | Refusal::MediaType(_) => "InputError",
            Refusal::NotFound(_) => "NotFoundError",
            Refusal::NotAllowed(_) => "NotAllowedError",
            Refusal::TooLarge => "PayloadTooLargeError",
            Refusal::TooSlow => "RequestTimeoutError",
            Refusal::Unavailable(_) => "ServiceUnavailableError",
            Refusal::Broken => "Error",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Refusal::Input(_) | Refusal::MediaType(_) => StatusCode::BAD_REQUEST,
            Refusal::NotFound(_) => StatusCode::NOT_FOUND,
            Refusal::NotAllowed(_) => StatusCode::FORBIDDEN,
            Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Refusal::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The answer, in the shape of Backstage's `ErrorResponseBody`; `url` is path and query below where the API is mounted.
    pub(crate) fn respond(&self, method: &Method, url: &str) -> Response<Body> {
        let status = self.status();
        let body = json!({
            "error": { "name": self.name(), "message": self.to_string() },
            "request": { "method": method.as_str(), "url": url },
            "response": { "statusCode": status.as_u16() },
        });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, JSON);
        response
    }
}
