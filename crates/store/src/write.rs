//! Everything that can be written, as values: one list, one place that applies it.

use fleetwright_core::event::Event;
use fleetwright_core::next::Control;
use fleetwright_core::stage::Stage;

use crate::answered::Answered;
use crate::approval::SignRow;
use crate::audit::AuditRow;
use crate::bom::BomLook;
use crate::budget::{Account, Ask, Setback};
use crate::change::StoredChange;
use crate::check_run::CheckRun;
use crate::credential::CredentialRow;
use crate::entity::CatalogDelta;
use crate::error::StoreError;
use crate::fetched::FetchedRow;
use crate::hint::About;
use crate::org::ToldTeams;
use crate::person::PersonRow;
use crate::reading::Reading;
use crate::repo::RepoRow;
use crate::row::Wrote;
use crate::seen::SeenRow;
use crate::shift::{SelectionRow, ShiftRow};
use crate::sql::Tx;
use crate::target::{NewTarget, TargetState};
use crate::{
    answered, approval, audit, bom, budget, change, check_run, credential, entity, event, fetched, hint,
    lease, org, person, reading, repo, seen, shift, target,
};

/// One thing to write.
#[derive(Debug, Clone)]
pub enum Write {
    /// Repositories as the forge shows them now.
    Repos(Vec<RepoRow>),
    /// Repositories the forge no longer has.
    Gone {
        /// The forge's name.
        forge: String,
        /// Their names.
        names: Vec<String>,
    },
    /// What was read out of a repository, in the place of the reading before.
    Reading(Box<Reading>),
    /// Nothing that was read of a repository holds any more, by its row.
    Unread(i64),
    /// What was fetched by address, and addresses that nobody names any more.
    Fetched {
        /// Rows that are new or not what they were.
        put: Vec<FetchedRow>,
        /// Addresses to be forgotten.
        gone: Vec<String>,
    },
    /// The catalog, brought to where it is now.
    Catalog(Box<CatalogDelta>),
    /// Who uses a bill of materials, and where they stand.
    Bom(Box<BomLook>),
    /// What the organisations of a forge told of their teams.
    Teams(Box<ToldTeams>),
    /// A repository has another name at its forge.
    Renamed {
        /// The forge's name.
        forge: String,
        /// What it was called.
        from: String,
        /// What it is called.
        to: String,
    },
    /// A shift, new or anew.
    Shift(Box<ShiftRow>),
    /// Whether a shift may act.
    Control {
        /// The shift's name.
        shift: String,
        /// What it may do.
        control: Control,
    },
    /// Who is in a shift and who is out, and why.
    Selection {
        /// The shift's name.
        shift: String,
        /// One row per repository in scope.
        rows: Vec<SelectionRow>,
    },
    /// New targets of a shift.
    Targets {
        /// The shift's name.
        shift: String,
        /// The targets.
        targets: Vec<NewTarget>,
    },
    /// Where a target stands now.
    Target(Box<TargetState>),
    /// A repository's whole target, new or not, stands at a stage that nothing of ours led to.
    Adopt {
        /// The shift's name.
        shift: String,
        /// The repository's row.
        repo: i64,
        /// Where it stands.
        stage: Box<Stage>,
    },
    /// A webhook was taken: its hints, unless the same delivery was taken before.
    Hear {
        /// The forge's name.
        forge: String,
        /// The forge's own name of the delivery, where it has one.
        delivery: Option<String>,
        /// Repositories, and what of them may have changed.
        hints: Vec<(String, About)>,
    },
    /// Hints that were looked after, by their row numbers.
    Looked(Vec<i64>),
    /// Deliveries taken before this time, in milliseconds since 1970 UTC, need not be known any more.
    ForgetDeliveries(i64),
    /// What the steps produced, with the contents it names.
    Change(Box<StoredChange>, Vec<Vec<u8>>),
    /// A stored result is forgotten, by its key.
    ForgetChange(String),
    /// What the forge shows of a target's pull request.
    Seen(Box<SeenRow>),
    /// What happened.
    Event(Event),
    /// What checks said on distinct runs.
    CheckRuns(Vec<CheckRun>),
    /// A creation is asked for, at a time in milliseconds since 1970 UTC.
    Admit(Box<Ask>, i64),
    /// A creation went otherwise than admitted, at a time in milliseconds since 1970 UTC.
    Setback(Account, Setback, i64),
    /// A request that came with a key was answered; answers older than so many milliseconds are forgotten.
    Answered(Box<Answered>, i64),
    /// A new credential.
    Credential(Box<CredentialRow>),
    /// A credential was used, by its name, at a time in milliseconds since 1970 UTC.
    CredentialUsed(String, i64),
    /// A credential is revoked or spent, by its name, at a time in milliseconds since 1970 UTC.
    EndCredential(String, i64),
    /// Sessions and links that expired before this time, in milliseconds since 1970 UTC.
    ForgetCredentials(i64),
    /// A provider vouched for a person.
    Person(PersonRow),
    /// A person planned or applied a shift as it is.
    Author(SignRow),
    /// A person approved a shift as it is.
    Approve(SignRow),
    /// Something was done, or is about to be done outside.
    Audit(Box<AuditRow>),
    /// A lease is taken.
    Acquire {
        /// What is leased.
        name: String,
        /// Who takes it.
        holder: String,
        /// For how many milliseconds.
        ttl: i64,
        /// A holder that is known not to come back.
        dead: Option<String>,
    },
    /// A lease is held on to, or given back with 0.
    Renew {
        /// What is leased.
        name: String,
        /// For how many milliseconds.
        ttl: i64,
    },
}

