//! Where a target lies: targets of Locations and placeholders, resolved against the file that names
//! them. A path never leaves its repository.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use url::Url;

/// The longest target, in bytes.
const MAX_TARGET: usize = 2048;

/// Where a file stands that names targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// In a repository of the fleet.
    File {
        /// The file's path from the repository's root, such as `catalog/all.yaml`.
        path: String,
        /// The address all files of the repository begin with on the forge's pages, ending in `/`,
        /// such as `https://forge.example/acme/shop/blob/main/`.
        root: Option<Url>,
    },
    /// Fetched from an address.
    Url(Url),
}

/// What a target is, to be read by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// A file of the same repository, by its path from the root.
    File(String),
    /// Files of the same repository: a pattern with `*`, `**` or `?`. See [`glob`].
    Glob(String),
    /// An address with `https`; [`crate::UrlPolicy`] says whether it may be fetched.
    Url(Url),
}

/// Why a target cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// A placeholder's value is no text.
    #[error("a path or an address belongs here")]
    NoText,
    /// It is empty, too long, or has characters that no path has.
    #[error("`{0}` is no path and no address")]
    Form(String),
    /// It climbs out of the repository.
    #[error("`{0}` leaves the repository")]
    Outside(String),
    /// An address of another scheme than `https`, or with a name and password.
    #[error("`{0}` is no plain https address")]
    Scheme(String),
    /// A placeholder points to another repository.
    #[error("`{0}` is not of the same repository")]
    Repository(String),
    /// A placeholder names a pattern.
    #[error("`{0}` is a pattern, not one file")]
    Pattern(String),
}

impl TargetError {
    /// What to try.
    pub fn remedy(&self) -> &'static str {
        match self {
            TargetError::NoText | TargetError::Form(_) => {
                "write a path relative to this file, such as ./api.yaml"
            }
            TargetError::Outside(_) => "keep the file in the same repository",
            TargetError::Scheme(_) => "write an address that begins with https:// and holds no password",
            TargetError::Repository(_) => "copy the file into this repository",
            TargetError::Pattern(_) => "name one file",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::File(path) | Target::Glob(path) => f.write_str(path),
            Target::Url(url) => f.write_str(url.as_str()),
        }
    }
}

impl Target {
    /// The same target, if a placeholder of a file at `base` may name it: one file of the same
    /// repository.
    ///
    /// # Errors
    /// A pattern, or an address that is not of the same repository.
    pub fn within(self, base: &Base) -> Result<Target, TargetError> {
        let home = match base {
            Base::File { root, .. } => root.as_ref(),
            Base::Url(url) => Some(url),
        };
        match self {
            Target::Glob(pattern) => Err(TargetError::Pattern(pattern)),
            Target::Url(url) if home.is_none_or(|home| !same_repository(home, &url)) => {
                Err(TargetError::Repository(url.to_string()))
            }
            other => Ok(other),
        }
    }
}

/// Resolves a target as it is written in a file at `base`.
///
/// # Errors
/// When it is no path or address, leaves the repository, or is not plain `https`.
pub fn resolve(base: &Base, text: &str) -> Result<Target, TargetError> {
    let bad = |c: char| c.is_control() || c == '\\';
    if text.is_empty() || text.len() > MAX_TARGET || text.contains(bad) {
        return Err(TargetError::Form(text.chars().take(80).collect()));
    }
    // A scheme before any slash: `file:/x` and `javascript:x` too, which are then refused.
    let scheme = text.split('/').next().is_some_and(|head| head.contains(':'));
    match base {
        Base::File { root, .. } if scheme => {
            let url = address(Url::parse(text), text)?;
            let below = root.as_ref().and_then(|root| below(root, &url));
            match below.filter(|path| !path.contains(['?', '#'])).and_then(unescaped) {
                Some(path) => path_target(&path, text),
                None => Ok(Target::Url(url)),
            }
        }
        Base::File { path, .. } => {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let written = unescaped(text).ok_or_else(|| TargetError::Form(text.to_owned()))?;
            match written.strip_prefix('/') {
                Some(from_root) => path_target(from_root, text),
                None => path_target(&format!("{folder}/{written}"), text),
            }
        }
        Base::Url(url) => Ok(Target::Url(address(url.join(text), text)?)),
    }
}

/// A path of an address with its escapes as what they stand for: `a%20b.yaml` is `a b.yaml`. `None` where that
/// is no text, or reads as something else than a name: a slash, a pattern, a line break.
pub fn unescaped(path: &str) -> Option<String> {
    if !path.contains('%') {
        return Some(path.to_owned());
    }
    let text = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let means_more = |c: char| matches!(c, '/' | '\\' | '*' | '?') || c.is_control();
    let count = |text: &str| text.chars().filter(|c| means_more(*c)).count();
    (count(&text) == count(path)).then(|| text.into_owned())
}

