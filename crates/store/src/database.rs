//! Which database: a file of SQLite, or a database of a PostgreSQL server.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// Which database. It is shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A file of SQLite.
    File(PathBuf),
    /// A database of a PostgreSQL server.
    Postgres(Server),
}

/// Where a PostgreSQL server is.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    url: String,
    password: Option<String>,
}

impl Database {
    /// Reads a place as a person writes it: `postgres://user@host:5432/name`,
    /// `postgres:///name?host=/run/postgresql` for a unix socket, `sqlite:fleet.db`, or a path.
    ///
    /// # Errors
    /// Why it is no place, such as a password in it, which whoever sees the text would know.
    pub fn read(text: &str) -> Result<Database, String> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            if names_password(text) {
                return Err("a password does not belong into the address of a database".to_owned());
            }
            let options = PgConnectOptions::from_str(text).map_err(|error| error.to_string())?;
            if options.get_database().is_none() {
                return Err("the address names no database, such as postgres://host/fleetwright".to_owned());
            }
            return Ok(Database::Postgres(Server { url: text.to_owned(), password: None }));
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        match path.split_once("://") {
            Some((kind, _)) => Err(format!("`{kind}` is no kind of database: there are sqlite and postgres")),
            None if path.is_empty() => Err("it names no file".to_owned()),
            None => Ok(Database::File(path.into())),
        }
    }

    /// The same database, entered with a password. A file needs none.
    #[must_use]
    pub fn with_password(self, password: String) -> Database {
        match self {
            Database::Postgres(Server { url, .. }) => {
                Database::Postgres(Server { url, password: Some(password) })
            }
            file => file,
        }
    }

    /// The file of SQLite, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Database::File(path) => Some(path),
            Database::Postgres(_) => None,
        }
    }
}

impl Server {
    /// How to connect. What goes over a network is encrypted and the server is who it says, unless the address
    /// says otherwise (`?sslmode=`).
    pub(crate) fn options(&self) -> Result<PgConnectOptions, sqlx::Error> {
        let mut options = PgConnectOptions::from_str(&self.url)?;
        if let Some(password) = &self.password {
            options = options.password(password);
        }
        let is_here = matches!(options.get_host(), "localhost" | "127.0.0.1" | "::1" | "[::1]");
        if options.get_socket().is_none()
            && !is_here
            && !self.url.contains("sslmode=")
            && !self.url.contains("ssl-mode=")
        {
            options = options.ssl_mode(PgSslMode::VerifyFull);
        }
        // What is acknowledged is on disk; and who stalls within a transaction does not hold up the others.
        let settings = [
            ("synchronous_commit", "on"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("timezone", "UTC"),
        ];
        Ok(options.application_name("fleetwright").options(settings))
    }
}

/// Whether an address holds a password.
fn names_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')) || rest.contains("password=")
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Database::File(path) => path.display().fmt(f),
            Database::Postgres(server) => f.write_str(&server.url),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({self})")
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({})", self.url)
    }
}

impl From<&Path> for Database {
    fn from(path: &Path) -> Self {
        Database::File(path.to_owned())
    }
}

impl From<&PathBuf> for Database {
    fn from(path: &PathBuf) -> Self {
        path.as_path().into()
    }
}

impl From<&Database> for Database {
    fn from(database: &Database) -> Self {
        database.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_and_a_password_in_it_refused() {
        for file in ["sqlite:a.db", "a.db"] {
            assert_eq!(Database::read(file).unwrap(), Database::File("a.db".into()));
        }
        for good in [
            "postgres://db.example/fleet",
            "postgresql://bot@db.example:5433/fleet?sslmode=disable",
            "postgres:///fleet?host=/run/postgresql",
        ] {
            assert_eq!(Database::read(good).unwrap().to_string(), good);
        }
        for bad in [
            "postgres://bot:geheim@db.example/fleet",
            "postgres://bot:ge/heim@db.example/fleet",
            "postgres://db.example/fleet?password=geheim",
            "postgres://db.example:geheim/fleet",
            "postgres://db.example",
            "mysql://a/b",
            "sqlite:",
            "",
        ] {
            let refused = Database::read(bad).unwrap_err();
            assert!(!refused.contains("heim"), "{refused}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let database =
            Database::read("postgres://bot@db.example/fleet").unwrap().with_password("geheim".into());
        assert!(!format!("{database} {database:?}").contains("geheim"));
        let Database::Postgres(server) = database else { unreachable!() };
        assert!(!format!("{server:?}").contains("geheim"));
    }

    #[test]
    fn what_goes_over_a_network_is_encrypted_unless_the_address_says_otherwise() {
        let mode = |text| match Database::read(text).unwrap() {
            Database::Postgres(server) => server.options().unwrap().get_ssl_mode(),
            Database::File(_) => unreachable!(),
        };
        assert!(matches!(mode("postgres://db.example/fleet"), PgSslMode::VerifyFull));
        assert!(matches!(mode("postgres://db.example/fleet?sslmode=disable"), PgSslMode::Disable));
        assert!(matches!(mode("postgres://localhost/fleet"), PgSslMode::Prefer));
    }
}
