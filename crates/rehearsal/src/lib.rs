//! A forge to rehearse on: GitHub, GitLab and Gitea dialects over real bare repositories.
