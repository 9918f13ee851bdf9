//! The marker in a pull request's text: signed, so that only our own are ever adopted.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use fleetwright_core::event::TargetName;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::EngineError;

/// The secret that markers are signed with. It lies beside the database, in a file of its own: with the
/// database gone, open pull requests can still be told from forged ones.
pub(crate) struct MarkerKey([u8; 32]);

const OPENING: &str = "<!-- fleetwright ";

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
    pub(crate) fn marker(&self, shift: &str, target: &TargetName) -> String {
        let told = format!("shift={shift} target={target}");
        format!("{OPENING}{told} sig={} -->", self.sign(&told))
    }

    /// Whether a text carries this target's marker, signed by us.
    pub(crate) fn is_marked(&self, text: &str, shift: &str, target: &TargetName) -> bool {
        text.contains(&self.marker(shift, target))
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
