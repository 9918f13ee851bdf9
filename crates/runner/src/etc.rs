//! The `/etc` of the sandbox: a snapshot of what programs need, with our own users in it.
//!
//! Made once per [`Sandbox`](crate::Sandbox), so that a run mounts one directory instead of
//! thirty files, and so that nothing readable by root alone can be in it.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::fleeting::Fleeting;

/// What is copied from the host, if it is there; directories with all that is in them.
const COPIED: &[&str] = &[
    "alternatives", // what /usr/bin/java and many others link to
    "ca-certificates.conf",
    "crypto-policies",
    "debian_version",
    "java",
    "java-8-openjdk",
    "java-11-openjdk",
    "java-17-openjdk",
    "java-21-openjdk",
    "java-25-openjdk",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "ld-musl-x86_64.path",
    "ld-musl-aarch64.path",
    "localtime",
    "lsb-release",
    "magic",
    // Without what a distribution keeps here its Maven does not start; `settings.xml` may hold passwords.
    "maven/logging",
    "maven/m2.conf",
    "mime.types",
    "os-release",
    "perl",
    "php", // which extensions it has
    "pki/ca-trust/extracted",
    "pki/tls/cert.pem",
    "pki/tls/certs",
    "pki/tls/openssl.cnf",
    "protocols",
    "python3",
    "python3.11",
    "python3.12",
    "python3.13",
    "services",
    "ssl/cert.pem",
    "ssl/certs",
    "ssl/openssl.cnf",
    "timezone",
];

const WRITTEN: &[(&str, &str)] = &[
    (
        "passwd",
        "root:x:0:0:root:/:/usr/sbin/nologin\nfleet:x:1000:1000:fleet:/home/fleet:/bin/sh\n\
         nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n",
    ),
    ("group", "root:x:0:\nfleet:x:1000:\nnogroup:x:65534:\n"),
    ("hosts", "127.0.0.1 localhost fleet\n::1 localhost\n"),
    ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
    ("hostname", "fleet\n"),
];

/// Most bytes and files copied; a Fedora trust store is about 4 MiB.
const MAX_BYTES: u64 = 32 << 20;
const MAX_FILES: u64 = 10_000;
const MAX_DEPTH: u32 = 8;

/// Makes the snapshot; the result holds one directory, `etc`.
pub(crate) fn snapshot() -> io::Result<Fleeting> {
    let dir = Fleeting::make(&std::env::temp_dir(), "fleetwright-etc-", 0o755)?;
    let etc = dir.path().join("etc");
    make_dir(&etc)?;
    let mut copier = Copier { bytes: 0, files: 0 };
    for name in COPIED {
        let to = etc.join(name);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        copier.copy(&Path::new("/etc").join(name), &to, 0)?;
    }
    for (name, content) in WRITTEN {
        write(&etc.join(name), content.as_bytes())?;
    }
    // Used with the host's network only; a link into /run on most hosts, so copied by content.
    if let Ok(content) = fs::read("/etc/resolv.conf") {
        write(&etc.join("resolv.conf"), &content)?;
    }
    Ok(dir)
}

struct Copier {
    bytes: u64,
    files: u64,
}

impl Copier {
    /// Copies files everybody may read, links as they are, and directories of these.
    fn copy(&mut self, from: &Path, to: &Path, depth: u32) -> io::Result<()> {
        let Ok(found) = fs::symlink_metadata(from) else { return Ok(()) };
        self.files += 1;
        if self.files > MAX_FILES || depth > MAX_DEPTH {
            return Ok(());
        }
        if found.is_symlink() {
            return symlink(fs::read_link(from)?, to);
        }
        let public = found.permissions().mode() & 0o004 != 0;
        if found.is_dir() && public {
            make_dir(to)?;
            for entry in fs::read_dir(from)?.filter_map(Result::ok) {
                self.copy(&entry.path(), &to.join(entry.file_name()), depth + 1)?;
            }
        } else if found.is_file() && public && self.bytes + found.len() <= MAX_BYTES {
            self.bytes += found.len();
            write(to, &fs::read(from)?)?;
        }
        Ok(())
    }
}

fn make_dir(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o755))
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::write(path, content)?;
    fs::set_permissions(path, Permissions::from_mode(0o644))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_users_but_no_secrets() {
        let dir = snapshot().unwrap();
        let etc = dir.path().join("etc");
        assert!(fs::read_to_string(etc.join("passwd")).unwrap().contains("fleet"));
        for secret in ["shadow", "gshadow", "ssl/private", "sudoers", "ssh", "gitconfig"] {
            assert!(!etc.join(secret).exists(), "{secret}");
        }
    }

    #[test]
    fn leaves_out_what_only_root_reads() {
        let dir = tempfile::tempdir().unwrap();
        let from = dir.path().join("from");
        make_dir(&from).unwrap();
        write(&from.join("open"), b"x").unwrap();
        write(&from.join("closed"), b"x").unwrap();
        fs::set_permissions(from.join("closed"), Permissions::from_mode(0o640)).unwrap();
        let to = dir.path().join("to");
        Copier { bytes: 0, files: 0 }.copy(&from, &to, 0).unwrap();
        assert!(to.join("open").exists());
        assert!(!to.join("closed").exists());
    }
}
