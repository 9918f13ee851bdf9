//! The words by which pull requests are searched for.

use fleetwright_forge::Standing;
use globset::GlobMatcher;

/// Which open pull requests are wanted: all words have to fit.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    authors: Vec<String>,
    labels: Vec<String>,
    heads: Vec<GlobMatcher>,
}

impl Sought {
    /// Reads `author:NAME`, `label:NAME` and `head:BRANCH`, divided by spaces; a value with spaces stands in
    /// double quotes, and a branch may be a glob such as `tool/*`.
    ///
    /// # Errors
    /// A sentence about a word that is none of these.
    pub fn read(text: &str) -> Result<Sought, String> {
        let mut sought = Sought::default();
        for word in words(text) {
            let (key, value) =
                word.split_once(':').filter(|(_, value)| !value.is_empty()).unwrap_or((&word, ""));
            match (key, value) {
                (_, "") => return Err(format!("`{word}` is no word to search by; {KNOWN}")),
                ("author", name) => sought.authors.push(name.trim_start_matches('@').to_owned()),
                ("label", name) => sought.labels.push(name.to_owned()),
                ("head", branch) => {
                    let glob =
                        globset::Glob::new(branch).map_err(|error| format!("head:{branch}: {error}"))?;
                    sought.heads.push(glob.compile_matcher());
                }
                (key, _) => return Err(format!("`{key}:` cannot be searched by; {KNOWN}")),
            }
        }
        let is_empty = sought.authors.is_empty() && sought.labels.is_empty() && sought.heads.is_empty();
        if is_empty { Err(format!("there is no word to search by; {KNOWN}")) } else { Ok(sought) }
    }

    /// Whether a pull request is wanted: any of the authors, all of the labels, any of the branches.
    pub fn fits(&self, pull: &Standing) -> bool {
        let same = |a: &String, b: &String| a.eq_ignore_ascii_case(b);
        (self.authors.is_empty() || self.authors.iter().any(|author| same(author, &pull.author)))
            && self.labels.iter().all(|label| pull.labels.iter().any(|has| same(label, has)))
            && (self.heads.is_empty() || self.heads.iter().any(|head| head.is_match(&pull.branch)))
    }
}

/// What can be said.
const KNOWN: &str = "there are `author:NAME`, `label:NAME` and `head:BRANCH`, as in 'author:bot head:tool/*'";

/// Divides at spaces outside of double quotes.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pull(branch: &str, author: &str, labels: &[&str]) -> Standing {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        Standing { number: 1, branch: branch.to_owned(), author: author.to_owned(), labels }
    }

    #[test]
    fn all_words_have_to_fit() {
        let sought = Sought::read("author:@Bot label:\"good one\" head:tool/* head:fix").unwrap();
        assert!(sought.fits(&pull("tool/a", "bot", &["x", "Good one"])));
        assert!(sought.fits(&pull("fix", "bot", &["good one"])));
        for other in [
            pull("other", "bot", &["good one"]),
            pull("fix", "ann", &["good one"]),
            pull("fix", "bot", &["good"]),
        ] {
            assert!(!sought.fits(&other), "{other:?}");
        }
    }

    #[test]
    fn what_cannot_be_searched_by_is_said() {
        for bad in ["", "  ", "tool", "author:", "milestone:1", "head:[", ":x"] {
            let told = Sought::read(bad).unwrap_err();
            assert!(told.len() > 10, "{bad:?}: {told}");
        }
    }
}