/// The path of a file of the repository whose pages begin with `root`, by the address of its page or that
/// of the file itself.
fn below<'u>(root: &Url, url: &'u Url) -> Option<&'u str> {
    let (root, url) = (root.as_str(), url.as_str());
    let raw = RAW.iter().find_map(|(page, raw)| {
        let at = root.rfind(page)?;
        Some(format!("{}{raw}{}", root.get(..at)?, root.get(at + page.len()..)?))
    });
    url.strip_prefix(root).or_else(|| url.strip_prefix(raw?.as_str()))
}

/// What stands in the address of a file's page on one of the three services, and in that of the file.
const RAW: [(&str, &str); 3] =
    [("/-/blob/", "/-/raw/"), ("/src/branch/", "/raw/branch/"), ("/blob/", "/raw/")];

fn address(parsed: Result<Url, url::ParseError>, text: &str) -> Result<Url, TargetError> {
    let url = parsed.map_err(|_| TargetError::Form(text.to_owned()))?;
    let plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    if plain { Ok(url) } else { Err(TargetError::Scheme(text.to_owned())) }
}

fn path_target(path: &str, text: &str) -> Result<Target, TargetError> {
    let mut kept: Vec<&str> = Vec::new();
    for piece in path.split('/') {
        match piece {
            "" | "." => {}
            ".." => {
                kept.pop().ok_or_else(|| TargetError::Outside(text.to_owned()))?;
            }
            piece => kept.push(piece),
        }
    }
    let path = kept.join("/");
    match () {
        () if path.is_empty() || text.ends_with('/') => Err(TargetError::Form(text.to_owned())),
        () if path.contains(['*', '?']) => Ok(Target::Glob(path)),
        () => Ok(Target::File(path)),
    }
}

/// Whether two addresses lie in one repository: same host, same path up to GitLab's `/-/`, or else
/// the same owner and name.
fn same_repository(home: &Url, url: &Url) -> bool {
    let repository = |url: &Url| -> Option<String> {
        let path = url.path().trim_start_matches('/').to_lowercase();
        if path.contains("%2f") || path.contains("%5c") {
            return None;
        }
        if let Some((repository, _)) = path.split_once("/-/") {
            return Some(repository.to_owned());
        }
        let mut pieces = path.split('/').filter(|piece| !piece.is_empty());
        Some(format!("{}/{}", pieces.next()?, pieces.next()?))
    };
    let (one, other) = (repository(home), repository(url));
    home.host_str() == url.host_str() && home.port() == url.port() && one.is_some() && one == other
}

/// A pattern of paths.
#[derive(Debug, Clone)]
pub struct PathGlob {
    pattern: String,
    matcher: GlobMatcher,
}

/// Compiles a [`Target::Glob`]: `*` and `?` stay within a name, `**` goes through folders, and
/// names that begin with a dot are matched only by patterns that write the dot, as in `minimatch`.
///
/// # Errors
/// When it is no pattern.
pub fn glob(pattern: &str) -> Result<PathGlob, TargetError> {
    let built = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(false).build();
    let matcher = built.map_err(|_| TargetError::Form(pattern.to_owned()))?.compile_matcher();
    Ok(PathGlob { pattern: pattern.to_owned(), matcher })
}

