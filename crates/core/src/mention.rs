//! What people tell the machine below a pull request: `@fleetwright rebase`.
//!
//! The words are those that fingers know from Dependabot, bors and Renovate. A line counts when it
//! begins with the mention, outside of quotes and code.

use jiff::civil::Date;

/// What a person may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Make the change anew on the base as it is now; people's commits are kept.
    Rebase,
    /// Make the change anew, and let go of what else is on the branch.
    Recreate,
    /// Run red checks again.
    Retry,
    /// Merge as soon as every other gate is open.
    Merge,
    /// Do nothing until `unhold`.
    Hold,
    /// Take a `hold` back.
    Unhold,
    /// Close it; it is not opened again unless asked.
    Close,
    /// Close it, and ask again on that day.
    NotNow(Date),
    /// Close it for good.
    Never,
}

impl Order {
    /// The word a person writes.
    pub fn word(&self) -> &'static str {
        match self {
            Order::Rebase => "rebase",
            Order::Recreate => "recreate",
            Order::Retry => "retry",
            Order::Merge => "merge",
            Order::Hold => "hold",
            Order::Unhold => "unhold",
            Order::Close => "close",
            Order::NotNow(_) => "not-now",
            Order::Never => "never",
        }
    }
}

/// The orders of a comment, in its order. What follows the mention and is no order is left out:
/// people talk about machines, too.
pub fn orders(body: &str, mention: &str) -> Vec<Order> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in body.lines() {
        let text = line.trim_start();
        if text.starts_with("```") || text.starts_with("~~~") {
            fenced = !fenced;
            continue;
        }
        // Four spaces or a tab are code in Markdown.
        let is_code = fenced || line.starts_with("    ") || line.starts_with('\t');
        if !is_code && let Some(rest) = addressed(text, mention) {
            found.extend(order(rest));
        }
    }
    found
}

/// What follows the mention at the beginning of a line.
fn addressed<'a>(text: &'a str, mention: &str) -> Option<&'a str> {
    let rest = text.strip_prefix('@')?;
    let head = rest.get(..mention.len())?;
    let rest = &rest[mention.len()..];
    (head.eq_ignore_ascii_case(mention) && rest.starts_with([' ', '\t', ':', ','])).then(|| &rest[1..])
}

fn order(rest: &str) -> Option<Order> {
    let mut words = rest.split_whitespace();
    let word = words.next()?.trim_matches(['.', '!', ',']).to_ascii_lowercase();
    Some(match word.as_str() {
        "rebase" => Order::Rebase,
        "recreate" => Order::Recreate,
        "retry" => Order::Retry,
        "merge" => Order::Merge,
        "hold" => Order::Hold,
        "unhold" => Order::Unhold,
        "close" => Order::Close,
        "never" => Order::Never,
        // Without a day that can be read nobody knows when: nothing is done rather than the wrong thing.
        "not-now" => Order::NotNow(words.next()?.trim_matches(['.', ',']).parse().ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_begins_with_the_mention_is_an_order() {
        let table: [(&str, &[Order]); 12] = [
            ("@fleetwright rebase", &[Order::Rebase]),
            ("Thanks!\n\n  @Fleetwright: merge.", &[Order::Merge]),
            ("@fleetwright hold\n@fleetwright retry please", &[Order::Hold, Order::Retry]),
            ("@fleetwright not-now 2027-01-31", &[Order::NotNow(Date::constant(2027, 1, 31))]),
            ("@fleetwright not-now", &[]),
            ("@fleetwright not-now soon", &[]),
            ("@fleetwrighter never", &[]),
            ("I would tell @fleetwright never", &[]),
            ("> @fleetwright never", &[]),
            ("```\n@fleetwright never\n```", &[]),
            ("    @fleetwright never", &[]),
            ("@fleetwright is great", &[]),
        ];
        for (body, expected) in table {
            assert_eq!(orders(body, "fleetwright"), expected, "{body:?}");
        }
    }
}
