//! Questions about dependencies.

mod list;
mod named;
mod skew;
mod who;
mod whose;

pub use list::list;
pub use named::named;
pub use skew::{Skewed, skew};
pub use who::{Found, Who, used_in, who};
