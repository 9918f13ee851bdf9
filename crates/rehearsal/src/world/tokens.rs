//! Tokens: made, looked up, minted by Apps.

use super::refusal::Refusal;
use super::state::{Access, State};
use crate::history::Happened;
use crate::model::account::{AccountKind, Credential, Grant, TokenKind};
use crate::model::app::{App, Installation};

/// How long a minted token is good for, in milliseconds (GitHub docs: one hour).
const MINTED_FOR: i64 = 3_600_000;

impl State {
    /// Makes a token known.
    pub fn add_token(&mut self, token: &str, credential: Credential) {
        self.add_account(&credential.login, AccountKind::User);
        self.credentials.insert(token.to_owned(), credential);
    }

    /// A token that may do everything, for a person of that name.
    pub fn add_full_token(&mut self, login: &str) -> String {
        let drawn = self.settings.seed.draw(&["token", login]);
        let token = format!("ghp_{drawn:016x}{:020x}", drawn.rotate_left(17));
        let credential = Credential {
            login: login.to_owned(),
            kind: TokenKind::Personal,
            grant: Grant::everything(),
            expires: None,
        };
        self.add_token(&token, credential);
        token
    }

    /// Makes a token worthless.
    pub fn revoke(&mut self, token: &str) {
        self.credentials.remove(token);
    }

    /// What a token may do.
    ///
    /// # Errors
    /// [`Refusal::BadCredentials`] for one that is unknown or ended.
    pub fn access(&self, token: &str) -> Result<Access, Refusal> {
        let credential = self.credentials.get(token).ok_or(Refusal::BadCredentials)?;
        if credential.expires.is_some_and(|end| self.now() >= end) {
            return Err(Refusal::BadCredentials);
        }
        Ok(Access { credential: credential.clone() })
    }

    /// Makes an App known.
    pub fn add_app(&mut self, app: App) {
        self.add_account(&format!("{}[bot]", app.slug), AccountKind::Bot);
        self.apps.push(app);
    }

    /// The App of a number.
    pub fn app(&self, id: u64) -> Option<&App> {
        self.apps.iter().find(|app| app.id == id)
    }

    /// An installation of an App.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn installation(&self, app: u64, id: u64) -> Result<&Installation, Refusal> {
        let app = self.app(app).ok_or(Refusal::NotFound)?;
        app.installations.iter().find(|installation| installation.id == id).ok_or(Refusal::NotFound)
    }

    /// Mints a token of an installation; the grant was checked to lie within it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn mint(&mut self, app: u64, id: u64, grant: Grant) -> Result<(String, i64), Refusal> {
        let known = self.apps.iter_mut().find(|known| known.id == app).ok_or(Refusal::NotFound)?;
        let slug = known.slug.clone();
        let installation = known.installations.iter_mut().find(|installation| installation.id == id);
        let installation = installation.ok_or(Refusal::NotFound)?;
        installation.minted += 1;
        let count = installation.minted;
        let drawn = self.settings.seed.draw(&["mint", &app.to_string(), &id.to_string(), &count.to_string()]);
        // Longer than the forty characters of old: GitHub's are `ghs_<app>_<jwt>` since 2026.
        let token = format!("ghs_{app}_{}{:032x}", format!("{drawn:016x}").repeat(6), count);
        let expires = self.now() + MINTED_FOR;
        self.add_token(
            &token,
            Credential {
                login: format!("{slug}[bot]"),
                kind: TokenKind::Installation { installation: id },
                grant,
                expires: Some(expires),
            },
        );
        self.note(Happened::Minted { installation: id });
        Ok((token, expires))
    }
}
