//! Teams of forges as groups and users of the catalog, as Backstage's providers make them
//! (plugins/catalog-backend-module-github and -gitlab of backstage/backstage: `defaultTransformers.ts`).

use std::collections::{BTreeMap, HashMap, HashSet};

use fleetwright_catalog::{Entity, SourceFile, derived, entity_name};
use fleetwright_core::team::{Member, Team};
use fleetwright_owners::Owner;
use reqwest::Url;
use serde_json::{Map, Value, json};

use super::pages;
use crate::config::{ForgeConfig, HostedConfig, Kind};
use crate::error::EngineError;
use crate::fleet::Fleet;

/// What stands before the path of a team in the catalog's own names of files.
const TEAM: &str = "team";

/// The longest description that is taken over, in characters.
const MAX_DESCRIPTION: usize = 2_000;

/// The pages of a forge.
#[derive(Debug, Clone)]
struct Site {
    forge: String,
    kind: Kind,
    /// The address that they begin with, without a slash at the end.
    home: String,
    /// The host, as annotations of GitLab and Gitea begin with.
    host: String,
}

/// A team, where it is, and what its group is called.
#[derive(Debug)]
struct Placed {
    site: usize,
    team: Team,
    name: String,
}

/// The teams of all forges.
#[derive(Debug, Default)]
pub(super) struct Teams {
    sites: Vec<Site>,
    teams: Vec<Placed>,
    /// Names of groups, by forge and the team's path in small letters.
    names: HashMap<(String, String), String>,
}

/// Whoever is in a team.
struct Person<'a> {
    member: &'a Member,
    site: &'a Site,
    groups: Vec<&'a str>,
}

