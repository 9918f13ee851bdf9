//! An HTTPS server on this machine that answers as told, counts who connects, and misbehaves on demand.
//!
//! Its certificate is for any name below `fetch.example` and good from 2020 to 2120; nobody else trusts it.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The certificate, in PEM.
pub const CERTIFICATE: &[u8] = include_bytes!("certificate.pem");

/// Its key. It guards nothing: tests only.
const KEY: &[u8] = include_bytes!("key.der");

/// The certificate of [`secured`] servers, in PEM: for 127.0.0.1, good from 2020 to 2120.
pub const LOOPBACK: &[u8] = include_bytes!("loopback.pem");

/// Its key, which guards nothing either.
const LOOPBACK_KEY: &[u8] = include_bytes!("loopback-key.der");

/// The largest request that is read, in bytes.
const MAX_REQUEST: usize = 64 << 10;

/// An answer.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The status; 0 stands for 200.
    pub status: u16,
    /// Headers besides the length.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How long the server waits before every chunk of the body.
    pub pause: Duration,
    /// Whether the body is sent again and again, with no length told.
    pub endless: bool,
    /// Whether the connection ends in the midst of the body.
    pub cut: bool,
}

impl Page {
    /// A text with a tag.
    pub fn text(body: &str, etag: &str) -> Page {
        let etag = if etag.is_empty() { vec![] } else { vec![("etag", format!("\"{etag}\""))] };
        Page { headers: etag, body: body.as_bytes().to_vec(), ..Page::default() }
    }

    /// A redirect.
    pub fn to(address: &str) -> Page {
        Page { status: 302, headers: vec![("location", address.to_owned())], ..Page::default() }
    }
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Host and path, such as `a.fetch.example/x.yaml`.
    pub what: String,
    /// The head of the request in small letters.
    pub head: String,
    /// The status it was answered with.
    pub status: u16,
}

/// The server; it ends with the test's runtime.
#[derive(Debug, Clone)]
pub struct SecureServer {
    address: SocketAddr,
    pages: Arc<Mutex<HashMap<String, Page>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    connected: Arc<AtomicUsize>,
}

impl SecureServer {
    /// Starts it.
    ///
    /// # Errors
    /// When it cannot listen on this machine.
    pub async fn start() -> io::Result<SecureServer> {
        let acceptor = acceptor(CERTIFICATE, KEY)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let server = SecureServer {
            address: listener.local_addr()?,
            pages: Arc::default(),
            asked: Arc::default(),
            connected: Arc::default(),
        };
        let own = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                own.connected.fetch_add(1, Ordering::SeqCst);
                let (own, acceptor) = (own.clone(), acceptor.clone());
                tokio::spawn(async move { own.serve(stream, acceptor).await });
            }
        });
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What is at an address such as `a.fetch.example/x.yaml`; all else is answered with 404.
    pub fn put(&self, what: &str, page: Page) {
        lock(&self.pages).insert(what.to_owned(), page);
    }

    /// Takes a page away.
    pub fn take(&self, what: &str) {
        lock(&self.pages).remove(what);
    }

    /// What was asked since the last time.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *lock(&self.asked))
    }

    /// How many connections came, TLS or not.
    pub fn connected(&self) -> usize {
        self.connected.load(Ordering::SeqCst)
    }

    async fn serve(&self, stream: TcpStream, acceptor: TlsAcceptor) -> io::Result<()> {
        let mut stream = acceptor.accept(stream).await?;
        let mut held = Vec::new();
        loop {
            let head = loop {
                if let Some(at) = held.windows(4).position(|four| four == b"\r\n\r\n") {
                    break String::from_utf8_lossy(&held.drain(..at + 4).collect::<Vec<_>>()).to_lowercase();
                }
                if held.len() > MAX_REQUEST || stream.read_buf(&mut held).await? == 0 {
                    return Ok(());
                }
            };
            let page = self.answer(&head);
            self.write(&mut stream, &page).await?;
            if page.endless || page.cut {
                return Ok(());
            }
        }
    }

    fn answer(&self, head: &str) -> Page {
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        let what = format!("{}{}", header("host: "), head.split(' ').nth(1).unwrap_or_default());
        let missing = Page { status: 404, body: b"not here".to_vec(), ..Page::default() };
        let mut page = lock(&self.pages).get(&what).cloned().unwrap_or(missing);
        let tag = page.headers.iter().find(|(name, _)| *name == "etag").map(|(_, tag)| tag.to_lowercase());
        if tag.is_some_and(|tag| header("if-none-match: ") == tag) {
            (page.status, page.body) = (304, Vec::new());
        }
        if page.status == 0 {
            page.status = 200;
        }
        lock(&self.asked).push(Asked { what, head: head.to_owned(), status: page.status });
        page
    }

    async fn write(&self, stream: &mut (impl AsyncWrite + Unpin), page: &Page) -> io::Result<()> {
        let mut head = format!("HTTP/1.1 {} x\r\n", page.status);
        for (name, value) in &page.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match page.endless {
            true => head.push_str("connection: close\r\n\r\n"),
            false => head.push_str(&format!("content-length: {}\r\n\r\n", page.body.len())),
        }
        stream.write_all(head.as_bytes()).await?;
        loop {
            let end = if page.cut { page.body.len() / 2 } else { page.body.len() };
            for chunk in page.body[..end].chunks(1024) {
                tokio::time::sleep(page.pause).await;
                stream.write_all(chunk).await?;
                stream.flush().await?;
            }
            if !page.endless {
                return stream.flush().await;
            }
        }
    }
}

fn acceptor(certificate: &[u8], key: &[u8]) -> io::Result<TlsAcceptor> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = CertificateDer::from_pem_slice(certificate).map_err(io::Error::other)?;
    let key = PrivateKeyDer::try_from(key.to_vec()).map_err(io::Error::other)?;
    let config = rustls::ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate], key).map_err(io::Error::other)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// TLS before a server of this machine that speaks none: where to connect to. Its certificate is
/// [`LOOPBACK`]. It ends with the test's runtime.
///
/// # Errors
/// When it cannot listen on this machine.
pub async fn secured(server: SocketAddr) -> io::Result<SocketAddr> {
    let acceptor = acceptor(LOOPBACK, LOOPBACK_KEY)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut outer = acceptor.accept(stream).await?;
                let mut inner = TcpStream::connect(server).await?;
                tokio::io::copy_bidirectional(&mut outer, &mut inner).await
            });
        }
    });
    Ok(address)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
