//! What went wrong with a request that got no answer.

use std::error::Error;

use super::tokens::Need;
use crate::error::ForgeError;

/// Says what went wrong, from the outermost cause to the innermost and without the address, which
/// could hold more than a person should read. A certificate that is not trusted is no lost answer:
/// nothing was sent, and it will be the same tomorrow.
pub(super) fn of(error: &reqwest::Error, repo: &str) -> ForgeError {
    if let Some(tls) = tls(error) {
        let why = format!(
            "the connection is not safe: {tls}; is the certificate's authority set for this forge, and is \
             the clock right?"
        );
        return ForgeError::access(repo, why);
    }
    lost(error)
}

/// A connection that broke, when something may have been sent.
pub(super) fn lost(error: &reqwest::Error) -> ForgeError {
    let what = match error {
        error if error.is_timeout() => "it took too long",
        error if error.is_connect() => "it cannot be connected to",
        _ => "the connection failed",
    };
    let mut why = what.to_owned();
    let mut source = error.source();
    while let Some(cause) = source {
        why = format!("{what}: {cause}");
        source = cause.source();
    }
    ForgeError::Unknown { why }
}

/// Whom an error is about.
pub(super) fn whom<'a>(need: Need<'a>) -> &'a str {
    need.repo.unwrap_or("the forge")
}

/// The TLS library's own error, which hides inside of an I/O error.
fn tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        if let Some(inner) = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref)
            && let Some(found) = tls(inner)
        {
            return Some(found);
        }
        next = cause.source();
    }
    None
}
