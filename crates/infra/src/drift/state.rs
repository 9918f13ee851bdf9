//! An export of a cluster.

use serde_json::Value;

/// The largest export that is read, in bytes (64 MiB). In memory it takes about five times as much.
pub const MAX_STATE_BYTES: usize = 64 * 1024 * 1024;

/// The objects of an export.
#[derive(Debug, Clone, Default)]
pub struct State {
    objects: Vec<Live>,
}

/// One object that runs.
#[derive(Debug, Clone)]
pub struct Live {
    value: Value,
}

impl State {
    /// Reads what `kubectl get ... -o json` writes: a `List`, or one object.
    ///
    /// # Errors
    /// Why it is no export, as a sentence.
    pub fn parse(text: &str) -> Result<State, String> {
        if text.len() > MAX_STATE_BYTES {
            return Err(format!(
                "the export has {} bytes, more than {MAX_STATE_BYTES}: export less at once",
                text.len()
            ));
        }
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("the export is not JSON: {error}"))?;
        let mut state = State::default();
        state.add(value)?;
        Ok(state)
    }

    fn add(&mut self, value: Value) -> Result<(), String> {
        let Value::Object(mut map) = value else {
            return Err("the export holds something that is no object: write it with `kubectl get -o json`"
                .to_owned());
        };
        if let Some(Value::Array(objects)) = map.get_mut("items") {
            return std::mem::take(objects).into_iter().try_for_each(|object| self.add(object));
        }
        let live = Live { value: Value::Object(map) };
        if live.kind().is_empty() || live.name().is_empty() {
            return Err("the export holds an object without `kind` or `metadata.name`: write it with `kubectl get -o json`".to_owned());
        }
        self.objects.push(live);
        Ok(())
    }

    /// All objects.
    pub fn objects(&self) -> &[Live] {
        &self.objects
    }
}

impl Live {
    /// The whole object.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Its kind.
    pub fn kind(&self) -> &str {
        self.text("/kind")
    }

    /// Its API group; empty for the core group.
    pub fn group(&self) -> &str {
        crate::formats::kubernetes::group(self.text("/apiVersion"))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// Its namespace, when it has one.
    pub fn namespace(&self) -> Option<&str> {
        Some(self.text("/metadata/namespace")).filter(|namespace| !namespace.is_empty())
    }

    /// Whether nobody declares it: it belongs to another object, or the cluster makes it by itself.
    pub(crate) fn is_made_by_the_cluster(&self) -> bool {
        let owned = self.value.pointer("/metadata/ownerReferences").and_then(Value::as_array);
        if owned.is_some_and(|owners| !owners.is_empty()) {
            return true;
        }
        match (self.kind(), self.name()) {
            ("ServiceAccount", "default") | ("ConfigMap", "kube-root-ca.crt") | ("Service", "kubernetes") => {
                true
            }
            ("Namespace", "default" | "kube-system" | "kube-public" | "kube-node-lease") => true,
            ("Endpoints" | "EndpointSlice" | "Event" | "Lease", _) => true,
            ("Secret", _) => {
                matches!(self.text("/type"), "kubernetes.io/service-account-token" | "helm.sh/release.v1")
            }
            _ => self.text("/metadata/labels/kubernetes.io~1bootstrapping") == "rbac-defaults",
        }
    }

    fn text(&self, pointer: &str) -> &str {
        self.value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}
