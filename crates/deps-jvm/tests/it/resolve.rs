//! What POMs need in turn, as Maven 3 resolves it.

use crate::{Elsewhere, repo};

/// A POM with dependencies, each `group:artifact:version[ scope][ optional][ -excluded]`.
fn pom(name: &str, needs: &[&str], more: &str) -> String {
    let [group, artifact, version] = name.split(':').collect::<Vec<_>>()[..] else { panic!("{name}") };
    let needs: String = needs.iter().map(|need| dependency(need)).collect();
    format!(
        "<project><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>\
         <dependencies>{needs}</dependencies>{more}</project>"
    )
}

fn dependency(need: &str) -> String {
    let mut words = need.split(' ');
    let name: Vec<_> = words.next().unwrap().split(':').collect();
    let mut text = format!("<groupId>{}</groupId><artifactId>{}</artifactId>", name[0], name[1]);
    if let Some(version) = name.get(2) {
        text += &format!("<version>{version}</version>");
    }
    for word in words {
        text += &match word.strip_prefix('-') {
            Some(excluded) => {
                let (group, artifact) = excluded.split_once(':').unwrap();
                format!(
                    "<exclusions><exclusion><groupId>{group}</groupId><artifactId>{artifact}</artifactId>\
                     </exclusion></exclusions>"
                )
            }
            None if word == "optional" => "<optional>true</optional>".to_owned(),
            None => format!("<scope>{word}</scope>"),
        };
    }
    format!("<dependency>{text}</dependency>")
}

/// What `g:root:1` resolves to with these POMs elsewhere.
fn resolved(needs: &[&str], more: &str, elsewhere: &[(&str, &[&str])]) -> Vec<String> {
    let poms: Vec<_> = elsewhere.iter().map(|(name, needs)| (*name, pom(name, needs, ""))).collect();
    let poms: Vec<_> = poms.iter().map(|(name, pom)| (*name, pom.as_str())).collect();
    let repo = repo(&[("pom.xml", &pom("g:root:1", needs, more))], &Elsewhere::of(&poms));
    assert_eq!(repo.findings(), Vec::<String>::new());
    repo.locked("pom.xml")
}

#[test]
fn the_nearest_wins_and_the_first_of_equally_near_ones() {
    let poms: &[(&str, &[&str])] = &[
        ("g:a:1", &["g:far:9", "g:x:1"]),
        ("g:b:1", &["g:x:2", "g:c:2"]),
        ("g:far:9", &["g:deep:1"]),
        ("g:deep:1", &["g:c:3"]),
        ("g:x:1", &[]),
        ("g:c:2", &[]),
    ];
    assert_eq!(
        resolved(&["g:a:1", "g:b:1"], "", poms),
        ["g:root 1", "g:a 1", "g:b 1", "g:far 9", "g:x 1", "g:c 2", "g:deep 1"]
    );
}

#[test]
fn the_roots_management_rules_what_is_needed_in_turn_only() {
    let managed = format!(
        "<dependencyManagement><dependencies>{}{}</dependencies></dependencyManagement>",
        dependency("g:x:7 -g:y"),
        dependency("g:a:7")
    );
    let poms: &[(&str, &[&str])] = &[("g:a:1", &["g:x:1"]), ("g:x:7", &["g:y:1", "g:z:1"]), ("g:z:1", &[])];
    assert_eq!(resolved(&["g:a:1"], &managed, poms), ["g:root 1", "g:a 1", "g:x 7", "g:z 1"]);
}

#[test]
fn exclusions_optional_and_scopes_cut_what_is_below() {
    let poms: &[(&str, &[&str])] = &[
        ("g:a:1", &["g:t:1 test", "g:p:1 provided", "g:o:1 optional", "g:r:1 runtime"]),
        ("g:r:1", &["g:no:1", "h:no:1", "g:s:1"]),
        ("g:s:1", &["h:yes:1"]),
        ("h:yes:1", &[]),
        ("g:direct:1", &[]),
    ];
    assert_eq!(
        resolved(
            &["g:a:1 -*:${not}", "g:direct:1 test optional"],
            "<properties><not>no</not></properties>",
            poms
        ),
        ["g:root 1", "g:a 1", "g:direct 1", "g:r 1", "g:s 1", "h:yes 1"]
    );
}

