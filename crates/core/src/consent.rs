//! The rule of two persons: what merges by itself on many targets needs somebody besides its author.

use serde::Serialize;

/// Who stands behind a shift as it is now, and whether that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Consent {
    /// The configuration has no such rule.
    NotAsked,
    /// The rule is there, and it could not be found out who approved.
    Unknown,
    /// The rule is there.
    Asked(Stands),
}

/// Who stands behind a shift as it is at its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stands {
    /// Up to so many targets nobody else is needed.
    pub above: u64,
    /// How many targets the shift has.
    pub targets: u64,
    /// Everybody who planned or applied it as it is.
    pub authors: Vec<String>,
    /// Everybody who approved it as it is.
    pub approvers: Vec<String>,
}

impl Consent {
    /// The verdict: what was found, or why it may not merge by itself.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn verdict(&self) -> Result<String, String> {
        match self {
            Consent::NotAsked => Ok("not asked for".to_owned()),
            Consent::Unknown => Err("it is not known who approved the shift".to_owned()),
            Consent::Asked(stands) => stands.verdict(),
        }
    }
}

impl Stands {
    /// Somebody who approved and is no author. Names that differ in their case only are one person's.
    pub fn second(&self) -> Option<&str> {
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        let is_other = |name: &&String| !self.authors.iter().any(|author| same(author, name));
        self.approvers.iter().find(is_other).map(String::as_str)
    }

    fn verdict(&self) -> Result<String, String> {
        let Stands { above, targets, authors, .. } = self;
        if targets <= above {
            return Ok(format!("{targets} of up to {above} targets without a second person"));
        }
        let many = format!("{targets} targets are more than {above}");
        match (authors.as_slice(), self.second()) {
            // Whoever approves could be the author.
            ([], _) => Err(format!("{many}, and it is not known who applied the shift: apply it again")),
            (_, Some(name)) => Ok(format!("{many}: approved by {name}")),
            (authors, None) => {
                Err(format!("{many}: somebody other than {} has to approve it", authors.join(", ")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands(targets: u64, authors: &[&str], approvers: &[&str]) -> Consent {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Consent::Asked(Stands { above: 100, targets, authors: names(authors), approvers: names(approvers) })
    }

    #[test]
    fn many_targets_need_somebody_besides_every_author() {
        let table = [
            (stands(100, &["ada"], &[]), true),
            (stands(0, &[], &[]), true),
            (stands(101, &["ada"], &[]), false),
            (stands(101, &["ada"], &["ada"]), false),
            (stands(101, &["ada"], &["Ada"]), false),
            (stands(101, &["ada"], &["bob"]), true),
            (stands(101, &["ada", "bob"], &["bob"]), false),
            (stands(101, &["ada", "bob"], &["bob", "eve"]), true),
            (stands(101, &[], &["bob"]), false),
            (Consent::Unknown, false),
            (Consent::NotAsked, true),
        ];
        for (consent, good) in table {
            assert_eq!(consent.verdict().is_ok(), good, "{consent:?}: {:?}", consent.verdict());
        }
    }
}
