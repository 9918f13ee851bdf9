//! The wanted version: whether it is one, and its form.

use fleetwright_package::{Ecosystem, Key, Package};

use crate::requirement::is_commit;
use crate::wish::BumpError;

/// The longest version that is written, in bytes: a tag of an image has up to 128, and a digest of SHA-512 behind it.
const MAX_TO: usize = 300;

/// Whether `to` can be a version of the package: one of its ecosystem; of an image a tag, a digest or `tag@digest`; of
/// an action or include a ref of git or `ref@commit`.
///
/// # Errors
/// [`BumpError::Version`] with what is wrong and what to write.
pub fn check(package: &Package, to: &str) -> Result<(), BumpError> {
    let ecosystem = package.ecosystem();
    let refused =
        |why: &str| Err(BumpError::Version(format!("`{}` is no version of {package}: {why}", shown(to))));
    if to.is_empty() || to.len() > MAX_TO {
        return refused("a version has 1 to 300 characters");
    }
    // What is written into a file must not end the text it stands in.
    if !to.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+~:@/!".contains(&byte)) {
        return refused("a version has letters, digits and `.` `_` `-` `+` `~` `:` `@` `/` `!` only");
    }
    match ecosystem {
        Ecosystem::Image => match is_image_version(to) {
            true => Ok(()),
            false => refused("give a tag, a digest such as `sha256:...`, or both as `TAG@sha256:...`"),
        },
        Ecosystem::Actions | Ecosystem::GitLab => match is_ref(to) {
            true => Ok(()),
            false => refused("give a tag such as `v4`, a full commit, or both as `v4.1.0@COMMIT`"),
        },
        Ecosystem::Terraform if is_commit(to) => Ok(()),
        _ if to.contains(['@', '/']) || Key::read(ecosystem, to).is_none() => {
            refused("its ecosystem does not write versions so; write it as the registry lists it")
        }
        Ecosystem::Maven if !to.starts_with(|char: char| char.is_ascii_alphanumeric()) => {
            refused("a version begins with a digit or a letter")
        }
        Ecosystem::Go => module(package, to),
        _ => Ok(()),
    }
}

/// The version in the form in which it is written.
pub(crate) fn wanted(package: &Package, to: &str) -> String {
    match package.ecosystem() {
        Ecosystem::PyPi | Ecosystem::Npm => to.strip_prefix('v').unwrap_or(to).to_owned(),
        Ecosystem::Go if !to.starts_with('v') => format!("v{to}"),
        _ => to.to_owned(),
    }
}

fn is_image_version(to: &str) -> bool {
    let digest = |text: &str| {
        let parts = text.split_once(':');
        parts.is_some_and(|(algorithm, hash)| {
            let plain = algorithm.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
            let hex = hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            !algorithm.is_empty() && plain && hash.len() >= 32 && hex
        })
    };
    let tag = |text: &str| {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        (1..=128).contains(&text.len()) && plain && !text.starts_with(['.', '-'])
    };
    match to.split_once('@') {
        Some((one, other)) => tag(one) && digest(other),
        None => tag(to) || digest(to),
    }
}

fn is_ref(to: &str) -> bool {
    let name = |text: &str| {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+/".contains(&byte));
        !text.is_empty() && plain && !text.starts_with(['-', '/', '.']) && !text.contains("..")
    };
    match to.split_once('@') {
        Some((tag, commit)) => name(tag) && is_commit(commit),
        None => name(to),
    }
}

/// From its second major version on, a module of Go has another path for each.
fn module(package: &Package, to: &str) -> Result<(), BumpError> {
    let name = package.name();
    let bare = to.strip_prefix('v').unwrap_or(to);
    let major = bare.split('.').next().unwrap_or_default();
    let last = name.rsplit('/').next().unwrap_or_default();
    let of_path = match name.starts_with("gopkg.in/") {
        true => last.rsplit_once(".v").map(|(_, major)| major),
        false => last.strip_prefix('v').filter(|major| major.bytes().all(|byte| byte.is_ascii_digit())),
    };
    let fits = match of_path.filter(|major| !major.is_empty()) {
        Some(of_path) => of_path == major,
        None => matches!(major, "0" | "1") || to.ends_with("+incompatible"),
    };
    if fits {
        return Ok(());
    }
    let why = format!(
        "{name} {to} is another module: from v2 on the path ends in the major version, as in `{}/v{major}`",
        of_path.map_or(name, |_| name.rsplit_once('/').map_or(name, |(before, _)| before))
    );
    Err(BumpError::Version(why))
}

fn shown(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_one(package: &str, to: &str) -> bool {
        check(&package.parse().unwrap(), to).is_ok()
    }

    #[test]
    fn versions_are_those_of_the_ecosystem() {
        let sha = "a".repeat(40);
        let digest = format!("sha256:{}", "0".repeat(64));
        for (package, to) in [
            ("maven:a:b", "2.17.1"),
            ("maven:a:b", "1.0.0.Final"),
            ("npm:a", "1.2.3-rc.1"),
            ("pypi:a", "1!2.0.post1"),
            ("go:golang.org/x/net", "0.17.0"),
            ("go:a.b/c/v2", "v2.0.1"),
            ("go:gopkg.in/yaml.v3", "v3.0.1"),
            ("go:a.b/c", "v3.0.0+incompatible"),
            ("image:nginx", "1.25-alpine"),
            ("image:nginx", &digest),
            ("image:nginx", &format!("1.25@{digest}")),
            ("actions:a/b", "v4"),
            ("actions:a/b", &format!("v4.1.0@{sha}")),
            ("terraform:a/b", "1.2"),
        ] {
            assert!(is_one(package, to), "{package} {to}");
        }
    }

    #[test]
    fn others_are_refused() {
        for (package, to) in [
            ("npm:a", "latest"),
            ("npm:a", "1.2"),
            ("npm:a", ""),
            ("npm:a", "^1.2.3"),
            ("npm:a", "1.2.3\", \"x\": \""),
            ("maven:a:b", "1.0</version>"),
            ("maven:a:b", "${x}"),
            ("pypi:a", "1.2\n"),
            ("pypi:a", "one"),
            ("go:a.b/c", "v2.0.0"),
            ("go:a.b/c/v2", "v3.0.0"),
            ("image:nginx", "1.25@latest"),
            ("image:nginx", "a b"),
            ("actions:a/b", "v4@abc"),
            ("actions:a/b", "../x"),
            ("cargo:serde", "1"),
        ] {
            assert!(!is_one(package, to), "{package} {to}");
        }
        let error = check(&"go:a.b/c".parse().unwrap(), "v2.0.0").unwrap_err();
        assert!(error.to_string().contains("another module"), "{error}");
    }
}
