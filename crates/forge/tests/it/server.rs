//! A server of git over HTTP: the real `git upload-pack` and `git receive-pack` behind switchable faults.
//!
//! HTTP by hand, since most of the faults are ways of breaking it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use fleetwright_forge::http::Secret;
use fleetwright_forge::http::git::{GitHttp, Remote};
use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::world::git_command;

/// A secret that must be in no text; and as HTTP sends it.
pub(crate) const CANARY: &str = "canary-7f3a9c";
const SENT: &str = "Ym90OmNhbmFyeS03ZjNhOWM=";

/// What goes wrong, for requests whose address ends so.
#[derive(Default, Clone)]
pub(crate) struct Faults {
    pub(crate) only: &'static str,
    /// A status, headers and body instead of git's answer.
    pub(crate) instead: Option<(u16, String, String)>,
    /// Only so many bytes of the answer, then nothing: the connection is closed.
    pub(crate) cut: Option<usize>,
    /// A replacement in the request, of the same length.
    pub(crate) rewrite: Option<(&'static str, &'static str)>,
}

pub(crate) struct Server {
    root: tempfile::TempDir,
    pub(crate) address: String,
    pub(crate) faults: Arc<Mutex<Faults>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server {
            root: tempfile::tempdir().unwrap(),
            address: format!("http://{}", listener.local_addr().unwrap()),
            faults: Arc::default(),
            asked: Arc::default(),
        };
        let (root, faults, asked) =
            (server.path().to_owned(), Arc::clone(&server.faults), Arc::clone(&server.asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, root.clone(), Arc::clone(&faults), Arc::clone(&asked)));
            }
        });
        server
    }

    pub(crate) fn path(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn remote(&self, repo: &str) -> Remote {
        let url = Url::parse(&format!("{}/{repo}", self.address)).unwrap();
        Remote::new(&format!("acme/{repo}"), &url, "bot", Secret::new(CANARY)).unwrap()
    }

    pub(crate) fn fail(&self, faults: Faults) {
        *self.faults.lock().unwrap() = faults;
    }

    /// What was asked since the last time, such as `POST git-upload-pack`.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

pub(crate) fn client() -> GitHttp {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    GitHttp::new(client)
}

struct Request {
    method: String,
    target: String,
    headers: String,
    body: Vec<u8>,
}

async fn serve(
    mut stream: TcpStream,
    root: PathBuf,
    faults: Arc<Mutex<Faults>>,
    asked: Arc<Mutex<Vec<String>>>,
) {
    while let Some(mut request) = read(&mut stream).await {
        let last = request.target.split_once('/').map_or("", |(_, last)| last);
        asked.lock().unwrap().push(format!("{} {last}", request.method));
        let faults =
            Some(faults.lock().unwrap().clone()).filter(|faults| request.target.ends_with(faults.only));
        let faults = faults.unwrap_or_default();
        let (mut status, mut headers, mut body) = match &faults.instead {
            Some((status, headers, body)) => (*status, headers.clone(), body.clone().into_bytes()),
            None => (200, String::new(), Vec::new()),
        };
        if !request.headers.contains(&format!("authorization: basic {}", SENT.to_lowercase())) {
            (status, headers, body) = (401, String::new(), b"who are you?".to_vec());
        } else if faults.instead.is_none() {
            if let Some((from, to)) = faults.rewrite {
                request.body = replace(&request.body, from, to);
            }
            let root = root.clone();
            (status, headers, body) =
                tokio::task::spawn_blocking(move || git(&root, &request)).await.unwrap();
        }
        let head = format!("HTTP/1.1 {status} x\r\n{headers}content-length: {}\r\n\r\n", body.len());
        let end = faults.cut.unwrap_or(body.len()).min(body.len());
        let answer = [head.as_bytes(), &body[..end]].concat();
        let written = stream.write_all(&answer).await;
        if written.is_err() || faults.cut.is_some() {
            return;
        }
    }
}

fn replace(body: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut body = body.to_vec();
    if let Some(at) = body.windows(from.len()).position(|part| part == from.as_bytes()) {
        body[at..at + from.len()].copy_from_slice(to.as_bytes());
    }
    body
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut held = Vec::new();
    let end = loop {
        if let Some(at) = held.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut held).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&held[..end]).to_string();
    let headers = head.to_lowercase();
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    while held.len() < end + length {
        if stream.read_buf(&mut held).await.ok()? == 0 {
            return None;
        }
    }
    let mut words = head.split(' ');
    Some(Request {
        method: words.next()?.to_owned(),
        target: words.next()?.trim_start_matches('/').to_owned(),
        headers,
        body: held[end..].to_vec(),
    })
}

/// What the real git answers.
fn git(root: &Path, request: &Request) -> (u16, String, Vec<u8>) {
    let (repo, what) = request.target.split_once('/').unwrap();
    let repository = root.join(repo);
    if !repository.is_dir() {
        return (404, String::new(), b"not found".to_vec());
    }
    let (program, advertise) = match what {
        "git-upload-pack" => ("upload-pack", false),
        "git-receive-pack" => ("receive-pack", false),
        "info/refs?service=git-upload-pack" => ("upload-pack", true),
        "info/refs?service=git-receive-pack" => ("receive-pack", true),
        other => panic!("{other}"),
    };
    let two = request.headers.contains("git-protocol: version=2");
    let mut command = git_command(&repository);
    command.env("GIT_PROTOCOL", if two { "version=2" } else { "" }).args([program, "--stateless-rpc"]);
    if advertise {
        command.arg("--http-backend-info-refs");
    }
    let mut child =
        command.arg(".").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let body = request.body.clone();
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&body)));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    let kind = if advertise { "advertisement" } else { "result" };
    let mut answer = Vec::new();
    if advertise && !two {
        let line = format!("# service=git-{program}\n");
        answer = format!("{:04x}{line}0000", line.len() + 4).into_bytes();
    }
    answer.extend_from_slice(&output.stdout);
    (200, format!("content-type: application/x-git-{program}-{kind}\r\n"), answer)
}
