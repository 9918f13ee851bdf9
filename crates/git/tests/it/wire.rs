//! The wire protocol against the real `git upload-pack` and `git receive-pack`, and against random bytes.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use fleetwright_core::Oid;
use fleetwright_git::wire::{
    Advertised, FetchAnswer, Move, Report, Want, advertised_v2, fetch_request, heads_in, ls_refs_request,
    push_request, receive_pack, refs_in, report_in,
};
use fleetwright_git::{CommitSpec, GitError, Incoming, Object, Person, Repository, commit_object};
use proptest::prelude::*;

use crate::support::{Scratch, commit_files, fsck, git, git_command, open, put};

/// What a server answers to one request, as over HTTP.
pub(crate) fn serve(repository: &Path, program: &str, request: &[u8]) -> Vec<u8> {
    let mut child = git_command(repository)
        .env("GIT_PROTOCOL", if program == "upload-pack" { "version=2" } else { "" })
        .args([program, "--stateless-rpc", "."])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let request = request.to_vec();
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&request)));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    output.stdout
}

fn advertise(repository: &Path, program: &str) -> Vec<u8> {
    git_command(repository)
        .env("GIT_PROTOCOL", if program == "upload-pack" { "version=2" } else { "" })
        .args([program, "--stateless-rpc", "--advertise-refs", "."])
        .output()
        .unwrap()
        .stdout
}

/// The pack of an answer to a fetch.
pub(crate) fn pack_in(answer: &[u8]) -> Vec<u8> {
    let (mut reading, mut pack) = (FetchAnswer::default(), Vec::new());
    // In odd pieces, as a network would.
    answer.chunks(37).for_each(|piece| reading.push(piece, &mut pack).unwrap());
    assert!(reading.is_over());
    pack
}

pub(crate) fn fetch(source: &Path, want: Want) -> Vec<u8> {
    pack_in(&serve(source, "upload-pack", &fetch_request(want).unwrap()))
}

fn spec(tree: Oid, parents: Vec<Oid>) -> CommitSpec {
    let person = Person { name: "A".to_owned(), email: "a@example.com".to_owned() };
    CommitSpec {
        tree,
        parents,
        author: person.clone(),
        committer: person,
        time: 1_700_000_000,
        message: "x".to_owned(),
    }
}

#[test]
fn heads_and_tips_are_told() {
    let scratch = Scratch::new();
    let bare = scratch.bare("r.git");
    let ask = |prefixes: &[&str]| {
        refs_in(&serve(&bare, "upload-pack", &ls_refs_request(prefixes, true).unwrap())).unwrap()
    };
    let unborn = heads_in(&ask(&["HEAD"])).unwrap().unwrap();
    assert_eq!((unborn.branch.as_str(), unborn.commit), ("main", None));
    let commit = commit_files(&bare, "main", &[("a", b"1")]);
    commit_files(&bare, "main-2", &[("a", b"2")]);
    commit_files(&bare, "other", &[("a", b"3")]);
    let answer = serve(&bare, "upload-pack", &ls_refs_request(&["HEAD"], true).unwrap());
    assert!(answer.len() < 200, "{}", answer.len());
    assert_eq!(heads_in(&refs_in(&answer).unwrap()).unwrap().unwrap().commit, Some(commit));
    let named: Vec<String> = ask(&["refs/heads/main"]).into_iter().map(|line| line.name).collect();
    assert_eq!(named, ["refs/heads/main", "refs/heads/main-2"]);
    let can = advertised_v2(&advertise(&bare, "upload-pack")).unwrap();
    assert!(can.can("ls-refs") && can.value("fetch").unwrap().contains("shallow"));
    git(&bare, &["update-ref", "--no-deref", "HEAD", &commit.to_string()]);
    assert!(heads_in(&ask(&["HEAD"])).is_err(), "a detached HEAD names no branch");
}

