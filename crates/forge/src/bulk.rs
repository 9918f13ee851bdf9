//! Many questions under way at once, answered in the order asked.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::error::ForgeError;

/// How many requests to one forge are under way at once: GitHub refuses beyond a hundred, a small Gitea is
/// busy with ten.
pub const AT_ONCE: usize = 8;

/// Asks each question, at most `at_once` at a time. The answers are in the order of the questions.
pub async fn each<Q, A, F>(
    questions: Vec<Q>,
    at_once: usize,
    ask: impl Fn(Q) -> F,
) -> Vec<Result<A, ForgeError>>
where
    A: Send + 'static,
    F: Future<Output = Result<A, ForgeError>> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(at_once.max(1)));
    let mut answers: Vec<_> = questions.iter().map(|_| Err(ForgeError::unknown("nobody answered"))).collect();
    let mut under_way = JoinSet::new();
    for (at, question) in questions.into_iter().enumerate() {
        // The semaphore is never closed; without a place the question is asked all the same.
        let place = Arc::clone(&places).acquire_owned().await.ok();
        let answer = ask(question);
        under_way.spawn(async move {
            let answer = answer.await;
            drop(place);
            (at, answer)
        });
    }
    while let Some(ended) = under_way.join_next().await {
        if let Ok((at, answer)) = ended
            && let Some(place) = answers.get_mut(at)
        {
            *place = answer;
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn answers_keep_their_order_and_few_are_under_way() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let answers = each((0..40_u64).collect(), 8, |number| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(40 - number)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                if number == 7 { Err(ForgeError::HeadMoved) } else { Ok(number) }
            }
        })
        .await;
        assert_eq!(answers[7], Err(ForgeError::HeadMoved));
        let right = answers.iter().enumerate().filter(|(at, answer)| answer == &&Ok(*at as u64)).count();
        assert_eq!((right, most.load(Ordering::SeqCst)), (39, 8));
    }
}
