//! A file's text to its rules, line by line as the service reads it.

use crate::file::{Flavour, MAX_BYTES, MAX_RULES, Owners};
use crate::{gitea, github, gitlab};

impl Owners {
    /// Reads a file. A line that cannot be read is a finding and says nothing else.
    pub fn read(flavour: Flavour, file: &str, text: &str) -> Owners {
        let mut owners = Owners::empty(flavour, file);
        if text.len() > MAX_BYTES {
            let message =
                format!("the file has {} bytes, more than {MAX_BYTES}, so no service reads it", text.len());
            owners.find(0, message, "join rules with patterns");
            return owners;
        }
        for (at, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
            if owners.rules.len() >= MAX_RULES {
                owners.find(
                    at + 1,
                    format!("the file has more than {MAX_RULES} rules"),
                    "join rules with patterns",
                );
                break;
            }
            match flavour {
                Flavour::GitHub => github::line(&mut owners, at + 1, line),
                Flavour::GitLab => gitlab::line(&mut owners, at + 1, line),
                Flavour::Gitea => gitea::line(&mut owners, at + 1, line),
            }
        }
        owners
    }
}
