//! Secrets: nothing that leaves this machine may carry one.
//!
//! [`find`] knows secrets by their looks, in plain text and behind URL-encoding, JSON's escapes,
//! base64 and hex, one in the other. A [`Redactor`] also knows the very secrets that are in use,
//! and takes them out of texts and streams; a [`Keyring`] is the one that a whole process shares. All
//! of it takes time linear in the text.

mod format;
mod keyring;
mod looks;
mod redact;
mod span;
mod view;

pub use keyring::Keyring;
pub use looks::{find, mask};
pub use redact::{Redaction, Redactor};

#[cfg(test)]
mod tests;
