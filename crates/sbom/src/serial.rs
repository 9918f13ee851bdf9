//! Identifiers that are derived from the content.

/// A UUID of version 8 (RFC 9562) out of a digest of the content, as a URN: `urn:uuid:…`.
pub(crate) fn urn(digest: &[u8]) -> String {
    let mut bits = digest.iter().take(16).fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    bits = bits & !(0xf << 76) | 0x8 << 76;
    bits = bits & !(0x3 << 62) | 0x2 << 62;
    let hex = format!("{bits:032x}");
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
