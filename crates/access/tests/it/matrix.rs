//! Every need × every role × owner or not, against a table written by hand.

use fleetwright_access::{Asked, Need, Person, Refusal, Role, Scope, Via, admit, decide};

/// Per needed role, who may: a row of `viewer author approver operator admin`.
const MAY: [(Role, &str); 5] = [
    (Role::Viewer, "yyyyy"),
    (Role::Author, "nyyyy"),
    (Role::Approver, "nnyyy"),
    (Role::Operator, "nnnyy"),
    (Role::Admin, "nnnny"),
];

fn person(role: Role) -> Person {
    let groups = vec!["group:default/payments".to_owned()];
    Person { name: "ada".to_owned(), role, groups, via: Via::Session, scope: Scope::All }
}

#[test]
fn every_need_and_every_role() {
    let mut asked = 0;
    for (needs, row) in MAY {
        for (role, may) in Role::ALL.into_iter().zip(row.chars()) {
            for owns in [false, true] {
                let somebody = person(role);
                let by_role = decide(Some(&somebody), Need::Role(needs), owns);
                let or_owner = decide(Some(&somebody), Need::RoleOrOwner(needs), owns);
                assert_eq!(by_role.is_ok(), may == 'y', "{role} for {needs}, owns: {owns}");
                assert_eq!(or_owner.is_ok(), may == 'y' || owns, "{role} for {needs} or owner, owns: {owns}");
                for refusal in [by_role, or_owner].into_iter().filter_map(Result::err) {
                    assert_eq!(refusal.status(), 403);
                    assert!(refusal.to_string().contains(needs.word()), "{refusal}");
                }
                assert_eq!(decide(Some(&somebody), Need::Anybody, owns), Ok(()));
                asked += 1;
            }
        }
    }
    assert_eq!(asked, 50);
}

#[test]
fn nobody_is_told_to_sign_in() {
    for role in Role::ALL {
        for owns in [false, true] {
            for need in [Need::Role(role), Need::RoleOrOwner(role)] {
                let refusal = decide(None, need, owns).unwrap_err();
                assert_eq!((refusal.status(), &refusal), (401, &Refusal::NotSignedIn));
            }
        }
    }
    assert_eq!(decide(None, Need::Anybody, false), Ok(()));
}

#[test]
fn a_scope_takes_away_and_never_gives() {
    let reads = Asked { call: "shifts.list", need: Need::Role(Role::Viewer), reads: true };
    let writes = Asked { call: "shifts.apply", need: Need::RoleOrOwner(Role::Author), reads: false };
    let table = [
        (Scope::All, true, true),
        (Scope::Read, true, false),
        (Scope::Calls(vec!["shifts.apply".to_owned()]), false, true),
        (Scope::Calls(Vec::new()), false, false),
    ];
    for (scope, may_read, may_write) in table {
        let mut admin = person(Role::Admin);
        admin.scope = scope.clone();
        assert_eq!(admit(Some(&admin), reads, false).is_ok(), may_read, "{scope:?}");
        assert_eq!(admit(Some(&admin), writes, true).is_ok(), may_write, "{scope:?}");
        let mut viewer = person(Role::Viewer);
        viewer.scope = scope;
        assert!(admit(Some(&viewer), writes, false).is_err(), "a scope is no role");
        // Whether the server lives is not asked with a token's scope.
        let alive = Asked { call: "health", need: Need::Anybody, reads: true };
        assert_eq!(admit(Some(&viewer), alive, false), Ok(()));
    }
}
