//! How a requirement stands to a version, and how it is rewritten so as to mean at least that version.
//!
//! The heart: the operator and the number of digits are kept where the result still means at least the wanted
//! version; an upper end that is written out is never dropped.

mod asked;
mod bracket;
mod clause;
mod raise;
mod reference;

use std::cmp::Ordering;

use fleetwright_package::{Ecosystem, Range};

pub(crate) use asked::{Asked, Stand};
use asked::{gradle_prefix, is_open};
pub(crate) use reference::is_commit;

impl Asked<'_> {
    /// How the requirement stands to the version.
    pub(crate) fn stand(&self) -> Stand {
        if self.is_reference() {
            return reference::stand(self);
        }
        let text = self.text.trim();
        if is_open(text) {
            return Stand::Allows;
        }
        if let Some(prefix) = gradle_prefix(self.ecosystem, text) {
            return self.prefixed(prefix);
        }
        let Some(floor) = self.floor() else { return self.without_floor() };
        match self.compare(&floor) {
            Some(Ordering::Equal) if self.allows() != Some(false) => Stand::At,
            Some(Ordering::Greater) => Stand::Above,
            Some(_) => self.by_range(),
            None => Stand::Unknown(format!("`{floor}` and `{}` have no order", self.to)),
        }
    }

    /// The requirement rewritten so that it means at least the version.
    ///
    /// # Errors
    /// Why that cannot be done.
    pub(crate) fn raised(&self) -> Result<String, String> {
        let new = match self.is_reference() {
            true => reference::raised(self),
            false => raise::raised(self),
        }?;
        let written = Asked { text: &new, ..*self };
        let allows = || written.is_reference() || new.ends_with('+') || written.allows() == Some(true);
        match written.stand() {
            Stand::At if allows() => Ok(new),
            _ => Err(format!(
                "`{}` cannot say `{}` or newer in its form; write it by hand",
                self.text, self.to
            )),
        }
    }

    /// Whether it is a tag, a digest or a ref of git instead of a requirement.
    fn is_reference(&self) -> bool {
        let tags = matches!(self.ecosystem, Ecosystem::Image | Ecosystem::Actions | Ecosystem::GitLab);
        tags || (self.ecosystem == Ecosystem::Terraform && reference::is_commit(self.text))
    }

    fn by_range(&self) -> Stand {
        match self.allows() {
            Some(true) => Stand::Allows,
            Some(false) => Stand::Below,
            None => Stand::Unknown(format!("`{}` cannot be held against {}", self.text, self.to)),
        }
    }

    /// Where no lower end is written, or several alternatives are.
    fn without_floor(&self) -> Stand {
        match Range::parse(self.ecosystem, &self.plain()) {
            Ok(_) => self.by_range(),
            Err(_) => Stand::Unknown(format!("`{}` is no requirement of versions that is known", self.text)),
        }
    }

    /// Gradle's `1.+`: whatever begins with `1.`.
    fn prefixed(&self, prefix: &str) -> Stand {
        let bare = prefix.trim_end_matches('.');
        match self.compare(bare) {
            Some(Ordering::Equal) => Stand::At,
            _ if self.to.starts_with(prefix) => Stand::Allows,
            Some(Ordering::Less) => Stand::Below,
            Some(Ordering::Greater) => Stand::Above,
            None => Stand::Unknown(format!("`{bare}` and `{}` have no order", self.to)),
        }
    }
}
