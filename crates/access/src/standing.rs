//! Whether a credential is good now, and whose: pure.

use fleetwright_store::{CredentialKind, CredentialRow};

use crate::person::{Person, Via};
use crate::refusal::Refusal;

/// How long a session lasts without a request: 12 hours, a day's work with a lunch.
pub(crate) const IDLE: i64 = 12 * 3_600_000;

/// How long a session lasts at most: 7 days.
pub(crate) const SESSION: i64 = 7 * 24 * 3_600_000;

/// How long a one-time link is good: an hour.
pub(crate) const LINK: i64 = 3_600_000;

/// A use within this time of the last one is not written down: 5 minutes.
pub(crate) const COARSE: i64 = 5 * 60_000;

/// Whether a credential whose secret was shown is good at `now`, in milliseconds since 1970 UTC.
///
/// # Errors
/// The refusal: it was revoked, it expired, or nobody used the session for too long.
pub(crate) fn good(row: &CredentialRow, now: i64) -> Result<(), Refusal> {
    let last = row.used_at.unwrap_or(row.created_at);
    if row.ended_at.is_some() {
        return Err(Refusal::Ended);
    }
    if row.expires_at <= now || row.kind == CredentialKind::Session && last + IDLE <= now {
        return Err(Refusal::Expired);
    }
    Ok(())
}

/// Whether a use at `now` is worth a write.
pub(crate) fn is_news(row: &CredentialRow, now: i64) -> bool {
    row.used_at.is_none_or(|used| used + COARSE <= now)
}

/// Whom a credential stands for.
///
/// # Errors
/// [`Refusal::Unreadable`] where what is stored does not read: unknown is never yes.
pub(crate) fn person(row: &CredentialRow) -> Result<Person, Refusal> {
    let via = match (row.kind, row.via.as_str()) {
        (CredentialKind::Token, _) => Via::Token(row.id.clone()),
        (CredentialKind::Session, "oidc") => Via::Oidc,
        (CredentialKind::Session, "link") => Via::Session,
        _ => return Err(Refusal::Unreadable),
    };
    Ok(Person {
        name: row.person.clone(),
        role: row.role.parse().map_err(|_| Refusal::Unreadable)?,
        groups: row.groups.clone(),
        via,
        scope: serde_json::from_str(&row.scope).map_err(|_| Refusal::Unreadable)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: CredentialKind) -> CredentialRow {
        CredentialRow {
            id: "0".repeat(12),
            kind,
            hash: Vec::new(),
            person: "ada".into(),
            label: String::new(),
            role: "author".into(),
            groups: Vec::new(),
            scope: "\"all\"".into(),
            via: "oidc".into(),
            created_at: 1_000,
            expires_at: 1_000 + SESSION,
            used_at: None,
            ended_at: None,
        }
    }

    #[test]
    fn times_end_to_the_millisecond() {
        let token = row(CredentialKind::Token);
        assert_eq!(good(&token, 999 + SESSION), Ok(()));
        assert_eq!(good(&token, 1_000 + SESSION), Err(Refusal::Expired));
        let mut session = row(CredentialKind::Session);
        assert_eq!(good(&session, 999 + IDLE), Ok(()));
        assert_eq!(good(&session, 1_000 + IDLE), Err(Refusal::Expired));
        session.used_at = Some(999 + IDLE);
        assert_eq!(good(&session, 1_000 + IDLE), Ok(()));
        session.used_at = Some(999 + SESSION);
        assert_eq!(good(&session, 1_000 + SESSION), Err(Refusal::Expired), "used or not");
        session.ended_at = Some(1);
        assert_eq!(good(&session, 1_001), Err(Refusal::Ended));
        assert!(is_news(&token, 1_001));
        let used = CredentialRow { used_at: Some(1_000), ..token };
        assert!(!is_news(&used, 999 + COARSE) && is_news(&used, 1_000 + COARSE));
    }

    #[test]
    fn what_does_not_read_is_nobody() {
        assert!(person(&row(CredentialKind::Token)).is_ok());
        let bad = |change: fn(&mut CredentialRow)| {
            let mut row = row(CredentialKind::Session);
            change(&mut row);
            person(&row)
        };
        assert_eq!(bad(|row| row.role = "root".into()), Err(Refusal::Unreadable));
        assert_eq!(bad(|row| row.scope = "\"everything\"".into()), Err(Refusal::Unreadable));
        assert_eq!(bad(|row| row.via = String::new()), Err(Refusal::Unreadable));
        assert_eq!(bad(|row| row.kind = CredentialKind::Link), Err(Refusal::Unreadable));
    }
}
