//! One immutable file of the index: blobs with their postings, and listings of repositories.
//!
//! Content, in this order: listings; postings; the directory of listings; the table of blobs (name and
//! number, 24 bytes each, sorted by name); the dictionary of postings in blocks; the block table; and
//! the tail, which says where these lie, with its length in the last four bytes.

use std::sync::OnceLock;

use fleetwright_core::Oid;

use crate::error::Damage;
use crate::grams::GRAMS;
use crate::paged::{Paged, Window};
use crate::{postings, varint};

/// The list of blobs whose content is indexed.
pub(crate) const TEXT: u32 = GRAMS;
/// The list of binary blobs.
pub(crate) const BINARY: u32 = GRAMS + 1;
/// The list of blobs that are too large.
pub(crate) const LARGE: u32 = GRAMS + 2;

/// The bytes of a row in the table of blobs.
pub(crate) const ROW: usize = 24;

/// How many rows of that table are read at once.
const PIECE: usize = 4096;

/// How many lists a block of the dictionary tells.
pub(crate) const BLOCK: usize = 256;

/// The format that is written and read.
pub(crate) const FORMAT: u64 = 1;

/// Where a listing lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) repo: String,
    /// When it was written: of two for one repository, the later one holds.
    pub(crate) generation: u64,
    /// The tree; `None` if the repository was removed.
    pub(crate) tree: Option<Oid>,
    pub(crate) at: u64,
    pub(crate) length: usize,
}

/// A block of the dictionary: its first trigram and where it and its lists begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    pub(crate) first: u32,
    pub(crate) at: u64,
    pub(crate) lists_at: u64,
}

/// Where one list lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) gram: u32,
    pub(crate) at: u64,
    pub(crate) length: usize,
}

/// A segment that is open for reading.
#[derive(Debug)]
pub(crate) struct Segment {
    paged: Paged,
    pub(crate) listings: Vec<Listing>,
    pub(crate) blobs: usize,
    blobs_at: u64,
    blocks: Vec<Block>,
    dictionary_end: u64,
    heads: OnceLock<Result<Vec<u32>, Damage>>,
}

/// The tail of a segment.
struct Tail {
    directory_at: u64,
    blobs_at: u64,
    dictionary_at: u64,
    blocks_at: u64,
    end: u64,
}

impl Segment {
    /// Opens a segment and reads its directory.
    pub(crate) fn open(path: &std::path::Path) -> Result<Segment, Damage> {
        let paged = Paged::open(path)?;
        let tail = read_tail(&paged)?;
        let between = |from: u64, to: u64| {
            let length = to.checked_sub(from).and_then(|length| usize::try_from(length).ok());
            let length = length.ok_or_else(|| paged.damaged("its parts overlap"))?;
            paged.read(from, length)
        };
        let listings = read_directory(&between(tail.directory_at, tail.blobs_at)?);
        let listings = listings.ok_or_else(|| paged.damaged("its directory cannot be read"))?;
        let blocks = read_blocks(&between(tail.blocks_at, tail.end)?);
        let blocks = blocks.ok_or_else(|| paged.damaged("its block table cannot be read"))?;
        let bytes = tail.dictionary_at.checked_sub(tail.blobs_at).filter(|bytes| bytes % ROW as u64 == 0);
        let bytes = bytes.ok_or_else(|| paged.damaged("its table of blobs is cut"))?;
        let blobs = usize::try_from(bytes / ROW as u64).unwrap_or(0);
        Ok(Segment {
            listings,
            blobs,
            blobs_at: tail.blobs_at,
            blocks,
            dictionary_end: tail.blocks_at,
            heads: OnceLock::new(),
            paged,
        })
    }

    pub(crate) fn name(&self) -> &str {
        self.paged.name()
    }

    pub(crate) fn damaged(&self, why: impl Into<String>) -> Damage {
        self.paged.damaged(why)
    }

    pub(crate) fn check(&self) -> Result<(), Damage> {
        self.paged.check()
    }

    /// The bytes of its content.
    pub(crate) fn bytes(&self) -> u64 {
        self.paged.length()
    }

    /// The bytes of a listing.
    pub(crate) fn listing(&self, listing: &Listing) -> Result<Vec<u8>, Damage> {
        self.paged.read(listing.at, listing.length)
    }

