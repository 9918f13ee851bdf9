//! The way out of a sandbox that may reach some hosts: a proxy for HTTP and its tunnels, in our process.
//!
//! Names are resolved here, outside; an address is looked at and exactly that one connected to. What runs inside
//! is hostile: connections, bytes, the length of a request and the refusals that are told all have a number.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use fleetwright_core::hosts::Hosts;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::request::{self, Request};
use crate::traffic::Traffic;

/// Connections at once.
const MAX_OPEN: usize = 64;
/// Addresses of one name that are looked at, and those that are tried.
const MAX_ADDRESSES: usize = 64;
const TRIED: usize = 4;
/// How long a request may take to come, and a connection to be made.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest time until the end of the run is seen.
const GLANCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };
/// Bytes carried at once.
const CHUNK: usize = 64 << 10;

/// A proxy at work. Dropping it cuts every connection.
pub(crate) struct Proxy {
    state: Arc<State>,
    acceptor: Option<JoinHandle<()>>,
}

struct State {
    hosts: Hosts,
    closed: AtomicBool,
    open: AtomicUsize,
    traffic: Mutex<Traffic>,
    /// Both ends of what is open, to cut them.
    sockets: Mutex<Vec<Weak<TcpStream>>>,
}

impl Proxy {
    /// Lets these hosts through, and `most` bytes in both directions together.
    pub(crate) fn start(listener: TcpListener, hosts: Hosts, most: u64) -> io::Result<Proxy> {
        listener.set_nonblocking(true)?;
        let state = Arc::new(State {
            hosts,
            closed: AtomicBool::new(false),
            open: AtomicUsize::new(0),
            traffic: Mutex::new(Traffic::new(most)),
            sockets: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        let acceptor = Builder::new().name("proxy".into()).spawn(move || accept(&listener, &shared))?;
        Ok(Proxy { state, acceptor: Some(acceptor) })
    }

    /// Ends it, and says what went through and what did not.
    pub(crate) fn finish(mut self) -> Traffic {
        self.close();
        let mut traffic = self.state.traffic();
        let most = traffic.most();
        std::mem::replace(&mut *traffic, Traffic::new(most))
    }

    /// A thread that still resolves a name is not waited for: it ends by itself, and finds all closed.
    fn close(&mut self) {
        self.state.closed.store(true, Ordering::SeqCst);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
        for socket in lock(&self.state.sockets).drain(..).filter_map(|socket| socket.upgrade()) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.close();
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    while !state.is_closed() {
        let mut readable = [PollFd::new(listener, PollFlags::IN)];
        if poll(&mut readable, Some(&GLANCE)).is_ok_and(|ready| ready == 0) {
            continue;
        }
        let Ok((client, _)) = listener.accept() else {
            std::thread::sleep(Duration::from_millis(1)); // no descriptor is left, or it is gone again
            continue;
        };
        if state.open.fetch_add(1, Ordering::SeqCst) >= MAX_OPEN {
            state.open.fetch_sub(1, Ordering::SeqCst);
            state.traffic().crowded(MAX_OPEN);
            continue;
        }
        let place = Place(Arc::clone(state));
        let serve = move || {
            let _ = serve(client, &place.0);
            drop(place);
        };
        // Where no thread is to be had, the closure is dropped, and with it client and place.
        let _ = Builder::new().name("proxy".into()).spawn(serve);
    }
}

/// One of the connections at once.
struct Place(Arc<State>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl State {
    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    fn traffic(&self) -> MutexGuard<'_, Traffic> {
        lock(&self.traffic)
    }

    /// Holds a socket, so that it can be cut; not when all is over.
    fn hold(&self, socket: TcpStream) -> Option<Arc<TcpStream>> {
        let socket = Arc::new(socket);
        let mut sockets = lock(&self.sockets);
        sockets.retain(|socket| socket.strong_count() > 0);
        sockets.push(Arc::downgrade(&socket));
        drop(sockets);
        (!self.is_closed()).then_some(socket)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection from its first byte to its last.
fn serve(client: TcpStream, state: &State) -> Option<()> {
    client.set_nonblocking(false).ok()?;
    client.set_read_timeout(Some(PATIENCE)).ok()?;
    let client = state.hold(client)?;
    let Some(request) = request::read(&mut &*client) else {
        return answer(&client, "400 Bad Request", "this is a proxy for HTTP/1.1\n");
    };
    let server = match connect(&request, state) {
        Ok(server) => state.hold(server)?,
        Err(why) => {
            state.traffic().refused(&request.host, request.port, &why);
            return answer(&client, "403 Forbidden", &format!("fleetwright: {} {why}\n", request.host));
        }
    };
    if request.tunnel {
        (&*client).write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").ok()?;
    }
    client.set_read_timeout(None).ok()?;
    let count = |bytes: usize| state.traffic().carried(&request.host, request.port, bytes);
    if !count(request.first.len()) {
        return None;
    }
    (&*server).write_all(&request.first).ok()?;
    std::thread::scope(|scope| {
        let back = Builder::new().spawn_scoped(scope, || carry(&server, &client, &count));
        if back.is_ok() {
            carry(&client, &server, &count);
        }
    });
    Some(())
}

fn answer(client: &TcpStream, status: &str, text: &str) -> Option<()> {
    let length = text.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let mut client = client;
    client.write_all((head + text).as_bytes()).ok()
}

/// Connects to a host if it may be reached.
fn connect(request: &Request, state: &State) -> Result<TcpStream, String> {
    let (host, port) = (request.host.as_str(), request.port);
    let Some(reach) = state.hosts.reach(host, port) else {
        return Err("was refused: not among the hosts of this step".to_owned());
    };
    let found: Vec<SocketAddr> = match host.parse::<IpAddr>() {
        Ok(number) => vec![SocketAddr::new(number, port)],
        Err(_) => {
            let found = (host, port).to_socket_addrs();
            found.map_err(|error| format!("was not reached: its name is not known ({error})"))?.collect()
        }
    };
    if found.is_empty() || found.len() > MAX_ADDRESSES {
        return Err(format!("was refused: its name has {} addresses", found.len()));
    }
    if let Some(private) = found.iter().find(|found| !reach.leads_to(found.ip())) {
        return Err(format!("was refused: it leads to {}, {}", private.ip(), reach.limit()));
    }
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in found.iter().take(TRIED) {
        match TcpStream::connect_timeout(address, PATIENCE) {
            Ok(server) => return Ok(server),
            Err(error) => last = error,
        }
    }
    Err(format!("was not reached: {last}"))
}

/// Carries bytes until one side has no more, or there were too many: then both are cut.
fn carry(from: &TcpStream, to: &TcpStream, count: &dyn Fn(usize) -> bool) {
    let mut chunk = vec![0; CHUNK];
    let (mut reader, mut writer) = (from, to);
    loop {
        let read = match reader.read(&mut chunk) {
            Ok(0) => {
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        if !count(read) || writer.write_all(&chunk[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