#[test]
fn a_tip_comes_without_history_and_then_only_what_changed() {
    let scratch = Scratch::new();
    let big: Vec<u8> = (0..200_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let text = |round: usize| format!("{round}\n{}", "a line that stays as it is\n".repeat(50)).into_bytes();
    let bare = scratch.with_files("r.git", &[("a", b"1"), ("d/big", &big)]);
    commit_files(&bare, "main", &[("a", b"2"), ("d/big", &big)]);
    let mirror = scratch.path("m");
    let head = open(&bare).head().unwrap();
    let incoming = Incoming::begin(&mirror, &head).unwrap();
    let want = incoming.want().unwrap().unwrap();
    assert_eq!((Some(want.commit), want.have), (head.commit, None));
    let cold = incoming.take(&mut &fetch(&bare, want)[..]).unwrap();
    assert_eq!((cold.copied_objects, cold.moved, cold.head.clone()), (5, true, head));
    fsck(&mirror);
    for round in 0..40 {
        commit_files(&bare, "main", &[("a", &text(round)), ("d/big", &big)]);
        let head = open(&bare).head().unwrap();
        let incoming = Incoming::begin(&mirror, &head).unwrap();
        let want = incoming.want().unwrap().unwrap();
        let pack = fetch(&bare, want);
        let next = incoming.take(&mut &pack[..]).unwrap();
        if want.have.is_some() {
            assert!(pack.len() < 1_000, "{}", pack.len());
            assert_eq!(next.copied_objects, 3);
        }
        assert_eq!(next.tree, Some(open(&bare).tree_of(head.commit.unwrap()).unwrap()));
        fsck(&mirror);
        let again = Incoming::begin(&mirror, &head).unwrap();
        assert_eq!(again.want().unwrap(), None);
        assert!(!again.settle().unwrap().moved);
    }
    assert!(std::fs::read_dir(mirror.join("objects/pack")).unwrap().count() <= 64);
    assert_eq!(git(&mirror, &["rev-list", "--count", "HEAD"]), "1");
    assert!(!mirror.join("incoming").exists());
}

fn report(bare: &Path, wanted: Move<'_>, objects: &[Object], offered: Option<&Advertised>) -> Report {
    let options = ["ci.skip".to_owned()];
    let request = push_request(wanted, objects, &options, offered).unwrap();
    report_in(&serve(bare, "receive-pack", &request)).unwrap()
}

#[test]
fn a_push_moves_exactly_what_was_leased() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1"), ("d/b", b"2")]);
    git(&bare, &["config", "receive.advertisePushOptions", "true"]);
    let source = open(&bare);
    let base = source.head().unwrap().commit.unwrap();
    let built = source.build(Some(source.tree_of(base).unwrap()), &[put("a", b"new")]).unwrap();
    let commit = commit_object(&spec(built.tree, vec![base])).unwrap();
    let second = commit_object(&CommitSpec { time: 1, ..spec(built.tree, vec![base]) }).unwrap();
    let objects = [built.objects, vec![commit.clone(), commit.clone(), second.clone()]].concat();
    let advertised = receive_pack(&advertise(&bare, "receive-pack")).unwrap();
    assert!(advertised.can("push-options") && advertised.refs.contains_key("refs/heads/main"));
    for offered in [None, Some(&advertised)] {
        let go = |expected, head| {
            let done = report(&bare, Move { branch: "fleet/x", expected, head }, &objects, offered);
            done.of("fleet/x").unwrap().map(str::to_owned)
        };
        let at = || open(&bare).branch("fleet/x").unwrap();
        assert_eq!(go(None, Some(commit.oid)), None);
        assert_eq!(at(), Some(commit.oid));
        // The lease is the server's own comparison, also for a create that skipped the advertisement.
        assert!(go(None, Some(second.oid)).is_some(), "it exists");
        assert!(go(Some(base), Some(second.oid)).is_some(), "it is elsewhere");
        assert!(go(Some(base), None).is_some(), "it is elsewhere");
        assert_eq!(at(), Some(commit.oid));
        assert_eq!(go(Some(commit.oid), Some(second.oid)), None, "not a fast-forward, and leased");
        assert_eq!(at(), Some(second.oid));
        assert_eq!(go(Some(second.oid), None), None);
        assert_eq!(at(), None);
        assert!(go(Some(second.oid), Some(commit.oid)).is_some(), "it is gone");
        assert_eq!(at(), None);
        fsck(&bare);
    }
}

#[test]
fn hooks_and_missing_objects_refuse_with_words() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1")]);
    let source = open(&bare);
    let base = source.head().unwrap().commit.unwrap();
    let tree = source.tree_of(base).unwrap();
    let orphan = commit_object(&spec(tree, vec!["1".repeat(40).parse().unwrap()])).unwrap();
    let lost = Move { branch: "x", expected: None, head: Some(orphan.oid) };
    assert!(report(&bare, lost, &[orphan], None).of("x").unwrap().is_some());
    let hook = bare.join("hooks/pre-receive");
    std::fs::create_dir_all(bare.join("hooks")).unwrap();
    std::fs::write(&hook, "#!/bin/sh\necho 'ticket number missing' >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    let fine = commit_object(&spec(tree, vec![base])).unwrap();
    let refused = Move { branch: "x", expected: None, head: Some(fine.oid) };
    let refused = report(&bare, refused, &[fine], None);
    assert_eq!(refused.of("x"), Some(Some("pre-receive hook declined")));
    assert!(refused.said.contains("ticket number missing"), "{}", refused.said);
    assert_eq!(open(&bare).branch("x").unwrap(), None);
    fsck(&bare);
}

#[test]
fn a_want_that_is_not_there_is_said() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1")]);
    let want = Want { commit: "1".repeat(40).parse().unwrap(), have: None };
    let answer = serve(&bare, "upload-pack", &fetch_request(want).unwrap());
    let error = FetchAnswer::default().push(&answer, &mut Vec::new()).unwrap_err();
    assert!(matches!(&error, GitError::Remote { said } if said.contains("not our ref")), "{error}");
}