    /// A window for reading its lists or listings in order.
    pub(crate) fn window(&self) -> Window<'_> {
        Window::new(&self.paged)
    }

    /// Where the list of a trigram lies, if there is one.
    pub(crate) fn spot(&self, gram: u32) -> Result<Option<Spot>, Damage> {
        let after = self.blocks.partition_point(|block| block.first <= gram);
        let Some(block) = after.checked_sub(1) else { return Ok(None) };
        Ok(self.block(block)?.into_iter().find(|spot| spot.gram == gram))
    }

    /// The lists of one block of the dictionary.
    pub(crate) fn block(&self, number: usize) -> Result<Vec<Spot>, Damage> {
        let Some(block) = self.blocks.get(number) else { return Ok(Vec::new()) };
        let end = self.blocks.get(number + 1).map_or(self.dictionary_end, |next| next.at);
        let length = end.checked_sub(block.at).and_then(|length| usize::try_from(length).ok());
        let bytes =
            self.paged.read(block.at, length.ok_or_else(|| self.damaged("blocks are out of order"))?)?;
        read_block(block, &bytes).ok_or_else(|| self.damaged("a block of its dictionary cannot be read"))
    }

    /// How many blocks its dictionary has.
    pub(crate) fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// The numbers of a list.
    pub(crate) fn numbers(&self, spot: Spot) -> Result<Vec<u32>, Damage> {
        self.decoded(&self.paged.read(spot.at, spot.length)?)
    }

    /// The numbers of a list that was read.
    pub(crate) fn decoded(&self, bytes: &[u8]) -> Result<Vec<u32>, Damage> {
        postings::read(bytes).ok_or_else(|| self.damaged("a list of its cannot be read"))
    }

    /// The numbers in one of the special lists.
    pub(crate) fn all_of(&self, list: u32) -> Result<Vec<u32>, Damage> {
        self.spot(list)?.map_or(Ok(Vec::new()), |spot| self.numbers(spot))
    }

    /// The whole table of blobs.
    pub(crate) fn rows(&self) -> Result<Vec<(Oid, u32)>, Damage> {
        let bytes = self.paged.read(self.blobs_at, self.blobs * ROW)?;
        Ok(bytes.chunks_exact(ROW).map(row).collect())
    }

    /// The first four bytes of each blob's name, read piece by piece: the table of a million has 24 MB.
    fn read_heads(&self) -> Result<Vec<u32>, Damage> {
        let mut heads = Vec::with_capacity(self.blobs);
        for from in (0..self.blobs).step_by(PIECE) {
            let rows = PIECE.min(self.blobs - from);
            let bytes = self.paged.read(self.blobs_at + (from * ROW) as u64, rows * ROW)?;
            heads.extend(bytes.chunks_exact(ROW).map(|bytes| head(row(bytes).0)));
        }
        Ok(heads)
    }

    /// The number of a blob, if it is here.
    pub(crate) fn number_of(&self, oid: Oid) -> Result<Option<u32>, Damage> {
        let heads = self.heads.get_or_init(|| self.read_heads()).as_ref().map_err(Clone::clone)?;
        let first = heads.partition_point(|known| *known < head(oid));
        for (at, _) in heads.iter().enumerate().skip(first).take_while(|(_, known)| **known == head(oid)) {
            let bytes = self.paged.read(self.blobs_at + (at * ROW) as u64, ROW)?;
            let (known, number) = row(&bytes);
            if known == oid {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }
}

fn head(oid: Oid) -> u32 {
    let bytes = oid.as_bytes();
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

fn row(bytes: &[u8]) -> (Oid, u32) {
    let mut oid = [0; 20];
    oid.copy_from_slice(&bytes[..20]);
    (Oid::from_bytes(oid), u32::from_le_bytes([bytes[20], bytes[21], bytes[22], bytes[23]]))
}

fn read_tail(paged: &Paged) -> Result<Tail, Damage> {
    let lost = || paged.damaged("its tail cannot be read");
    let at = paged.length().checked_sub(4).ok_or_else(lost)?;
    let length = paged.read(at, 4)?;
    let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]);
    let start = at.checked_sub(u64::from(length)).ok_or_else(lost)?;
    let bytes = paged.read(start, length as usize)?;
    let mut rest = bytes.as_slice();
    let mut next = || varint::take(&mut rest).ok_or_else(lost);
    let format = next()?;
    if format != FORMAT {
        return Err(paged.damaged(format!("it has format {format}, this version reads {FORMAT}")));
    }
    Ok(Tail {
        directory_at: next()?,
        blobs_at: next()?,
        dictionary_at: next()?,
        blocks_at: next()?,
        end: start,
    })
}

fn read_directory(bytes: &[u8]) -> Option<Vec<Listing>> {
    let mut rest = bytes;
    let mut listings = Vec::new();
    while !rest.is_empty() {
        let repo = String::from_utf8(varint::take_bytes(&mut rest)?.to_vec()).ok()?;
        let generation = varint::take(&mut rest)?;
        let tree = match varint::take_bytes(&mut rest)? {
            [] => None,
            tree => Some(Oid::from_bytes(tree.try_into().ok()?)),
        };
        let (at, length) = (varint::take(&mut rest)?, usize::try_from(varint::take(&mut rest)?).ok()?);
        listings.push(Listing { repo, generation, tree, at, length });
    }
    Some(listings)
}

fn read_blocks(bytes: &[u8]) -> Option<Vec<Block>> {
    let mut rest = bytes;
    let mut blocks = Vec::new();
    while !rest.is_empty() {
        let first = u32::try_from(varint::take(&mut rest)?).ok()?;
        blocks.push(Block { first, at: varint::take(&mut rest)?, lists_at: varint::take(&mut rest)? });
    }
    Some(blocks)
}

fn read_block(block: &Block, bytes: &[u8]) -> Option<Vec<Spot>> {
    let mut rest = bytes;
    let (mut gram, mut at) = (block.first, block.lists_at);
    let mut spots = Vec::new();
    while !rest.is_empty() {
        gram = gram.checked_add(u32::try_from(varint::take(&mut rest)?).ok()?)?;
        let length = varint::take(&mut rest)?;
        spots.push(Spot { gram, at, length: usize::try_from(length).ok()? });
        at = at.checked_add(length)?;
    }
    Some(spots)
}
