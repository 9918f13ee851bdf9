//! One request and the redirects that follow it, within limits.

use std::sync::Arc;
use std::time::Duration;

use fleetwright_catalog::UrlPolicy;
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION};
use reqwest::{Response, StatusCode, Url};

use crate::error::FetchError;
use crate::guard::{Guard, Names};
use crate::limits::{MAX_ETAG, MAX_REDIRECTS, MAX_TEXT};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// How addresses are fetched.
#[derive(Clone)]
pub struct Settings {
    /// What may be fetched.
    pub policy: UrlPolicy,
    /// Who looks names up.
    pub names: Arc<dyn Names>,
    /// Certificates to trust besides the system's, in PEM.
    pub authority: Option<Vec<u8>>,
    /// How long one address may take; [`crate::TIME`] outside of tests.
    pub time: Duration,
}

/// Fetches texts.
#[derive(Clone)]
pub struct Fetcher {
    client: reqwest::Client,
    policy: Arc<UrlPolicy>,
    time: Duration,
}

/// What an address answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// What it was when it had the tag that was given.
    Same,
    /// A text.
    New {
        /// The text.
        text: String,
        /// Its tag, to be given the next time.
        etag: Option<String>,
    },
}

impl Fetcher {
    /// A fetcher; nothing is sent yet.
    ///
    /// # Errors
    /// A sentence, when the certificates cannot be used.
    pub fn new(settings: Settings) -> Result<Fetcher, String> {
        // Whoever comes first installs it; it is the same one everywhere.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let policy = Arc::new(settings.policy);
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("fleetwright/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .https_only(true)
            .connect_timeout(CONNECT)
            .dns_resolver(Guard::new(settings.names, Arc::clone(&policy)));
        if let Some(pem) = &settings.authority {
            let certificates =
                reqwest::Certificate::from_pem_bundle(pem).map_err(|error| error.to_string())?;
            for certificate in certificates {
                builder = builder.add_root_certificate(certificate);
            }
        }
        let client = builder.build().map_err(|error| error.to_string())?;
        Ok(Fetcher { client, policy, time: settings.time })
    }

    /// Fetches a text, unless it still has the tag `etag`.
    ///
    /// # Errors
    /// What went wrong or is not allowed; nothing is sent to what is not allowed.
    pub async fn fetch(&self, url: &Url, etag: Option<&str>) -> Result<Fetched, FetchError> {
        let answer = tokio::time::timeout(self.time, self.follow(url.clone(), etag)).await;
        answer.unwrap_or(Err(FetchError::Slow(self.time)))
    }

    async fn follow(&self, mut url: Url, etag: Option<&str>) -> Result<Fetched, FetchError> {
        for hop in 0..=MAX_REDIRECTS {
            let sent = self.ask(&url, etag).await;
            let response = if hop == 0 { sent? } else { sent.map_err(FetchError::redirected)? };
            match response.status() {
                StatusCode::NOT_MODIFIED if etag.is_some() => return Ok(Fetched::Same),
                StatusCode::OK => return read(response).await,
                status if status.is_redirection() && status != StatusCode::NOT_MODIFIED => {
                    url = next(&url, response.headers())?;
                }
                status => return Err(FetchError::Status(status.as_u16())),
            }
        }
        Err(FetchError::Circling)
    }

    async fn ask(&self, url: &Url, etag: Option<&str>) -> Result<Response, FetchError> {
        self.policy.url(url).map_err(FetchError::Refused)?;
        let mut request = self.client.get(url.clone());
        if let Some(tag) = etag.and_then(|tag| HeaderValue::from_str(tag).ok()) {
            request = request.header(IF_NONE_MATCH, tag);
        }
        let host = url.host_str().unwrap_or_default();
        request.send().await.map_err(|error| FetchError::of(error, host))
    }
}

/// Where a redirect leads.
fn next(url: &Url, headers: &HeaderMap) -> Result<Url, FetchError> {
    let to = text(headers, LOCATION).ok_or(FetchError::Astray)?;
    url.join(to).map_err(|_| FetchError::Astray)
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

async fn read(mut response: Response) -> Result<Fetched, FetchError> {
    let kind = text(response.headers(), CONTENT_TYPE).unwrap_or_default().to_lowercase();
    if kind.starts_with("text/html") || kind.starts_with("application/xhtml") {
        return Err(FetchError::Page);
    }
    let etag = text(response.headers(), ETAG).filter(|tag| tag.len() <= MAX_ETAG).map(str::to_owned);
    if response.content_length().is_some_and(|length| length > MAX_TEXT as u64) {
        return Err(FetchError::Large);
    }
    let host = response.url().host_str().unwrap_or_default().to_owned();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| FetchError::of(error, &host))? {
        if bytes.len() + chunk.len() > MAX_TEXT {
            return Err(FetchError::Large);
        }
        bytes.extend_from_slice(&chunk);
    }
    let text = String::from_utf8(bytes).map_err(|_| FetchError::NoText)?;
    let begin = text.trim_start().get(..9).unwrap_or_default().to_lowercase();
    if begin.starts_with("<!doctype") || begin.starts_with("<html") {
        return Err(FetchError::Page);
    }
    Ok(Fetched::New { text, etag })
}
