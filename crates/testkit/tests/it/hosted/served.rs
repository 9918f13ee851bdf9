//! The server, which hears webhooks, and pull requests that others opened.

use std::io::{BufRead, BufReader};
use std::process::Child;

use fleetwright_rehearsal::history::Happened;
use fleetwright_rehearsal::model::pull::ReviewState;
use fleetwright_rehearsal::script::{Act, CiCheck};
use fleetwright_rehearsal::world::{HookTarget, NewPull};
use fleetwright_testkit::rehearsed::PERSON;

use super::gates::opened_once;
use super::place::{APP, Place, RUNTIME, SECRET, Tongue, ci, full, shift};
use crate::world::{Ended, until};

in_every_tongue!(
    a_webhook_is_heard,
    what_others_opened,
    it_goes_on_when_there_is_room_again,
    words_are_heard,
    searched_for,
);

/// A server that runs, and where it listens.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn new(place: &Place) -> Server {
        let mut child = place.world.command(&["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").expect("it says where it listens").to_owned();
        Server { child, address }
    }

    /// Delivers what the forge has to tell; how many deliveries there were.
    fn hear(&self, place: &Place) -> usize {
        let deliveries = place.forge.world().take_deliveries();
        let client = reqwest::Client::new();
        for delivery in &deliveries {
            let mut post = client.post(format!("{}/webhooks/hub", self.address)).body(delivery.body.clone());
            for (name, value) in &delivery.headers {
                post = post.header(name, value);
            }
            let status = RUNTIME.block_on(async { post.send().await.unwrap().status() });
            assert_eq!(status, 202, "{}", delivery.event);
        }
        deliveries.len()
    }

    /// Ends it as an operator does.
    fn end(self) -> Ended {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
        let ended = Ended::from(self.child.wait_with_output().unwrap());
        assert_eq!(ended.code, Some(0), "{ended}");
        ended
    }
}

fn place(tongue: Tongue) -> Place {
    let place = Place::new(tongue, |settings| {
        settings.ci = vec![ci("*", CiCheck::new("build"))];
        settings.hooks = Some(HookTarget { url: None, secret: SECRET.to_owned() });
    });
    place.make("app", &[("app.yaml", APP)]);
    place.world.ends(&["repo", "sync"], 0);
    place.world.write("shift.yaml", &shift("  merge: { auto: true }\n"));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    place
}

/// A server that heard of a check that ended, and merged.
fn heard(tongue: Tongue) -> Place {
    let place = place(tongue);
    let server = Server::new(&place);
    // What is looked at whole at the start is over when it says so.
    until("the first look", || place.stands("bump", "app").contains("checks are running"));
    place.forge.world().take_deliveries();
    place.pass(120);
    assert!(server.hear(&place) > 0, "a check that ends is told");
    until("it is merged", || place.stands("bump", "app") == "merged");
    until("it is said to be done", || place.world.points().iter().any(|point| point == "commit/looked"));
    server.end();
    place
}

fn a_webhook_is_heard(tongue: Tongue) {
    opened_once(&heard(tongue), 1);
}

/// A shift may open two an hour: the server opens the rest as soon as it may, and never more.
fn it_goes_on_when_there_is_room_again(tongue: Tongue) {
    let place = Place::with(tongue, &["a", "b", "c", "d", "e"]);
    place.world.write("shift.yaml", &shift("  rollout: { pace: { perHour: 2 } }\n"));
    place.world.ends(&["shift", "apply", "shift.yaml"], 0);
    let opened = || -> Vec<i64> {
        let state = place.forge.world().lock();
        let entries = state.history().entries().iter();
        entries.filter(|entry| matches!(entry.what, Happened::Opened { .. })).map(|entry| entry.at).collect()
    };
    assert_eq!(opened().len(), 2);
    let server = Server::new(&place);
    until("all are opened", || opened().len() == 5);
    server.end();
    let times = opened();
    let hours: Vec<i64> = times.windows(3).map(|three| three[2] - three[0]).collect();
    assert!(hours.iter().all(|time| *time >= 3_600_000), "no three within an hour: {times:?}");
    assert!(hours.iter().all(|time| *time < 3_700_000), "and not much later: {times:?}");
    opened_once(&place, 5);
}

