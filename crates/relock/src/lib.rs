//! Which command of which tool brings a lockfile up to date, and what that tool needs.
//!
//! Pure: nothing is run here.
