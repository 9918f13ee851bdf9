//! A sandbox and orders to give it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use fleetwright_runner::{Cancel, Ended, Limits, Network, Order, Sandbox};
use tempfile::TempDir;

/// One for all tests, as in production.
pub(crate) static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| {
    Sandbox::bubblewrap().unwrap_or_else(|error| {
        panic!("\n\nTHE RUNNER'S TESTS NEED A WORKING BUBBLEWRAP (apt install bubblewrap): {error}\n\n")
    })
});

/// A tree to run in.
pub(crate) struct Fixture {
    pub(crate) tree: TempDir,
    pub(crate) order: Order,
}

impl Fixture {
    /// A command over an empty tree.
    pub(crate) fn new(command: &[&str]) -> Self {
        let tree = tempfile::tempdir().unwrap();
        let order = Order {
            command: command.iter().map(ToString::to_string).collect(),
            tree: tree.path().to_owned(),
            cwd_in_tree: None,
            scripts: None,
            env: BTreeMap::new(),
            network: Network::None,
            limits: Limits::default(),
        };
        Self { tree, order }
    }

    pub(crate) fn shell(script: &str) -> Self {
        Self::new(&["/bin/sh", "-c", script])
    }

    pub(crate) fn python(script: &str) -> Self {
        assert!(Path::new("/usr/bin/python3").exists(), "these tests need /usr/bin/python3");
        Self::new(&["/usr/bin/python3", "-c", script])
    }

    pub(crate) fn env(mut self, name: &str, value: impl ToString) -> Self {
        self.order.env.insert(name.into(), value.to_string());
        self
    }

    pub(crate) fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.order.limits);
        self
    }

    pub(crate) fn run(&self) -> Ended {
        self.run_in(&SANDBOX)
    }

    pub(crate) fn run_in(&self, sandbox: &Sandbox) -> Ended {
        sandbox.run(&self.order, &Cancel::new()).unwrap()
    }
}

/// What was written to stdout and stderr.
pub(crate) fn log(ended: &Ended) -> String {
    String::from_utf8_lossy(&ended.log).into_owned()
}

/// Whether any process of the host has this in its command line.
pub(crate) fn alive(mark: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .any(|line| String::from_utf8_lossy(&line).contains(mark))
}
