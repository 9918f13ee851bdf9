//! What the audit says of an effect: which, on what, and for which intent. No contents, which are in the change.

use fleetwright_forge::Effect;
use fleetwright_store::{AuditRow, TargetRow, Write};
use serde_json::{Value, json};

use super::Driver;

impl Driver {
    /// The row of an effect that is about to be done.
    pub(super) fn audited(&self, target: &TargetRow, effect: &Effect) -> Write {
        Write::Audit(Box::new(AuditRow {
            actor: "fleetwright".to_owned(),
            what: format!("effect.{}", effect.kind().word()),
            shift: Some(self.row.shift.metadata.name.clone()),
            digest: Some(self.row.digest.clone()),
            target: Some(target.name.clone()),
            detail: json!({ "forge": target.forge, "intent": target.intent, "facts": facts(effect) }),
        }))
    }
}

fn facts(effect: &Effect) -> Value {
    match effect {
        Effect::Push { branch, expected, head, .. } => {
            json!({ "branch": branch, "expected": expected, "head": head })
        }
        Effect::Commit { branch, expected, tree, .. } => {
            json!({ "branch": branch, "expected": expected, "tree": tree })
        }
        Effect::OpenPull { branch, title, .. } => json!({ "branch": branch, "title": title }),
        Effect::UpdatePull { number, title, .. } => json!({ "number": number, "title": title }),
        Effect::Comment { number, .. } => json!({ "number": number }),
        Effect::Rerun { number, head, .. } => json!({ "number": number, "head": head }),
        Effect::Enqueue { number, head, .. } | Effect::Merge { number, head, .. } => {
            json!({ "number": number, "head": head })
        }
        Effect::ClosePull { number, reason } => json!({ "number": number, "reason": reason }),
        Effect::DeleteBranch { branch, expected } => json!({ "branch": branch, "expected": expected }),
    }
}
