//! GitLab.com's limits (docs.gitlab.com/user/gitlab_com "Rate limits on GitLab.com"), as the rehearsal forge
//! keeps them.

use std::sync::Arc;

use fleetwright_forge::{Done, Effect, ForgeError};
use fleetwright_rehearsal::limits::Limits;
use fleetwright_testkit::trials::{BRANCH, Ears};

use crate::support::{metered, trial};

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_told_with_its_time_and_nothing_is_lost() {
    let trial = trial(|settings| settings.limits = Limits::gitlab()).await;
    let ears = Arc::new(Ears::default());
    let trial = metered(&trial, ears.clone());
    let repo = trial.place.make("app");
    let (number, _) = trial.open(&repo, BRANCH).await;
    let say = |n: u32| {
        let marker = format!("<!-- note {n} -->");
        Effect::Comment { number, body: format!("{n} {marker}"), marker }
    };
    for n in 0..60 {
        assert_eq!(trial.forge.perform(&repo, &say(n)).await, Ok(Done::Done));
    }
    let now = trial.place.world().now();
    let blocked = trial.forge.perform(&repo, &say(60)).await;
    let Err(ForgeError::Blocked { until, why }) = blocked else { panic!("{blocked:?}") };
    assert!(until >= now + 60_000 && why.contains("too many times"), "{until} {why}");
    trial.place.world().advance_to(until);
    assert_eq!(trial.forge.perform(&repo, &say(60)).await, Ok(Done::Done), "then it goes on");
    let told = ears.take();
    assert!(told.iter().any(|answer| answer.limit == Some(2_000) && answer.remaining.is_some()));
    assert!(told.iter().any(|answer| answer.status == 429 && answer.blocked_until == Some(until)));
    assert_eq!(trial.place.world().counts().while_blocked, 0);
}