impl Teams {
    /// What the forges of the configuration last told, in its order.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn read(fleet: &Fleet) -> Result<Teams, EngineError> {
        let mut rows: HashMap<(String, String), Vec<Team>> = HashMap::new();
        for row in fleet.store.orgs().await? {
            rows.insert((row.forge, row.name), row.teams);
        }
        let mut teams = Teams::default();
        for config in &fleet.config.forges {
            let ForgeConfig::Hosted(config) = config else { continue };
            let orgs = config.orgs.iter().filter(|_| config.teams);
            let told = orgs.filter_map(|org| rows.remove(&(config.name.clone(), org.clone())));
            teams.add(site(config), told.flatten().collect());
        }
        Ok(teams)
    }

    /// Takes in the teams of a forge. Of two of one name the first has it, the other is called by its whole
    /// path too.
    fn add(&mut self, site: Site, told: Vec<Team>) {
        let mut taken: HashSet<String> = self.names.values().map(|name| name.to_lowercase()).collect();
        for team in told {
            let key = (site.forge.clone(), team.path.to_lowercase());
            let whole = team.path.replace('/', "-");
            let longest = format!("{}-{whole}", site.forge);
            let names = [&team.slug, &whole, &longest].into_iter().filter_map(|text| entity_name(text));
            let free = names.into_iter().find(|name| !taken.contains(&name.to_lowercase()));
            let Some(name) = free.filter(|_| !self.names.contains_key(&key)) else { continue };
            taken.insert(name.to_lowercase());
            self.names.insert(key, name.clone());
            self.teams.push(Placed { site: self.sites.len(), team, name });
        }
        self.sites.push(site);
    }

    /// The reference of the group that an owner in a CODEOWNERS file of this forge means.
    pub(super) fn group(&self, forge: &str, owner: &Owner) -> Option<String> {
        let Owner::Group(path) = owner else { return None };
        let name = self.names.get(&(forge.to_owned(), path.to_lowercase()))?;
        Some(format!("group:default/{}", name.to_lowercase()))
    }

    /// Groups and users, each at its own location, without those that files declare. A team whose group a
    /// file declares puts nobody into it, and has no place among the others.
    pub(super) fn files(&self, files: &[SourceFile]) -> Vec<SourceFile> {
        let rows = files.iter().flat_map(|file| &file.rows).flatten();
        let rows = rows.filter(|entity| matches!(entity.kind(), "Group" | "User"));
        let declared: HashSet<String> = rows.map(|entity| entity.entity_ref().to_string()).collect();
        let is_declared =
            |kind: &str, name: &str| declared.contains(&format!("{kind}:default/{}", name.to_lowercase()));
        let used: Vec<&Placed> =
            self.teams.iter().filter(|placed| !is_declared("group", &placed.name)).collect();
        let mut parents: HashMap<&str, &str> = HashMap::new();
        for placed in &used {
            if let Some(parent) = self.parent(placed).filter(|parent| !is_declared("group", parent)) {
                parents.insert(&placed.name, parent);
            }
        }
        let mut children: HashMap<&str, Vec<&str>> = HashMap::new();
        for placed in &used {
            if let Some(parent) = parents.get(placed.name.as_str()) {
                children.entry(parent).or_default().push(&placed.name);
            }
        }
        let mut made = Vec::with_capacity(used.len());
        for placed in &used {
            let below = children.remove(placed.name.as_str()).unwrap_or_default();
            made.extend(self.group_file(placed, parents.get(placed.name.as_str()).copied(), &below));
        }
        let people = self.people(|placed| !is_declared("group", &placed.name));
        made.extend(
            people.values().filter(|person| !is_declared("user", &person.member.login)).filter_map(user_file),
        );
        made
    }

    fn parent(&self, placed: &Placed) -> Option<&str> {
        let forge = self.sites.get(placed.site)?.forge.clone();
        let parent = placed.team.parent.as_ref()?.to_lowercase();
        self.names.get(&(forge, parent)).map(String::as_str)
    }

    /// Everybody in any team, by name in small letters, each with the teams of his that are used.
    fn people(&self, is_used: impl Fn(&Placed) -> bool) -> BTreeMap<String, Person<'_>> {
        let mut people: BTreeMap<String, Person<'_>> = BTreeMap::new();
        for placed in &self.teams {
            let Some(site) = self.sites.get(placed.site) else { continue };
            for member in named(&placed.team) {
                let new = || Person { member, site, groups: Vec::new() };
                let person = people.entry(member.login.to_lowercase()).or_insert_with(new);
                if is_used(placed) && person.groups.last() != Some(&placed.name.as_str()) {
                    person.groups.push(&placed.name);
                }
            }
        }
        people
    }

    fn group_file(&self, placed: &Placed, parent: Option<&str>, children: &[&str]) -> Option<SourceFile> {
        let (site, team) = (self.sites.get(placed.site)?, &placed.team);
        let (org, slug) = team.path.rsplit_once('/').unwrap_or(("", &team.path));
        let (annotations, page) = match site.kind {
            Kind::GitHub => {
                let page = format!("{}/orgs/{org}/teams/{slug}", site.home);
                let edit = format!("{page}/edit");
                (json!({ "github.com/team-slug": team.path, "backstage.io/edit-url": edit }), page)
            }
            Kind::GitLab => {
                (json!({ site.key("team-path"): team.path }), format!("{}/{}", site.home, team.path))
            }
            Kind::Gitea => {
                let page = format!("{}/org/{org}/teams/{slug}", site.home);
                (json!({ site.key("team-path"): team.path }), page)
            }
        };
        let mut metadata = json!({ "name": placed.name, "annotations": annotations });
        let description: String = team.description.chars().take(MAX_DESCRIPTION).collect();
        put(&mut metadata, "description", &description);
        let mut profile = json!({});
        put(&mut profile, "displayName", &team.name);
        put(&mut profile, "picture", &team.picture);
        let members: Vec<&str> = named(team).map(|member| member.login.as_str()).collect();
        let mut spec =
            json!({ "type": "team", "profile": profile, "children": children, "members": members });
        put(&mut spec, "parent", parent.unwrap_or_default());
        Some(file(entity("Group", metadata, spec, &format!("{TEAM}:{}/{}", site.forge, team.path))?, &page))
    }
}

impl Site {
    fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.host)
    }
}

fn site(config: &HostedConfig) -> Site {
    let home = pages::home(config).to_owned();
    let host = Url::parse(&home).ok().and_then(|url| url.host_str().map(str::to_owned));
    Site { forge: config.name.clone(), kind: config.kind, host: host.unwrap_or_default(), home }
}

