//! Reading and writing objects.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};

use fleetwright_core::Oid;
use gix::objs::Exists as _;
use gix::objs::Find as _;
use gix::odb::Header as _;
use rustix::fs::FileType;

use crate::error::{GitError, Result};
use crate::loose::{self, Loose};
use crate::object::{self, Kind, Object};
use crate::pack;
use crate::repository::Repository;

/// The largest tree or commit read, in bytes: 64 MiB, a directory of some million names.
pub(crate) const MAX_META_BYTES: u64 = 64 << 20;
/// The largest blob a copy or a working folder may hold, in bytes: 512 MiB; forges refuse less (GitHub: 100 MB).
pub(crate) const MAX_BLOB_BYTES: u64 = 512 << 20;
/// The most files looked at in `objects/pack`.
const MAX_PACK_FILES: usize = 20_000;
/// From this many new objects on, one pack is written instead of loose files.
const PACK_FROM: usize = 64;

impl Repository {
    /// Whether the object is there. Its content is not checked.
    ///
    /// # Errors
    /// [`GitError::Io`] where the folder cannot be read.
    pub fn has(&self, oid: Oid) -> Result<bool> {
        if self.root.has(&loose::location(oid)).map_err(self.io("look for an object in"))? {
            return Ok(true);
        }
        self.with_packs(oid, |packs| Ok(packs.exists(&object::to_gix(oid))))
    }

    /// Whether there is any pack.
    pub(crate) fn has_packs(&self) -> Result<bool> {
        let folder = self.root.sub(b"objects/pack").map_err(self.io("open objects/pack of"))?;
        let Some(folder) = folder else {
            return Ok(false);
        };
        Ok(!folder.list(MAX_PACK_FILES).map_err(self.io("list objects/pack of"))?.is_empty())
    }

    /// Moves the packs of another repository on the same file system here, each index last: without it no reader looks
    /// at its pack.
    pub(crate) fn adopt_packs(&self, from: &Repository) -> Result<()> {
        let source = from.root.sub(b"objects/pack").map_err(from.io("open objects/pack of"))?;
        let Some(source) = source else {
            return Ok(());
        };
        let dest = self.root.make(b"objects/pack").map_err(self.io("open objects/pack of"))?;
        let listed = source.list(MAX_PACK_FILES).map_err(from.io("list objects/pack of"))?;
        for ending in [&b".pack"[..], b".idx"] {
            for entry in listed.iter().filter(|entry| entry.name.ends_with(ending)) {
                source.rename_into(&entry.name, &dest).map_err(self.io("move a pack into"))?;
            }
        }
        Ok(())
    }

    /// The content of a blob.
    ///
    /// # Errors
    /// [`GitError::TooLarge`] beyond `max_bytes`, known before anything is inflated; [`GitError::MissingObject`],
    /// [`GitError::Corrupt`] (the hash is always verified), [`GitError::WrongKind`].
    pub fn blob(&self, oid: Oid, max_bytes: u64) -> Result<Vec<u8>> {
        self.read(oid, Kind::Blob, max_bytes)
    }

    /// Reads an object of a known kind.
    pub(crate) fn read(&self, oid: Oid, wanted: Kind, limit: u64) -> Result<Vec<u8>> {
        let (kind, data) = self.read_any(oid, limit)?;
        if kind == wanted {
            return Ok(data);
        }
        Err(GitError::WrongKind { oid, wanted: wanted.word(), found: kind.word() })
    }

    /// Reads an object of any kind and verifies its name.
    pub(crate) fn read_any(&self, oid: Oid, limit: u64) -> Result<(Kind, Vec<u8>)> {
        let (kind, data) = match loose::read(&self.root, oid, limit).map_err(self.io("read an object of"))? {
            Loose::Found(kind, data) => (kind, data),
            Loose::Absent => self.with_packs(oid, |packs| self.read_packed(packs, oid, limit))?,
            Loose::TooLarge(size) => return Err(GitError::TooLarge { oid, size, limit }),
            Loose::Corrupt(why) => return Err(GitError::Corrupt { oid, why }),
        };
        match object::name(kind, &data) {
            Ok(actual) if actual == oid => Ok((kind, data)),
            Ok(actual) => Err(GitError::corrupt(oid, format!("its content hashes to {actual}"))),
            Err(_) => Err(GitError::corrupt(oid, "its content is a forged SHA-1 collision")),
        }
    }

