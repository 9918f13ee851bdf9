//! The words of `grep`.

use clap::Args as ClapArgs;

/// What is told below the words.
pub(super) const AFTER: &str = "\
The pattern is a regular expression as ripgrep has it; a match never crosses lines. Prints
`repo:path:line:text`; a file that lies in many places is shown once.

Exit codes: 0 found; 1 everything was looked at and nothing was found; 3 nothing was found, and
not everything could be looked at (stderr says what); 2 a bad pattern or bad words.

Examples:
  fleetwright grep 'log4j.*2\\.14' --path '**/pom.xml'
  fleetwright grep -F 'http://old.example.com' --repo 'acme/*' --count
  fleetwright grep --ast 'Thread.sleep($A)' --lang java -C 2";

#[derive(Debug, ClapArgs)]
pub(crate) struct GrepArgs {
    /// What to look for
    #[arg(allow_hyphen_values = true)]
    pub(crate) pattern: String,
    /// Take the pattern as it is, not as a regular expression
    #[arg(long, short = 'F', conflicts_with = "ast")]
    pub(crate) fixed: bool,
    /// Small and capital letters are the same
    #[arg(long, short = 'i', conflicts_with = "ast")]
    pub(crate) ignore_case: bool,
    /// Only whole words
    #[arg(long, short = 'w', conflicts_with = "ast")]
    pub(crate) word: bool,
    /// The pattern is code with `$A` for one piece and `$$$A` for many, found by its syntax tree
    #[arg(long, requires = "lang")]
    pub(crate) ast: bool,
    /// The language of the code
    #[arg(long, value_name = "LANGUAGE", requires = "ast")]
    pub(crate) lang: Option<String>,
    /// In these repositories: a name or a glob such as 'acme/*'; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub(crate) repo: Vec<String>,
    /// In these paths, such as '**/*.java'; `*` stays within a folder; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub(crate) path: Vec<String>,
    /// Lines to show after a match
    #[arg(long, short = 'A', value_name = "N", value_parser = lines())]
    pub(crate) after: Option<u32>,
    /// Lines to show before a match
    #[arg(long, short = 'B', value_name = "N", value_parser = lines())]
    pub(crate) before: Option<u32>,
    /// Lines to show before and after a match
    #[arg(long, short = 'C', value_name = "N", value_parser = lines())]
    pub(crate) context: Option<u32>,
    /// Print how many lines match, per repository and in all
    #[arg(long, short = 'c', conflicts_with = "files")]
    pub(crate) count: bool,
    /// Print the paths of files that match, and nothing else
    #[arg(long, short = 'l')]
    pub(crate) files: bool,
    /// Name every place of a file that lies in many
    #[arg(long)]
    pub(crate) all_places: bool,
    /// The most matching lines; with --files the most files. 1,000 when absent; counting has no limit
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// The longest time, such as 30s or 2m
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time)]
    pub(crate) time: std::time::Duration,
    /// Also files over 1 MiB, which are not in the index; a --path that fits them finds them too
    #[arg(long)]
    pub(crate) large: bool,
    /// Ask the state of the index with this number, which --json prints, while it is kept
    #[arg(long, value_name = "ID")]
    pub(crate) snapshot: Option<u64>,
    /// Print comma-separated values: repo, path, line, column, text
    #[arg(long, conflicts_with_all = ["count", "files"])]
    pub(crate) csv: bool,
}

fn lines() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(..=1000)
}

fn time(text: &str) -> Result<std::time::Duration, String> {
    let units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];
    let parsed = units.iter().find_map(|(unit, milliseconds)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(*milliseconds)
    });
    let most = 24 * 3_600_000;
    match parsed {
        Some(time) if (1..=most).contains(&time) => Ok(std::time::Duration::from_millis(time)),
        _ => Err("write a number and ms, s, m or h, up to 24h: `30s`".to_owned()),
    }
}
