//! Ten thousand disturbed schedules of webhooks: doubled three times, shuffled, some lost, some early.
//!
//! A model forge lives one pull request's life. Each event has a delivery; each delivery that comes, and
//! came not before, makes one look at the forge, of now or of a while ago; [`next`] decides, and its moves
//! are done to the model. One sweep ends it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use fleetwright_core::next::{Control, Move, Terms, next};
use fleetwright_core::pull::{PullState, Seen};
use fleetwright_core::shift::Merge;
use fleetwright_core::stage::Stage;
use fleetwright_core::why::Why;
use fleetwright_store::{About, Write};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use crate::fleet;
use crate::model::{Event, Model, ours};

const SCHEDULES: u32 = 10_000;

/// Time passes in steps: one event each, and as many afterwards in which late deliveries come.
const MOST_EVENTS: usize = 12;

/// One event, and what becomes of its delivery.
#[derive(Debug, Clone)]
struct Told {
    event: Event,
    /// Of 100: below 30 it is lost.
    lost: u8,
    /// Of 100: below 10 the first copy comes before the API shows the thing.
    early: u8,
    /// How many steps after the event each of the three copies comes; together they shuffle all.
    late: [usize; 3],
    /// How many versions behind the look is that the delivery makes: three of four are not.
    stale: usize,
}

fn told() -> impl Strategy<Value = Told> {
    let late = proptest::array::uniform3(0..MOST_EVENTS);
    let stale = prop_oneof![3 => Just(0_usize), 1 => 1..4_usize];
    (Event::any(), 0..100_u8, 0..100_u8, late, stale).prop_map(|(event, lost, early, late, stale)| Told {
        event,
        lost,
        early,
        late,
        stale,
    })
}

/// Which deliveries come at each step: by the number of their event.
fn schedule(life: &[Told]) -> Vec<Vec<usize>> {
    let mut steps = vec![Vec::new(); life.len() + MOST_EVENTS + 1];
    for (at, told) in life.iter().enumerate().filter(|(_, told)| told.lost >= 30) {
        for (copy, late) in told.late.into_iter().enumerate() {
            // The event happens between step `at` and the next one.
            let when = if copy == 0 && told.early < 10 { at } else { at + 1 + late };
            steps[when].push(at);
        }
    }
    steps
}

/// The machine's side: one target.
struct Target {
    stage: Stage,
    terms: Terms,
    looks: usize,
    counts: Counts,
}

/// What came of schedules, by name: a test that tries nothing is known by it.
type Counts = BTreeMap<&'static str, u32>;

impl Target {
    fn new(approvals: u32) -> Target {
        let mut merge = Merge { auto: true, ..Merge::default() };
        merge.require.approvals = approvals;
        Target {
            stage: ours(0, false),
            terms: Terms::new(Control::Running, merge),
            looks: 0,
            counts: Counts::new(),
        }
    }