/// The people of a team whose names an entity may have: a robot's, such as `x[bot]`, is none.
fn named(team: &Team) -> impl Iterator<Item = &Member> {
    team.members.iter().filter(|member| entity_name(&member.login).as_ref() == Some(&member.login))
}

fn user_file(person: &Person<'_>) -> Option<SourceFile> {
    let Person { member, site, groups } = person;
    let page = format!("{}/{}", site.home, member.login);
    let annotations = match site.kind {
        Kind::GitHub => json!({ "github.com/user-login": member.login }),
        Kind::GitLab => json!({ site.key("user-login"): page }),
        Kind::Gitea => json!({ site.key("user-login"): member.login }),
    };
    let mut profile = json!({});
    put(&mut profile, "displayName", &member.name);
    put(&mut profile, "email", &member.email);
    put(&mut profile, "picture", &member.picture);
    let metadata = json!({ "name": member.login, "annotations": annotations });
    let spec = json!({ "profile": profile, "memberOf": groups });
    Some(file(entity("User", metadata, spec, &format!("{TEAM}:{}/{}", site.forge, member.login))?, &page))
}

/// Adds a text that is there.
fn put(value: &mut Value, key: &str, text: &str) {
    if !text.is_empty() {
        value[key] = text.into();
    }
}

fn entity(kind: &str, metadata: Value, spec: Value, file: &str) -> Option<Entity> {
    let document: Option<Map<String, Value>> =
        serde_json::from_value(json!({ "apiVersion": "backstage.io/v1alpha1", "kind": kind,
            "metadata": metadata, "spec": spec }))
        .ok();
    Some(derived(document?, file, 0))
}

