//! A network of some hosts only: what goes through the proxy, what does not, and that there is no other way.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use fleetwright_core::hosts::Hosts;
use fleetwright_runner::{Network, Outcome};

use crate::escape::python_script;
use crate::fixture::{Fixture, log};

/// Answers every connection with what `answer` makes of its first bytes.
fn server(answer: impl Fn(TcpStream) + Send + 'static) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (port, std::thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(answer)))
}

/// A web server of one page.
fn web() -> u16 {
    let answer = |mut client: TcpStream| {
        let mut head = [0; 4096];
        let count = client.read(&mut head).unwrap();
        let asked = String::from_utf8_lossy(&head[..count]).lines().next().unwrap_or_default().to_owned();
        let body = format!("page of {asked}");
        let length = body.len();
        let _ = write!(client, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
    };
    server(answer).0
}

fn with_hosts(mut fixture: Fixture, hosts: &[&str]) -> Fixture {
    fixture.order.network = Network::Hosts(Hosts::parse(hosts).unwrap());
    fixture
}

/// Asks the proxy by hand: what it answered, at most 200 bytes of it.
const ASK: &str = "import socket\n\
    def ask(text):\n\
    \x20 s = socket.create_connection(('127.0.0.1', 3128), 5)\n\
    \x20 s.sendall(text.encode())\n\
    \x20 return s.recv(200).decode().split('\\r\\n')[0]\n";

#[test]
fn network_lets_named_hosts_through() {
    let port = web();
    let fetch = format!(
        "import urllib.request\n\
         print(urllib.request.urlopen('http://localhost:{port}/a?b').read().decode())\n{ASK}\
         print(ask('CONNECT 127.0.0.1:{port} HTTP/1.1\\r\\n\\r\\nGET /tunnel HTTP/1.1\\r\\n\\r\\n'))"
    );
    let fixture = Fixture::python(&fetch);
    let fixture = with_hosts(fixture, &[&format!("localhost:{port}"), &format!("127.0.0.1:{port}")]);
    let ended = fixture.run();
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(said.contains("page of GET /a?b HTTP/1.1"), "{}", log(&ended));
    assert!(said.contains("HTTP/1.1 200"), "{}", log(&ended));
    assert_eq!(ended.reached.len(), 2, "{:?}", ended.reached);
    assert!(ended.reached.values().all(|bytes| *bytes > 20));
    assert!(log(&ended).contains(&format!("network: localhost:{port}: ")), "{}", log(&ended));
}

#[test]
fn network_refuses_other_hosts_and_says_so_once() {
    let port = web();
    let script = format!(
        "{ASK}\
         for _ in range(3): print(ask('CONNECT other.example:443 HTTP/1.1\\r\\n\\r\\n'))\n\
         print(ask('CONNECT 127.0.0.1:{port} HTTP/1.1\\r\\n\\r\\n'))\n\
         print(ask('GET http://localhost:{port}/ HTTP/1.1\\r\\n\\r\\n'))\n\
         print(ask('nonsense\\r\\n\\r\\n'))\n"
    );
    let ended = with_hosts(Fixture::python(&script), &["a.example", "localhost"]).run();
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    let wanted = "HTTP/1.1 403 Forbidden\n".repeat(5) + "HTTP/1.1 400 Bad Request\n";
    assert_eq!(said, wanted, "{}", log(&ended));
    let line = "network: other.example:443 was refused: not among the hosts of this step\n";
    assert_eq!(log(&ended).matches(line).count(), 1, "{}", log(&ended));
    assert!(ended.reached.is_empty());
}

#[test]
fn network_does_not_lead_into_the_own_one_by_a_name() {
    let script = format!(
        "{ASK}\
         print(ask('GET http://localhost/ HTTP/1.1\\r\\n\\r\\n'))\n\
         print(ask('CONNECT 169.254.169.254:80 HTTP/1.1\\r\\n\\r\\n'))\n\
         print(ask('CONNECT [::ffff:169.254.169.254]:80 HTTP/1.1\\r\\n\\r\\n'))\n\
         print(ask('CONNECT 2852039166:80 HTTP/1.1\\r\\n\\r\\n'))\n"
    );
    let ended = with_hosts(Fixture::python(&script), &["localhost", "*.example.org"]).run();
    assert_eq!(ended.stdout, "HTTP/1.1 403 Forbidden\n".repeat(4).as_bytes(), "{}", log(&ended));
    let log = log(&ended);
    assert!(log.contains("localhost:80 was refused: it leads to "), "{log}");
    assert!(log.contains("169.254.169.254:80 was refused"), "{log}");
}

#[test]
fn network_has_no_other_way_out() {
    let port = web();
    let tries = [
        (format!("socket.create_connection(('127.0.0.1', {port}), 2)"), "Connection refused"),
        ("socket.create_connection(('1.1.1.1', 53), 2)".to_owned(), "Network is unreachable"),
        ("socket.create_connection(('169.254.169.254', 80), 2)".to_owned(), "Network is unreachable"),
        ("socket.getaddrinfo('localhost.example.com', 80)".to_owned(), "DENIED"),
        ("socket.socket().bind(('127.0.0.1', 3128))".to_owned(), "Address already in use"),
    ];
    for (attempt, denied) in tries {
        let ended = with_hosts(Fixture::python(&python_script(&attempt)), &["localhost:1"]).run();
        let log = log(&ended);
        assert!(
            log.contains("DENIED") && log.contains(denied) && !log.contains("ESCAPED"),
            "{attempt}: {log}"
        );
    }
    let interfaces =
        with_hosts(Fixture::shell("tail -n +3 /proc/net/dev | cut -d: -f1; id -u"), &["a.example"]);
    assert_eq!(
        String::from_utf8_lossy(&interfaces.run().stdout).split_whitespace().collect::<Vec<_>>(),
        ["lo", "1000"]
    );
    // The variables are those of the proxy, and a network without hosts has none.
    let variables = "echo $HTTPS_PROXY $http_proxy $JAVA_TOOL_OPTIONS";
    let with = with_hosts(Fixture::shell(variables), &["a.example"]).run();
    assert!(log(&with).starts_with("http://127.0.0.1:3128 http://127.0.0.1:3128 -Dhttp"), "{}", log(&with));
    assert_eq!(log(&Fixture::shell(variables).run()).trim(), "");
}

#[test]
fn network_bounds_connections_and_bytes() {
    let held = server(std::mem::forget).0;
    let script = format!(
        "import socket, time\n\
         open_ones = []\n\
         for _ in range(200):\n\
         \x20 s = socket.create_connection(('127.0.0.1', 3128), 5)\n\
         \x20 s.sendall(b'CONNECT localhost:{held} HTTP/1.1\\r\\n\\r\\n')\n\
         \x20 open_ones.append(s)\n\
         def answered(s):\n\
         \x20 try: return s.recv(100).startswith(b'HTTP/1.1 200')\n\
         \x20 except OSError: return False\n\
         print(sum(answered(s) for s in open_ones))\n"
    );
    let ended = with_hosts(Fixture::python(&script), &[&format!("localhost:{held}")]).run();
    assert_eq!(String::from_utf8_lossy(&ended.stdout), "64\n", "{}", log(&ended));
    assert!(log(&ended).contains("there were 64 at once already"), "{}", log(&ended));

    let endless = server(|mut client| while client.write_all(&[0; 1 << 16]).is_ok() {}).0;
    let script = format!(
        "{ASK}\
         s = socket.create_connection(('127.0.0.1', 3128), 5)\n\
         s.sendall(b'CONNECT localhost:{endless} HTTP/1.1\\r\\n\\r\\n')\n\
         total = 0\n\
         while True:\n\
         \x20 try: got = len(s.recv(1 << 16))\n\
         \x20 except OSError: break\n\
         \x20 if not got: break\n\
         \x20 total += got\n\
         print(total)\n"
    );
    let fixture = Fixture::python(&script).limits(|limits| limits.disk = 8 << 20);
    let ended = with_hosts(fixture, &[&format!("localhost:{endless}")]).run();
    let total: u64 = String::from_utf8_lossy(&ended.stdout).trim().parse().unwrap();
    assert!((1 << 20..=(8 << 20) + 100).contains(&total), "{total}");
    assert!(log(&ended).contains("more than 8388608 bytes were carried"), "{}", log(&ended));
}

#[test]
fn network_ends_with_its_run() {
    let (port, _server) = server(std::mem::forget);
    let script = format!(
        "{ASK}print(ask('CONNECT localhost:{port} HTTP/1.1\\r\\n\\r\\n'), flush=True)\n\
         import time; time.sleep(60)"
    );
    let fixture = Fixture::python(&script).limits(|limits| limits.time = Duration::from_secs(2));
    let started = Instant::now();
    let ended = with_hosts(fixture, &[&format!("localhost:{port}")]).run();
    assert_eq!(ended.outcome, Outcome::Limit(fleetwright_runner::LimitHit::Time));
    assert!(started.elapsed() < Duration::from_secs(30));
    assert!(ended.stdout.starts_with(b"HTTP/1.1 200"), "{}", log(&ended));
}

#[test]
fn network_of_many_runs_at_once() {
    let port = web();
    let host = format!("localhost:{port}");
    let script = format!(
        "import urllib.request; print(urllib.request.urlopen('http://localhost:{port}/x').read().decode())"
    );
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..3 {
                    let ended = with_hosts(Fixture::python(&script), &[&host]).run();
                    assert!(log(&ended).starts_with("page of GET /x"), "{}", log(&ended));
                }
            });
        }
    });
}
