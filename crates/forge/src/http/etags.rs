//! Answers kept in memory, so that asking again what did not change is free.

use std::collections::{HashMap, VecDeque};

use super::reply::Reply;

/// The most bytes of kept answers.
const MAX_BYTES: usize = 64 << 20;

/// Answers by path, the oldest forgotten first.
#[derive(Debug, Default)]
pub struct Etags {
    kept: HashMap<String, (String, Reply)>,
    order: VecDeque<String>,
    bytes: usize,
}

impl Etags {
    /// What to send as `if-none-match`.
    pub fn tag(&self, path: &str) -> Option<String> {
        self.kept.get(path).map(|(tag, _)| tag.clone())
    }

    /// The answer that a 304 stands for.
    pub fn kept(&self, path: &str) -> Option<Reply> {
        self.kept.get(path).map(|(_, reply)| reply.clone())
    }

    /// Keeps an answer that has a tag.
    pub fn keep(&mut self, path: &str, reply: &Reply) {
        self.forget(path);
        let Some(tag) = reply.header("etag").filter(|_| reply.body.len() < MAX_BYTES / 16) else { return };
        self.bytes += weight(path, reply);
        self.kept.insert(path.to_owned(), (tag.to_owned(), reply.clone()));
        self.order.push_back(path.to_owned());
        while self.bytes > MAX_BYTES {
            let Some(oldest) = self.order.front().cloned() else { return };
            self.forget(&oldest);
        }
    }

    /// Forgets what is kept of a path.
    pub fn forget(&mut self, path: &str) {
        if let Some((_, reply)) = self.kept.remove(path) {
            self.bytes -= weight(path, &reply);
            self.order.retain(|kept| kept != path);
        }
    }
}

/// Path twice, headers and map entries are some hundred bytes each.
fn weight(path: &str, reply: &Reply) -> usize {
    let headers: usize = reply.headers.iter().map(|(name, value)| name.len() + value.len() + 48).sum();
    reply.body.len() + headers + 2 * path.len() + 200
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(bytes: usize) -> Reply {
        let headers = vec![("etag".to_owned(), "\"1\"".to_owned())];
        Reply { status: 200, headers, body: vec![b'x'; bytes] }
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut etags = Etags::default();
        for n in 0..100 {
            etags.keep(&format!("/{n}"), &reply(2 << 20));
            etags.keep("/same", &reply(10));
        }
        assert!(etags.bytes <= MAX_BYTES && etags.kept.len() == etags.order.len());
        assert!(etags.tag("/same").is_some() && etags.tag("/99").is_some() && etags.tag("/0").is_none());
        etags.keep("/huge", &reply(MAX_BYTES));
        assert!(etags.tag("/huge").is_none());
    }
}
