//! Tags, digests and refs: there is no range in them, and only some have an order.

use std::cmp::Ordering;

use fleetwright_package::{Ecosystem, compare};

use super::asked::{Asked, Stand};
use super::raise::like;

/// A tag or ref, and the digest or commit that pins it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Parts<'a> {
    tag: Option<&'a str>,
    pin: Option<&'a str>,
}

/// Whether it is a full commit of git.
pub(crate) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_pin(text: &str) -> bool {
    is_commit(text) || text.contains(':')
}

fn parts(text: &str) -> Parts<'_> {
    match text.split_once('@') {
        Some((tag, pin)) => Parts { tag: Some(tag).filter(|tag| !tag.is_empty()), pin: Some(pin) },
        None if is_pin(text) => Parts { tag: None, pin: Some(text) },
        None => Parts { tag: Some(text), pin: None },
    }
}

/// How a tag, digest or ref stands to the wanted one.
pub(crate) fn stand(asked: &Asked<'_>) -> Stand {
    let (old, to) = (parts(asked.text), parts(asked.to));
    match (old.tag, to.tag) {
        (Some(tag), Some(wanted)) => tags(asked, (tag, old.pin), (wanted, to.pin)),
        (None, None) if old.pin == to.pin => Stand::At,
        (None, _) if old.pin.is_some() && old.pin == to.pin => Stand::At,
        // Which version a digest is, nobody can tell from it.
        (None, _) => Stand::Below,
        (Some(tag), None) => Stand::Unknown(format!("it names the tag `{tag}`; give `to: TAG@DIGEST`")),
    }
}

fn tags(asked: &Asked<'_>, (tag, pin): (&str, Option<&str>), (to, to_pin): (&str, Option<&str>)) -> Stand {
    let same_pin = pin.is_none() || pin == to_pin;
    if tag == to || like(tag, to) == tag {
        return if same_pin { Stand::At } else { Stand::Below };
    }
    match compare(asked.ecosystem, tag, to) {
        Some(Ordering::Equal) if same_pin => Stand::At,
        Some(Ordering::Equal | Ordering::Less) => Stand::Below,
        Some(Ordering::Greater) => Stand::Above,
        // It is one of those that the wanted tag is the newest of.
        None if moves_to(to, tag) && same_pin => Stand::At,
        None if moves_to(tag, to) && pin.is_none() => Stand::Allows,
        None if moves_to(tag, to) => {
            Stand::Unknown(format!("the pinned `{tag}` may be {to} or newer already"))
        }
        None => Stand::Unknown(no_order(asked.ecosystem, tag, to)),
    }
}

/// Whether a tag with fewer numbers, such as `v4`, is whatever is newest of those it begins, such as `v4.1.0`.
fn moves_to(tag: &str, to: &str) -> bool {
    let bare = |text: &'_ str| text.strip_prefix('v').unwrap_or(text).to_owned();
    let (tag, to) = (bare(tag), bare(to));
    let (tag, suffix) = tag.split_once('-').unwrap_or((&tag, ""));
    let (to, wanted) = to.split_once('-').unwrap_or((&to, ""));
    suffix == wanted && to.strip_prefix(tag).is_some_and(|rest| rest.starts_with('.'))
}

fn no_order(ecosystem: Ecosystem, tag: &str, to: &str) -> String {
    let suffix =
        |text: &str| text.split_once('-').map_or_else(String::new, |(_, suffix)| format!("-{suffix}"));
    let (old, new) = (suffix(tag), suffix(to));
    match ecosystem {
        Ecosystem::Image if old != new => {
            let shown =
                |ending: &str| if ending.is_empty() { "nothing".to_owned() } else { format!("`{ending}`") };
            let (old, new) = (shown(&old), shown(&new));
            format!("`{tag}` ends in {old} and `{to}` in {new}; give a tag with the same ending")
        }
        _ => format!("`{tag}` and `{to}` have no order, so that it might be lowered"),
    }
}

/// What is written in place of a tag, digest or ref, in the same form.
///
/// # Errors
/// Why that cannot be done.
pub(crate) fn raised(asked: &Asked<'_>) -> Result<String, String> {
    let (old, to) = (parts(asked.text), parts(asked.to));
    match (old.tag, old.pin, to.tag, to.pin) {
        (Some(tag), None, Some(wanted), _) if moves_to(tag, wanted) => {
            Err(format!("`{tag}` is whatever is newest of its kind"))
        }
        (Some(tag), None, Some(wanted), _) => Ok(like(tag, wanted)),
        (Some(tag), Some(_), Some(wanted), Some(pin)) => Ok(format!("{}@{pin}", like(tag, wanted))),
        (None, Some(_), _, Some(pin)) => Ok(pin.to_owned()),
        (_, Some(_), Some(wanted), None) => {
            let (what, pin) = match asked.ecosystem {
                Ecosystem::Image => ("a digest", "sha256:..."),
                _ => ("a commit", "COMMIT"),
            };
            Err(format!("it is pinned by {what}; give `to: {wanted}@{pin}`"))
        }
        _ => Err(format!("`{}` cannot be written in place of `{}`", asked.to, asked.text)),
    }
}
