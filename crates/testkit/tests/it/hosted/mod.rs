//! The real program over the rehearsal forge, in every dialect.

/// Plays stories in every dialect.
macro_rules! in_every_tongue {
    ($($story:ident),* $(,)?) => {$(
        mod $story {
            use crate::hosted::place::Tongue;

            #[test]
            fn github() {
                super::$story(Tongue::GitHub);
            }

            #[test]
            fn gitlab() {
                super::$story(Tongue::GitLab);
            }

            #[test]
            fn gitea() {
                super::$story(Tongue::Gitea);
            }
        }
    )*};
}

mod calls;
mod faults;
mod gates;
mod github_only;
mod killed;
mod people;
mod place;
mod renewals;
mod served;
mod teams;
mod words;
mod wrong;

/// Everything that is reached on a forge that is a service.
pub(crate) fn points() -> std::collections::BTreeSet<String> {
    killed::points().into_iter().chain(served::points()).collect()
}
