//! Deflating a buffer in one go, with the encoder's state kept between buffers.

use std::io;

use gix::zlib::stream::deflate::{Compress, FlushCompress};
use gix::zlib::{Compression, Status};

/// An encoder at level 1: what git uses for loose objects.
pub(crate) struct Deflater(Compress);

impl Deflater {
    pub(crate) fn new() -> Self {
        Deflater(Compress::new(Compression::BEST_SPEED))
    }

    /// Appends the zlib stream of `data` to `out`.
    pub(crate) fn append(&mut self, data: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        self.0.reset();
        let mut end = out.len();
        loop {
            // Enough for all of it at the first turn, nearly always.
            let rest = data.len() - usize::try_from(self.0.total_in()).map_err(io::Error::other)?;
            out.resize(end + rest + rest / 8 + 64, 0);
            let before = (self.0.total_in(), self.0.total_out());
            let input = &data[data.len() - rest..];
            let status =
                self.0.compress(input, &mut out[end..], FlushCompress::Finish).map_err(io::Error::other)?;
            end += usize::try_from(self.0.total_out() - before.1).map_err(io::Error::other)?;
            if status == Status::StreamEnd {
                out.truncate(end);
                return Ok(());
            }
            if before == (self.0.total_in(), self.0.total_out()) {
                return Err(io::Error::other("the deflate encoder made no progress"));
            }
        }
    }
}
