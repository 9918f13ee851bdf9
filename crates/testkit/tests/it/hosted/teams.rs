//! Teams of a forge are groups and users of the catalog, and own what CODEOWNERS says.

use serde_json::{Value, json};

use super::place::{APP, Place, Tongue, full, shift};
use crate::world::Ended;

in_every_tongue!(a_team_owns_what_codeowners_says, a_file_wins, without_the_right_there_is_a_note);

/// A fleet with a team of two, and a repository it owns without saying more than CODEOWNERS.
fn place(tongue: Tongue) -> Place {
    let place = Place::new(tongue, |_| {});
    // Gitea's patterns are regular expressions.
    let all = if tongue == Tongue::Gitea { ".*" } else { "*" };
    place.make("app", &[("app.yaml", APP), ("CODEOWNERS", &format!("{all} @acme/payments\n"))]);
    place.make("other", &[("app.yaml", APP)]);
    place.forge.team("payments", None, &["ann", "bob"]);
    place.forge.team("shop", None, &["ann"]);
    place.forge.world().lock().call_account("ann", "Ann Example", Some("ann@example.com"));
    place
}

fn get(place: &Place, reference: &str) -> Value {
    place.world.json(&["catalog", "get", reference])
}

/// The other ends of an entity's relations of a kind.
fn ends(entity: &Value, kind: &str) -> Vec<String> {
    let all = entity["relations"].as_array().unwrap().iter().filter(|relation| relation["type"] == kind);
    all.map(|relation| relation["targetRef"].as_str().unwrap().to_owned()).collect()
}

/// How often the forge was asked which teams there are.
fn asked(place: &Place, tongue: Tongue) -> u64 {
    match tongue {
        // Repositories are listed by GraphQL too: one query of two.
        Tongue::GitHub => place.forge.calls("POST /graphql") / 2,
        Tongue::GitLab => place.forge.calls("GET /groups/{id}/descendant_groups"),
        Tongue::Gitea => place.forge.calls("GET /orgs/{org}/teams"),
    }
}

fn a_team_owns_what_codeowners_says(tongue: Tongue) {
    let place = place(tongue);
    place.world.ends(&["repo", "sync"], 0);
    assert_eq!(asked(&place, tongue), 1, "once a sync");
    let group = get(&place, "group:default/payments");
    assert_eq!((&group["spec"]["type"], &group["spec"]["members"]), (&json!("team"), &json!(["ann", "bob"])));
    assert_eq!(group["metadata"]["description"], "What payments does");
    let user = get(&place, "user:default/ann");
    assert_eq!(user["spec"]["memberOf"], json!(["payments", "shop"]));
    assert_eq!(user["spec"]["profile"]["displayName"], "Ann Example");
    assert_eq!(user["spec"]["profile"]["email"], "ann@example.com");
    assert_eq!(ends(&get(&place, "component:default/app"), "ownedBy"), ["group:default/payments"]);
    assert_eq!(ends(&group, "ownerOf"), ["component:default/app"]);
    let select =
        shift("").replace(r#"repo.hasFile("app.yaml")"#, r#"component.inGroup("group:default/payments")"#);
    place.world.write("shift.yaml", &select);
    let played = place.world.json(&["rehearse", "shift.yaml", "--dialect", tongue.word()]);
    assert_eq!(played["forge"]["opened"], 1, "a rehearsal selects the same: {played}");
    let before = (asked(&place, tongue), place.forge.calls("GET /groups/{id}/members"));
    place.world.ends(&["shift", "plan", "shift.yaml"], 0);
    assert_eq!(place.world.targets("bump").into_keys().collect::<Vec<_>>(), [full("app")]);
    if tongue != Tongue::GitHub {
        let after = (asked(&place, tongue), place.forge.calls("GET /groups/{id}/members"));
        assert_eq!(after, before, "not again within an hour");
    }
    // One repository that moved is put together with what is known of the teams.
    let all = if tongue == Tongue::Gitea { ".*" } else { "*" };
    place.write("other", "main", ("CODEOWNERS", &format!("{all} @acme/shop\n")));
    place.world.ends(&["repo", "sync"], 0);
    assert_eq!(ends(&get(&place, "group:default/shop"), "ownerOf"), ["component:default/other"]);
    assert_eq!(ends(&get(&place, "group:default/payments"), "hasMember").len(), 2);
    place.forge.team("payments", None, &["bob"]);
    place.world.ends(&["repo", "sync"], 0);
    assert_eq!(get(&place, "user:default/ann")["spec"]["memberOf"], json!(["shop"]));
}

const SQUAD: &str = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: payments }\n\
    spec: { type: squad, children: [], members: [bob] }\n";

