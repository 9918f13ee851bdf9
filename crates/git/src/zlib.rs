//! Deflating a buffer in one go.

use std::cell::RefCell;
use std::io;

use gix::zlib::stream::deflate::{Compress, FlushCompress};
use gix::zlib::{Compression, Status};

thread_local! {
    /// Encoder state is some 300 KB; building it anew would cost more than deflating a small object. Level 1 is what
    /// git uses for loose objects.
    static ENCODER: RefCell<Compress> = RefCell::new(Compress::new(Compression::BEST_SPEED));
}

/// Appends the zlib stream of `data` to `out`.
pub(crate) fn deflate(data: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    ENCODER.with_borrow_mut(|encoder| {
        encoder.reset();
        run(encoder, data, out)
    })
}

fn run(encoder: &mut Compress, data: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    let mut end = out.len();
    loop {
        // Enough for all of it at the first turn, nearly always.
        let rest = data.len() - usize::try_from(encoder.total_in()).map_err(io::Error::other)?;
        out.resize(end + rest + rest / 8 + 64, 0);
        let before = (encoder.total_in(), encoder.total_out());
        let input = &data[data.len() - rest..];
        let status =
            encoder.compress(input, &mut out[end..], FlushCompress::Finish).map_err(io::Error::other)?;
        end += usize::try_from(encoder.total_out() - before.1).map_err(io::Error::other)?;
        if status == Status::StreamEnd {
            out.truncate(end);
            return Ok(());
        }
        if before == (encoder.total_in(), encoder.total_out()) {
            return Err(io::Error::other("the deflate encoder made no progress"));
        }
    }
}
