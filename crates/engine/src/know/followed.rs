//! What addresses of Locations are called, and what following them came by.

use std::collections::{BTreeMap, HashMap, HashSet};

use fleetwright_catalog::{Finding, SourceFile};
use reqwest::Url;

use super::places::place;

/// Where something is that a Location names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// On the network.
    Net(Url),
    /// A file of a repository of the fleet, by its row.
    File(i64, String),
    /// Files of a repository of the fleet that fit a pattern.
    Files(i64, String),
}

impl Address {
    /// The address as a person would write it.
    pub(super) fn shown(&self) -> String {
        match self {
            Address::Net(url) => url.to_string(),
            Address::File(_, path) | Address::Files(_, path) => path.clone(),
        }
    }

    /// Its name in the database and in findings.
    pub(super) fn key(&self) -> String {
        match self {
            Address::Net(url) => url.to_string(),
            Address::File(repo, path) | Address::Files(repo, path) => format!("{repo}:{path}"),
        }
    }
}

/// What is wanted of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Entities.
    Catalog,
    /// Whatever it holds: a placeholder stands for it, or it is a list of files.
    Content,
}

/// What a walk came by.
#[derive(Default)]
pub(super) struct Followed {
    /// The files, in the order they were come by.
    pub(super) files: Vec<SourceFile>,
    /// Every address that must be known, and what for.
    pub(super) named: BTreeMap<String, (Address, Use)>,
    /// Where a finding about a fetched file is to be told: at the Location that led to it, by the
    /// file's name.
    pub(super) homes: HashMap<String, Finding>,
}

impl Followed {
    /// The files that are not among `files` already, which the catalog has by another way.
    pub(super) fn beside(&self, files: &[SourceFile]) -> Vec<SourceFile> {
        if self.files.is_empty() {
            return Vec::new();
        }
        let own: HashSet<&str> = files.iter().map(|file| file.location.as_str()).collect();
        self.files.iter().filter(|file| !own.contains(file.location.as_str())).cloned().collect()
    }

    /// A finding as it is told: one about a file of the network at the Location of a repository that led
    /// to it.
    pub(super) fn at_home(&self, finding: &Finding) -> Finding {
        let Some(home) = self.homes.get(&finding.file) else { return finding.clone() };
        let line = if finding.line == 0 { String::new() } else { format!(":{}", finding.line) };
        let key = if finding.key.is_empty() { String::new() } else { format!("{}: ", finding.key) };
        Finding {
            message: format!("{}{line}: {key}{}", finding.file, finding.message),
            remedy: finding.remedy.clone(),
            ..home.clone()
        }
    }

    /// What is wrong where no repository can be told of it: with Locations beside the configuration.
    pub(super) fn homeless(&self) -> impl Iterator<Item = Finding> {
        let wrong = self.files.iter().flat_map(|file| &file.rows).filter_map(|row| row.as_ref().err());
        wrong.map(|finding| self.at_home(finding)).filter(|finding| place(&finding.file).is_none())
    }
}
