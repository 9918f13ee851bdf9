//! Who may do what: people, robots, and their tokens.

use std::collections::{BTreeMap, BTreeSet};

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// A person.
    User,
    /// A robot, such as a GitHub App's.
    Bot,
    /// An organisation or group.
    Organization,
}

/// Somebody who owns repositories or acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The forge's number for it.
    pub id: u64,
    /// Its name in addresses.
    pub login: String,
    /// What it is.
    pub kind: AccountKind,
    /// The name people read.
    pub name: String,
    /// The public address of e-mail.
    pub email: Option<String>,
}

impl Account {
    /// An account whose name is that in addresses.
    pub fn new(id: u64, login: &str, kind: AccountKind) -> Account {
        Account { id, login: login.to_owned(), kind, name: login.to_owned(), email: None }
    }
}

/// An area of permissions, in GitHub's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// That repositories are there at all, their names and topics.
    Metadata,
    /// Files, commits, branches.
    Contents,
    /// Pull requests, their comments, labels and reviews.
    Pulls,
    /// Files below `.github/workflows`.
    Workflows,
    /// Check runs.
    Checks,
    /// Commit statuses.
    Statuses,
    /// Issues and their comments.
    Issues,
    /// Branch protection and settings.
    Administration,
    /// Teams and who is in them.
    Members,
}

impl Scope {
    /// Every scope there is.
    pub const ALL: [Scope; 9] = [
        Scope::Metadata,
        Scope::Contents,
        Scope::Pulls,
        Scope::Workflows,
        Scope::Checks,
        Scope::Statuses,
        Scope::Issues,
        Scope::Administration,
        Scope::Members,
    ];

    /// GitHub's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Scope::Metadata => "metadata",
            Scope::Contents => "contents",
            Scope::Pulls => "pull_requests",
            Scope::Workflows => "workflows",
            Scope::Checks => "checks",
            Scope::Statuses => "statuses",
            Scope::Issues => "issues",
            Scope::Administration => "administration",
            Scope::Members => "members",
        }
    }

    /// The scope of a word.
    pub fn from_word(word: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// How far a permission reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Looking.
    Read,
    /// Changing; includes looking.
    Write,
}

/// Which repositories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Every one there is.
    All,
    /// Every one of an owner.
    Owner(String),
    /// These, by the forge's number.
    Repos(BTreeSet<u64>),
}

/// What a token may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Where.
    pub reach: Reach,
    /// What.
    pub scopes: BTreeMap<Scope, Level>,
}

impl Grant {
    /// Everything, everywhere.
    pub fn everything() -> Grant {
        let scopes = Scope::ALL.into_iter().map(|scope| (scope, Level::Write)).collect();
        Grant { reach: Reach::All, scopes }
    }

    /// Whether a scope is granted to a level.
    pub fn allows(&self, scope: Scope, level: Level) -> bool {
        match self.scopes.get(&scope) {
            Some(granted) => *granted >= level,
            // GitHub gives this to every token that has anything.
            None => scope == Scope::Metadata && level == Level::Read,
        }
    }

    /// Whether a repository is within reach.
    pub fn reaches(&self, owner: &str, repo: u64) -> bool {
        match &self.reach {
            Reach::All => true,
            Reach::Owner(name) => name.eq_ignore_ascii_case(owner),
            Reach::Repos(ids) => ids.contains(&repo),
        }
    }
}

/// The kind of a token, which decides how a refusal is worded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A personal access token of the old kind (`ghp_`), or a GitLab or Gitea token.
    Personal,
    /// A fine-grained personal access token (`github_pat_`).
    FineGrained,
    /// Minted by an App for one installation (`ghs_`).
    Installation {
        /// The installation.
        installation: u64,
    },
}

/// A token and what it is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Who it speaks for.
    pub login: String,
    /// Its kind.
    pub kind: TokenKind,
    /// What it may do.
    pub grant: Grant,
    /// When it ends, in milliseconds since 1970 UTC.
    pub expires: Option<i64>,
}

impl Credential {
    /// Whose budget its requests are taken from: a user has one over all tokens, an installation
    /// its own.
    pub fn budget(&self) -> String {
        match self.kind {
            TokenKind::Installation { installation } => format!("installation {installation}"),
            TokenKind::Personal | TokenKind::FineGrained => format!("user {}", self.login),
        }
    }
}
