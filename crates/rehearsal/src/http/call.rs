//! What a handler is given: the request, its sender, and the world, locked.

use serde_json::Value;

use super::request::Request;
use crate::model::account::{Level, Scope};
use crate::world::{Access, Refusal, State};

/// Who sent a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The holder of a token.
    Token(Box<Access>),
    /// An App itself, by its own signature.
    App(u64),
    /// Nobody known.
    Nobody,
}

impl Caller {
    /// Whose budget the request is taken from.
    pub fn budget(&self) -> String {
        match self {
            Caller::Token(access) => access.credential.budget(),
            Caller::App(id) => format!("app {id}"),
            Caller::Nobody => String::new(),
        }
    }
}

/// One request being answered.
pub struct Call<'a> {
    /// The world, locked.
    pub state: &'a mut State,
    /// The request.
    pub request: &'a Request,
    /// Its sender.
    pub caller: Caller,
    /// What the path template's names stand for, decoded.
    pub params: Vec<(&'static str, String)>,
    /// The body; null where there is none.
    pub body: Value,
    /// Where the forge is, without a slash at the end.
    pub base: &'a str,
}

impl Call<'_> {
    /// What a name of the path template stands for.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// A number in the path.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for what is no number.
    pub fn number(&self, name: &str) -> Result<u64, Refusal> {
        self.param(name).parse().map_err(|_| Refusal::NotFound)
    }

    /// The sender's rights.
    ///
    /// # Errors
    /// [`Refusal::BadCredentials`] for anybody without a token.
    pub fn access(&self) -> Result<&Access, Refusal> {
        match &self.caller {
            Caller::Token(access) => Ok(access),
            _ => Err(Refusal::BadCredentials),
        }
    }

    /// The sender's name.
    ///
    /// # Errors
    /// As [`Call::access`].
    pub fn login(&self) -> Result<String, Refusal> {
        Ok(self.access()?.credential.login.clone())
    }

    /// The repository `{owner}/{repo}` of the path, if the sender may do it.
    ///
    /// # Errors
    /// As [`State::allowed`].
    pub fn repo(&self, scope: Scope, level: Level) -> Result<u64, Refusal> {
        let full = format!("{}/{}", self.param("owner"), self.param("repo"));
        self.state.allowed(self.access()?, &full, scope, level)
    }

    /// A text of the body.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    /// A list of texts of the body.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let list = self.body.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}
