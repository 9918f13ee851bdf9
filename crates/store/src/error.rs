//! What can go wrong with the database.

/// The database could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database itself failed.
    #[error(
        "the database failed: {0}\n  try: free disk space if it is full, then run the command again; `fleetwright doctor` checks it"
    )]
    Database(#[from] sqlx::Error),
    /// The file could not be opened as a database.
    #[error(
        "{path} could not be opened: {why}\n  try: check the path, its permissions and the free space there, or set `database:` in fleetwright.yaml"
    )]
    Open {
        /// The file.
        path: String,
        /// Why not.
        why: String,
    },
    /// SQLite is older than the first version without the WAL-reset defect.
    #[error(
        "SQLite {found} can lose commits in WAL mode; 3.51.3 or later is needed\n  try: a build with the bundled SQLite"
    )]
    OldSqlite {
        /// The version found.
        found: String,
    },
    /// The database was written by a newer program.
    #[error(
        "{path} has schema {found}, and this program knows up to {known}\n  try: a newer fleetwright, or another database file"
    )]
    NewerSchema {
        /// The file.
        path: String,
        /// The schema's number.
        found: i64,
        /// The newest number this program knows.
        known: i64,
    },
    /// What is stored does not read as what it should be.
    #[error("the database holds {what} that cannot be read: {why}\n  try: `fleetwright doctor`")]
    Corrupt {
        /// What it should be.
        what: &'static str,
        /// Why it cannot be read.
        why: String,
    },
    /// Somebody else took over the work that this write belongs to.
    #[error("the lease on {name} was lost to another process; nothing was written")]
    LeaseLost {
        /// The lease.
        name: String,
    },
    /// Somebody else is at this work.
    #[error("{name} is being worked on by {holder}\n  try: wait for it, or `fleetwright shift status`")]
    Leased {
        /// The lease.
        name: String,
        /// Who holds it.
        holder: String,
    },
    /// The answer of a commit did not arrive.
    #[error(
        "the answer of a commit was lost: {0}\n  try: run the command again, it goes on where it stopped"
    )]
    AnswerLost(String),
    /// A snapshot is not kept.
    #[error("there is no snapshot {id}: {kept}\n  try: ask without `--snapshot` for a new one")]
    NoSnapshot {
        /// Its number.
        id: i64,
        /// Which ones are there.
        kept: String,
    },
    /// A question that cannot be answered.
    #[error("the question has no answer: {why}\n  try: {remedy}")]
    Question {
        /// Why not.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// The writer has ended.
    #[error("the database writer has ended\n  try: run the command again")]
    Closed,
}

impl StoreError {
    pub(crate) fn corrupt(what: &'static str, why: impl std::fmt::Display) -> Self {
        StoreError::Corrupt { what, why: why.to_string() }
    }
}