/// A pull request that a person opened, adopted by a shift.
fn adopted(tongue: Tongue) -> Place {
    let place = place(tongue);
    place.make("tool", &[("README.md", "# theirs\n")]);
    place.world.ends(&["repo", "sync"], 0);
    place.write("tool", "tool/fix", ("fix.txt", "fixed\n"));
    let id = place.forge.id(&full("tool"));
    let new = NewPull {
        head: "tool/fix".to_owned(),
        base: "main".to_owned(),
        title: "Fix".to_owned(),
        body: "By another tool.".to_owned(),
        draft: false,
        by: "tool".to_owned(),
    };
    let number = place.forge.world().lock().open_pull(id, &new).unwrap();
    place.world.ends(&["shift", "adopt", "bump", "--pull", &format!("acme/tool#{number}")], 0);
    place
}

fn what_others_opened(tongue: Tongue) {
    let place = adopted(tongue);
    place.pass(120);
    place.world.run(&["shift", "status", "bump"]);
    assert_eq!(place.stands("bump", "tool"), "adopted 0 of 1 approvals");
    let id = place.forge.id(&full("tool"));
    let review = Act::Review(ReviewState::Approved, "good".to_owned());
    place.forge.world().lock().act(id, 1, &review, PERSON).unwrap();
    place.pass(1);
    place.world.run(&["shift", "status", "bump"]);
    assert_eq!(place.stands("bump", "tool"), "merged");
    assert!(place.has("tool", "tool/fix", "fix.txt"), "its branch is not ours to remove");
}

/// Whoever opened them, by branch, author and label.
fn searched_for(tongue: Tongue) {
    let place = place(tongue);
    place.make("tool", &[("README.md", "# theirs\n")]);
    place.world.ends(&["repo", "sync"], 0);
    let id = place.forge.id(&full("tool"));
    for (branch, by) in [("tool/a", "tool"), ("tool/b", "ann"), ("other", "tool")] {
        place.write("tool", branch, ("fix.txt", branch));
        let (title, body) = ("Fix".to_owned(), "By another tool.".to_owned());
        let (head, base) = (branch.to_owned(), "main".to_owned());
        let new = NewPull { head, base, title, body, draft: false, by: by.to_owned() };
        let number = place.forge.world().lock().open_pull(id, &new).unwrap();
        if branch == "tool/a" {
            place.forge.act(&full("tool"), number, &Act::Label("wanted".to_owned()));
        }
    }
    let adopt = |words: &str, code| {
        place.world.ends(&["shift", "adopt", "bump", "--repo", "acme/tool", "--search", words], code)
    };
    adopt("milestone:1", 2);
    let none = adopt("author:tool label:wanted head:other", 0);
    assert!(none.err.contains("0 pull requests") || none.out.contains("0 pull requests"), "{none}");
    adopt("author:tool label:wanted head:tool/*", 0);
    assert_eq!(place.stands("bump", "tool"), "adopted");
}

/// Words in comments count below pull requests of others as below ours.
fn words_are_heard(tongue: Tongue) {
    let place = adopted(tongue);
    let said = |word: &str, told: &str| {
        place.say("tool", word, PERSON);
        place.world.run(&["shift", "status", "bump"]);
        assert_eq!(place.stands("bump", "tool"), told, "{word}");
    };
    place.pass(120);
    said("@fleetwright hold", "adopted held by ann");
    said("@fleetwright rebase", "adopted held by ann");
    said("@fleetwright unhold", "adopted 0 of 1 approvals");
    let by_stranger = place.forge.id(&full("tool"));
    place.forge.world().lock().comment(by_stranger, 1, "@fleetwright close", "stranger").unwrap();
    said("and so on", "adopted 0 of 1 approvals");
    said("@fleetwright never", "vetoed closed by ann: never");
    assert!(!place.pull("tool").is_open(), "a person may have it closed");
    assert!(place.has("tool", "tool/fix", "fix.txt"), "its branch is not ours to remove");
}

/// Everything that is reached in these lives.
pub(crate) fn points() -> Vec<String> {
    [heard(Tongue::GitHub), adopted(Tongue::GitHub)].iter().flat_map(|place| place.world.points()).collect()
}
