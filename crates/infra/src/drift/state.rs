//! An export of a cluster.

use std::collections::BTreeSet;

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
    /// Reads what `kubectl get ... -o json` writes: a `List`, or one object, or several of these one after the
    /// other. The lists of the API itself (`DeploymentList`) say the kind once for all. What is there twice is
    /// taken once.
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
        let mut state = State::default();
        let mut several = serde_json::Deserializer::from_str(text).into_iter().peekable();
        if several.peek().is_none() {
            return Err("the export is empty".to_owned());
        }
        for value in several {
            state.add(value.map_err(|error| format!("the export is not JSON: {error}"))?, None)?;
        }
        let mut known = BTreeSet::new();
        let same = |live: &Live| {
            [live.group(), live.kind(), live.text("/metadata/namespace"), live.name()].map(str::to_owned)
        };
        state.objects.retain(|live| known.insert(same(live)));
        Ok(state)
    }

    /// Takes in an object, or those of a list. What an object of a list does not say of itself, its list does.
    fn add(&mut self, value: Value, of_list: Option<(&str, &Value)>) -> Result<(), String> {
        let Value::Object(mut map) = value else {
            return Err("the export holds something that is no object: write it with `kubectl get -o json`"
                .to_owned());
        };
        if let Some(Value::Array(objects)) = map.get_mut("items") {
            let objects = std::mem::take(objects);
            let kind = map.get("kind").and_then(Value::as_str).and_then(|kind| kind.strip_suffix("List"));
            let of_list = kind.filter(|kind| !kind.is_empty()).zip(map.get("apiVersion"));
            return objects.into_iter().try_for_each(|object| self.add(object, of_list));
        }
        if let Some((kind, version)) = of_list.filter(|_| !map.contains_key("kind")) {
            map.insert("kind".to_owned(), kind.into());
            map.insert("apiVersion".to_owned(), version.clone());
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
        let label = |key: &str| self.text(&format!("/metadata/labels/{key}"));
        // What the manager of add-ons puts there, and what the server makes anew when it starts.
        if !label("addonmanager.kubernetes.io~1mode").is_empty()
            || label("kubernetes.io~1cluster-service") == "true"
            || label("kubernetes.io~1bootstrapping") == "rbac-defaults"
        {
            return true;
        }
        match (self.kind(), self.name()) {
            // Kubernetes keeps `system:` for itself, and kubeadm its own name.
            ("ClusterRole" | "ClusterRoleBinding" | "Role" | "RoleBinding", name) => {
                name.starts_with("system:") || name.starts_with("kubeadm:")
            }
            ("ServiceAccount", "default") | ("ConfigMap", "kube-root-ca.crt") | ("Service", "kubernetes") => {
                true
            }
            ("Namespace", "default" | "kube-system" | "kube-public" | "kube-node-lease") => true,
            ("Endpoints" | "EndpointSlice" | "Event" | "Lease" | "Node", _) => true,
            ("Secret", _) => {
                matches!(self.text("/type"), "kubernetes.io/service-account-token" | "helm.sh/release.v1")
            }
            _ => false,
        }
    }

    fn text(&self, pointer: &str) -> &str {
        self.value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}
