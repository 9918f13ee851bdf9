//! Images of containers in compose files and in Kubernetes' manifests.

use fleetwright_package::Scope;

use crate::image;
use crate::source::Source;
use crate::variable::Variables;
use crate::yaml::{Node, documents};

/// The keys that hold containers, wherever a manifest has a pod.
const CONTAINERS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

/// Reads a compose file.
pub(crate) fn compose(source: &mut Source<'_>) {
    for document in documents(source) {
        for (_, service) in document.get("services").into_iter().flat_map(Node::entries) {
            // What is built here and only named so comes from nowhere else.
            let built = service.get("build").is_some();
            if let Some(span) = service.get("image").filter(|_| !built).and_then(Node::span) {
                image::declare(source, span, Scope::Runtime, &Variables::new());
            }
        }
    }
}

/// Reads a file of Kubernetes' manifests.
pub(crate) fn kubernetes(source: &mut Source<'_>) {
    for document in documents(source) {
        if document.text("kind").is_some() && document.text("apiVersion").is_some() {
            pods(source, &document);
        }
    }
}

/// Looks for containers in all of a manifest; the tree's depth is limited.
fn pods(source: &mut Source<'_>, node: &Node) {
    for (key, value) in node.entries() {
        if CONTAINERS.contains(&key) {
            let images = value.elements().iter().filter_map(|container| container.get("image")?.span());
            for span in images.collect::<Vec<_>>() {
                image::declare(source, span, Scope::Runtime, &Variables::new());
            }
        }
        pods(source, value);
    }
    node.elements().iter().for_each(|element| pods(source, element));
}
