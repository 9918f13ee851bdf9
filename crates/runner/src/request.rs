//! What a client of the proxy asks for: the head of its first request, within limits.

use std::io::Read;

/// The longest head, in bytes; that of most servers.
const MAX_HEAD: usize = 16 << 10;

/// What a client asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// The host by name or number, without brackets, as the client wrote it.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
    /// What is to be sent there first: nothing for a tunnel, else the request as a server wants it.
    pub(crate) first: Vec<u8>,
    /// Whether the client wants a tunnel (`CONNECT`).
    pub(crate) tunnel: bool,
}

/// Reads a request; `None` for what is none.
pub(crate) fn read(from: &mut impl Read) -> Option<Request> {
    let mut text = Vec::new();
    let mut chunk = [0; 2048];
    let end = loop {
        if let Some(at) = text.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if text.len() >= MAX_HEAD {
            return None;
        }
        let count = from.read(&mut chunk).ok().filter(|count| *count > 0)?;
        text.extend_from_slice(&chunk[..count]);
    };
    let (head, body) = text.split_at(end);
    let mut request = parse(std::str::from_utf8(head).ok()?)?;
    request.first.extend_from_slice(body);
    Some(request)
}

fn parse(head: &str) -> Option<Request> {
    let (line, fields) = head.split_once("\r\n")?;
    let mut words = line.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some() || !version.starts_with("HTTP/1.") {
        return None;
    }
    if method == "CONNECT" {
        let (host, port) = place(target)?;
        return Some(Request { host, port: port?, first: Vec::new(), tunnel: true });
    }
    let rest =
        target.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("http://")).map(|_| &target[7..])?;
    let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, port) = place(&rest[..at])?;
    let slash = if rest[at..].starts_with('/') { "" } else { "/" };
    // One request a connection: the next one may be for another host.
    let mut first = format!("{method} {slash}{} {version}\r\nConnection: close\r\n", &rest[at..]);
    for field in fields.split_inclusive("\r\n") {
        let name = field.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if name != "connection" && name != "keep-alive" && !name.starts_with("proxy-") {
            first.push_str(field);
        }
    }
    Some(Request { host, port: port.unwrap_or(80), first: first.into_bytes(), tunnel: false })
}

/// Host and port of `host:port` or `[address]:port`.
fn place(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port = match port.strip_prefix(':') {
        Some(port) => Some(port.parse().ok()?),
        None if port.is_empty() => None,
        None => return None,
    };
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<Request> {
        read(&mut text.as_bytes())
    }

    #[test]
    fn a_tunnel() {
        let request = asked("CONNECT a.example:443 HTTP/1.1\r\nHost: b\r\n\r\nrest").unwrap();
        assert_eq!((request.host.as_str(), request.port, request.tunnel), ("a.example", 443, true));
        assert_eq!(request.first, b"rest");
        let request = asked("CONNECT [::1]:8443 HTTP/1.1\r\n\r\n").unwrap();
        assert_eq!((request.host.as_str(), request.port), ("::1", 8443));
    }

    #[test]
    fn a_plain_request_is_given_on_as_a_server_wants_it() {
        let text = "GET HTTP://a.example:81/x?y HTTP/1.1\r\nHost: a.example:81\r\nProxy-Connection: keep-alive\r\n\
             Connection: keep-alive\r\nAccept: */*\r\n\r\n";
        let request = asked(text).unwrap();
        assert_eq!((request.host.as_str(), request.port, request.tunnel), ("a.example", 81, false));
        let first = "GET /x?y HTTP/1.1\r\nConnection: close\r\nHost: a.example:81\r\nAccept: */*\r\n\r\n";
        assert_eq!(String::from_utf8(request.first).unwrap(), first);
        assert_eq!(asked("GET http://a.example HTTP/1.1\r\n\r\n").unwrap().port, 80);
    }

    #[test]
    fn what_is_no_request_is_none() {
        let endless = "GET http://a.example/ HTTP/1.1\r\n".to_owned() + &"A: b\r\n".repeat(10_000);
        let texts = [
            "",
            "\r\n\r\n",
            "CONNECT a.example HTTP/1.1\r\n\r\n",
            "CONNECT a.example:x HTTP/1.1\r\n\r\n",
            "CONNECT :443 HTTP/1.1\r\n\r\n",
            "CONNECT a.example:443 HTTP/1.1 x\r\n\r\n",
            "CONNECT a.example:443\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET https://a.example/ HTTP/1.1\r\n\r\n",
            "GET http://a.example",
            "GET httpé://a HTTP/1.1\r\n\r\n",
            &endless,
        ];
        for text in texts {
            assert_eq!(asked(text), None, "{text:.60}");
        }
    }
}
