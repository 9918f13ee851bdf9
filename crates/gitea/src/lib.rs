//! Gitea and Forgejo, over REST.
