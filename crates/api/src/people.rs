//! People: who asks, and the tokens that they and their machines come in with.

use fleetwright_access::{AccessError, Doorkeeper, Need, NewToken, Role, Scope};
use fleetwright_engine::EngineError;
use fleetwright_store::CredentialRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::{At, Call, Verb};
use crate::route::Route;

/// The calls about people.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route::of::<WhoAmI>(), Route::of::<Tokens>(), Route::of::<MakeToken>(), Route::of::<RevokeToken>()]
}

/// Asks who one is here.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WhoAmI {}

/// Who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Myself {
    /// The name that the log knows.
    pub name: String,
    /// `viewer`, `author`, `approver`, `operator` or `admin`; each may do what those before it may.
    pub role: String,
    /// The groups, as whole references.
    pub groups: Vec<String>,
}

impl Call for WhoAmI {
    type Answer = Myself;
    const NAME: &'static str = "people.whoami";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/whoami";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "Say who one is here, and what one may";

    async fn apply(self, at: &At) -> Result<Myself, EngineError> {
        let person = at.person.clone();
        Ok(Myself { name: person.name, role: person.role.word().to_owned(), groups: person.groups })
    }
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Its id, which is no secret.
    pub id: String,
    /// What it is for.
    pub label: String,
    /// Who it acts as.
    pub person: String,
    /// The role it has at most.
    pub role: String,
    /// `all`, `read`, or the names of calls.
    pub scope: serde_json::Value,
    /// When it was made, in milliseconds since 1970 UTC.
    pub created_at: i64,
    /// When it ends by itself.
    pub expires_at: i64,
    /// When it was last used, within some minutes.
    pub used_at: Option<i64>,
    /// When it was taken back.
    pub ended_at: Option<i64>,
}

impl From<CredentialRow> for Token {
    fn from(row: CredentialRow) -> Token {
        Token {
            scope: serde_json::from_str(&row.scope).unwrap_or_default(),
            id: row.id,
            label: row.label,
            person: row.person,
            role: row.role,
            created_at: row.created_at,
            expires_at: row.expires_at,
            used_at: row.used_at,
            ended_at: row.ended_at,
        }
    }
}

/// Lists one's own tokens; everybody's for an admin.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "TokenList")]
pub struct Tokens {}

impl Call for Tokens {
    type Answer = Vec<Token>;
    const NAME: &'static str = "token.list";
    const VERB: Verb = Verb::Get;
    const PATH: &'static str = "/tokens";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "List one's own tokens; everybody's for an admin";

    async fn apply(self, at: &At) -> Result<Vec<Token>, EngineError> {
        let rows = keeper(at).tokens(&at.person).await.map_err(refused)?;
        Ok(rows.into_iter().map(Token::from).collect())
    }
}

/// Makes a token that acts as its maker.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "TokenMake")]
pub struct MakeToken {
    /// What it is for.
    pub label: String,
    /// The role it has at most: the maker's own or a lower one.
    pub role: String,
    /// Whether it only reads.
    #[serde(default)]
    pub read_only: bool,
    /// The calls it may make, by their names; all that its role may when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
    /// Its life in days, up to 366.
    pub days: u32,
}

/// A token, with the secret that nobody is shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MadeToken {
    /// The secret: what `FLEETWRIGHT_TOKEN` holds.
    pub secret: String,
    /// The token.
    pub token: Token,
}

impl Call for MakeToken {
    type Answer = MadeToken;
    const NAME: &'static str = "token.make";
    const VERB: Verb = Verb::Post;
    const PATH: &'static str = "/tokens";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "Make a token that acts as its maker";
    const SECRET: bool = true;

    async fn apply(self, at: &At) -> Result<MadeToken, EngineError> {
        let role: Role = self
            .role
            .parse()
            .map_err(|error: fleetwright_access::UnknownRole| EngineError::Usage(error.to_string()))?;
        let scope = match (self.read_only, self.calls) {
            (true, calls) if !calls.is_empty() => {
                let why = "a token reads only, or makes these calls\n  try: one of the two";
                return Err(EngineError::Usage(why.to_owned()));
            }
            (true, _) => Scope::Read,
            (false, calls) if calls.is_empty() => Scope::All,
            (false, calls) => Scope::Calls(calls),
        };
        let ask = NewToken { label: self.label, role, scope, days: self.days };
        let (secret, row) = keeper(at).make_token(&at.person, &ask, at.fleet.now()).await.map_err(refused)?;
        Ok(MadeToken { secret: secret.expose().to_owned(), token: row.into() })
    }
}

/// Takes a token back: one's own, or anybody's for an admin.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "TokenRevoke")]
pub struct RevokeToken {
    /// Its id.
    pub id: String,
}

/// Whether a token was good until now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TokenRevoked")]
pub struct Revoked {
    /// Its id.
    pub id: String,
    /// `false` if it had ended before.
    pub revoked: bool,
}

impl Call for RevokeToken {
    type Answer = Revoked;
    const NAME: &'static str = "token.revoke";
    const VERB: Verb = Verb::Delete;
    const PATH: &'static str = "/tokens/{id}";
    const NEED: Need = Need::Role(Role::Viewer);
    const ABOUT: &'static str = "Take a token back: one's own, or anybody's for an admin";

    async fn apply(self, at: &At) -> Result<Revoked, EngineError> {
        let revoked = keeper(at).revoke(&at.person, &self.id, at.fleet.now()).await.map_err(refused)?;
        Ok(Revoked { id: self.id, revoked })
    }
}

fn keeper(at: &At) -> Doorkeeper {
    Doorkeeper::new(at.fleet.store.clone())
}

/// A no of the doorkeeper.
fn refused(error: AccessError) -> EngineError {
    match error {
        AccessError::Store(error) => error.into(),
        AccessError::Asked { .. } => EngineError::Usage(error.to_string()),
        other => EngineError::Refused(other.to_string()),
    }
}
