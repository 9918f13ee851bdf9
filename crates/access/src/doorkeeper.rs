//! The doorkeeper: makes credentials, knows them again, and ends them.

use fleetwright_core::event::Event;
use fleetwright_store::{CredentialKind, CredentialRow, PersonRow, Store, Write};
use serde_json::json;

use crate::error::AccessError;
use crate::oidc::{OidcSettings, Vouched};
use crate::person::{Person, Via};
use crate::refusal::Refusal;
use crate::role::Role;
use crate::scope::Scope;
use crate::secret::{Secret, matches, mint, parts};
use crate::standing::{LINK, SESSION, good, is_news, person};

/// The longest life of a token, in days.
pub const LONGEST: u32 = 366;

/// How long a session lasts at most, in seconds: for the cookie.
pub const SESSION_SECONDS: u32 = (SESSION / 1_000) as u32;

/// The most letters of a label, and of a call's name.
const LETTERS: usize = 100;

/// The most calls a scope names.
const CALLS: usize = 100;

/// The most tokens of one person.
const TOKENS: u32 = 200;

/// The name of whoever uses the link of the first start.
const FIRST: &str = "admin";

/// A token to be made. It acts as its maker, never as anybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for.
    pub label: String,
    /// At most the maker's own.
    pub role: Role,
    /// Which calls.
    pub scope: Scope,
    /// Its life in days, from 1 to [`LONGEST`].
    pub days: u32,
}

