//! The one file of the host a step may write besides its tree.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use rustix::fs::{Gid, Uid, fchown};
use tempfile::NamedTempFile;

use crate::order::{BadOutputs, MAX_OUTPUTS};
use crate::tree::SANDBOX_UID;

/// A file for the outputs of one run. We hold it open from the start and read it back through
/// that, so no link or other file can be put in its place.
pub(crate) struct Outputs(NamedTempFile);

impl Outputs {
    /// Makes the file, for the sandbox's user if we are root.
    pub(crate) fn new(give_away: bool) -> io::Result<Self> {
        let file = tempfile::Builder::new().prefix("fleetwright-outputs-").tempfile()?;
        if give_away {
            let (uid, gid) = (Uid::from_raw(SANDBOX_UID), Gid::from_raw(SANDBOX_UID));
            fchown(file.as_file(), Some(uid), Some(gid))?;
        }
        Ok(Self(file))
    }

    /// Where it is on the host.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// What was written, within [`MAX_OUTPUTS`].
    pub(crate) fn read(mut self) -> Result<Vec<u8>, BadOutputs> {
        read(self.0.as_file_mut()).map_err(|_| BadOutputs::Unreadable)?
    }
}

fn read(file: &mut File) -> io::Result<Result<Vec<u8>, BadOutputs>> {
    let length = file.metadata()?.len();
    if length > MAX_OUTPUTS {
        return Ok(Err(BadOutputs::TooLarge(length)));
    }
    let mut content = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(MAX_OUTPUTS).read_to_end(&mut content)?;
    Ok(Ok(content))
}