fn a_file_wins(tongue: Tongue) {
    let place = place(tongue);
    place.world.write("catalog/org.yaml", SQUAD);
    place.world.ends(&["repo", "sync"], 0);
    let group = get(&place, "group:default/payments");
    assert_eq!(group["spec"]["type"], "squad");
    assert_eq!(ends(&group, "hasMember"), ["user:default/bob"], "the team's people are not added");
    assert_eq!(ends(&group, "ownerOf"), ["component:default/app"]);
    let told = place.world.run(&["catalog", "validate"]);
    assert!(!format!("{told}").contains("declared already"), "{told}");
    std::fs::remove_file(place.world.path("catalog/org.yaml")).unwrap();
    place.world.ends(&["repo", "sync"], 0);
    let group = get(&place, "group:default/payments");
    assert_eq!(ends(&group, "hasMember"), ["user:default/ann", "user:default/bob"]);
    let config = std::fs::read_to_string(place.world.path("fleetwright.yaml")).unwrap();
    place.world.write("fleetwright.yaml", &config.replace("orgs:", "teams: false, orgs:"));
    place.world.ends(&["repo", "sync"], 0);
    assert_ne!(place.world.run(&["catalog", "get", "group:default/payments"]).code, Some(0));
}

fn without_the_right_there_is_a_note(tongue: Tongue) {
    let mut place = place(tongue);
    let reading = place.forge.reading.clone();
    let token = |place: &mut Place, token: &str| {
        place.world.env.insert("FORGE_TOKEN", token.to_owned());
        place.world.run(&["repo", "sync"])
    };
    let noted = |told: &Ended, what: &str| {
        assert_eq!(told.code, Some(0), "{told}");
        let notes = format!("{told}").matches("cannot read the teams of acme at hub").count();
        assert_eq!(notes, 1, "{told}");
        assert!(format!("{told}").contains(what), "{told}");
    };
    let needs = match tongue {
        Tongue::GitHub => "the token needs the scope `read:org`",
        Tongue::GitLab => "the token needs the scope `read_api` or `api`",
        Tongue::Gitea => "the token needs the scope `read:organization`",
    };
    let told = token(&mut place, &reading);
    noted(&told, &format!("at hub: {needs}"));
    assert_ne!(place.world.run(&["catalog", "get", "group:default/payments"]).code, Some(0));
    let all = place.forge.token.clone();
    let told = token(&mut place, &all);
    assert!(told.code == Some(0) && !format!("{told}").contains("cannot read"), "{told}");
    let told = token(&mut place, &reading);
    noted(&told, &format!("; those it told before stay: {needs}"));
    assert_eq!(get(&place, "group:default/payments")["spec"]["members"], json!(["ann", "bob"]));
}

/// A team below a team: its path, as CODEOWNERS writes it, and what its group is called.
fn a_department(tongue: Tongue, (path, name): (&str, &str)) {
    let place = Place::new(tongue, |_| {});
    place.make("app", &[("app.yaml", APP), ("CODEOWNERS", &format!("* @{path}\n"))]);
    place.make("other", &[("app.yaml", APP)]);
    place.forge.team("platform", None, &["zoe"]);
    place.forge.team("payments", Some("platform"), &["ann"]);
    place.world.ends(&["repo", "sync"], 0);
    let group = get(&place, &format!("group:default/{name}"));
    assert_eq!(ends(&group, "childOf"), ["group:default/platform"]);
    assert_eq!(ends(&group, "ownerOf"), ["component:default/app"]);
    assert_eq!(get(&place, "group:default/platform")["spec"]["children"], json!([name]));
    let platform = r#"component.inGroup("group:default/platform")"#;
    place.world.write("shift.yaml", &shift("").replace(r#"repo.hasFile("app.yaml")"#, platform));
    place.world.ends(&["shift", "plan", "shift.yaml"], 0);
    assert_eq!(place.world.targets("bump").into_keys().collect::<Vec<_>>(), [full("app")]);
    // Put together in part, it is the same team.
    place.write("other", "main", ("CODEOWNERS", &format!("* @{path}\n")));
    let sync = || place.world.json(&["repo", "sync"])["entities"].clone();
    let part = sync();
    assert_eq!((&part["whole"], &part["changed"]), (&json!(false), &json!(1)), "{part}");
    place.world.write("catalog/none.yaml", "# everything is put together now\n");
    let whole = sync();
    assert_eq!((&whole["whole"], &whole["changed"]), (&json!(true), &json!(0)), "{whole}");
    let owned = ends(&get(&place, &format!("group:default/{name}")), "ownerOf");
    assert_eq!(owned, ["component:default/app", "component:default/other"]);
}

#[test]
fn a_department_of_githubs_teams() {
    a_department(Tongue::GitHub, ("acme/payments", "payments"));
}

#[test]
fn a_department_of_gitlabs_groups() {
    a_department(Tongue::GitLab, ("acme/platform/payments", "platform-payments"));
}
