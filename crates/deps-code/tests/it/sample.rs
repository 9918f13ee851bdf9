//! Reading samples, and looking at what was read.

use fleetwright_package::{Declared, Files, Inventory, Lock, Version};

/// Files by path.
pub(crate) struct Sample {
    files: Files,
    /// What was read out of them.
    pub(crate) inventory: Inventory,
}

impl Sample {
    /// Reads the files; every one of them must be wanted.
    pub(crate) fn read(files: &[(&str, &str)]) -> Sample {
        for (path, _) in files {
            assert!(fleetwright_deps_code::wants(path), "{path} is not wanted");
        }
        let files: Files = files.iter().copied().collect();
        let mut inventory = Inventory::default();
        fleetwright_deps_code::read(&files, &mut inventory);
        Sample { files, inventory }
    }

    /// What the manifest `path` declares: `package requirement version scope set`, one line each.
    pub(crate) fn declared(&self, path: &str) -> Vec<String> {
        self.of(path).iter().map(|declared| self.line(declared)).collect()
    }

    /// The declarations of a manifest.
    pub(crate) fn of(&self, path: &str) -> &[Declared] {
        &self.inventory.manifests.iter().find(|manifest| manifest.path == path).expect(path).declared
    }

    /// The version of a package in a manifest, in words.
    pub(crate) fn version(&self, path: &str, package: &str) -> String {
        let mut found = self.of(path).iter().filter(|declared| declared.package.name() == package);
        shown(&found.next().expect(package).version)
    }

    fn line(&self, declared: &Declared) -> String {
        let set = declared.set.as_ref().map_or("-".to_owned(), |set| {
            let text = self.files.text(&set.path).expect("a file");
            let line = text[..set.span.start].matches('\n').count() + 1;
            assert_eq!(line, set.line as usize, "the line of {set:?}");
            format!("{}:{}={}", set.path, set.line, &text[set.span.clone()])
        });
        let name = declared.package.name();
        let version = shown(&declared.version);
        format!("{name} | {} | {version} | {:?} | {set}", declared.requirement, declared.scope)
    }

    /// The lock of `path`.
    pub(crate) fn lock(&self, path: &str) -> &Lock {
        self.inventory.locks.iter().find(|lock| lock.path == path).expect(path)
    }

    /// The packages of a lock: `name version: needs`, own ones with a star.
    pub(crate) fn locked(&self, path: &str) -> Vec<String> {
        let packages = &self.lock(path).packages;
        let named = |at: &u32| {
            let package = &packages[*at as usize];
            format!("{}@{}", package.package.name(), package.version)
        };
        let line = |at: u32| {
            let package = &packages[at as usize];
            let needs: Vec<String> = package.needs.iter().map(named).collect();
            let own = if package.own { "*" } else { "" };
            format!("{}{own}: {}", named(&at), needs.join(" ")).trim_end().to_owned()
        };
        (0..packages.len()).map(|at| line(u32::try_from(at).expect("few"))).collect()
    }

    /// The findings: `path:line message`.
    pub(crate) fn findings(&self) -> Vec<String> {
        let findings = self.inventory.findings.iter();
        findings.map(|finding| format!("{}:{} {}", finding.path, finding.line, finding.message)).collect()
    }
}

fn shown(version: &Version) -> String {
    match version {
        Version::Known(version) => version.clone(),
        Version::Unknown(why) => format!("? {why}"),
    }
}
