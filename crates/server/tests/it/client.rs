//! HTTP/1.1 by hand, so that what is wrong can be sent too.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that stays open.
pub(crate) struct Client {
    stream: TcpStream,
}

impl Client {
    pub(crate) async fn open(address: SocketAddr) -> Client {
        Client { stream: TcpStream::connect(address).await.unwrap() }
    }

    /// Sends a body with its length; answers with the code.
    pub(crate) async fn post(&mut self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> u16 {
        let mut all = headers.to_vec();
        let length = body.len().to_string();
        all.push(("content-length", &length));
        self.send("POST", path, &all, body).await
    }

    /// Sends a request as it is; answers with the code.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> u16 {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        self.stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
        // A server that refuses early may not read all of it.
        let _ = self.stream.write_all(body).await;
        self.answer().await
    }

    async fn answer(&mut self) -> u16 {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            let mut more = [0; 4096];
            let read = self.stream.read(&mut more).await.unwrap();
            assert!(read > 0, "the server hung up: {}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&more[..read]);
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
        let mut rest = vec![0; (end + length).saturating_sub(bytes.len())];
        self.stream.read_exact(&mut rest).await.unwrap();
        head.split(' ').nth(1).unwrap().parse().unwrap()
    }
}
