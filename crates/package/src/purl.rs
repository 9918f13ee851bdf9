//! Package URLs: `pkg:type/namespace/name@version?qualifiers#subpath` (package-url/purl-spec, ECMA-427), read
//! and written. What the parts mean to an ecosystem is not known here.

use std::collections::BTreeMap;
use std::fmt;

/// The longest purl that is read, in bytes.
const MAX_PURL: usize = 4096;

/// The parts of a purl, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Purl {
    /// The type, in lower case.
    pub(crate) kind: String,
    /// The segments of the namespace.
    pub(crate) namespace: Vec<String>,
    /// The name.
    pub(crate) name: String,
    /// The version.
    pub(crate) version: Option<String>,
    /// The qualifiers; keys in lower case.
    pub(crate) qualifiers: BTreeMap<String, String>,
    /// The segments of the subpath.
    pub(crate) subpath: Vec<String>,
}

impl Purl {
    /// Reads a purl, in the order of the specification's "How to parse": from both ends inwards.
    pub(crate) fn read(text: &str) -> Result<Purl, &'static str> {
        if text.len() > MAX_PURL {
            return Err("it has over 4096 bytes");
        }
        let (rest, subpath) = cut_last(text, '#');
        let (rest, qualifiers) = cut_last(rest, '?');
        let (scheme, rest) = rest.split_once(':').ok_or("it does not begin with `pkg:`")?;
        if !scheme.eq_ignore_ascii_case("pkg") {
            return Err("it does not begin with `pkg:`");
        }
        let (kind, rest) = rest.trim_matches('/').split_once('/').ok_or("a type and a name belong to it")?;
        let (path, version) = match rest.rsplit_once('@') {
            // A scope of npm that is not encoded, which many write.
            Some((_, after)) if after.contains('/') => (rest, None),
            Some((path, version)) => (path, Some(version)),
            None => (rest, None),
        };
        let (namespace, name) =
            path.trim_matches('/').rsplit_once('/').unwrap_or(("", path.trim_matches('/')));
        let name = decoded(name)?;
        if !is_type(kind) || name.is_empty() {
            return Err(
                "its type is a letter and then letters, digits, `.` and `-`, and its name is not empty",
            );
        }
        Ok(Purl {
            kind: kind.to_ascii_lowercase(),
            namespace: segments(namespace)?,
            name,
            version: version.map(decoded).transpose()?.filter(|version| !version.is_empty()),
            qualifiers: read_qualifiers(qualifiers.unwrap_or_default())?,
            subpath: segments(subpath.unwrap_or_default())?,
        })
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}/", self.kind)?;
        for segment in &self.namespace {
            write!(f, "{}/", encoded(segment))?;
        }
        f.write_str(&encoded(&self.name))?;
        if let Some(version) = &self.version {
            write!(f, "@{}", encoded(version))?;
        }
        let kept = self.qualifiers.iter().filter(|(_, value)| !value.is_empty());
        for (at, (key, value)) in kept.enumerate() {
            write!(f, "{}{key}={}", if at == 0 { '?' } else { '&' }, encoded(value))?;
        }
        for (at, segment) in self.subpath.iter().enumerate() {
            write!(f, "{}{}", if at == 0 { '#' } else { '/' }, encoded(segment))?;
        }
        Ok(())
    }
}

fn cut_last(text: &str, at: char) -> (&str, Option<&str>) {
    text.rsplit_once(at).map_or((text, None), |(head, tail)| (head, Some(tail)))
}

fn is_type(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    text.starts_with(|char: char| char.is_ascii_alphabetic()) && text.bytes().all(plain)
}

fn is_key(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    text.starts_with(|char: char| char.is_ascii_alphabetic()) && text.bytes().all(plain)
}

fn read_qualifiers(text: &str) -> Result<BTreeMap<String, String>, &'static str> {
    let mut all = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !is_key(key) {
            return Err("a qualifier's key is a letter and then letters, digits, `.`, `-` and `_`");
        }
        if !value.is_empty() && all.insert(key.to_ascii_lowercase(), decoded(value)?).is_some() {
            return Err("a qualifier stands in it twice");
        }
    }
    Ok(all)
}