impl PathGlob {
    /// Whether a path from the repository's root fits.
    pub fn is_match(&self, path: &str) -> bool {
        let hidden = |piece: &&str| piece.starts_with('.');
        let written = |piece: &str| {
            self.pattern
                .split('/')
                .any(|part| part == piece || (part.starts_with('.') && part.contains(['*', '?'])))
        };
        self.matcher.is_match(path) && path.split('/').filter(hidden).all(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Base {
        let root = Url::parse("https://forge.example/acme/shop/blob/main/").ok();
        Base::File { path: "catalog/all.yaml".to_owned(), root }
    }

    #[test]
    fn paths_are_relative_to_their_file_and_stay_inside() {
        let file = |path: &str| Ok(Target::File(path.to_owned()));
        assert_eq!(resolve(&base(), "./a.yaml"), file("catalog/a.yaml"));
        assert_eq!(resolve(&base(), "../b/a.yaml"), file("b/a.yaml"));
        assert_eq!(resolve(&base(), "/a.yaml"), file("a.yaml"));
        assert_eq!(resolve(&base(), "https://forge.example/acme/shop/blob/main/x.yaml"), file("x.yaml"));
        assert_eq!(resolve(&base(), "https://forge.example/acme/shop/raw/main/x.yaml"), file("x.yaml"));
        assert_eq!(resolve(&base(), "*/a.yaml"), Ok(Target::Glob("catalog/*/a.yaml".to_owned())));
        for outside in ["../../a.yaml", "/../a", "x/../../../a"] {
            assert_eq!(resolve(&base(), outside), Err(TargetError::Outside(outside.to_owned())));
        }
    }

    #[test]
    fn a_file_is_known_by_the_address_of_its_page_and_by_its_own() {
        for (root, file, is_own) in [
            ("https://l.example/g/s/n/-/blob/main/", "https://l.example/g/s/n/-/raw/main/x.yaml", true),
            ("https://t.example/o/n/src/branch/main/", "https://t.example/o/n/raw/branch/main/x.yaml", true),
            ("https://h.example/o/blob/blob/main/", "https://h.example/o/blob/raw/main/x.yaml", true),
            ("https://h.example/o/blob/blob/main/", "https://h.example/o/raw/blob/main/x.yaml", false),
            ("https://h.example/o/n/blob/main/", "https://h.example/o/n/raw/dev/x.yaml", false),
        ] {
            let base = Base::File { path: "a.yaml".to_owned(), root: Url::parse(root).ok() };
            let found = resolve(&base, file);
            assert_eq!(found == Ok(Target::File("x.yaml".to_owned())), is_own, "{root} {file}: {found:?}");
        }
    }

    #[test]
    fn escapes_stand_for_what_they_are() {
        let file = |path: &str| Ok(Target::File(path.to_owned()));
        let root = "https://forge.example/acme/shop/blob/main";
        assert_eq!(resolve(&base(), &format!("{root}/a%20b/%C3%A9.yaml")), file("a b/é.yaml"));
        assert_eq!(resolve(&base(), "./a%20b.yaml"), file("catalog/a b.yaml"));
        assert_eq!(resolve(&base(), "./100%.yaml"), file("catalog/100%.yaml"));
        assert_eq!(
            resolve(&base(), "%2e%2e/%2e%2e/a"),
            Err(TargetError::Outside("%2e%2e/%2e%2e/a".to_owned()))
        );
        for text in ["a%2Fb", "a%5Cb", "%2A.yaml", "a%3Fb", "a%0Ab", "%FF"] {
            assert_eq!(resolve(&base(), text), Err(TargetError::Form(text.to_owned())), "{text}");
            let address = resolve(&base(), &format!("{root}/{text}"));
            assert!(matches!(address, Ok(Target::Url(_))), "{text}: {address:?}");
        }
    }

    #[test]
    fn other_schemes_and_passwords_are_refused() {
        for text in ["http://a.example/x", "file:///etc/passwd", "ftp://a/x", "https://me:pw@a.example/x"] {
            assert_eq!(resolve(&base(), text), Err(TargetError::Scheme(text.to_owned())), "{text}");
        }
        for text in ["", "a\\b", "a\nb", "./", "javascript:x\0"] {
            assert!(matches!(resolve(&base(), text), Err(TargetError::Form(_))), "{text:?}");
        }
    }

    #[test]
    fn a_placeholder_stays_in_its_repository() {
        let own = resolve(&base(), "https://forge.example/acme/shop/raw/dev/x.yaml").unwrap();
        assert!(own.within(&base()).is_ok());
        for text in ["https://forge.example/acme/other/raw/dev/x", "https://else.example/acme/shop/x"] {
            let target = resolve(&base(), text).unwrap();
            assert!(matches!(target.within(&base()), Err(TargetError::Repository(_))), "{text}");
        }
        let fetched = Base::Url(Url::parse("https://f.example/g/sub/p/-/raw/main/a.yaml").unwrap());
        assert!(resolve(&fetched, "../x.json").unwrap().within(&fetched).is_ok());
        assert!(resolve(&fetched, "../../../../q/-/raw/main/x").unwrap().within(&fetched).is_err());
    }

    #[test]
    fn globs_leave_dot_files_alone() {
        let all = glob("**/catalog-info.yaml").unwrap();
        assert!(all.is_match("catalog-info.yaml") && all.is_match("a/b/catalog-info.yaml"));
        assert!(!all.is_match(".git/catalog-info.yaml"));
        let one = glob("a/*.yaml").unwrap();
        assert!(one.is_match("a/x.yaml") && !one.is_match("a/b/x.yaml") && !one.is_match("a/.x.yaml"));
    }
}
