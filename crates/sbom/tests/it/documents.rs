//! What the two formats say of the same parts.

use fleetwright_package::Package;
use fleetwright_sbom::{Bom, Occurrence, Part, Sink, Usage};
use serde_json::{Value, json};

const TIME: &str = "2026-11-26T03:12:00Z";

fn package(name: &str, version: &str) -> Part {
    Part::package(name.parse::<Package>().unwrap(), version)
}

fn cyclonedx(bom: &Bom, time: &str) -> Value {
    let mut out = Vec::new();
    fleetwright_sbom::cyclonedx(bom, time, Sink { out: &mut out, clean: &|_| () }).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn spdx(bom: &Bom, time: &str) -> Value {
    let mut out = Vec::new();
    fleetwright_sbom::spdx(bom, time, Sink { out: &mut out, clean: &|_| () }).unwrap();
    serde_json::from_slice(&out).unwrap()
}

/// A shop on log4j-core (which needs log4j-api), with a tool for tests and a version that is not known.
fn shop() -> Bom {
    let mut bom = Bom::new(Part::own("acme/shop", "1.0"));
    let mut core = package("maven:org.apache.logging.log4j:log4j-core", "2.14.1");
    core.found.insert(Occurrence { file: "pom.xml".into(), line: 7 });
    let core = bom.add(core);
    let api = bom.add(package("maven:org.apache.logging.log4j:log4j-api", "2.14.1"));
    let core_js = bom.add(Part { usage: Usage::Development, ..package("npm:@babel/core", "7.24.0+a") });
    let unknown = bom.add(Part { note: "no parent".to_owned(), ..package("npm:left-pad", "") });
    let image = bom.add(package("image:debian", "12"));
    bom.needs(0, core, Usage::Runtime);
    bom.needs(core, api, Usage::Runtime);
    bom.needs(0, core_js, Usage::Development);
    bom.needs(0, unknown, Usage::Optional);
    bom.needs(0, image, Usage::Runtime);
    // Twice, of itself, and of nothing: none of them is said.
    bom.needs(0, core, Usage::Runtime);
    bom.needs(core, core, Usage::Runtime);
    bom.needs(core, 99, Usage::Runtime);
    bom
}

#[test]
fn cyclonedx_names_parts_and_what_they_need() {
    let document = cyclonedx(&shop(), TIME);
    let parts = &document["components"];
    assert_eq!(document["metadata"]["component"]["bom-ref"], "acme/shop");
    let core = "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1";
    let api = "pkg:maven/org.apache.logging.log4j/log4j-api@2.14.1";
    assert_eq!(
        parts[0],
        json!({ "type": "library", "bom-ref": core, "group": "org.apache.logging.log4j",
            "name": "log4j-core", "version": "2.14.1", "purl": core, "scope": "required",
            "evidence": { "occurrences": [{ "location": "pom.xml", "line": 7 }] } })
    );
    assert_eq!((&parts[2]["group"], &parts[2]["name"]), (&json!("@babel"), &json!("core")));
    assert_eq!(
        (&parts[2]["purl"], &parts[2]["scope"]),
        (&json!("pkg:npm/%40babel/core@7.24.0%2Ba"), &json!("excluded"))
    );
    assert_eq!((&parts[3]["version"], &parts[3]["purl"]), (&Value::Null, &json!("pkg:npm/left-pad")));
    assert_eq!(parts[3]["properties"][0]["value"], "no parent");
    assert_eq!(parts[4]["type"], "container");
    assert_eq!(document["dependencies"].as_array().unwrap().len(), 6);
    assert_eq!(document["dependencies"][0]["dependsOn"].as_array().unwrap().len(), 4);
    assert_eq!(document["dependencies"][1], json!({ "ref": core, "dependsOn": [api] }));
    assert_eq!(document["compositions"][0]["aggregate"], "incomplete");
}

#[test]
fn spdx_names_parts_and_what_they_are_needed_for() {
    let document = spdx(&shop(), TIME);
    let told: Vec<[&str; 3]> = document["relationships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| {
            ["spdxElementId", "relationshipType", "relatedSpdxElement"].map(|key| each[key].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [
            ["SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Package-0"],
            ["SPDXRef-Package-0", "DEPENDS_ON", "SPDXRef-Package-1"],
            ["SPDXRef-Package-3", "DEV_DEPENDENCY_OF", "SPDXRef-Package-0"],
            ["SPDXRef-Package-4", "OPTIONAL_DEPENDENCY_OF", "SPDXRef-Package-0"],
            ["SPDXRef-Package-0", "DEPENDS_ON", "SPDXRef-Package-5"],
            ["SPDXRef-Package-1", "DEPENDS_ON", "SPDXRef-Package-2"],
        ]
    );
    let core = &document["packages"][1];
    assert_eq!(
        core["externalRefs"][0]["referenceLocator"],
        "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"
    );
    assert_eq!(core["sourceInfo"], "found in pom.xml:7");
    assert_eq!(document["packages"][4].get("versionInfo"), None);
    assert_eq!(document["packages"][4]["comment"], "version not known: no parent");
}

#[test]
fn equal_content_at_an_equal_time_has_an_equal_name_and_nothing_else_has() {
    let serial = |bom: &Bom, time| cyclonedx(bom, time)["serialNumber"].as_str().unwrap().to_owned();
    let space = |bom: &Bom, time| spdx(bom, time)["documentNamespace"].as_str().unwrap().to_owned();
    let mut other = shop();
    other.add(package("npm:react", "18.0.0"));
    let later = "2026-11-26T03:12:01Z";
    for name in [&serial as &dyn Fn(&Bom, &'static str) -> String, &space] {
        assert_eq!(name(&shop(), TIME), name(&shop(), TIME));
        assert_ne!(name(&shop(), TIME), name(&other, TIME));
        assert_ne!(name(&shop(), TIME), name(&shop(), later));
    }
    let serial = serial(&shop(), TIME);
    let parts: Vec<usize> = serial.trim_start_matches("urn:uuid:").split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
}

#[test]
fn everything_goes_through_what_cleans() {
    let clean = |value: &mut Value| {
        *value = serde_json::from_str(&value.to_string().replace("log4j", "***")).unwrap()
    };
    for write in [fleetwright_sbom::cyclonedx, fleetwright_sbom::spdx] {
        let mut out = Vec::new();
        write(&shop(), TIME, Sink { out: &mut out, clean: &clean }).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("***-core") && !text.contains("log4j"), "{text}");
    }
}

#[test]
fn parts_of_the_same_purl_have_names_of_their_own() {
    let mut bom = Bom::new(Part::own("fleet", ""));
    bom.add(package("npm:a", ""));
    bom.add(package("npm:a", ""));
    let document = cyclonedx(&bom, TIME);
    assert_eq!(document["components"][0]["bom-ref"], "pkg:npm/a");
    assert_eq!(document["components"][1]["bom-ref"], "pkg:npm/a (2)");
}
