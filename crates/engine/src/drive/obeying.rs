//! Doing what people say below a pull request.

use fleetwright_core::mention::Order;
use fleetwright_core::next::{Heard, midnight};
use fleetwright_core::pull::{PullSeen, Verdict};
use fleetwright_core::stage::Stage;
use fleetwright_store::{Intent, TargetRow};
use serde_json::json;

use super::Driver;
use super::advance::Goes;
use crate::error::EngineError;

impl Driver {
    /// Does what a comment says, in its order, and remembers that it was heard. What is remembered
    /// is written before anything is done outside: a crash may lose a `retry`, which a person sees
    /// and says again, but never does anything twice.
    pub(super) async fn obey(
        &self,
        target: &mut TargetRow,
        pull: &PullSeen,
        heard: Heard,
    ) -> Result<Goes, EngineError> {
        let Heard { at, by, orders } = heard;
        let words: Vec<&str> = orders.iter().map(Order::word).collect();
        let detail = json!({ "by": by, "orders": words, "comment": at.1 });
        for order in &orders {
            self.note_order(target, pull, (&by, order));
        }
        if let Some(told) = target.stage.told_mut() {
            told.heard = Some(at);
        }
        self.save(target, Some(("pull.told", detail))).await?;
        if target.intent.is_some() {
            return Ok(Goes::On);
        }
        let mut goes = Goes::On;
        for order in orders {
            goes = match order {
                Order::Retry => {
                    let red = pull.checks.iter().filter(|check| check.verdict == Verdict::Red);
                    let runs: Vec<String> = red.filter_map(|check| check.run.clone()).collect();
                    self.rerun(target, &runs).await?;
                    Goes::Nowhere
                }
                // Their branch is theirs: it is neither rebased nor made anew.
                Order::Rebase | Order::Recreate if matches!(target.stage, Stage::Adopted { .. }) => goes,
                Order::Rebase => self.renew(target, ("a person said `rebase`", pull.head, false)).await?,
                Order::Recreate => self.renew(target, ("a person said `recreate`", pull.head, true)).await?,
                _ => goes,
            };
        }
        Ok(goes)
    }

    /// Puts down what an order changes about the target itself.
    fn note_order(&self, target: &mut TargetRow, pull: &PullSeen, (by, order): (&str, &Order)) {
        let no = |until| Stage::Vetoed {
            pull: pull.pull.clone(),
            by: by.to_owned(),
            reason: Some(order.word().to_owned()),
            until,
        };
        let then = match order {
            Order::Close | Order::Never => Some(no(None)),
            Order::NotNow(day) => Some(no(midnight(*day))),
            _ => None,
        };
        if then.is_some() {
            target.intent = Some(Intent::Close { by: by.to_owned(), then });
        }
        let Some(told) = target.stage.told_mut() else { return };
        match order {
            Order::Hold => told.held = Some(by.to_owned()),
            Order::Unhold => told.held = None,
            Order::Merge => told.merge = Some(by.to_owned()),
            Order::Retry => told.reruns = 0,
            Order::Recreate => (told.mixed, told.handed) = (false, None),
            _ => {}
        }
    }
}
