//! How fast, when and how urgently a shift opens pull requests.

use serde::{Deserialize, Serialize};

use crate::budget::Lane;
use crate::calendar::{self, Calendar, Day, Freeze, WindowError};
use crate::pace::Caps;

/// How fast, when and how urgently a shift opens pull requests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rollout {
    /// How many at once and an hour.
    #[serde(default)]
    pub pace: Pace,
    /// When pull requests may be opened and merged; empty means always.
    #[serde(default)]
    pub windows: Vec<Window>,
    /// Which lane of the forge's budget the shift takes.
    #[serde(default)]
    pub priority: Lane,
}

/// How many pull requests at once and an hour.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pace {
    /// The most this shift opens within any hour.
    #[serde(default)]
    pub per_hour: Option<u32>,
    /// The most of this shift that are open at once.
    #[serde(default)]
    pub max_open: Option<u32>,
    /// The most of all shifts that are open at once in the repositories of one owner.
    #[serde(default)]
    pub max_open_per_owner: Option<u32>,
    /// The most checks of all shifts that run at once when one more is opened.
    #[serde(default)]
    pub max_pending_checks: Option<u32>,
}

impl Pace {
    /// Each cap with its key.
    pub(super) fn caps_by_key(&self) -> [(&'static str, Option<u32>); 4] {
        [
            ("perHour", self.per_hour),
            ("maxOpen", self.max_open),
            ("maxOpenPerOwner", self.max_open_per_owner),
            ("maxPendingChecks", self.max_pending_checks),
        ]
    }

    /// The caps in force, with the defaults for what is not said.
    pub fn caps(&self) -> Caps {
        Caps {
            per_hour: self.per_hour,
            of_shift: self.max_open,
            of_owner: self.max_open_per_owner,
            pending_checks: self.max_pending_checks,
            ..Caps::default()
        }
    }
}

/// A stretch of the week in which pull requests may be opened and merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Window {
    /// Days of the week, such as `mon`.
    pub days: Vec<Day>,
    /// When it opens, such as `09:00`.
    pub start: String,
    /// When it closes on the same day, such as `16:00`; `24:00` is the day's end.
    pub end: String,
    /// The IANA name of the zone these times are in, such as `Europe/Stockholm`.
    pub zone: String,
}

impl Window {
    /// The window, ready to be asked.
    ///
    /// # Errors
    /// Names the key that does not fit.
    pub fn opening(&self) -> Result<calendar::Window, WindowError> {
        calendar::Window::new(&self.days, (&self.start, &self.end), &self.zone)
    }
}

impl Rollout {
    /// When the shift may act, with the freezes that hold for everybody.
    ///
    /// # Errors
    /// Names the key of a window that does not fit; a shift that was read has none.
    pub fn calendar(&self, freezes: Vec<Freeze>) -> Result<Calendar, WindowError> {
        let windows = self.windows.iter().map(Window::opening).collect::<Result<_, _>>()?;
        Ok(Calendar { windows, freezes })
    }
}
