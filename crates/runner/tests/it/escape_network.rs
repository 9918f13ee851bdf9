//! Attempts to reach something outside the sandbox; canaries on the host must hear nothing.

use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use fleetwright_runner::Sandbox;

use crate::escape::{ABSENT, mode, open, python};
use crate::fixture::{Fixture, log};

#[test]
fn escape_tcp_to_host() {
    let canary = TcpListener::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let port = canary.local_addr().unwrap().port();
    let probe = python(&format!("socket.create_connection(('127.0.0.1', {port}), 2)"), "Connection refused");
    assert_eq!(canary.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    open(&probe);
    assert!(canary.accept().is_ok());
}

#[test]
fn escape_tcp6_to_host() {
    let Ok(canary) = TcpListener::bind("[::1]:0") else { return };
    let port = canary.local_addr().unwrap().port();
    let connect = format!("socket.create_connection(('::1', {port}), 2)");
    open(&python(&connect, ""));
}

#[test]
fn escape_udp_to_host() {
    let canary = UdpSocket::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let port = canary.local_addr().unwrap().port();
    let send = format!(
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); \
         s.sendto(b'out', ('127.0.0.1', {port})); print('sent')"
    );
    let probe = Fixture::python(&send);
    assert_eq!(log(&probe.run()), "sent\n");
    let mut buffer = [0; 8];
    assert_eq!(canary.recv(&mut buffer).unwrap_err().kind(), ErrorKind::WouldBlock);
    assert!(probe.run_in(&Sandbox::unsandboxed()).success());
    assert_eq!(canary.recv(&mut buffer).unwrap(), 3);
}

#[test]
fn escape_dns_and_metadata() {
    python("socket.getaddrinfo('example.com', 80)", "");
    python("socket.create_connection(('169.254.169.254', 80), 2)", "Network is unreachable");
    python("socket.create_connection(('1.1.1.1', 53), 2)", "Network is unreachable");
    let log = log(&Fixture::shell("tail -n +3 /proc/net/dev | cut -d: -f1").run());
    assert_eq!(log.trim(), "lo");
}

#[test]
fn escape_unix_sockets() {
    let dir = tempfile::Builder::new().permissions(mode(0o755)).tempdir().unwrap();
    let path = dir.path().join("docker.sock");
    let _listener = UnixListener::bind(&path).unwrap();
    let connect = |path: &str| format!("socket.socket(socket.AF_UNIX).connect('{path}')");
    open(&python(&connect(&path.display().to_string()), ABSENT));
    python(&connect("/var/run/docker.sock"), ABSENT);
    python(&connect("/run/containerd/containerd.sock"), ABSENT);
}

#[test]
fn escape_abstract_sockets() {
    let name = format!("fleetwright-canary-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let _listener = UnixListener::bind_addr(&address).unwrap();
    let connect = format!("socket.socket(socket.AF_UNIX).connect('\\0{name}')");
    open(&python(&connect, "Connection refused"));
}
