//! A request, whole.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// A request, whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// As it came, still encoded.
    pub path: String,
    /// Decoded.
    pub query: Vec<(String, String)>,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Request {
    /// A header's value, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A part of the query.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A number of the query, within bounds; what is no number is as if it were not there.
    pub fn number(&self, name: &str, otherwise: usize, most: usize) -> usize {
        self.query(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise).clamp(1, most)
    }

    /// The body as JSON; `None` where it is none.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The tokens it may carry: `Bearer`, `token`, or both halves of `Basic`.
    pub fn tokens(&self) -> Vec<String> {
        let Some(value) = self.header("authorization") else { return Vec::new() };
        let (kind, rest) = value.split_once(' ').unwrap_or(("", value));
        match kind.to_lowercase().as_str() {
            "basic" => {
                let decoded = STANDARD.decode(rest.trim()).unwrap_or_default();
                let text = String::from_utf8_lossy(&decoded).into_owned();
                let (user, password) = text.split_once(':').unwrap_or((&text, ""));
                [password, user].into_iter().filter(|part| !part.is_empty()).map(str::to_owned).collect()
            }
            _ => vec![rest.trim().to_owned()],
        }
    }
}

/// Takes `%41` and, in queries, `+` apart.
pub fn decoded(text: &str, plus: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let code = match more {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        match code {
            Some(code) => {
                bytes.push(code);
                rest = &more[2..];
            }
            None => {
                bytes.push(if plus && *first == b'+' { b' ' } else { *first });
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Takes a query apart.
pub fn query_pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let split = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    split.map(|(name, value)| (decoded(name, true), decoded(value, true))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_text_is_taken_apart() {
        assert_eq!(decoded("a%2Fb+c%", false), "a/b+c%");
        assert_eq!(
            query_pairs("a=b+c&d&e=%3D"),
            [("a", "b c"), ("d", ""), ("e", "=")].map(|(a, b)| (a.into(), b.into()))
        );
    }

    #[test]
    fn every_way_to_carry_a_token_is_known() {
        for value in ["Bearer x", "token x", "Basic eDp4LW9hdXRoLWJhc2lj", "Basic dTp4"] {
            let headers = vec![("authorization".to_owned(), value.to_owned())];
            let request = Request { headers, ..Request::default() };
            assert!(request.tokens().contains(&"x".to_owned()), "{value}");
        }
    }
}