    /// One look, one decision, one deed; and what needs no look besides. Says whether it may go on.
    fn look(&mut self, model: &mut Model, behind: usize) -> Result<bool, TestCaseError> {
        self.looks += 1;
        let seen = Seen { pull: model.shown(behind), ..Seen::default() };
        if seen.pull.is_none() {
            self.count("looks before it is shown");
        }
        let decision = next(&self.stage, &seen, &self.terms);
        let goes_on = !matches!(decision, Move::Wait(_) | Move::Done);
        match decision {
            Move::Merge { head } => {
                let shown = seen.pull.clone().expect("a merge is decided on what was seen");
                prop_assert_eq!(shown.head, head, "the head that was seen is the one that is merged");
                let mixed = matches!(&self.stage, Stage::Open { told, .. } if told.mixed);
                prop_assert!(!mixed, "with commits of people in it, people merge");
                prop_assert!(behind > 0 || model.is_green(head), "it was seen just now, and is not green");
                self.count("merges");
                match model.merge(head)? {
                    Some(stage) => self.enter(stage)?,
                    None => self.count("merges refused"),
                }
            }
            Move::Renew { .. } => {
                let Stage::Open { head, told, .. } = &self.stage else { panic!("it is open") };
                let shown = seen.pull.expect("it is renewed from what was seen");
                if let Some(stage) = model.renew((*head, told.mixed), shown.head) {
                    self.count("renewals");
                    self.enter(stage)?;
                }
            }
            Move::Record(stage) => self.enter(*stage)?,
            Move::Clean | Move::Wait(_) | Move::Done => {}
            other => prop_assert!(false, "nobody asked for {other:?}"),
        }
        if next(&self.stage, &Seen::default(), &self.terms) == Move::Clean {
            let Stage::Merged { merged, tree, .. } = self.stage.clone() else { panic!("it is merged") };
            self.enter(Stage::Merged { merged, tree, cleaned: true })?;
        }
        Ok(goes_on)
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// What was merged or refused stays so.
    fn enter(&mut self, to: Stage) -> Result<(), TestCaseError> {
        let stays = match (&self.stage, &to) {
            (Stage::Merged { merged, .. }, Stage::Merged { merged: again, .. }) => merged == again,
            (Stage::Merged { .. } | Stage::Vetoed { .. }, _) => false,
            _ => true,
        };
        prop_assert!(stays, "from {:?} back to {to:?}", self.stage);
        self.stage = to;
        Ok(())
    }
}

/// Plays one schedule to its end, and compares.
fn play(life: &[Told], approvals: u32) -> Result<Counts, TestCaseError> {
    let (mut model, mut target) = (Model::default(), Target::new(approvals));
    let mut known = BTreeSet::new();
    for (step, deliveries) in schedule(life).into_iter().enumerate() {
        for at in deliveries {
            target.count("deliveries");
            // Doubled ones are known by their name, as the store knows them.
            if known.insert(at) {
                target.look(&mut model, life[at].stale)?;
            }
        }
        if let Some(told) = life.get(step) {
            model.happens(&told.event);
        }
    }
    prop_assert!(target.looks <= known.len(), "a look for each delivery, none for its copies");
    target.counts.insert("looks", u32::try_from(target.looks).unwrap());
    // The sweep: looks as long as there is something to do.
    let mut left = 16;
    while target.look(&mut model, 0)? {
        left -= 1;
        prop_assert!(left > 0, "it comes to rest");
    }
    compare(&target, &model, approvals)?;
    target.count(target.stage.word());
    Ok(target.counts)
}

/// Whether the machine knows what is so.
fn compare(target: &Target, model: &Model, approvals: u32) -> Result<(), TestCaseError> {
    let pull = model.shown(0).expect("it is shown by now");
    match (&target.stage, &pull.state) {
        (Stage::Merged { merged, tree, cleaned }, PullState::Merged { commit, tree: of, .. }) => {
            prop_assert_eq!((merged.commit, *tree, *cleaned), (*commit, *of, true));
        }
        (Stage::Vetoed { by, .. }, PullState::Closed { by: who, .. }) => prop_assert_eq!(by, who),
        (Stage::Open { head, told, .. }, PullState::Open) => {
            let may =
                !told.mixed && *head == pull.head && model.is_green(*head) && pull.mergeable == Some(true);
            prop_assert!(!(may && pull.approvals >= approvals), "nothing held it, and it stands open");
            let why = next(&target.stage, &Seen { pull: Some(pull), ..Seen::default() }, &target.terms);
            prop_assert!(matches!(why, Move::Wait(why) if why != Why::NotSeen), "and says why");
        }
        (stage, state) => prop_assert!(false, "{stage:?}, and the forge says {state:?}"),
    }
    Ok(())
}

fn lives() -> impl Strategy<Value = (Vec<Told>, u32)> {
    (proptest::collection::vec(told(), 1..=MOST_EVENTS), 0..2_u32)
}

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn ten_thousand_disturbed_schedules_end_where_the_forge_is() {
    let begun = std::time::Instant::now();
    let counts = RefCell::new(Counts::new());
    let played = runner(SCHEDULES).run(&lives(), |(life, approvals)| {
        for (what, more) in play(&life, approvals)? {
            *counts.borrow_mut().entry(what).or_default() += more;
        }
        Ok(())
    });
    if let Err(TestError::Fail(why, (life, approvals))) = &played {
        panic!("{why}\napprovals {approvals}\n{life:#?}");
    }
    played.unwrap();
    let counts = counts.into_inner();
    eprintln!("{SCHEDULES} schedules in {:?}: {counts:?}", begun.elapsed());
    assert_eq!(counts.len(), 9, "all of it happens");
    assert!(counts.values().all(|count| *count > 20), "and not by chance");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_takes_each_delivery_once_and_in_the_order_they_came() {
    use proptest::strategy::ValueTree;
    let folder = tempfile::tempdir().unwrap();
    let store = fleet(folder.path()).await.store.clone();
    let (mut runner, lives) = (runner(1), lives());
    let mut after = 0;
    for number in 0..100 {
        let (life, _) = lives.new_tree(&mut runner).unwrap().current();
        let came: Vec<usize> = schedule(&life).into_iter().flatten().collect();
        let hear = |at: &usize| Write::Hear {
            forge: "local".into(),
            delivery: Some(format!("{number}-{at}")),
            hints: vec![("acme/app".into(), About::Pull(*at as u64))],
        };
        store.write(came.iter().map(hear).collect(), None).await.unwrap();
        let kept = store.hints(after, 100).await.unwrap();
        after = kept.last().map_or(after, |hint| hint.id);
        let mut known = BTreeSet::new();
        let once: Vec<About> =
            came.iter().filter(|at| known.insert(**at)).map(|at| About::Pull(*at as u64)).collect();
        assert_eq!(kept.iter().map(|hint| hint.about).collect::<Vec<_>>(), once);
    }
}
