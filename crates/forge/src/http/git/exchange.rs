//! Requests to a git server, and its answers as far as HTTP goes.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use reqwest::{RequestBuilder, Response};
use tokio::time::timeout;

use super::answer;
use super::remote::Remote;
use crate::clock::Clock;
use crate::error::ForgeError;
use crate::http::fault;

/// How long a whole exchange may take: a large tip on a slow line.
const WHOLE: Duration = Duration::from_secs(15 * 60);
/// How long nothing may come.
const IDLE: Duration = Duration::from_secs(60);
/// Some servers look for a client whose name begins like git's.
const NAME: &str = concat!("git/fleetwright-", env!("CARGO_PKG_VERSION"));

/// The two programs of a git server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    UploadPack,
    ReceivePack,
}

impl Program {
    fn word(self) -> &'static str {
        match self {
            Program::UploadPack => "git-upload-pack",
            Program::ReceivePack => "git-receive-pack",
        }
    }
}

/// Sends and receives.
#[derive(Clone)]
pub(super) struct Exchange {
    pub(super) client: reqwest::Client,
    pub(super) clock: Arc<dyn Clock>,
}

impl Exchange {
    /// Sends a request to one of the programs; the answer is one of success, and git's.
    pub(super) async fn ask(
        &self,
        remote: &Remote,
        program: Program,
        request: Vec<u8>,
    ) -> Result<Response, ForgeError> {
        let word = program.word();
        let sent = self
            .client
            .post(remote.at(word))
            .header(CONTENT_TYPE, format!("application/x-{word}-request"))
            .header(ACCEPT, format!("application/x-{word}-result"))
            .body(request);
        self.send(remote, program, (sent, "result")).await
    }

    /// Asks what a program can do.
    pub(super) async fn advertised(&self, remote: &Remote, program: Program) -> Result<Response, ForgeError> {
        let address = remote.at(&format!("info/refs?service={}", program.word()));
        self.send(remote, program, (self.client.get(address), "advertisement")).await
    }

    async fn send(
        &self,
        remote: &Remote,
        program: Program,
        (request, kind): (RequestBuilder, &str),
    ) -> Result<Response, ForgeError> {
        let mut request = request.header(USER_AGENT, NAME).timeout(WHOLE);
        if program == Program::UploadPack {
            request = request.header("git-protocol", "version=2");
        }
        if let Some((user, secret)) = remote.credentials() {
            request = request.basic_auth(user, Some(secret));
        }
        let response = request.send().await.map_err(|error| fault::of(&error, remote.repo()))?;
        if !response.status().is_success() {
            return Err(self.refused(remote, program, response).await);
        }
        let content = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if content != Some(&format!("application/x-{}-{kind}", program.word())) {
            let why = "the server does not answer as git does; is `url` right, and is there a proxy or a login page \
                in between?";
            return Err(ForgeError::access(remote.repo(), why));
        }
        Ok(response)
    }

    async fn refused(&self, remote: &Remote, program: Program, mut response: Response) -> ForgeError {
        let status = response.status().as_u16();
        let text =
            |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
        let headers = headers.collect();
        let mut body = Vec::new();
        // Only some words of it are shown; what cannot be read does not matter.
        while body.len() < answer::MAX_WORDS
            && let Ok(Ok(Some(chunk))) = timeout(IDLE, response.chunk()).await
        {
            body.extend_from_slice(&chunk);
        }
        body.truncate(answer::MAX_WORDS);
        let reply = crate::http::Reply { status, headers, body };
        answer::refused(remote, program == Program::ReceivePack, &reply, self.clock.now())
    }

    /// The next piece of an answer; `None` at its end.
    pub(super) async fn chunk(
        &self,
        response: &mut Response,
    ) -> Result<Option<impl AsRef<[u8]> + Send + use<>>, ForgeError> {
        match timeout(IDLE, response.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk),
            Ok(Err(error)) => Err(fault::lost(&error)),
            Err(_) => Err(ForgeError::unknown("nothing came for a minute")),
        }
    }

    /// An answer as a whole, up to a limit.
    pub(super) async fn whole(
        &self,
        remote: &Remote,
        mut response: Response,
        limit: usize,
    ) -> Result<Vec<u8>, ForgeError> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk(&mut response).await? {
            body.extend_from_slice(chunk.as_ref());
            if body.len() > limit {
                let why = format!("the answer of its git server is larger than {limit} bytes");
                return Err(ForgeError::access(remote.repo(), why));
            }
        }
        Ok(body)
    }
}
