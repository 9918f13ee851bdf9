//! Asking a provider: bounded in time and size, never redirected.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::oidc::error::OidcError;
use crate::oidc::settings::OidcSettings;

/// How long a provider may take for an answer.
const TIME: Duration = Duration::from_secs(10);

/// The most bytes of an answer: key sets have some ten thousand.
const MAX_BODY: usize = 1 << 20;

/// A connection to a provider.
#[derive(Clone)]
pub(super) struct Wire {
    client: reqwest::Client,
    issuer: String,
    plain: bool,
}

/// What a provider says of itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    #[serde(default)]
    pub(super) token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl Wire {
    pub(super) fn new(settings: &OidcSettings) -> Result<Wire, String> {
        // Whoever comes first installs it; it is the same one everywhere.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let issuer = Url::parse(&settings.issuer).map_err(|error| error.to_string())?;
        // On this machine, for tests and for a provider that runs beside us.
        let plain = issuer.scheme() == "http" && is_loopback(&issuer);
        if issuer.scheme() != "https" && !plain {
            return Err(format!("`{}` is not an address that begins with https", settings.issuer));
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("fleetwright/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(TIME)
            .timeout(TIME);
        if let Some(pem) = &settings.authority {
            let certificate = reqwest::Certificate::from_pem(pem).map_err(|error| error.to_string())?;
            builder = builder.add_root_certificate(certificate);
        }
        let client = builder.build().map_err(|error| error.to_string())?;
        Ok(Wire { client, issuer: settings.issuer.clone(), plain })
    }

    /// An address the provider names, if it is one that may be asked.
    pub(super) fn address(&self, text: &str) -> Result<Url, OidcError> {
        let url =
            Url::parse(text).map_err(|error| self.failed(format!("`{text}` is no address: {error}")))?;
        let is_safe = url.scheme() == "https" || self.plain && url.scheme() == "http" && is_loopback(&url);
        if is_safe && url.username().is_empty() && url.password().is_none() {
            return Ok(url);
        }
        Err(self.failed(format!("`{text}` is not an address that begins with https")))
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, OidcError> {
        let (status, body) = self.send(self.client.get(url)).await?;
        match status {
            200 => self.json(&body),
            other => Err(self.failed(format!("it answered {other}"))),
        }
    }

    /// Posts a form; the login goes into the head where there is one.
    pub(super) async fn post(
        &self,
        url: Url,
        form: String,
        login: Option<(String, String)>,
    ) -> Result<(u16, Vec<u8>), OidcError> {
        let request = self.client.post(url).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = match login {
            Some((name, secret)) => request.basic_auth(name, Some(secret)),
            None => request,
        };
        self.send(request.header("accept", "application/json")).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<(u16, Vec<u8>), OidcError> {
        // Of an error of the client only the kind is told: its text may hold the address with a code in it.
        let failed = |error: reqwest::Error| {
            let kind = if error.is_timeout() { "no answer in time" } else { "the connection failed" };
            self.failed(kind.to_owned())
        };
        let mut answer = request.send().await.map_err(failed)?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(self.failed(format!("its answer has more than {MAX_BODY} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((answer.status().as_u16(), body))
    }

    pub(super) fn json<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, OidcError> {
        serde_json::from_slice(body).map_err(|error| {
            self.failed(format!("its answer does not read: line {}, column {}", error.line(), error.column()))
        })
    }

    pub(super) fn failed(&self, why: String) -> OidcError {
        OidcError::Provider { issuer: self.issuer.clone(), why }
    }
}

fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}