/// What somebody shows at the door.
#[derive(Debug, Clone, Copy)]
pub enum Proof<'a> {
    /// What follows `Authorization: Bearer`.
    Bearer(&'a str),
    /// The value of our cookie.
    Cookie(&'a str),
}

/// Keeps tokens, sessions and one-time links. All times are milliseconds since 1970 UTC.
#[derive(Clone)]
pub struct Doorkeeper {
    store: Store,
}

impl Doorkeeper {
    /// One for the credentials of this database.
    pub fn new(store: Store) -> Doorkeeper {
        Doorkeeper { store }
    }

    /// Makes a token. The secret is in this answer and nowhere else.
    ///
    /// # Errors
    /// Where the role is above the maker's, the maker came with a token, or a limit is passed.
    pub async fn make_token(
        &self,
        maker: &Person,
        ask: &NewToken,
        now: i64,
    ) -> Result<(Secret, CredentialRow), AccessError> {
        check(maker, ask)?;
        let kept = self.store.credentials(CredentialKind::Token, Some(&maker.name), 5 * TOKENS).await?;
        if kept.iter().filter(|row| good(row, now).is_ok()).count() >= TOKENS as usize {
            let what = format!("{} has {TOKENS} tokens already", maker.name);
            return Err(AccessError::Asked { what, remedy: "revoke those that nobody uses" });
        }
        let lives = i64::from(ask.days) * 24 * 3_600_000;
        let person = Person { role: ask.role, scope: ask.scope.clone(), ..maker.clone() };
        let made =
            credential(CredentialKind::Token, &person, (ask.label.clone(), String::new()), (now, lives));
        let (secret, row) = made?;
        let detail = json!({ "id": row.id, "label": row.label, "role": row.role, "days": ask.days });
        self.keep(&row, event(&maker.name, "token.made", detail), None).await?;
        Ok((secret, row))
    }

    /// The one-time link of the first start, as its secret; `None` once anybody is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_link(&self, now: i64) -> Result<Option<Secret>, AccessError> {
        if !self.store.nobody_yet().await? {
            return Ok(None);
        }
        let admin = Person::local(FIRST);
        let texts = ("the first start".to_owned(), String::new());
        let (secret, row) = credential(CredentialKind::Link, &admin, texts, (now, LINK))?;
        self.keep(&row, event("fleetwright", "link.made", json!({ "id": row.id })), None).await?;
        Ok(Some(secret))
    }

    /// Spends a one-time link, and begins a session for it.
    ///
    /// # Errors
    /// Where it is no link, was used before, has expired, or somebody is known by now.
    pub async fn redeem(&self, link: &str, now: i64) -> Result<(Secret, Person), AccessError> {
        let row = self.known(link, CredentialKind::Link).await?;
        good(&row, now)?;
        if !self.store.nobody_yet().await? || !self.store.end_credential(&row.id, now).await? {
            return Err(Refusal::Ended.into());
        }
        let first = PersonRow { name: FIRST.to_owned(), issuer: "fleetwright".to_owned(), subject: row.id };
        let admin = Person { via: Via::Session, ..Person::local(FIRST) };
        // Together, so that a crash cannot leave somebody known who has nothing to come in with.
        let secret = self.begin(&admin, Some(first), now).await?;
        Ok((secret, admin))
    }

    /// Lets in whom a provider vouched for, with the role their groups give. A name belongs to the first who came
    /// with it: whoever renames themselves at the provider stays who they were.
    ///
    /// # Errors
    /// Where their groups give no role, or the name is somebody else's.
    pub async fn welcome(
        &self,
        vouched: &Vouched,
        settings: &OidcSettings,
        now: i64,
    ) -> Result<(Secret, Person), AccessError> {
        let role =
            settings.role(&vouched.groups).ok_or_else(|| Refusal::NoRole { name: vouched.name.clone() })?;
        let Vouched { issuer, subject, .. } = vouched;
        let (name, issuer, subject) = (vouched.name.clone(), issuer.clone(), subject.clone());
        let row = PersonRow { name: name.clone(), issuer, subject };
        self.store.write(vec![Write::Person(row)], None).await?;
        let known = self.store.name_of(&vouched.issuer, &vouched.subject).await?;
        let name = known.ok_or(Refusal::NameTaken { name })?;
        let groups =
            vouched.groups.iter().map(|group| format!("group:default/{}", group.to_lowercase())).collect();
        let person = Person { name, role, groups, via: Via::Oidc, scope: Scope::All };
        Ok((self.sign_in(&person, now).await?, person))
    }

    /// Begins a session for somebody who was vouched for; the secret is the cookie's value.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_in(&self, person: &Person, now: i64) -> Result<Secret, AccessError> {
        self.begin(person, None, now).await
    }

    async fn begin(
        &self,
        person: &Person,
        first: Option<PersonRow>,
        now: i64,
    ) -> Result<Secret, AccessError> {
        let via = if person.via == Via::Oidc { "oidc" } else { "link" };
        let texts = (String::new(), via.to_owned());
        let (secret, row) = credential(CredentialKind::Session, person, texts, (now, SESSION))?;
        let detail = json!({ "id": row.id, "via": via, "role": row.role });
        self.keep(&row, event(&person.name, "session.began", detail), first).await?;
        Ok(secret)
    }

    /// Who shows this, if it is good now.
    ///
    /// # Errors
    /// The refusal, 401; 503 where it could not be found out.
    pub async fn identify(&self, proof: Proof<'_>, now: i64) -> Result<Person, AccessError> {
        let row = match proof {
            Proof::Bearer(text) => self.known(text, CredentialKind::Token).await?,
            Proof::Cookie(text) => self.known(text, CredentialKind::Session).await?,
        };
        good(&row, now)?;
        let person = person(&row)?;
        if is_news(&row, now) {
            self.store.write(vec![Write::CredentialUsed(row.id, now)], None).await?;
        }
        Ok(person)
    }

    /// The tokens that are kept, the newest first: one's own, or everybody's for an admin.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens(&self, of: &Person) -> Result<Vec<CredentialRow>, AccessError> {
        let name = (of.role < Role::Admin).then_some(of.name.as_str());
        Ok(self.store.credentials(CredentialKind::Token, name, 1_000).await?)
    }

    /// Ends a token or session: one's own, or anybody's for an admin. `false` if it was ended before.
    ///
    /// # Errors
    /// Where there is none of that id that one may end.
    pub async fn revoke(&self, by: &Person, id: &str, now: i64) -> Result<bool, AccessError> {
        let row = self.store.credential(id).await?;
        // What is somebody else's is not there at all: ids are not to be tried out.
        let row = row.filter(|row| by.role == Role::Admin || row.person == by.name);
        let Some(row) = row else {
            let what =
                format!("no token of yours is called `{}`", id.chars().take(ID_SHOWN).collect::<String>());
            return Err(AccessError::Asked { what, remedy: "`fleetwright token list` shows them" });
        };
        let ended = self.store.end_credential(&row.id, now).await?;
        if ended {
            let what = format!("{}.revoked", row.kind.word());
            let detail = json!({ "id": row.id, "label": row.label, "of": row.person });
            self.store.write(vec![Write::Event(event(&by.name, &what, detail))], None).await?;
        }
        Ok(ended)
    }

    /// Ends the session of this cookie; one that is not known is ended already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_out(&self, cookie: &str, now: i64) -> Result<(), AccessError> {
        match self.known(cookie, CredentialKind::Session).await {
            Ok(row) => self.store.end_credential(&row.id, now).await.map(|_| ()).map_err(AccessError::from),
            Err(AccessError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Forgets sessions and links that nobody can use any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tidy(&self, now: i64) -> Result<(), AccessError> {
        Ok(self.store.write(vec![Write::ForgetCredentials(now)], None).await?)
    }

    /// The credential of this kind that this is the secret of.
    async fn known(&self, text: &str, kind: CredentialKind) -> Result<CredentialRow, AccessError> {
        let (id, bits) = parts(text).ok_or(Refusal::Unknown)?;
        let row = self.store.credential(id).await?;
        let row = row.filter(|row| row.kind == kind && matches(bits, &row.hash));
        Ok(row.ok_or(Refusal::Unknown)?)
    }

    async fn keep(
        &self,
        row: &CredentialRow,
        event: Event,
        first: Option<PersonRow>,
    ) -> Result<(), AccessError> {
        let mut writes = vec![Write::Credential(Box::new(row.clone())), Write::Event(event)];
        writes.extend(first.map(Write::Person));
        Ok(self.store.write(writes, None).await?)
    }
}

/// A new credential of somebody that begins `now` and lives so long.
fn credential(
    kind: CredentialKind,
    person: &Person,
    (label, via): (String, String),
    (now, lives): (i64, i64),
) -> Result<(Secret, CredentialRow), AccessError> {
    let minted = mint()?;
    let row = CredentialRow {
        id: minted.id,
        kind,
        hash: minted.hash,
        person: person.name.clone(),
        label,
        role: person.role.word().to_owned(),
        groups: person.groups.clone(),
        scope: serde_json::to_string(&person.scope).map_err(|_| Refusal::Unreadable)?,
        via,
        created_at: now,
        expires_at: now + lives,
        used_at: None,
        ended_at: None,
    };
    Ok((minted.secret, row))
}

/// How much of an id that is none is shown.
const ID_SHOWN: usize = 40;

/// What a maker may ask for.
fn check(maker: &Person, ask: &NewToken) -> Result<(), AccessError> {
    let asked = |what: String, remedy| Err(AccessError::Asked { what, remedy });
    if let Via::Token(_) = maker.via {
        // Whoever finds a token could make themselves one that outlives it.
        return asked(
            "a token makes no tokens".to_owned(),
            "sign in, or run the command on the server's machine",
        );
    }
    if ask.role > maker.role {
        return asked(
            format!("{} is {}, and asks for {}", maker.name, maker.role, ask.role),
            "ask for a lower role",
        );
    }
    if ask.days == 0 || ask.days > LONGEST {
        return asked(
            format!("a token lives from 1 to {LONGEST} days, not {}", ask.days),
            "90 days are usual",
        );
    }
    let is_name = |name: &str| {
        !name.trim().is_empty() && name.chars().count() <= LETTERS && !name.chars().any(char::is_control)
    };
    if !is_name(&ask.label) {
        return asked(format!("a label has 1 to {LETTERS} letters"), "say what the token is for");
    }
    match &ask.scope {
        Scope::Calls(calls)
            if calls.is_empty() || calls.len() > CALLS || !calls.iter().all(|call| is_name(call)) =>
        {
            asked(
                format!("a scope names 1 to {CALLS} calls of up to {LETTERS} letters"),
                "name them, or use `read`",
            )
        }
        _ => Ok(()),
    }
}

/// What happened to no shift in particular.
fn event(actor: &str, what: &str, detail: serde_json::Value) -> Event {
    Event { shift: String::new(), target: None, actor: actor.to_owned(), what: what.to_owned(), detail }
}
