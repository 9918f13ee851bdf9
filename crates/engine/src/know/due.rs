//! An address that is to be brought up to date, and what becomes of what was had.

use fleetwright_catalog::Finding;
use fleetwright_store::FetchedRow;

use super::followed::{Address, Use};

/// The most bytes of the texts of all addresses, those of the fleet's own files included.
const MAX_BYTES: usize = 64 << 20;

/// An address to be brought up to date.
pub(super) struct Due {
    /// Its name.
    pub(super) key: String,
    /// Where it is.
    pub(super) address: Address,
    /// What it is for.
    pub(super) purpose: Use,
    /// What is known of it.
    pub(super) old: Option<FetchedRow>,
}

impl Due {
    /// The row when the newest version cannot be had: the last good one stays.
    pub(super) fn failed(&self, fault: String, remedy: &str, missing: bool) -> FetchedRow {
        let old = self.old.clone().unwrap_or_default();
        FetchedRow { address: self.key.clone(), fault, remedy: remedy.to_owned(), missing, ..old }
    }

    /// The row of a text: itself, unless it is a bad catalog file and the one before was good.
    pub(super) fn taken(&self, text: String, tag: String) -> FetchedRow {
        let new = FetchedRow { address: self.key.clone(), tag, text: Some(text), ..FetchedRow::default() };
        let before = self.old.as_ref().and_then(|old| old.text.as_deref());
        match (self.wrong(new.text.as_deref()), before) {
            (Some(wrong), Some(before)) if self.wrong(Some(before)).is_none() => {
                // With its old tag it is read again until it is mended.
                let place = if wrong.key.is_empty() { String::new() } else { format!("{}: ", wrong.key) };
                let fault = format!("line {}: {place}{}", wrong.line, wrong.message);
                self.failed(fault, &wrong.remedy, false)
            }
            _ => new,
        }
    }

    /// The first thing that is wrong with a catalog file.
    fn wrong(&self, text: Option<&str>) -> Option<Finding> {
        let text = text.filter(|_| self.purpose == Use::Catalog)?;
        fleetwright_catalog::read(&self.key, text).into_iter().find_map(Result::err)
    }
}

/// The room for all texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    left: usize,
}

impl Default for Room {
    fn default() -> Self {
        Room { left: MAX_BYTES }
    }
}

impl Room {
    /// The row, without its text if there is no room for it.
    pub(super) fn keep(&mut self, due: &Due, row: FetchedRow) -> FetchedRow {
        match self.left.checked_sub(row.text.as_ref().map_or(0, String::len)) {
            Some(left) => {
                self.left = left;
                row
            }
            None => {
                let fault = format!("the files of all addresses have more than {MAX_BYTES} bytes");
                let full = due.failed(fault, "name fewer or smaller files", false);
                FetchedRow { tag: String::new(), text: None, ..full }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_not_given_twice() {
        let due = Due {
            key: "7:a".into(),
            address: Address::File(7, "a".into()),
            purpose: Use::Content,
            old: None,
        };
        let mut room = Room { left: 10 };
        let kept = |room: &mut Room, text: &str| {
            let row = room.keep(&due, due.taken(text.to_owned(), "tag".to_owned()));
            (row.text.is_some(), row.fault.is_empty())
        };
        assert_eq!(kept(&mut room, "1234567"), (true, true));
        assert_eq!(kept(&mut room, "1234"), (false, false));
        assert_eq!(kept(&mut room, "123"), (true, true));
    }
}
