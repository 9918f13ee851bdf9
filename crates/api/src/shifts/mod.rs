//! Shifts: listed, looked at from near, planned, applied, and a person's word about them.

mod control;
mod file;
mod list;
mod look;
mod plan;
mod status;
mod targets;

pub use control::{Approve, Approved, Close, Control, Counted, Merge, Retry, SetControl, Standing};
pub use file::{Attached, ShiftFile};
pub use list::{List, Summary};
pub use look::{Diff, Gate, Log, Logged, Logs, Near, Patch, Why};
pub use plan::{Applied, Apply, Cluster, Plan, Planned, Round};
pub use status::{Budget, Continue, Count, LeftOut, Moved, Status, StatusOf, Used};
pub use targets::{Target, Targets};

use crate::route::Route;

/// The calls about shifts.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::of::<List>(),
        Route::of::<StatusOf>(),
        Route::of::<Targets>(),
        Route::of::<Why>(),
        Route::of::<Diff>(),
        Route::of::<Logs>(),
        Route::of::<Continue>(),
        Route::of::<SetControl>(),
        Route::of::<Retry>(),
        Route::of::<Close>(),
        Route::of::<Merge>(),
        Route::of::<Approve>(),
        Route::of::<Plan>(),
        Route::of::<Apply>(),
    ]
}
