//! The marker in a pull request's text: signed, so that only our own are ever adopted.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use fleetwright_core::Oid;
use fleetwright_core::event::TargetName;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::EngineError;

/// The secret that markers are signed with. It lies beside the database, in a file of its own: with the
/// database gone, open pull requests can still be told from forged ones.
pub(crate) struct MarkerKey([u8; 32]);

const OPENING: &str = "<!-- fleetwright ";
const CLOSING: &str = " -->";

/// What a marker says besides whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The commit we put on the branch: any other one there is somebody else's.
    pub(crate) head: Oid,
    /// The digest of the shift that made it.
    pub(crate) by: String,
}

impl MarkerKey {
    /// Reads the key, or makes one.
    ///
    /// # Errors
    /// When the file can neither be read nor made.
    pub(crate) fn open(folder: &Path) -> Result<MarkerKey, EngineError> {
        let path = folder.join("marker.key");
        let fault = |error: std::io::Error| EngineError::files(&path, error);
        let mut key = [0; 32];
        match fs::read(&path) {
            Ok(bytes) if bytes.len() == key.len() => key.copy_from_slice(&bytes),
            Ok(_) => return Err(EngineError::files(&path, "this is not a key of 32 bytes")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                fs::File::open("/dev/urandom")
                    .and_then(|mut source| source.read_exact(&mut key))
                    .map_err(fault)?;
                // Whole or not at all: two processes may begin at once, and the first one's key stays.
                let mut fresh = tempfile::NamedTempFile::new_in(folder).map_err(fault)?;
                fresh.write_all(&key).and_then(|()| fresh.as_file().sync_all()).map_err(fault)?;
                if fresh.persist_noclobber(&path).is_err() {
                    return MarkerKey::open(folder);
                }
                private(&path).map_err(fault)?;
            }
            Err(error) => return Err(fault(error)),
        }
        Ok(MarkerKey(key))
    }

    /// The marker of a target's pull request: an HTML comment, unseen by people.
    pub(crate) fn marker(&self, shift: &str, target: &TargetName, mark: &Mark) -> String {
        let told = format!("shift={shift} target={target} head={} by={}", mark.head, mark.by);
        format!("{OPENING}{told} sig={}{CLOSING}", self.sign(&told))
    }

    /// What this target's marker in a text says, if it is signed by us.
    pub(crate) fn read(&self, text: &str, shift: &str, target: &TargetName) -> Option<Mark> {
        let start = format!("{OPENING}shift={shift} target={target} head=");
        text.match_indices(&start).find_map(|(at, _)| {
            let rest = &text[at + OPENING.len()..];
            let (told, signature) = rest[..rest.find(CLOSING)?].rsplit_once(" sig=")?;
            let (head, by) = told.rsplit_once(" head=")?.1.split_once(" by=")?;
            let mark = Mark { head: head.parse().ok()?, by: by.to_owned() };
            (self.sign(told) == signature).then_some(mark)
        })
    }

    fn sign(&self, told: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(told.as_bytes());
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn private(path: &Path) -> std::io::Result<()> {
    let file = fs::OpenOptions::new().read(true).mode(0o600).open(path)?;
    let mut permissions = file.metadata()?.permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o600);
    file.set_permissions(permissions)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_read_back_and_no_letter_of_it_can_be_changed() {
        let key = MarkerKey([7; 32]);
        let target = TargetName { repo: "acme/a".into(), dir: "web".into() };
        let mark = Mark { head: Oid::from_bytes([3; 20]), by: "d1".into() };
        let text = format!("Hello\n\n{}\n", key.marker("tidy", &target, &mark));
        assert_eq!(key.read(&text, "tidy", &target), Some(mark.clone()));
        assert_eq!(key.read(&text, "tid", &target), None);
        let other = TargetName { repo: "acme/a".into(), dir: String::new() };
        assert_eq!(key.read(&text, "tidy", &other), None);
        assert_eq!(key.read(&text.replace("by=d1", "by=d2"), "tidy", &target), None);
        assert_eq!(key.read(&text.replace("head=03", "head=04"), "tidy", &target), None);
        assert_eq!(MarkerKey([8; 32]).read(&text, "tidy", &target), None);
        // A forged one before the true one hides nothing.
        let forged = text.replace("sig=", "sig=0") + &text;
        assert_eq!(key.read(&forged, "tidy", &target), Some(mark));
    }
}