    fn read_packed(&self, packs: &gix::odb::HandleArc, oid: Oid, limit: u64) -> Result<(Kind, Vec<u8>)> {
        let id = object::to_gix(oid);
        let corrupt = |error: gix::Error| GitError::corrupt(oid, error.to_string());
        let missing = || GitError::MissingObject { oid, path: self.path.clone() };
        let size = packs.try_header(&id).map_err(corrupt)?.ok_or_else(missing)?.size();
        if size > limit {
            return Err(GitError::TooLarge { oid, size, limit });
        }
        let mut buffer = Vec::new();
        let kind = packs.try_find(&id, &mut buffer).map_err(corrupt)?.ok_or_else(missing)?.kind;
        let kind = match kind {
            gix::objs::Kind::Blob => Kind::Blob,
            gix::objs::Kind::Tree => Kind::Tree,
            gix::objs::Kind::Commit => Kind::Commit,
            gix::objs::Kind::Tag => Kind::Tag,
        };
        Ok((kind, buffer))
    }

    /// Runs `read` on the packs. A broken pack may make gix panic (it trusts offsets of an index): that is corruption.
    fn with_packs<T>(&self, oid: Oid, read: impl FnOnce(&gix::odb::HandleArc) -> Result<T>) -> Result<T> {
        let mut packs = self.packs.lock().unwrap_or_else(PoisonError::into_inner);
        let packs = match packs.as_mut() {
            Some(open) => open,
            None => packs.insert(self.open_packs()?),
        };
        catch_unwind(AssertUnwindSafe(|| read(packs)))
            .unwrap_or_else(|_| Err(GitError::corrupt(oid, "its pack or the pack's index is broken")))
    }

    /// Runs `read` on the packs, which nobody else can use meanwhile.
    pub(crate) fn with_bases<T>(&self, read: impl FnOnce(&gix::odb::HandleArc) -> Result<T>) -> Result<T> {
        let mut packs = self.packs.lock().unwrap_or_else(PoisonError::into_inner);
        match packs.as_mut() {
            Some(open) => read(open),
            None => read(packs.insert(self.open_packs()?)),
        }
    }

    fn open_packs(&self) -> Result<gix::odb::HandleArc> {
        let folder = self.root.sub(b"objects/pack").map_err(self.io("open objects/pack of"))?;
        let listed = match &folder {
            Some(folder) => folder.list(MAX_PACK_FILES).map_err(self.io("list objects/pack of"))?,
            None => Vec::new(),
        };
        if listed.iter().any(|entry| entry.kind != FileType::RegularFile) {
            return Err(GitError::Unsupported {
                path: self.path.clone(),
                why: "objects/pack holds something else than plain files; run `git repack -a -d`".to_owned(),
            });
        }
        let options = gix::odb::store::init::Options {
            // Room for packs that appear later; a full slot map would hide objects (gitoxide#1788).
            slots: gix::odb::store::init::Slots::Given(
                u16::try_from(listed.len()).unwrap_or(u16::MAX).saturating_add(256),
            ),
            alloc_limit_bytes: usize::try_from(MAX_BLOB_BYTES).ok(),
            ..Default::default()
        };
        let objects = self.path.join("objects");
        let store =
            gix::odb::Store::at_opts(objects, gix::hash::Kind::Sha1, &mut std::iter::empty(), options)
                .map_err(self.io("open the objects of"))?;
        Ok(Arc::new(store).to_cache_arc())
    }

    /// Writes new objects; those that are there already are skipped. Give children before parents.
    ///
    /// Few objects become loose files, 64 and more one pack; each through a temporary file and a rename. Nothing is
    /// fsynced, as git does by default for loose objects (`core.fsync`); after a power cut an object may be broken, and
    /// reading it says so.
    ///
    /// # Errors
    /// [`GitError::Io`]; [`GitError::Corrupt`] if an object's name is not that of its data.
    pub fn write_objects(&self, objects: &[Object]) -> Result<()> {
        if objects.len() >= PACK_FROM {
            return self.write_pack(objects);
        }
        for object in objects {
            check_name(object)?;
            loose::write(&self.root, object.kind, object.oid, &object.data)
                .map_err(self.io("write an object into"))?;
        }
        Ok(())
    }

    fn write_pack(&self, objects: &[Object]) -> Result<()> {
        let mut new = Vec::with_capacity(objects.len());
        let mut seen = HashSet::with_capacity(objects.len());
        for object in objects {
            check_name(object)?;
            if seen.insert(object.oid) && !self.has(object.oid)? {
                new.push(object);
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let write = || {
            let mut pack = pack::Writer::new(&self.root, new.len())?;
            for object in new {
                pack.add(object.kind, object.oid, &object.data)?;
            }
            pack.finish()
        };
        write().map(drop).map_err(self.io("write a pack into"))
    }
}

fn check_name(object: &Object) -> Result<()> {
    let actual = object::name(object.kind, &object.data)?;
    if actual == object.oid {
        return Ok(());
    }
    Err(GitError::corrupt(object.oid, format!("its content hashes to {actual}")))
}
