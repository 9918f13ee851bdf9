//! What the repositories of the sample fleet have to do with Log4j. What follows from it is data: `log4j.json` beside
//! this crate's sources.

use crate::plan::Plan;
use crate::template::template;

/// A repository, and how it comes to its Log4j.
type Part = (&'static str, fn(&mut Plan));

/// Those without a part here have nothing to do with it.
const PARTS: &[Part] = &[
    ("acme/accounts", |plan| core(plan, &["<version>2.14.0</version>", "<scope>test</scope>"])),
    ("acme/archived", |plan| dependency(plan, "log4j", "log4j", &["<version>1.2.17</version>"])),
    ("acme/catalogue", |plan| core(plan, &["<version>2.11.2</version>"])),
    ("acme/checkout", |plan| {
        dependency(plan, "ch.qos.logback", "logback-classic", &["<version>1.5.12</version>"]);
    }),
    ("acme/mailer", |plan| fat_logger(plan)),
    ("acme/search", |plan| fat_logger(plan)),
    ("data/feature-store", |plan| catalogued(plan, template!("log4j/pinned.versions.toml"))),
    ("data/stream-router", |plan| gradle(plan, "\"org.apache.logging.log4j:log4j-core:2.14.1\"")),
    ("data/warehouse-loader", |plan| {
        let pin = "<!-- pinned: the driver is certified with exactly this one; see WH-412 -->";
        core(plan, &[pin, "<version>2.14.1</version>"]);
    }),
    ("mobile/app-config", |plan| {
        parent(plan, "example.vendor", "vendor-parent", "9.0.1");
        core(plan, &[]);
    }),
    ("mobile/binary-files", |plan| core(plan, &["<version>2.15.0</version>"])),
    ("mobile/crash-intake", |plan| catalogued(plan, template!("log4j/libs.versions.toml"))),
    ("mobile/deep-links", |plan| {
        gradle(plan, "\"org.apache.logging.log4j:log4j-core:${System.getenv(\"LOG4J_VERSION\")}\"");
    }),
    ("mobile/feature-flags", |plan| log4j(plan, "log4j-api", &["<version>2.14.1</version>"])),
    ("mobile/not-utf8", |plan| core(plan, &["<version>2.17.1</version>"])),
    ("mobile/push-gateway", |plan| {
        dependency(plan, "example.acme.mobile", "sdk-java", &["<version>1.8.2</version>"]);
    }),
    ("mobile/sdk-java", |plan| plan.put("pom.xml", template!("log4j/sdk-java.xml"))),
    ("payments/card-vault", |plan| {
        property(plan, "log4j.version", "2.14.1");
        log4j(plan, "log4j-api", &["<version>${log4j.version}</version>"]);
        core(plan, &["<version>${log4j.version}</version>"]);
    }),
    ("payments/crlf-files", |plan| {
        property(plan, "log4j2.version", "2.12.1");
        core(plan, &["<version>${log4j2.version}</version>"]);
    }),
    ("payments/exchange-rates", |plan| core(plan, &["<version>2.24.1</version>"])),
    ("payments/invoices", |plan| {
        dependency(plan, "example.acme.payments", "money-types", &["<version>3.1.0</version>"]);
    }),
    ("payments/ledger", |plan| core(plan, &["<version>2.14.1</version>"])),
    ("payments/money-types", |plan| plan.put("pom.xml", template!("log4j/money-types.xml"))),
    ("payments/refunds", |plan| {
        property(plan, "log4j.version", "2.13.3");
        core(plan, &["<version>${log4j.version}</version>"]);
    }),
    ("payments/settlement", |plan| {
        plan.put("pom.xml", template!("log4j/modules.xml"));
        plan.put("batch/pom.xml", template!("log4j/module-batch.xml"));
        plan.put("web/pom.xml", template!("log4j/module-web.xml"));
    }),
    ("platform/api-gateway", |plan| child(plan)),
    ("platform/fat-logger", |plan| plan.put("pom.xml", template!("log4j/fat-logger.xml"))),
    ("platform/log-shipper", |plan| core(plan, &["<version>[2.0,2.15)</version>"])),
    ("platform/mesh-agent", |plan| gradle(plan, "\"org.apache.logging.log4j:log4j-core:2.14.+\"")),
    ("platform/parent-pom", |plan| plan.put("pom.xml", template!("log4j/parent-pom.xml"))),
    ("platform/quota", |plan| child(plan)),
];

/// Gives a repository its part.
pub(crate) fn dress(plan: &mut Plan) {
    if let Some((_, part)) = PARTS.iter().find(|(name, _)| *name == plan.name) {
        part(plan);
    }
}

fn core(plan: &mut Plan, rest: &[&str]) {
    log4j(plan, "log4j-core", rest);
}

fn log4j(plan: &mut Plan, artifact: &str, rest: &[&str]) {
    dependency(plan, "org.apache.logging.log4j", artifact, rest);
}

/// The library that carries a Log4j inside, which its own POM does not say once it is published.
fn fat_logger(plan: &mut Plan) {
    dependency(plan, "example.acme.platform", "fat-logger", &["<version>2.3.1</version>"]);
}

/// The version is the parent's.
fn child(plan: &mut Plan) {
    parent(plan, "example.acme.platform", "parent-pom", "5.2.0");
    core(plan, &[]);
}

/// A dependency in `pom.xml`, before those that are there.
fn dependency(plan: &mut Plan, group: &str, artifact: &str, rest: &[&str]) {
    let names = [format!("<groupId>{group}</groupId>"), format!("<artifactId>{artifact}</artifactId>")];
    let lines: String = names
        .iter()
        .map(String::as_str)
        .chain(rest.iter().copied())
        .map(|line| format!("      {line}\n"))
        .collect();
    plan.before(
        "pom.xml",
        "    <!-- kept at the platform's version -->",
        &format!("    <dependency>\n{lines}    </dependency>\n"),
    );
}

fn property(plan: &mut Plan, name: &str, value: &str) {
    plan.before("pom.xml", "  </properties>", &format!("    <{name}>{value}</{name}>\n"));
}

fn parent(plan: &mut Plan, group: &str, artifact: &str, version: &str) {
    let text = format!(
        "  <parent>\n    <groupId>{group}</groupId>\n    <artifactId>{artifact}</artifactId>\n    \
         <version>{version}</version>\n    <relativePath/>\n  </parent>\n"
    );
    plan.before("pom.xml", "  <groupId>example.acme.", &text);
}

/// A dependency in `build.gradle.kts`, as Kotlin writes it.
fn gradle(plan: &mut Plan, notation: &str) {
    let line = format!("    implementation({notation})\n");
    plan.before("build.gradle.kts", "    // kept at the platform's version", &line);
}

/// A Gradle build whose versions are in a catalog.
fn catalogued(plan: &mut Plan, catalog: &str) {
    plan.put("build.gradle.kts", template!("log4j/catalog-build.gradle.kts"));
    plan.put("gradle/libs.versions.toml", catalog);
}