/// Segments of a path; empty ones and those that would lead elsewhere are dropped.
fn segments(text: &str) -> Result<Vec<String>, &'static str> {
    let segments = text.split('/').filter(|segment| !matches!(*segment, "" | "." | ".."));
    let segments = segments.map(decoded).collect::<Result<Vec<_>, _>>()?;
    match segments.iter().any(|segment| segment.contains('/') || matches!(segment.as_str(), "." | "..")) {
        true => Err("a slash, `.` or `..` is hidden in a segment of it"),
        false => Ok(segments),
    }
}

fn decoded(text: &str) -> Result<String, &'static str> {
    const BROKEN: &str = "a percent sign in it is not followed by two hexadecimal digits of UTF-8 text";
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        bytes.push(match byte {
            b'%' => {
                let value = digit(rest.next()).zip(digit(rest.next())).map(|(high, low)| high * 16 + low);
                value.and_then(|value| u8::try_from(value).ok()).ok_or(BROKEN)?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| BROKEN)
}

/// Letters, digits, `.`, `-`, `_`, `~` and `:` stand for themselves, everything else is encoded.
fn encoded(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'.' | b'-' | b'_' | b'~' | b':' => all.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => all.push(byte.into()),
            _ => all.push_str(&format!("%{byte:02X}")),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the manner of the specification's own tests, without the rules of types.
    #[test]
    fn a_purl_is_written_in_one_way() {
        let cases = [
            (
                "pkg:GOLANG/google.golang.org/genproto@abcdedf#/googleapis/api/annotations/",
                "pkg:golang/google.golang.org/genproto@abcdedf#googleapis/api/annotations",
            ),
            (
                "pkg:docker/customer/dockerimage@sha256%3A244fd47e?repository_url=gcr.io",
                "pkg:docker/customer/dockerimage@sha256:244fd47e?repository_url=gcr.io",
            ),
            (
                "pkg:oci/debian@sha256%3A24?repository_url=docker.io/library/debian&arch=amd64&tag=latest",
                "pkg:oci/debian@sha256:24?arch=amd64&repository_url=docker.io%2Flibrary%2Fdebian&tag=latest",
            ),
            (
                "pkg:Maven/org.apache/batik-anim@1.9.1?classifier=sources&repositorY_url=https://repo.spring.io/release",
                "pkg:maven/org.apache/batik-anim@1.9.1?classifier=sources&repository_url=https:%2F%2Frepo.spring.io%2Frelease",
            ),
            ("pkg:///maven/org.apache.commons/io", "pkg:maven/org.apache.commons/io"),
            (
                "pkg:maven/mygroup/myartifact@1.0.0%20Final?mykey=my%20value",
                "pkg:maven/mygroup/myartifact@1.0.0%20Final?mykey=my%20value",
            ),
            ("pkg:npm/%40angular/animation@12.3.1", "pkg:npm/%40angular/animation@12.3.1"),
            (
                "pkg:generic/openssl@1.1.10g?checksum=sha1:ad95,sha256:41bf&empty=",
                "pkg:generic/openssl@1.1.10g?checksum=sha1:ad95%2Csha256:41bf",
            ),
            ("pkg:gem/jruby-launcher@1.1.2?Platform=java", "pkg:gem/jruby-launcher@1.1.2?platform=java"),
            ("pkg:golang/a/./b//../c#./x/..", "pkg:golang/a/b/c#x"),
            ("pkg:npm/%F0%9F%A6%80@1%2B2", "pkg:npm/%F0%9F%A6%80@1%2B2"),
        ];
        for (text, canonical) in cases {
            let purl = Purl::read(text).unwrap();
            assert_eq!(purl.to_string(), canonical);
            assert_eq!(Purl::read(canonical).unwrap(), purl);
        }
    }

    #[test]
    fn what_is_no_purl() {
        let cases = [
            "",
            "pkg:",
            "pkg:npm",
            "pkg:npm/",
            "pkg:/npm",
            "pkg:3nginx/nginx@0.8.9",
            "pkg:nginx:a/nginx@0.8.9",
            "pkg:maven/@1.3.4",
            "pkg%3Amaven/org.apache.commons/io",
            "pkg:npm/a?1=2",
            "pkg:npm/a?b=1&B=2",
            "pkg:npm/%",
            "pkg:npm/%4",
            "pkg:npm/%FF",
            "pkg:npm/a#b%2Fc",
            "pkg:npm/a#%2E%2E/c",
        ];
        for text in cases {
            assert!(Purl::read(text).is_err(), "{text}");
        }
    }
}