#[test]
fn names_and_options_are_checked_before_they_are_sent() {
    let wanted = |branch| Move { branch, expected: None, head: None };
    for branch in ["a\nb", "../x", "a\0report-status", ""] {
        assert!(push_request(wanted(branch), &[], &[], None).is_err(), "{branch:?}");
    }
    let line = |text: &str| format!("{:04x}{text}", text.len() + 4);
    let offered = format!("{} capabilities^{{}}\0report-status push-options delete-refs\n", Oid::ZERO);
    let offered = receive_pack(format!("{}0000", line(&offered)).as_bytes()).unwrap();
    for option in ["a\nb", "a\0b", &"x".repeat(5_000)] {
        assert!(push_request(wanted("x"), &[], &[option.to_owned()], Some(&offered)).is_err());
    }
    let bare = format!("{} capabilities^{{}}\0\n", Oid::ZERO);
    let bare = receive_pack(format!("{}0000", line(&bare)).as_bytes()).unwrap();
    assert!(push_request(wanted("x"), &[], &[], Some(&bare)).is_err(), "no report, no deletes");
}

/// Frames that look like git's, with anything in them, or anything at all.
fn any_answer() -> impl Strategy<Value = Vec<u8>> {
    let word = prop::sample::select(vec![
        &b"version 2"[..],
        b"packfile\n",
        b"shallow-info\n",
        b"acknowledgments",
        b"unpack ok\n",
        b"ng refs/heads/a b",
        b"ok refs/heads/a\n",
        b"\x01PACK\0\0\0\x02\0\0\0\x05",
        b"\x01000eunpack ok\n0000",
        b"\x02talk",
        b"\x03last",
        b"ERR no",
        b"1111111111111111111111111111111111111111 HEAD symref-target:refs/heads/x",
        b"1111111111111111111111111111111111111111 refs/heads/x\0report-status",
        b"unborn HEAD",
        b"# service=git-receive-pack\n",
    ]);
    let frame = prop_oneof![
        word.prop_map(|word| [format!("{:04x}", word.len() + 4).as_bytes(), word].concat()),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| [
            format!("{:04x}", bytes.len() + 4).as_bytes(),
            &bytes
        ]
        .concat()),
        Just(b"0000".to_vec()),
        Just(b"0001".to_vec()),
        Just(b"0002".to_vec()),
        prop::collection::vec(any::<u8>(), 0..10),
    ];
    prop::collection::vec(frame, 0..12).prop_map(|frames| frames.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_a_server_says_panics(answer in any_answer(), piece in 1_usize..20) {
        let _ = advertised_v2(&answer);
        let _ = receive_pack(&answer);
        let _ = report_in(&answer);
        if let Ok(refs) = refs_in(&answer) {
            let _ = heads_in(&refs);
        }
        let (mut whole, mut all) = (FetchAnswer::default(), Vec::new());
        let at_once = whole.push(&answer, &mut all).map_err(|error| error.to_string());
        let (mut reading, mut pack) = (FetchAnswer::default(), Vec::new());
        let in_pieces = answer.chunks(piece).try_for_each(|part| reading.push(part, &mut pack));
        prop_assert_eq!(in_pieces.map_err(|error| error.to_string()), at_once);
        prop_assert_eq!((pack, reading.is_over()), (all, whole.is_over()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// A pack with any bytes changed is refused, or is what it was.
    #[test]
    fn a_damaged_pack_is_refused(hits in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..4)) {
        let scratch = Scratch::new();
        let source = Repository::init_bare(&scratch.path("r.git"), "main").unwrap();
        let text = b"some text that repeats, some text that repeats\n".repeat(20);
        let built = source.build(None, &[put("a", &text), put("d/b", &text[5..]), put("d/c", b"1")]).unwrap();
        let commit = commit_object(&spec(built.tree, vec![])).unwrap();
        let objects = [built.objects, vec![commit.clone()]].concat();
        let wanted = Move { branch: "main", expected: None, head: Some(commit.oid) };
        let request = push_request(wanted, &objects, &[], None).unwrap();
        let start = request.windows(4).position(|four| four == b"PACK").unwrap();
        let good = &request[start..];
        let mut bad = good.to_vec();
        for (at, with) in hits {
            let at = at.index(bad.len());
            bad[at] ^= with;
        }
        let head = fleetwright_git::Head { branch: "main".to_owned(), commit: Some(commit.oid) };
        let taken = Incoming::begin(&scratch.path("m"), &head).unwrap().take(&mut &bad[..]);
        prop_assert_eq!(taken.is_ok(), bad == good);
        prop_assert!(Incoming::begin(&scratch.path("m"), &head).unwrap().take(&mut &good[..]).is_ok());
    }
}