impl Write {
    /// The write's word, by which a witness knows it.
    pub fn word(&self) -> &'static str {
        match self {
            Write::Repos(_) => "repos",
            Write::Gone { .. } => "gone",
            Write::Reading(_) => "reading",
            Write::Unread(_) => "unread",
            Write::Fetched { .. } => "fetched",
            Write::Catalog(_) => "catalog",
            Write::Bom(_) => "bom",
            Write::Teams(_) => "teams",
            Write::Renamed { .. } => "renamed",
            Write::Shift(_) => "shift",
            Write::Control { .. } => "control",
            Write::Selection { .. } => "selection",
            Write::Targets { .. } => "targets",
            Write::Target(state) => match &state.intent {
                Some(_) => "intent",
                None => "target",
            },
            Write::Adopt { .. } => "adopt",
            Write::Hear { .. } => "hear",
            Write::Looked(_) => "looked",
            Write::ForgetDeliveries(_) => "forget-deliveries",
            Write::Change(..) => "change",
            Write::ForgetChange(_) => "forget-change",
            Write::Seen(_) => "seen",
            Write::Event(_) => "event",
            Write::CheckRuns(_) => "check-runs",
            Write::Admit(..) => "admit",
            Write::Setback(..) => "setback",
            Write::Answered(..) => "answered",
            Write::Credential(_) => "credential",
            Write::CredentialUsed(..) => "credential-used",
            Write::EndCredential(..) => "end-credential",
            Write::ForgetCredentials(_) => "forget-credentials",
            Write::Person(_) => "person",
            Write::Author(_) => "author",
            Write::Approve(_) => "approve",
            Write::Audit(_) => "audit",
            Write::Acquire { .. } => "acquire",
            Write::Renew { .. } => "renew",
        }
    }

    pub(crate) async fn apply(&self, tx: &mut Tx) -> Result<Wrote, StoreError> {
        match self {
            Write::Repos(repos) => repo::save(tx, repos).await,
            Write::Gone { forge, names } => repo::forget(tx, forge, names).await,
            Write::Reading(reading) => reading::save(tx, reading).await,
            Write::Unread(repo) => reading::forget(tx, *repo).await,
            Write::Fetched { put, gone } => fetched::save(tx, put, gone).await,
            Write::Catalog(delta) => entity::apply(tx, delta).await,
            Write::Bom(look) => bom::save(tx, look).await,
            Write::Teams(told) => org::save(tx, told).await,
            Write::Renamed { forge, from, to } => repo::call(tx, forge, (from, to)).await,
            Write::Shift(row) => shift::save(tx, row).await,
            Write::Control { shift, control } => shift::set_control(tx, shift, *control).await,
            Write::Selection { shift, rows } => shift::select(tx, shift, rows).await,
            Write::Targets { shift, targets } => target::add(tx, shift, targets).await,
            Write::Target(state) => target::put(tx, state).await,
            Write::Adopt { shift, repo, stage } => target::adopt(tx, shift, *repo, stage).await,
            Write::Hear { forge, delivery, hints } => hint::hear(tx, forge, delivery.as_deref(), hints).await,
            Write::Looked(ids) => hint::looked(tx, ids).await,
            Write::ForgetDeliveries(before) => hint::forget(tx, *before).await,
            Write::Change(change, contents) => change::save(tx, change, contents).await,
            Write::ForgetChange(key) => change::forget(tx, key).await,
            Write::Seen(row) => seen::save(tx, row).await,
            Write::Event(event) => event::log(tx, event).await,
            Write::CheckRuns(runs) => check_run::save(tx, runs).await,
            Write::Admit(ask, now) => budget::admit(tx, ask, *now).await,
            Write::Setback(account, setback, now) => budget::setback(tx, account, (*setback, *now)).await,
            Write::Answered(row, kept) => answered::save(tx, row, *kept).await,
            Write::Credential(row) => credential::save(tx, row).await,
            Write::CredentialUsed(id, at) => credential::used(tx, id, *at).await,
            Write::EndCredential(id, at) => credential::end(tx, id, *at).await,
            Write::ForgetCredentials(before) => credential::forget(tx, *before).await,
            Write::Person(row) => person::save(tx, row).await,
            Write::Author(row) => approval::author(tx, row).await,
            Write::Approve(row) => approval::approve(tx, row).await,
            Write::Audit(row) => audit::add(tx, row).await,
            Write::Acquire { name, holder, ttl, dead } => {
                lease::acquire(tx, name, holder, (*ttl, dead.as_deref())).await
            }
            Write::Renew { name, ttl } => lease::renew(tx, name, *ttl).await,
        }
    }
}
