//! GitLab, at gitlab.com and self-managed, over REST.
