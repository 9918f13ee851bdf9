//! The repositories that are there to be difficult, each in the one way its name says.

use fleetwright_core::Oid;
use fleetwright_git::{Change, Mode};

use crate::log4j;
use crate::plan::Plan;
use crate::source::noise;
use crate::template::{CARGO, Ecosystem, GO, MAVEN, NPM, PYTHON, template};

/// The size of the one large file, in bytes: 5 MiB.
const LARGE: usize = 5 << 20;

/// A service, and what makes it difficult.
struct Odd {
    name: &'static str,
    ecosystem: &'static Ecosystem,
    about: &'static str,
    twist: fn(&mut Plan),
}

const ODD: &[Odd] = &[
    odd("acme/archived", &MAVEN, "archived at the forge: left out of every shift", |plan| {
        plan.repo_json = Some("{ \"archived\": true, \"topics\": [\"legacy\"] }\n");
    }),
    odd("acme/monorepo", &NPM, "four services in one repository: four targets of one shift", monorepo),
    odd("acme/no-bots", &PYTHON, "its topic `no-bots` asks to be left alone", |plan| {
        plan.repo_json = Some("{ \"topics\": [\"no-bots\"] }\n");
    }),
    odd(
        "acme/symlinks",
        &NPM,
        "symbolic links, one of them matching the edited files, one leading out",
        |plan| {
            plan.link("deploy/production.yaml", "deployment.yaml");
            plan.link("config/local.env", "/etc/acme/local.env");
        },
    ),
    odd("data/broken-yaml", &PYTHON, "its deployment is not YAML: the edit fails", |plan| {
        plan.put("deploy/deployment.yaml", template!("odd/broken-deployment.yaml"));
    }),
    odd("data/five-megabyte-file", &PYTHON, "a file of 5 MB that does not compress", |plan| {
        plan.put_bytes("models/vectors.bin", noise(5, LARGE));
    }),
    odd("data/script-fails", &GO, "its workflow needs a person: the script ends with exit code 3", |plan| {
        plan.put(".github/workflows/ci.yml", template!("odd/private-runner.yml"));
    }),
    odd("data/trunk", &GO, "its default branch is `trunk`", |plan| {
        plan.branch = "trunk";
        plan.put(".github/workflows/ci.yml", GO.sources[5].1);
    }),
    odd("mobile/binary-files", &MAVEN, "binary files among the texts", |plan| {
        plan.put_bytes("assets/icon.png", png());
        plan.put_bytes("lib/legacy.jar", [b"PK\x03\x04\x14\0\0\0".as_slice(), &noise(7, 6_000)].concat());
    }),
    odd("mobile/no-tests", &NPM, "no test.sh, so no check reports: nothing merges by itself", |plan| {
        plan.files.remove("test.sh");
    }),
    odd("mobile/not-utf8", &MAVEN, "its deployment has a Latin-1 comment: the edit fails", |plan| {
        plan.map(
            |path| path == "deploy/deployment.yaml",
            |text| [b"# Zust\xe4ndig: M\xfcnchen\n", text].concat(),
        );
    }),
    odd("payments/already-changed", &NPM, "both shifts were done by hand before: nothing to change", done),
    odd("payments/crlf-files", &MAVEN, "Windows line endings, which must survive every edit", |plan| {
        // Only texts for people and tools: a shell does not read a script with carriage returns.
        plan.map(|path| path != "test.sh", crlf);
        plan.put_bytes(".gitattributes", b"* -text\r\n".to_vec());
    }),
    odd("payments/tests-already-red", &GO, "its tests are red without any change", |plan| {
        plan.put("test.sh", template!("odd/red-test.sh"));
    }),
    odd("payments/tests-red-by-change", &PYTHON, "its tests go red by the first shift", |plan| {
        plan.put("test.sh", template!("odd/old-registry-test.sh"));
    }),
    odd(
        "platform/ci-elsewhere",
        &CARGO,
        "no workflow: the script says it is not applicable (exit code 64)",
        |plan| {
            plan.files.remove(".github/workflows/ci.yml");
            plan.put("Jenkinsfile", template!("odd/Jenkinsfile"));
        },
    ),
    odd("platform/corrupt-head", &CARGO, "its HEAD is garbage: it cannot be read", |plan| {
        plan.head = Some("this was a reference once\n");
    }),
    odd("platform/empty", &CARGO, "created and never pushed to: no commit", |plan| plan.files.clear()),
    odd("platform/git-submodule", &CARGO, "a submodule, which no shift looks into", |plan| {
        plan.put(".gitmodules", template!("odd/gitmodules"));
        let oid = Oid::from_bytes(*b"fleetwright-demo-oid");
        plan.files.insert("vendor/protocols".to_owned(), Change::PutOid { mode: Mode::Submodule, oid });
    }),
];

const fn odd(
    name: &'static str,
    ecosystem: &'static Ecosystem,
    about: &'static str,
    twist: fn(&mut Plan),
) -> Odd {
    Odd { name, ecosystem, about, twist }
}

/// All of them; their places in the fleet begin at `first`.
pub(crate) fn plans(first: usize) -> Vec<Plan> {
    let planned = ODD.iter().enumerate().map(|(index, odd)| {
        let mut plan = Plan::service(odd.name, first + index, odd.ecosystem);
        plan.about = odd.about;
        log4j::dress(&mut plan);
        (odd.twist)(&mut plan);
        plan
    });
    planned.collect()
}

fn monorepo(plan: &mut Plan) {
    let shared = ["README.md", ".github/CODEOWNERS", ".github/workflows/ci.yml", "package.json"];
    plan.files.retain(|path, _| shared.contains(&path.as_str()));
    plan.put("test.sh", template!("odd/monorepo-test.sh"));
    for (index, service) in ["cart", "orders", "stock", "users"].iter().enumerate() {
        let inner = Plan::service(&format!("acme/{service}"), plan.index + index, &NPM);
        let files = inner.files.into_iter();
        let kept = ["Dockerfile", "deploy/deployment.yaml", "src/index.js"];
        let kept = files.filter(|(path, _)| kept.contains(&path.as_str()));
        plan.files.extend(kept.map(|(path, change)| (format!("services/{service}/{path}"), change)));
    }
}

fn done(plan: &mut Plan) {
    plan.map(
        |path| path == "Dockerfile",
        |text| String::from_utf8_lossy(text).replace("docker.acme", "registry.acme").into_bytes(),
    );
    plan.put("deploy/deployment.yaml", template!("odd/done-deployment.yaml"));
    plan.put(".dockerignore", template!("odd/dockerignore"));
    plan.put(".github/workflows/ci.yml", template!("odd/done-ci.yml"));
}

fn crlf(text: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(text).replace('\n', "\r\n").into_bytes()
}

/// A picture's signature and header, and noise: enough for every tool to call it binary.
fn png() -> Vec<u8> {
    let start = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x40\x08\x06\0\0\0";
    [start.as_slice(), &noise(3, 2_000)].concat()
}
