//! Teams: how few requests they take, and what holes in an answer mean.

use fleetwright_core::team::{Member, Team};
use fleetwright_forge::{Forge, ForgeError};
use fleetwright_github::Mode;
use fleetwright_rehearsal::model::account::Scope;
use serde_json::{Value, json};

use crate::points::points;
use crate::stub::{Came, Say, Stub, ok};
use crate::support::{adapter, app_with, place, plain};

async fn told(forge: &dyn Forge) -> Result<Vec<Team>, ForgeError> {
    let mut told = forge.teams().await;
    assert_eq!((told.len(), told[0].0.as_str()), (1, "acme"));
    told.remove(0).1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_teams_are_one_query() {
    let place = place(|_| {}).await;
    for n in 0..150 {
        let people: Vec<String> = (0..n % 7).map(|at| format!("p{n}-{at}")).collect();
        let people: Vec<&str> = people.iter().map(String::as_str).collect();
        place.team(&format!("team-{n:03}"), None, &people);
    }
    place.world().lock().call_account("p1-0", "Ann Example", Some("ann@example.com"));
    let forge = adapter(&place, Mode::GraphQl, plain(&place.token));
    let by_graph = told(&forge).await.unwrap();
    assert_eq!((by_graph.len(), place.calls("POST /graphql")), (150, 2));
    let ann = &by_graph.iter().find(|team| team.slug == "team-001").unwrap().members[0];
    assert_eq!((ann.name.as_str(), ann.email.as_str()), ("Ann Example", "ann@example.com"));
    let forge = adapter(&place, Mode::RestOnly, plain(&place.token));
    let logins = |teams: &[Team]| -> Vec<(String, Vec<String>)> {
        let people = |team: &Team| team.members.iter().map(|member| member.login.clone()).collect();
        teams.iter().map(|team| (team.path.clone(), people(team))).collect()
    };
    assert_eq!(logins(&told(&forge).await.unwrap()), logins(&by_graph));
    assert_eq!(place.calls("GET /orgs/{org}/teams/{team_slug}/members"), 150);
}

#[tokio::test]
async fn what_did_not_change_is_free_by_rest() {
    let stub = Stub::new(|came| {
        if came.header("if-none-match") == "\"1\"" {
            return Say(304, Vec::new(), String::new());
        }
        let said = match came.path.contains("/members") {
            true => json!([{ "login": "ann" }]),
            false => json!([{ "slug": "payments", "name": "Payments", "parent": null }]),
        };
        Say(200, vec![("etag", "\"1\"".to_owned())], said.to_string())
    })
    .await;
    let forge = stub.forge(Mode::RestOnly);
    let first = told(&forge).await.unwrap();
    assert_eq!(first[0].members[0].login, "ann");
    assert!(stub.take().iter().all(|came| came.header("if-none-match").is_empty()));
    assert_eq!(told(&forge).await.unwrap(), first);
    let came = stub.take();
    assert!(came.len() == 2 && came.iter().all(|came| came.header("if-none-match") == "\"1\""), "{came:?}");
}

fn people(members: Value) -> Value {
    json!({ "pageInfo": { "hasNextPage": false }, "nodes": members })
}

fn teams(members: Value) -> Value {
    let team = json!({ "slug": "payments", "combinedSlug": "Acme/payments", "name": "Payments",
        "description": null, "parentTeam": { "slug": "money" }, "members": people(members) });
    json!({ "data": { "repositoryOwner": { "login": "Acme",
        "teams": { "pageInfo": { "hasNextPage": false }, "nodes": [team] } } } })
}

/// The words are those of GitHub to a token with `read:org` alone.
fn no_scope_for_email(came: &Came) -> Say {
    if came.query().contains("email") {
        let message = "Your token has not been granted the required scopes to execute this query. The 'email' \
            field requires one of the following scopes: ['user:email', 'read:user'], but your token has only been \
            granted the: ['read:org'] scopes. Please modify your token's scopes at: https://x.example.";
        return ok(json!({ "errors": [{ "type": "INSUFFICIENT_SCOPES", "message": message,
            "locations": [{ "line": 1, "column": 1 }] }] }));
    }
    ok(teams(json!([{ "login": "ann", "name": "Ann" }])))
}

#[tokio::test]
async fn without_the_scope_for_addresses_there_are_teams_without_addresses() {
    let stub = Stub::new(no_scope_for_email).await;
    let told = told(&stub.forge(Mode::GraphQl)).await.unwrap();
    let member = Member { login: "ann".to_owned(), name: "Ann".to_owned(), ..Member::default() };
    assert_eq!(told[0].members, [member]);
    assert_eq!((told[0].path.as_str(), told[0].parent.as_deref()), ("Acme/payments", Some("Acme/money")));
    let came = stub.take();
    assert_eq!(came.len(), 2);
    assert!(came.iter().all(|came| points(came.query()) <= 2), "by the rule that rounds up");
}

/// A team whose second person cannot be told, and one whose address cannot.
fn holes(field: &'static str) -> impl Fn(&Came) -> Say {
    move |_| {
        let mut said = teams(json!([{ "login": "ann", "email": null }, { "login": "bob", "email": "" }]));
        let path = json!(["repositoryOwner", "teams", "nodes", 0, "members", "nodes", 0, field]);
        said["errors"] = json!([{ "type": "FORBIDDEN", "path": path, "message": "Resource not accessible" }]);
        ok(said)
    }
}

#[tokio::test]
async fn half_a_team_is_none() {
    let stub = Stub::new(holes("email")).await;
    assert_eq!(told(&stub.forge(Mode::GraphQl)).await.unwrap()[0].members.len(), 2);
    let stub = Stub::new(holes("login")).await;
    let error = told(&stub.forge(Mode::GraphQl)).await.unwrap_err();
    assert!(error.to_string().contains("`read:org`"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_without_the_right_reads_everything_else() {
    let place = place(|_| {}).await;
    place.make("app");
    let forge = adapter(&place, Mode::GraphQl, app_with(&place, &[Scope::Metadata, Scope::Statuses]));
    let error = told(&forge).await.unwrap_err().to_string();
    assert!(error.contains("members: read") && error.contains("the app's installation lacks"), "{error}");
    assert_eq!(forge.repos().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_person_has_no_teams() {
    let stub = Stub::new(|came| match came.path.split('?').next().unwrap() {
        "/users/acme" => ok(json!({ "login": "acme", "type": "User" })),
        "/graphql" => ok(json!({ "data": { "repositoryOwner": { "login": "acme" } } })),
        _ => crate::stub::not_found(),
    })
    .await;
    for mode in [Mode::GraphQl, Mode::RestOnly] {
        assert_eq!(told(&stub.forge(mode)).await, Ok(Vec::new()));
    }
    let stub = Stub::new(|came| match came.path.as_str() {
        "/graphql" => ok(json!({ "data": { "repositoryOwner": null } })),
        _ => crate::stub::not_found(),
    })
    .await;
    for mode in [Mode::GraphQl, Mode::RestOnly] {
        let error = told(&stub.forge(mode)).await.unwrap_err();
        assert!(error.to_string().contains("`read:org`"), "{error}");
    }
}

/// A server that says there is more, for ever, and brings nothing.
#[tokio::test]
async fn pages_without_end_end() {
    let stub = Stub::new(|_| {
        let more = json!({ "hasNextPage": true, "endCursor": "x" });
        ok(json!({ "data": { "repositoryOwner": { "login": "acme",
            "teams": { "pageInfo": more, "nodes": [] } } } }))
    })
    .await;
    assert_eq!(told(&stub.forge(Mode::GraphQl)).await, Ok(Vec::new()));
}
