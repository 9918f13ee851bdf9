//! What every forge keeps to: stories that are told to any adapter, with [`Hands`] to play its people.
//!
//! An adapter's tests make a [`Bench`] and [`play`] it. What the forge under test cannot do is left out
//! by name, never silently: [`Played`] says which stories were.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a story fails by a panic")]

mod bench;
mod branches;
mod hands;
mod life;
mod merges;
mod surroundings;
mod talk;
mod teams;

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};

pub use bench::{Bench, README, Way};
pub use hands::{Hands, SetCheck, Skill};

use bench::Playing;

/// What was played.
#[derive(Debug, Default)]
pub struct Played {
    /// The stories that held.
    pub held: Vec<&'static str>,
    /// Those that were left out, and what the forge lacks for them.
    pub left_out: Vec<(&'static str, Skill)>,
}

/// Plays every story, each in a repository of its own.
///
/// # Panics
/// At the end, naming the stories that did not hold.
pub async fn play(bench: &Bench) -> Played {
    let mut played = Played::default();
    let mut broken = Vec::new();
    let parts = [
        life::STORIES,
        merges::STORIES,
        talk::STORIES,
        branches::STORIES,
        surroundings::STORIES,
        teams::STORIES,
    ];
    for story in parts.into_iter().flatten() {
        let git = if bench.way == Way::Commit { Skill::Commits } else { Skill::Git };
        let mut needs = story.needs.iter().chain([&git]);
        if let Some(lacking) = needs.find(|skill| bench.hands.lacks().contains(skill)) {
            played.left_out.push((story.name, *lacking));
            continue;
        }
        let repo = bench.hands.make_repo(&story.name.replace('_', "-")).await;
        match holds((story.play)(bench, &repo)).await {
            true => played.held.push(story.name),
            false => broken.push(story.name),
        }
    }
    assert!(broken.is_empty(), "these do not hold: {}", broken.join(", "));
    played
}

/// Whether a story comes to its end without a panic.
async fn holds(mut playing: Playing<'_>) -> bool {
    let mut step = |cx: &mut Context<'_>| catch_unwind(AssertUnwindSafe(|| playing.as_mut().poll(cx)));
    poll_fn(move |cx| match step(cx) {
        Ok(poll) => poll.map(|()| true),
        Err(_) => Poll::Ready(false),
    })
    .await
}