#[test]
fn cycles_end_and_edges_tell_the_path() {
    let poms = [("g:a:1", pom("g:a:1", &["g:b:1"], "")), ("g:b:1", pom("g:b:1", &["g:a:1", "g:root:1"], ""))];
    let poms = poms.each_ref().map(|(name, pom)| (*name, pom.as_str()));
    let repo = repo(&[("pom.xml", &pom("g:root:1", &["g:a:1"], ""))], &Elsewhere::of(&poms));
    let lock = &repo.inventory.locks[0];
    assert_eq!(lock.format, "maven resolution");
    let needs: Vec<_> = lock.packages.iter().map(|one| (one.own, one.needs.clone())).collect();
    assert_eq!(needs, [(true, vec![1]), (false, vec![2]), (false, vec![1, 0])]);
    let locked = repo.declared("pom.xml", "g:a").locked.unwrap();
    assert_eq!((locked.lock, locked.package), (0, 1));
}

#[test]
fn modules_of_this_repository_are_its_own() {
    let root = "<project><groupId>g</groupId><artifactId>all</artifactId><version>1</version></project>";
    let parent = "<parent><groupId>g</groupId><artifactId>all</artifactId><version>1</version></parent>";
    let lib = format!(
        "<project>{parent}<artifactId>lib</artifactId><dependencies>{}</dependencies></project>",
        dependency("x:y:2")
    );
    let app = format!(
        "<project>{parent}<artifactId>app</artifactId><dependencies>{}</dependencies></project>",
        dependency("g:lib:${project.version}")
    );
    let files = [("pom.xml", root), ("lib/pom.xml", lib.as_str()), ("app/pom.xml", app.as_str())];
    let repo = repo(&files, &Elsewhere::of(&[("x:y:2", "<project/>")]));
    assert_eq!(repo.locked("app/pom.xml"), ["g:app 1", "g:lib 1", "x:y 2"]);
    let lock = repo.inventory.locks.iter().find(|lock| lock.path == "app/pom.xml").unwrap();
    assert_eq!(lock.packages.iter().map(|one| one.own).collect::<Vec<_>>(), [true, true, false]);
}

#[test]
fn what_moved_is_followed() {
    let moved = pom(
        "old:name:1",
        &[],
        "<distributionManagement><relocation><groupId>new</groupId></relocation></distributionManagement>",
    );
    let elsewhere = Elsewhere::of(&[("old:name:1", &moved), ("new:name:1", "<project/>")]);
    let repo = repo(&[("pom.xml", &pom("g:root:1", &["old:name:1"], ""))], &elsewhere);
    assert_eq!(repo.locked("pom.xml"), ["g:root 1", "new:name 1"]);
}

#[test]
fn one_missing_pom_makes_the_whole_unknown_and_is_asked_for() {
    let elsewhere = pom("g:a:1", &["g:gone:3", "g:b:1"], "");
    let repo =
        repo(&[("pom.xml", &pom("g:root:1", &["g:a:1"], ""))], &Elsewhere::of(&[("g:a:1", &elsewhere)]));
    assert!(repo.inventory.locks.is_empty());
    let expected = "pom.xml:0: what it needs in turn is not known: the POM g:b:1 is not in this repository, nor in \
                    what was given; the POM g:gone:3 is not in this repository, nor in what was given";
    assert_eq!(repo.findings(), [expected]);
    assert_eq!(repo.inventory.asked.len(), 3);
}

#[test]
fn what_was_read_for_one_repository_serves_the_next_until_it_changes() {
    let files: fleetwright_package::Files =
        [("pom.xml", pom("g:root:1", &["g:a:1"], ""))].into_iter().collect();
    let shelf = fleetwright_deps_jvm::Shelf::default();
    let needs = |version: &str| {
        let elsewhere = pom("g:a:1", &[&format!("g:b:{version}")], "");
        let elsewhere =
            Elsewhere::of(&[("g:a:1", &elsewhere), ("g:b:1", "<project/>"), ("g:b:2", "<project/>")]);
        let mut inventory = fleetwright_package::Inventory::default();
        fleetwright_deps_jvm::read_with(&files, &mut inventory, &elsewhere, &shelf);
        assert_eq!(inventory.asked.len(), 2);
        inventory.locks[0].packages[2].version.clone()
    };
    assert_eq!([needs("1"), needs("1"), needs("2")], ["1", "1", "2"]);
}
