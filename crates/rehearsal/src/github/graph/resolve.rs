//! Who answers which thing's fields.

use serde_json::Value;

use super::change::mutation;
use super::connection;
use super::thing::{Answered, Held, Record, Thing};
use super::{commit, pull, repository, root, team};
use crate::graphql::run::{Fault, Given, Got, Graph};
use crate::world::{Access, State};

/// The graph as one token sees it.
pub(super) struct Hub<'a> {
    pub(super) state: &'a mut State,
    pub(super) access: Access,
    /// What the query costs.
    pub(super) cost: u64,
}

impl Graph for Hub<'_> {
    type Thing = Thing;

    fn kind(&self, thing: &Thing) -> &'static str {
        match thing {
            Thing::Query => "Query",
            Thing::Mutation => "Mutation",
            Thing::Owner(login) => repository::owner_kind(self.state, login),
            Thing::Repository(_) => "Repository",
            Thing::Branch(..) => "Ref",
            Thing::Commit(..) => "Commit",
            Thing::Pull(..) => "PullRequest",
            Thing::Team(_) => "Team",
            Thing::Rollup(..) => "StatusCheckRollup",
            Thing::Connection(connection) => connection.kind,
            Thing::Record(record) => record.kind,
        }
    }

    fn fits(&self, thing: &Thing, on: &str) -> bool {
        let also: &[&str] = match thing {
            Thing::Owner(_) => &["RepositoryOwner", "Actor", "Node", "ProfileOwner"],
            Thing::Repository(_) | Thing::Branch(..) | Thing::Team(_) | Thing::Rollup(..) => &["Node"],
            Thing::Commit(..) => &["Node", "GitObject"],
            Thing::Pull(..) => &["Node", "Labelable", "Comment", "Closable", "Updatable"],
            Thing::Record(record) => record.also,
            Thing::Query | Thing::Mutation | Thing::Connection(_) => &[],
        };
        self.kind(thing) == on || also.contains(&on)
    }

    fn field(&mut self, thing: &Thing, name: &str, given: &Given<'_>) -> Answered {
        let Hub { state, access, cost } = self;
        match thing {
            Thing::Query => root::query(state, access, (name, *cost), given),
            Thing::Mutation => mutation(state, access, name, given),
            Thing::Owner(login) => repository::owner(state, access, (login, name), given),
            Thing::Repository(id) => repository::repository(state, access, (*id, name), given),
            Thing::Branch(repo, branch) => commit::branch(state, (*repo, branch), name, given),
            Thing::Commit(repo, oid) => commit::commit(state, (*repo, *oid), name, given),
            Thing::Pull(repo, number) => {
                let viewer = access.credential.login.clone();
                pull::pull(state, &viewer, ((*repo, *number), name), given)
            }
            Thing::Team(id) => team::team(state, (*id, name), given),
            Thing::Rollup(repo, oid) => commit::rollup(state, (*repo, *oid), name, given),
            Thing::Connection(connection) => connection::field(connection, name),
            Thing::Record(record) => from_record(record, name),
        }
    }
}

fn from_record(record: &Record, name: &str) -> Answered {
    match record.fields.iter().find(|(known, _)| *known == name) {
        Some((_, Held::Leaf(value))) => Ok(Got::Leaf(value.clone())),
        Some((_, Held::One(thing))) => Ok(Got::One(thing.clone())),
        Some((_, Held::Many(things))) => Ok(Got::Many(things.iter().cloned().map(Some).collect())),
        // A place in the queue is told by a payload only where there is one.
        None if record.kind == "Payload" && name == "mergeQueueEntry" => Ok(Got::Leaf(Value::Null)),
        None => Err(Fault::Unknown),
    }
}
