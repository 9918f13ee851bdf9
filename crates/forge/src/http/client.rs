//! Sending a request and reading its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, Url};
use serde_json::Value;

use super::reply::Reply;
use super::secret::Secret;
use super::tokens::{Need, Tokens};
use super::{MAX_BODY, fault, limits};
use crate::clock::Clock;
use crate::error::{ForgeError, NOT_SENT};
use crate::meter::{Cost, Meter};

/// How often a read is asked again when the forge's front end fails.
const READS: u32 = 3;

/// The pause before a read is asked again, in milliseconds.
const PAUSE: i64 = 250;

/// How a forge is reached.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The API's address, such as `https://api.github.com`; requests add to its path.
    pub url: Url,
    /// Certificates to trust besides the system's, in PEM.
    pub authority: Option<Vec<u8>>,
    /// How long one request may take.
    pub timeout: Duration,
}

/// A request to be.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// The method.
    pub method: Method,
    /// The path below the API's address, with its query, encoded.
    pub path: &'a str,
    /// The body.
    pub body: Option<Value>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// What it costs.
    pub cost: Cost,
    /// What it needs to be allowed.
    pub need: Need<'a>,
}

/// A client of one forge as one identity.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    url: Url,
    tokens: Arc<dyn Tokens>,
    meter: Arc<dyn Meter>,
    clock: Arc<dyn Clock>,
    /// How far that clock is ahead of the forge's, in milliseconds, as the last answer told.
    ahead: Arc<AtomicI64>,
}

impl Http {
    /// A client; nothing is sent yet.
    ///
    /// # Errors
    /// A sentence, when the certificates cannot be used.
    pub fn new(
        settings: &Settings,
        tokens: Arc<dyn Tokens>,
        meter: Arc<dyn Meter>,
        clock: Arc<dyn Clock>,
    ) -> Result<Http, String> {
        // Whoever comes first installs it; it is the same one everywhere.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("fleetwright/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .timeout(settings.timeout);
        if let Some(pem) = &settings.authority {
            let certificate = reqwest::Certificate::from_pem(pem).map_err(|error| error.to_string())?;
            builder = builder.add_root_certificate(certificate);
        }
        let client = builder.build().map_err(|error| error.to_string())?;
        let ahead = Arc::default();
        Ok(Http { client, url: settings.url.clone(), tokens, meter, clock, ahead })
    }

    /// The API's address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// What time it is.
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// What time it is by the forge's clock, in milliseconds since 1970 UTC, as its last answer told: what
    /// the forge says of when something changed is held against this one.
    pub fn forge_now(&self) -> i64 {
        self.clock.now().saturating_sub(self.ahead.load(Ordering::Relaxed))
    }

    /// The same client at another address of the same forge, such as that of GraphQL.
    #[must_use]
    pub fn at(&self, url: Url) -> Http {
        Http { url, ..self.clone() }
    }

    /// The meter, for limits that are told inside of an answer's body.
    pub fn meter(&self) -> &dyn Meter {
        self.meter.as_ref()
    }

    /// A token for git over HTTPS.
    ///
    /// # Errors
    /// When none can be had.
    pub async fn token(&self, need: Need<'_>) -> Result<Secret, ForgeError> {
        self.tokens.token(need).await
    }

    /// Tells the credentials which repositories there are: some are made for many at once.
    pub fn known(&self, repos: &[String]) {
        self.tokens.known(repos);
    }

    /// The client beneath, for what is not an API request.
    pub fn raw(&self) -> &reqwest::Client {
        &self.client
    }

    /// Sends a request. Any status but a limit's is an answer. Reads are asked again a few times
    /// when the forge's front end fails; what changes something is sent once.
    ///
    /// # Errors
    /// [`ForgeError::Blocked`] when a limit says no, before or after sending, and
    /// [`ForgeError::Unknown`] when no answer came.
    pub async fn send(&self, ask: &Ask<'_>) -> Result<Reply, ForgeError> {
        let tries = if matches!(ask.cost, Cost::Read | Cost::Query) { READS } else { 1 };
        for tried in 1.. {
            let sent = self.send_once(ask).await;
            let failed = match &sent {
                Ok(reply) => matches!(reply.status, 500 | 502 | 503 | 504),
                Err(error) => matches!(error, ForgeError::Unknown { .. }),
            };
            if !failed || tried >= tries {
                return sent;
            }
            self.clock.sleep_until(self.clock.now() + PAUSE * i64::from(tried)).await;
        }
        Err(ForgeError::unknown("nothing was sent"))
    }

    /// [`Http::send`], without asking again when the front end fails: for whoever asks for less
    /// then. A token that the forge refuses is renewed and used once more, where it can be renewed.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub async fn send_once(&self, ask: &Ask<'_>) -> Result<Reply, ForgeError> {
        let token = self.tokens.token(ask.need).await?;
        let reply = self.signed(ask, &token).await?;
        if reply.status != 401 || !self.tokens.refused(ask.need, &token) {
            return Ok(reply);
        }
        let token = self.tokens.token(ask.need).await?;
        self.signed(ask, &token).await
    }

    async fn signed(&self, ask: &Ask<'_>, token: &Secret) -> Result<Reply, ForgeError> {
        let request = self.request(ask, token)?;
        self.meter.ask(ask.cost, self.clock.now()).map_err(|until| blocked(until, NOT_SENT))?;
        let _under_way = UnderWay { meter: self.meter.as_ref(), cost: ask.cost };
        let response = request.send().await.map_err(|error| fault::of(&error, fault::whom(ask.need)))?;
        let mut reply = read(response, ask.need).await?;
        if !reply.is_success() {
            reply.mask(token);
        }
        let now = self.clock.now();
        self.ahead.store(limits::ahead(&reply, now), Ordering::Relaxed);
        let answer = limits::read(&reply, now);
        self.meter.told(ask.cost, &answer);
        match answer.blocked_until {
            Some(until) => Err(blocked(until, &reply.message())),
            None => Ok(reply),
        }
    }

    fn request(&self, ask: &Ask<'_>, token: &Secret) -> Result<reqwest::RequestBuilder, ForgeError> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| {
            ForgeError::access(fault::whom(ask.need), "the token holds a space or control character")
        })?;
        bearer.set_sensitive(true);
        let address = format!("{}{}", self.url.as_str().trim_end_matches('/'), ask.path);
        let mut request = self.client.request(ask.method.clone(), address).header(AUTHORIZATION, bearer);
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = &ask.body {
            let text = serde_json::to_vec(body).map_err(ForgeError::unknown)?;
            request = request.header("content-type", "application/json").body(text);
        }
        Ok(request)
    }
}

/// A request under way: over when it is answered, when it fails, and when nobody waits any more.
struct UnderWay<'a> {
    meter: &'a dyn Meter,
    cost: Cost,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.meter.ended(self.cost);
    }
}

fn blocked(until: i64, why: &str) -> ForgeError {
    ForgeError::Blocked { until, why: why.to_owned() }
}

async fn read(mut response: reqwest::Response, need: Need<'_>) -> Result<Reply, ForgeError> {
    let status = response.status().as_u16();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
    let headers = headers.collect();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| fault::of(&error, fault::whom(need)))? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(ForgeError::unknown(format!("the answer is larger than {MAX_BODY} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, headers, body })
}