fn file(entity: Entity, page: &str) -> SourceFile {
    let location = format!("url:{page}");
    SourceFile { origin: location.clone(), location, rows: vec![Ok(entity)], ..SourceFile::default() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use fleetwright_catalog::{Catalog, EntityRef, RefContext, assemble, read, validate};

    use super::*;

    fn site(forge: &str, kind: Kind) -> Site {
        let host = format!("{forge}.example");
        Site { forge: forge.to_owned(), kind, home: format!("https://{host}"), host }
    }

    fn team(path: &str, parent: Option<&str>, logins: &[&str]) -> Team {
        let member = |login: &&str| Member { login: (*login).to_owned(), ..Member::default() };
        Team {
            path: path.to_owned(),
            slug: path.split_once('/').unwrap().1.replace('/', "-"),
            parent: parent.map(str::to_owned),
            members: logins.iter().map(member).collect(),
            ..Team::default()
        }
    }

    fn catalog(teams: &Teams, text: &str) -> Catalog {
        let mut files = vec![SourceFile {
            location: "file:a.yaml".into(),
            rows: read("a.yaml", text),
            ..SourceFile::default()
        }];
        files.append(&mut teams.files(&files));
        let catalog = assemble(files);
        assert_eq!(catalog.findings, []);
        assert_eq!(catalog.dangling, []);
        for entity in catalog.entities() {
            assert_eq!(validate(entity), [], "{}", entity.entity_ref());
        }
        catalog
    }

    fn of<'a>(catalog: &'a Catalog, reference: &str) -> &'a Entity {
        catalog.get(&EntityRef::parse(reference, RefContext::default()).unwrap()).unwrap()
    }

    fn ends(catalog: &Catalog, reference: &str, kind: &str) -> Vec<String> {
        let all = of(catalog, reference).relations().iter();
        all.filter(|relation| relation.kind == kind).map(|relation| relation.target.clone()).collect()
    }

    fn small() -> Teams {
        let mut teams = Teams::default();
        let told = vec![
            team("acme/money", None, &["zoe"]),
            team("acme/Payments", Some("acme/money"), &["ann", "bob", "x[bot]"]),
        ];
        teams.add(site("hub", Kind::GitHub), told);
        teams
    }

    /// The entity that `defaultOrganizationTeamTransformer` and `withLocations` make of such a team.
    #[test]
    fn a_team_of_githubs_is_what_backstages_provider_makes_of_it() {
        let mut teams = small();
        let placed = &mut teams.teams[1].team;
        (placed.name, placed.description) = ("Payments".to_owned(), "Takes money".to_owned());
        placed.picture = "https://hub.example/p.png".to_owned();
        let ann = &mut placed.members[0];
        (ann.name, ann.email) = ("Ann".to_owned(), "ann@example.com".to_owned());
        let catalog = catalog(&teams, "");
        let location = "url:https://hub.example/orgs/acme/teams/Payments";
        let group = json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Group",
            "metadata": { "name": "Payments", "description": "Takes money", "annotations": {
                "github.com/team-slug": "acme/Payments",
                "backstage.io/edit-url": "https://hub.example/orgs/acme/teams/Payments/edit",
                "backstage.io/managed-by-location": location,
                "backstage.io/managed-by-origin-location": location } },
            "spec": { "type": "team", "parent": "money", "children": [], "members": ["ann", "bob"],
                "profile": { "displayName": "Payments", "picture": "https://hub.example/p.png" } },
        });
        assert_eq!(Value::Object(of(&catalog, "group:payments").document().clone()), group);
        let user = json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "User",
            "metadata": { "name": "ann", "annotations": {
                "github.com/user-login": "ann",
                "backstage.io/managed-by-location": "url:https://hub.example/ann",
                "backstage.io/managed-by-origin-location": "url:https://hub.example/ann" } },
            "spec": { "profile": { "displayName": "Ann", "email": "ann@example.com" }, "memberOf": ["Payments"] },
        });
        assert_eq!(Value::Object(of(&catalog, "user:ann").document().clone()), user);
        assert_eq!(of(&catalog, "group:money").spec()["children"], json!(["Payments"]));
        assert_eq!(ends(&catalog, "group:money", "parentOf"), ["group:default/payments"]);
        assert_eq!(ends(&catalog, "user:bob", "memberOf"), ["group:default/payments"]);
        assert_eq!(catalog.entities().len(), 5, "a robot is nobody");
    }

    #[test]
    fn a_group_of_gitlabs_is_named_by_its_path_below_the_one_in_scope() {
        let mut teams = Teams::default();
        teams.add(site("lab", Kind::GitLab), vec![team("acme/shop/tills", None, &["ann"])]);
        let catalog = catalog(&teams, "");
        let group = of(&catalog, "group:shop-tills");
        assert_eq!(group.annotation("lab.example/team-path"), Some("acme/shop/tills"));
        let location = group.annotation("backstage.io/managed-by-location");
        assert_eq!(location, Some("url:https://lab.example/acme/shop/tills"));
        let login = of(&catalog, "user:ann").annotation("lab.example/user-login");
        assert_eq!(login, Some("https://lab.example/ann"));
        let owner = Owner::parse("@acme/Shop/tills").unwrap();
        assert_eq!(teams.group("lab", &owner).as_deref(), Some("group:default/shop-tills"));
        assert_eq!(teams.group("hub", &owner), None, "another forge's are others");
    }

    #[test]
    fn of_two_teams_of_one_name_the_second_has_its_whole_name() {
        let mut teams = small();
        let told = vec![team("beta/payments", None, &["ann"]), team("beta/payments", None, &["eve"])];
        teams.add(site("tea", Kind::Gitea), told);
        teams.add(
            site("lab", Kind::GitLab),
            vec![team("beta/payments", None, &[]), team("beta/--", None, &[])],
        );
        let group = |forge: &str, owner| teams.group(forge, &Owner::parse(owner).unwrap());
        assert_eq!(group("hub", "@acme/payments").as_deref(), Some("group:default/payments"));
        assert_eq!(group("tea", "@beta/payments").as_deref(), Some("group:default/beta-payments"));
        assert_eq!(group("lab", "@beta/payments").as_deref(), Some("group:default/lab-beta-payments"));
        assert_eq!(
            group("lab", "@beta/--").as_deref(),
            Some("group:default/beta"),
            "what is left of its path"
        );
        let catalog = catalog(&teams, "");
        let groups = ["group:default/beta-payments".to_owned(), "group:default/payments".to_owned()];
        assert_eq!(ends(&catalog, "user:ann", "memberOf"), groups);
        assert_eq!(
            of(&catalog, "user:ann").annotation("github.com/user-login"),
            Some("ann"),
            "the first forge's"
        );
        assert!(!catalog.entities().iter().any(|entity| entity.name() == "eve"), "told twice, taken once");
    }

    const FILE: &str = "{apiVersion: backstage.io/v1alpha1, kind: Group, metadata: {name: payments}, spec: \
        {type: squad, children: [], members: [bob]}}\n---\n\
        {apiVersion: backstage.io/v1alpha1, kind: User, metadata: {name: Bob}, spec: {memberOf: []}}\n";

    #[test]
    fn what_a_file_declares_stands_and_the_team_adds_nothing_to_it() {
        let mut teams = small();
        let told = vec![team("acme/tills", Some("acme/Payments"), &["cid", "bob"])];
        teams.add(site("hub", Kind::GitHub), told);
        let catalog = catalog(&teams, FILE);
        let group = of(&catalog, "group:payments");
        assert_eq!((group.spec_text("type"), group.file()), (Some("squad"), "a.yaml"));
        assert_eq!(ends(&catalog, "group:payments", "hasMember"), ["user:default/bob"], "and not ann");
        for kind in ["parentOf", "childOf"] {
            assert_eq!(ends(&catalog, "group:payments", kind), [""; 0], "{kind}");
        }
        assert_eq!(of(&catalog, "group:money").spec()["children"], json!([]));
        assert_eq!(of(&catalog, "group:tills").spec_text("parent"), None);
        assert_eq!(of(&catalog, "user:bob").file(), "a.yaml");
        let own = ["group:default/payments".to_owned(), "group:default/tills".to_owned()];
        assert_eq!(
            ends(&catalog, "user:bob", "memberOf"),
            own,
            "a team that no file declares names its people"
        );
        assert_eq!(
            of(&catalog, "user:ann").spec()["memberOf"],
            json!([]),
            "she is there, and a file may name her"
        );
        let owner = Owner::parse("@acme/payments").unwrap();
        assert_eq!(teams.group("hub", &owner).as_deref(), Some("group:default/payments"));
    }

    mod hostile {
        use super::*;

        #[test]
        fn whatever_a_forge_tells_makes_entities_that_hold() {
            let mut teams = Teams::default();
            let mut told: Vec<Team> =
                ["a/a\u{1b}[2J", "a/../../etc", "a/", "a", "", "a/é", "//", "a/ent:x", "a/b c"]
                    .into_iter()
                    .map(|path| Team {
                        path: path.to_owned(),
                        slug: path.rsplit('/').next().unwrap().to_owned(),
                        description: "x".repeat(1 << 20),
                        ..team("a/a", Some(path), &["ann", "", "../x", "a b", "\u{1b}[2J", "bob\n", "ann"])
                    })
                    .collect();
            told.push(team(&format!("a/{}", "long-".repeat(100)), None, &[]));
            let count = told.len();
            teams.add(site("hub", Kind::GitHub), told);
            let mut files = teams.files(&[]);
            assert!(files.iter().all(|file| file.rows.len() == 1));
            let catalog = assemble(std::mem::take(&mut files));
            let kinds = |kind| catalog.entities().iter().filter(|entity| entity.kind() == kind).count();
            // What has no letter of a name is left out.
            assert_eq!((kinds("User"), kinds("Group")), (1, count - 2), "{:?}", catalog.entities());
            for entity in catalog.entities() {
                assert_eq!(validate(entity), [], "{}", entity.entity_ref());
                assert!(entity.description().unwrap_or_default().len() <= MAX_DESCRIPTION);
            }
            assert_eq!(catalog.dangling, []);
        }

        #[test]
        fn circles_and_long_lines_of_teams_end() {
            let mut teams = Teams::default();
            let line = |n: usize| team(&format!("a/t{n}"), Some(&format!("a/t{}", n + 1)), &[]);
            let mut told: Vec<Team> = (0..10_000).map(line).collect();
            told.extend([team("a/x", Some("a/y"), &[]), team("a/y", Some("a/x"), &[])]);
            told.push(team("a/self", Some("a/self"), &[]));
            teams.add(site("hub", Kind::GitHub), told);
            let catalog = assemble(teams.files(&[]));
            let top = EntityRef::parse("group:t9999", RefContext::default()).unwrap();
            assert_eq!(catalog.groups().descendants(&top).len(), 9_999);
            assert_eq!(catalog.findings.len(), 2, "one for each circle");
        }
    }
}
