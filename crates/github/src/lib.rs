//! GitHub.com and GitHub Enterprise Server, over REST and GraphQL.
