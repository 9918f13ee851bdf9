//! Tokens, sessions and one-time links on a real database.

use std::sync::Arc;

use fleetwright_access::{AccessError, Doorkeeper, NewToken, Person, Proof, Refusal, Role, Scope, Via};
use fleetwright_store::{CredentialKind, Silent, Store};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const NOW: i64 = 1_790_000_000_000;

async fn open() -> (tempfile::TempDir, Store, Doorkeeper) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("fleet.db"), Arc::new(Silent)).await.unwrap();
    let keeper = Doorkeeper::new(store.clone());
    (folder, store, keeper)
}

fn ask(role: Role) -> NewToken {
    NewToken { label: "ci".into(), role, scope: Scope::Read, days: 90 }
}

fn somebody(name: &str, role: Role) -> Person {
    Person { role, groups: vec!["group:default/pay".into()], via: Via::Oidc, ..Person::local(name) }
}

fn refusal<T: std::fmt::Debug>(done: Result<T, AccessError>) -> Refusal {
    match done {
        Err(AccessError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_is_its_maker_within_its_bounds_until_it_ends() {
    let (_folder, store, keeper) = open().await;
    let ada = somebody("ada", Role::Operator);
    let (secret, row) = keeper.make_token(&ada, &ask(Role::Author), NOW).await.unwrap();
    let shown = Proof::Bearer(secret.expose());
    let person = keeper.identify(shown, NOW + 1).await.unwrap();
    let via = Via::Token(row.id.clone());
    assert_eq!(person, Person { role: Role::Author, scope: Scope::Read, via, ..ada.clone() });
    // Its use is written down, roughly.
    let used = async || store.credential(&row.id).await.unwrap().unwrap().used_at;
    assert_eq!(used().await, Some(NOW + 1));
    keeper.identify(shown, NOW + 2).await.unwrap();
    assert_eq!(used().await, Some(NOW + 1));
    keeper.identify(shown, NOW + HOUR).await.unwrap();
    assert_eq!(used().await, Some(NOW + HOUR));
    // Nothing of the secret is in the database, and a cookie it is not.
    assert!(!format!("{row:?}").contains(&secret.expose()[16..]));
    assert_eq!(refusal(keeper.identify(Proof::Cookie(secret.expose()), NOW).await), Refusal::Unknown);
    assert_eq!(refusal(keeper.identify(shown, NOW + 90 * DAY).await), Refusal::Expired);
    assert!(keeper.identify(shown, NOW + 90 * DAY - 1).await.is_ok());
    // Others cannot end it, and are told nothing of it.
    let bob = somebody("bob", Role::Operator);
    assert!(matches!(keeper.revoke(&bob, &row.id, NOW).await, Err(AccessError::Asked { .. })));
    assert!(keeper.tokens(&bob).await.unwrap().is_empty());
    assert!(keeper.revoke(&ada, &row.id, NOW).await.unwrap());
    assert!(!keeper.revoke(&somebody("eve", Role::Admin), &row.id, NOW).await.unwrap(), "ended already");
    assert_eq!(refusal(keeper.identify(shown, NOW + 1).await), Refusal::Ended);
    let told: Vec<String> =
        store.events("", None, 10).await.unwrap().into_iter().map(|e| e.event.what).collect();
    assert_eq!(told, ["token.made", "token.revoked"]);
}

#[tokio::test]
async fn one_wrong_letter_is_nobody() {
    let (_folder, _store, keeper) = open().await;
    let (secret, _) =
        keeper.make_token(&somebody("ada", Role::Author), &ask(Role::Viewer), NOW).await.unwrap();
    let good = secret.expose();
    for at in 0..good.len() {
        let letter = if &good[at..=at] == "0" { "1" } else { "0" };
        let bad = format!("{}{letter}{}", &good[..at], &good[at + 1..]);
        // The last letter has two bits that no byte needs, but it is the text that is compared.
        assert_eq!(refusal(keeper.identify(Proof::Bearer(&bad), NOW).await), Refusal::Unknown, "{at}");
    }
    for bad in ["", "fw_", "Bearer", &good.repeat(1_000)] {
        assert_eq!(refusal(keeper.identify(Proof::Bearer(bad), NOW).await), Refusal::Unknown);
    }
}

#[tokio::test]
async fn nobody_makes_more_than_they_are() {
    let (_folder, _store, keeper) = open().await;
    let ada = somebody("ada", Role::Author);
    let token = Person { via: Via::Token("x".into()), ..somebody("ada", Role::Admin) };
    let with = |change: fn(&mut NewToken)| {
        let mut ask = ask(Role::Author);
        change(&mut ask);
        ask
    };
    let table = [
        (&ada, with(|ask| ask.role = Role::Approver)),
        (&token, with(|_| ())),
        (&ada, with(|ask| ask.days = 0)),
        (&ada, with(|ask| ask.days = 367)),
        (&ada, with(|ask| ask.label = " ".into())),
        (&ada, with(|ask| ask.label = "a\u{1b}[2J".into())),
        (&ada, with(|ask| ask.label = "a".repeat(101))),
        (&ada, with(|ask| ask.scope = Scope::Calls(Vec::new()))),
        (&ada, with(|ask| ask.scope = Scope::Calls(vec!["a".into(); 101]))),
    ];
    for (maker, ask) in table {
        let error = keeper.make_token(maker, &ask, NOW).await.unwrap_err();
        assert!(error.status() == 422 && error.to_string().contains("try: "), "{error}");
    }
    keeper.make_token(&ada, &with(|ask| ask.days = 366), NOW).await.unwrap();
}

#[tokio::test]
async fn the_first_link_is_good_once_for_an_hour_and_only_while_nobody_is_known() {
    let (_folder, store, keeper) = open().await;
    let late = keeper.first_link(NOW).await.unwrap().unwrap();
    assert_eq!(refusal(keeper.redeem(late.expose(), NOW + HOUR).await), Refusal::Expired);
    let link = keeper.first_link(NOW).await.unwrap().unwrap();
    let other = keeper.first_link(NOW).await.unwrap().unwrap();
    assert_eq!(refusal(keeper.identify(Proof::Bearer(link.expose()), NOW).await), Refusal::Unknown);
    // A hundred at once: one gets in.
    let tries = (0..100).map(|_| {
        let (keeper, link) = (keeper.clone(), link.clone());
        tokio::spawn(async move { keeper.redeem(link.expose(), NOW + 1).await })
    });
    let mut sessions = Vec::new();
    for tried in tries.collect::<Vec<_>>() {
        sessions.extend(tried.await.unwrap().ok());
    }
    let [(session, admin)] = sessions.as_slice() else { panic!("{sessions:?}") };
    assert_eq!(keeper.identify(Proof::Cookie(session.expose()), NOW + 2).await.unwrap(), *admin);
    assert_eq!((admin.role, &admin.via), (Role::Admin, &Via::Session));
    assert_eq!(refusal(keeper.redeem(other.expose(), NOW + 2).await), Refusal::Ended);
    assert_eq!(keeper.first_link(NOW + 2).await.unwrap(), None);
    // Also when the session is long forgotten.
    keeper.tidy(NOW + 30 * DAY).await.unwrap();
    assert!(store.credentials(CredentialKind::Session, None, 10).await.unwrap().is_empty());
    assert_eq!(keeper.first_link(NOW + 30 * DAY).await.unwrap(), None);
}

#[tokio::test]
async fn a_session_ends_when_it_idles_when_it_is_old_and_when_its_person_says_so() {
    let (_folder, _store, keeper) = open().await;
    let ada = somebody("ada", Role::Approver);
    let secret = keeper.sign_in(&ada, NOW).await.unwrap();
    let shown = Proof::Cookie(secret.expose());
    assert_eq!(keeper.identify(shown, NOW).await.unwrap(), ada);
    assert_eq!(refusal(keeper.identify(Proof::Bearer(secret.expose()), NOW).await), Refusal::Unknown);
    assert_eq!(refusal(keeper.identify(shown, NOW + 12 * HOUR).await), Refusal::Expired);
    let mut at = NOW;
    while at < NOW + 7 * DAY {
        keeper.identify(shown, at).await.unwrap();
        at += 11 * HOUR;
    }
    assert_eq!(refusal(keeper.identify(shown, NOW + 7 * DAY).await), Refusal::Expired);
    let secret = keeper.sign_in(&ada, NOW).await.unwrap();
    keeper.sign_out(secret.expose(), NOW + 1).await.unwrap();
    keeper.sign_out(secret.expose(), NOW + 2).await.unwrap();
    keeper.sign_out("what is no cookie", NOW + 2).await.unwrap();
    assert_eq!(refusal(keeper.identify(Proof::Cookie(secret.expose()), NOW + 3).await), Refusal::Ended);
}

#[tokio::test]
async fn what_is_made_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let open = async || Store::open(&folder.path().join("fleet.db"), Arc::new(Silent)).await.unwrap();
    let keeper = Doorkeeper::new(open().await);
    let (secret, row) =
        keeper.make_token(&somebody("ada", Role::Author), &ask(Role::Viewer), NOW).await.unwrap();
    drop(keeper);
    let keeper = Doorkeeper::new(open().await);
    assert_eq!(keeper.identify(Proof::Bearer(secret.expose()), NOW).await.unwrap().name, "ada");
    assert_eq!(keeper.tokens(&somebody("ada", Role::Author)).await.unwrap()[0].id, row.id);
    assert_eq!(keeper.first_link(NOW).await.unwrap(), None, "somebody has a token");
}
