//! What can go wrong with the database.

/// The database could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database itself failed.
    #[error(
        "the database failed: {0}\n  try: run the command again; `fleetwright doctor` checks the database"
    )]
    Database(sqlx::Error),
    /// There is no room left where the database is.
    #[error(
        "the disk of the database is full: nothing was written ({0})\n  try: free disk space; reading goes on, and writing as soon as there is room"
    )]
    Full(String),
    /// The database server is gone, or does not answer.
    #[error(
        "the database cannot be reached: {0}\n  try: start its server, or check the network and `database:` in fleetwright.yaml"
    )]
    Unreachable(String),
    /// The file could not be opened as a database.
    #[error(
        "{path} could not be opened: {why}\n  try: check the place, its permissions and the free space there, or set `database:` in fleetwright.yaml"
    )]
    Open {
        /// The file.
        path: String,
        /// Why not.
        why: String,
    },
    /// The server is of a version or a setting that does not do.
    #[error("{place} does not do: {why}\n  try: {remedy}")]
    Unfit {
        /// The database.
        place: String,
        /// Why not.
        why: String,
        /// What to do.
        remedy: String,
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

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            error if is_full(&error) => StoreError::Full(error.to_string()),
            error if is_cut_off(&error) => StoreError::Unreachable(error.to_string()),
            other => StoreError::Database(other),
        }
    }
}

impl StoreError {
    /// The same for everybody who waited for one commit; `None` where it may be the fault of one of them.
    pub(crate) fn of_all(&self) -> Option<StoreError> {
        match self {
            StoreError::AnswerLost(why) => Some(StoreError::AnswerLost(why.clone())),
            StoreError::Full(why) => Some(StoreError::Full(why.clone())),
            StoreError::Unreachable(why) => Some(StoreError::Unreachable(why.clone())),
            _ => None,
        }
    }
}

/// Whether the disk is full: SQLITE_FULL (sqlite.org/rescode.html), or PostgreSQL's disk_full (appendix A of its
/// manual, "Error Codes").
fn is_full(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| matches!(&*code, "13" | "53100"))
}

/// Whether the server went away or is not there: the connection broke, or it says that it stops, starts or has no
/// room for another connection (appendix A of PostgreSQL's manual: class 08, 57P01 to 57P03 and 57P05, 25P03, 53300).
pub(crate) fn is_cut_off(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            let code = &*code;
            let is_state = code.len() == 5;
            is_state && code.starts_with("08")
                || matches!(code, "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "53300")
        }),
        _ => false,
    }
}
