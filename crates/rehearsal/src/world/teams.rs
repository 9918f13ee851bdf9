//! Teams: made, and looked up.

use super::refusal::Refusal;
use super::state::{Access, State};
use crate::model::account::{Account, AccountKind, Level, Scope};
use crate::model::team::Team;

/// How deep teams may lie below each other.
const DEEPEST: usize = 50;

impl State {
    /// Makes a team, in the place of one of the same name; its people are made where they are not known.
    pub fn put_team(&mut self, mut team: Team) {
        self.add_account(&team.org, AccountKind::Organization);
        let members = team.members.clone();
        members.iter().for_each(|login| self.add_account(login, AccountKind::User));
        let known = self.teams.iter().position(|known| known.org == team.org && known.slug == team.slug);
        match known.and_then(|at| self.teams.get_mut(at)) {
            Some(known) => {
                team.id = known.id;
                *known = team;
            }
            None => {
                team.id = self.next_id();
                self.teams.push(team);
            }
        }
    }

    /// Removes a team; teams below it stay, below nothing.
    pub fn remove_team(&mut self, org: &str, slug: &str) {
        self.teams.retain(|team| team.org != org || team.slug != slug);
    }

    /// Gives an account a name that people read, and a public address.
    pub fn call_account(&mut self, login: &str, name: &str, email: Option<&str>) {
        self.add_account(login, AccountKind::User);
        if let Some(account) = self.accounts.get_mut(&login.to_lowercase()) {
            name.clone_into(&mut account.name);
            account.email = email.map(str::to_owned);
        }
    }

    /// The teams of an organisation, for a token.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for what is no organisation, [`Refusal::Forbidden`] for a token that may not
    /// read them.
    pub fn teams_of(&self, access: &Access, org: &str) -> Result<Vec<&Team>, Refusal> {
        let account = self.accounts.get(&org.to_lowercase()).ok_or(Refusal::NotFound)?;
        if account.kind != AccountKind::Organization {
            return Err(Refusal::NotFound);
        }
        if !access.credential.grant.allows(Scope::Members, Level::Read) {
            return Err(Refusal::Forbidden(Scope::Members));
        }
        Ok(self.teams.iter().filter(|team| team.org.eq_ignore_ascii_case(org)).collect())
    }

    /// The team above one.
    pub fn above(&self, team: &Team) -> Option<&Team> {
        let parent = team.parent.as_ref()?;
        self.teams.iter().find(|known| known.org == team.org && known.slug == *parent)
    }

    /// The slugs from the highest team down to this one.
    pub fn line_of(&self, team: &Team) -> Vec<String> {
        let (mut line, mut at) = (vec![team.slug.clone()], team);
        while let Some(above) = self.above(at).filter(|_| line.len() < DEEPEST) {
            line.push(above.slug.clone());
            at = above;
        }
        line.reverse();
        line
    }

    /// Who is in a team; `all`: or in a team below it.
    pub fn people_of(&self, team: &Team, all: bool) -> Vec<Account> {
        let is_in = |known: &&Team| {
            known.id == team.id || all && known.org == team.org && self.line_of(known).contains(&team.slug)
        };
        let mut logins: Vec<&String> =
            self.teams.iter().filter(is_in).flat_map(|known| &known.members).collect();
        logins.sort();
        logins.dedup();
        logins.into_iter().map(|login| self.account(login)).collect()
    }
}
