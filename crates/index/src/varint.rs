//! Numbers in as few bytes as they need: seven bits a byte, the lowest first.

/// Appends a number.
pub(crate) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes a number off the front; `None` if there is none.
pub(crate) fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for at in 0..10 {
        let byte = *rest.get(at)?;
        let part = u64::from(byte & 0x7f);
        let shift = 7 * u32::try_from(at).ok()?;
        if part.leading_zeros() < shift {
            return None;
        }
        value |= part << shift;
        if byte < 0x80 {
            *rest = &rest[at + 1..];
            return Some(value);
        }
    }
    None
}

/// Takes bytes off the front, after their length.
pub(crate) fn take_bytes<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(take(rest)?).ok()?;
    let (bytes, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(bytes)
}

/// Appends bytes after their length.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// A signed number as an unsigned one, small where its size is small.
pub(crate) fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// The reverse of [`zigzag`].
pub(crate) fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn round(value in any::<u64>(), signed in any::<i64>(), shift in 0..64_u32) {
            let mut out = Vec::new();
            put(&mut out, value >> shift);
            put(&mut out, zigzag(signed >> shift));
            let mut rest = out.as_slice();
            prop_assert_eq!(take(&mut rest), Some(value >> shift));
            prop_assert_eq!(take(&mut rest).map(unzigzag), Some(signed >> shift));
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn garbage(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            let _ = take(&mut bytes.as_slice());
            let _ = take_bytes(&mut bytes.as_slice());
        }
    }
}
