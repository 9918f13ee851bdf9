//! What is asked of a pull request by GraphQL, in three depths.
//!
//! Points are connections reached divided by 100, at least one a query (docs.github.com, "Rate limits
//! and query limits for the GraphQL API"). [`short`] reaches one connection, so a hundred pull requests
//! are one point; [`open`] reaches four, so twenty-five are one; [`closed`] three.

use crate::graph::Fields;

/// What a change is told by: everything that moves when anything about a pull request does.
fn marked(fields: &Fields) -> String {
    format!(
        "number url state isDraft headRefOid mergeable mergeStateStatus reviewDecision updatedAt baseRefOid \
         {} {} {} mergeCommit {{ oid tree {{ oid }} }} mergedBy {{ login }}",
        fields.optional("isMergeQueueEnabled", "isMergeQueueEnabled"),
        fields.optional("isInMergeQueue", "isInMergeQueue"),
        fields.optional("autoMergeRequest", "autoMergeRequest { enabledAt }"),
    )
}

/// How many checks are in which state: a check that changes while the whole stays red changes these.
fn counted(fields: &Fields) -> String {
    format!(
        "totalCount {} {}",
        fields.optional("checkRunCountsByState", "checkRunCountsByState { state count }"),
        fields.optional("statusContextCountsByState", "statusContextCountsByState { state count }"),
    )
}

/// Enough to know whether anything changed, and all of a merged one.
pub(super) fn short(fields: &Fields, number: u64) -> String {
    format!(
        "pullRequest(number: {number}) {{ {} headRef {{ target {{ oid ... on Commit {{ tree {{ oid }} \
         statusCheckRollup {{ state contexts(first: 1) {{ {} }} }} }} }} }} }}",
        marked(fields),
        counted(fields)
    )
}

/// What there is to know of a check.
fn checks(number: u64) -> String {
    format!(
        "pageInfo {{ hasNextPage endCursor }} nodes {{ __typename \
         ... on CheckRun {{ databaseId name status conclusion isRequired(pullRequestNumber: {number}) \
         checkSuite {{ app {{ slug }} }} }} \
         ... on StatusContext {{ context state isRequired(pullRequestNumber: {number}) }} }}"
    )
}

/// Everything of an open one.
pub(super) fn open(fields: &Fields, number: u64) -> String {
    format!(
        "pullRequest(number: {number}) {{ {} {TALK} latestOpinionatedReviews(first: 50) {{ nodes {{ state \
         author {{ login }} authorCanPushToRepository commit {{ oid }} }} }} \
         headRef {{ target {{ oid ... on Commit {{ tree {{ oid }} statusCheckRollup {{ state \
         contexts(first: 100) {{ {} {} }} }} }} }} }} }}",
        marked(fields),
        counted(fields),
        checks(number)
    )
}

/// Labels and the newest comments.
const TALK: &str = "labels(first: 50) { nodes { name } } comments(last: 20) { nodes { id author { login } \
    authorAssociation viewerDidAuthor createdAt body } }";

/// Who closed one, and why.
pub(super) fn closed(fields: &Fields, number: u64) -> String {
    format!(
        "pullRequest(number: {number}) {{ {} closedAt {TALK} timelineItems(itemTypes: [CLOSED_EVENT], last: 1) \
         {{ nodes {{ ... on ClosedEvent {{ actor {{ login }} }} }} }} \
         headRef {{ target {{ oid ... on Commit {{ tree {{ oid }} statusCheckRollup {{ state \
         contexts(first: 1) {{ {} }} }} }} }} }} }}",
        marked(fields),
        counted(fields)
    )
}

/// Further checks of a head that has more than a page of them.
pub(super) fn more_checks(number: u64, after: &str) -> String {
    format!(
        "pullRequest(number: {number}) {{ headRefOid headRef {{ target {{ oid ... on Commit {{ \
         statusCheckRollup {{ contexts(first: 100, after: {}) {{ {} }} }} }} }} }} }}",
        crate::graph::quote(after),
        checks(number)
    )
}

/// The checks of the base as it is now.
pub(super) fn base(number: u64) -> String {
    format!(
        "pullRequest(number: {number}) {{ baseRef {{ target {{ oid ... on Commit {{ statusCheckRollup {{ \
         contexts(first: 100) {{ nodes {{ __typename ... on CheckRun {{ name status conclusion }} \
         ... on StatusContext {{ context state }} }} }} }} }} }} }} }}"
    )
}
