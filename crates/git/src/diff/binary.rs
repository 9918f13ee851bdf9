//! `GIT binary patch`: both contents whole, deflated, in git's base 85 (gitdiffcore has no page; see git's diff.c).

use std::io;

use crate::zlib::deflate;

const ALPHABET: &[u8; 85] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
/// Bytes per line: 52 of them make 65 digits.
const LINE: usize = 52;

/// Appends the patch from `before` to `after` and the one back.
pub(super) fn write(text: &mut Vec<u8>, before: &[u8], after: &[u8]) -> io::Result<()> {
    text.extend_from_slice(b"GIT binary patch\n");
    for content in [after, before] {
        text.extend_from_slice(format!("literal {}\n", content.len()).as_bytes());
        let mut packed = Vec::new();
        deflate(content, &mut packed)?;
        packed.chunks(LINE).for_each(|line| write_line(text, line));
        text.push(b'\n');
    }
    Ok(())
}

fn write_line(text: &mut Vec<u8>, line: &[u8]) {
    let length = line.len() as u8;
    text.push(if length <= 26 { b'A' + length - 1 } else { b'a' + length - 27 });
    for group in line.chunks(4) {
        let mut bytes = [0; 4];
        bytes[..group.len()].copy_from_slice(group);
        let mut number = u32::from_be_bytes(bytes);
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = ALPHABET[(number % 85) as usize];
            number /= 85;
        }
        text.extend_from_slice(&digits);
    }
    text.push(b'\n');
}
