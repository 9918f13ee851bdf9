//! Maven and Gradle.

use fleetwright_bump::Verdict;

use crate::play::play;

const LOG4J: &str = "maven:org.apache.logging.log4j:log4j-core";

fn pom(body: &str) -> String {
    format!(
        "<project>\n  <groupId>acme</groupId>\n  <artifactId>shop</artifactId>\n  <version>1.0</version>\n{body}</project>\n"
    )
}

fn dependency(version: &str) -> String {
    format!(
        "    <dependency>\n      <groupId>org.apache.logging.log4j</groupId>\n      <artifactId>log4j-core</artifactId>\n{version}    </dependency>\n"
    )
}

fn inline(version: &str) -> String {
    let version = format!("      <version>{version}</version>\n");
    pom(&format!("  <dependencies>\n{}  </dependencies>\n", dependency(&version)))
}

#[test]
fn a_version_written_inline() {
    let done = play(&[("pom.xml", &inline("2.14.1"))], LOG4J, "2.17.1").done();
    done.is_with("pom.xml", &[("2.14.1", "2.17.1")]);
    assert_eq!(done.told(), ["pom.xml:9 2.14.1 Raised"]);
    assert_eq!(done.stale(), [""; 0]);
}

#[test]
fn crlf_and_odd_spaces_stay() {
    let text = inline(" 2.14.1\t").replace('\n', "\r\n");
    play(&[("pom.xml", &text)], LOG4J, "2.17.1").done().is_with("pom.xml", &[("2.14.1", "2.17.1")]);
}

#[test]
fn nothing_is_lowered() {
    let play = |version: &str| play(&[("pom.xml", &inline(version))], LOG4J, "2.17.1").done();
    assert_eq!(play("2.20.0").verdict(), &Verdict::Newer);
    assert_eq!(play("2.17.1").verdict(), &Verdict::Already);
    assert_eq!(play("2.17.1.0").verdict(), &Verdict::Already);
    assert_eq!(play("2.17.1-rc1").verdict(), &Verdict::Raised);
}

#[test]
fn ranges() {
    let done = |version: &str| play(&[("pom.xml", &inline(version))], LOG4J, "2.17.1").done();
    done("[2.14,3)").is_with("pom.xml", &[("[2.14,3)", "[2.17.1,3)")]);
    done("(2.14, 3.0]").is_with("pom.xml", &[("(2.14, 3.0]", "[2.17.1, 3.0]")]);
    done("[2.14.1]").is_with("pom.xml", &[("2.14.1", "2.17.1")]);
    assert!(done("[2.14,2.15)").unknown().contains("upper end"));
    assert!(done("[1,2),[2.3,2.5)").unknown().contains("several parts"));
    assert_eq!(done("RELEASE").verdict(), &Verdict::Allowed);
    assert_eq!(done("[3,4)").verdict(), &Verdict::Newer);
}

#[test]
fn a_property_that_others_share() {
    let text = pom(&format!(
        "  <properties>\n    <log4j.version>2.14.1</log4j.version>\n  </properties>\n  <dependencies>\n{}{}  </dependencies>\n",
        dependency("      <version>${log4j.version}</version>\n"),
        dependency("      <version>${log4j.version}</version>\n").replace("log4j-core", "log4j-api")
    ));
    let done = play(&[("pom.xml", &text)], LOG4J, "2.17.1").done();
    done.is_with("pom.xml", &[("2.14.1", "2.17.1")]);
    assert_eq!(done.told(), ["pom.xml:6 2.14.1 Raised"]);
    let along: Vec<&str> = done.done.told[0].along.iter().map(|package| package.name()).collect();
    assert_eq!(along, ["org.apache.logging.log4j:log4j-api"]);
}

#[test]
fn a_child_that_sets_its_parents_property() {
    let parent = pom(&format!(
        "  <packaging>pom</packaging>\n  <modules><module>web</module></modules>\n  <properties><v>2.14.1</v></properties>\n  <dependencies>\n{}  </dependencies>\n",
        dependency("      <version>${v}</version>\n")
    ));
    let child = "<project>\n  <parent><groupId>acme</groupId><artifactId>shop</artifactId><version>1.0</version></parent>\n  <artifactId>web</artifactId>\n  <properties><v>2.13.0</v></properties>\n  <dependencies>\n".to_owned()
        + &dependency("      <version>${v}</version>\n")
        + "  </dependencies>\n</project>\n";
    let files = [("pom.xml", parent.as_str()), ("web/pom.xml", child.as_str())];
    let done = play(&files, LOG4J, "2.17.1").done();
    done.is_with("pom.xml", &[("2.14.1", "2.17.1")]).is_with("web/pom.xml", &[("2.13.0", "2.17.1")]);
    let done = play(&files, LOG4J, "2.17.1").dir("web").done();
    assert_eq!(done.text("pom.xml"), parent);
    done.is_with("web/pom.xml", &[("2.13.0", "2.17.1")]);
}

#[test]
fn what_a_parent_here_manages() {
    let parent = pom(&format!(
        "  <packaging>pom</packaging>\n  <modules><module>web</module></modules>\n  <dependencyManagement>\n  <dependencies>\n{}  </dependencies>\n  </dependencyManagement>\n",
        dependency("      <version>2.14.1</version>\n")
    ));
    let child = "<project>\n  <parent><groupId>acme</groupId><artifactId>shop</artifactId><version>1.0</version></parent>\n  <artifactId>web</artifactId>\n  <dependencies>\n".to_owned()
        + &dependency("")
        + "  </dependencies>\n</project>\n";
    let files = [("pom.xml", parent.as_str()), ("web/pom.xml", child.as_str())];
    let done = play(&files, LOG4J, "2.17.1").done();
    done.is_with("pom.xml", &[("2.14.1", "2.17.1")]);
    assert_eq!(done.told(), ["pom.xml:12 2.14.1 Raised"]);
    let outside = play(&files, LOG4J, "2.17.1").dir("web").done();
    assert_eq!(outside.verdict(), &Verdict::Outside("pom.xml".into()));
}

#[test]
fn a_parent_elsewhere_and_a_bom_that_is_raised() {
    let text = pom(&format!(
        "  <parent><groupId>corp</groupId><artifactId>base</artifactId><version>5</version></parent>\n  <dependencies>\n{}  </dependencies>\n",
        dependency("")
    ));
    let done = play(&[("pom.xml", &text)], "maven:corp:base", "6").done();
    done.is_with("pom.xml", &[("<version>5</version>", "<version>6</version>")]);
    let bom = pom(&format!(
        "  <dependencyManagement><dependencies><dependency><groupId>corp</groupId><artifactId>bom</artifactId><version>5</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>\n  <dependencies>\n{}  </dependencies>\n",
        dependency("")
    ));
    let done = play(&[("pom.xml", &bom)], "maven:corp:bom", "6").done();
    done.is_with("pom.xml", &[("<version>5</version>", "<version>6</version>")]);
    assert!(play(&[("pom.xml", &bom)], LOG4J, "2.17.1").done().unknown().contains("bom"));
}

#[test]
fn a_pin_is_kept_unless_it_is_meant() {
    let text = inline("2.14.1")
        .replace("</version>\n    </dep", "</version> <!-- do not upgrade: OPS-12 -->\n    </dep");
    let files = [("pom.xml", text.as_str())];
    let done = play(&files, LOG4J, "2.17.1").done();
    assert_eq!(done.verdict(), &Verdict::Pinned("do not upgrade: OPS-12".into()));
    play(&files, LOG4J, "2.17.1").pinned().done().is_with("pom.xml", &[("2.14.1", "2.17.1")]);
}

#[test]
fn own_modules_are_left() {
    let text = pom(
        "  <dependencies><dependency><groupId>${project.groupId}</groupId><artifactId>other</artifactId><version>${project.version}</version></dependency></dependencies>\n",
    );
    let done = play(&[("pom.xml", &text)], "maven:acme:other", "2.0").done();
    assert!(done.unknown().contains("the project itself"));
}

#[test]
fn gradle_inline_variable_and_catalog() {
    let build = "plugins { id 'java' }\ndef log4j = '2.14.1'\ndependencies {\n    implementation \"org.apache.logging.log4j:log4j-core:$log4j\"\n    testImplementation 'org.apache.logging.log4j:log4j-core:2.13.0'\n}\n";
    play(&[("build.gradle", build)], LOG4J, "2.17.1")
        .done()
        .is_with("build.gradle", &[("2.14.1", "2.17.1"), ("2.13.0", "2.17.1")]);
    let catalog = "[versions]\nlog4j = \"2.14.1\"\n\n[libraries]\nlog4j-core = { module = \"org.apache.logging.log4j:log4j-core\", version.ref = \"log4j\" }\nlog4j-api = { module = \"org.apache.logging.log4j:log4j-api\", version.ref = \"log4j\" }\n";
    let build = "dependencies {\n    implementation(libs.log4j.core)\n}\n";
    let files = [("gradle/libs.versions.toml", catalog), ("build.gradle.kts", build)];
    let done = play(&files, LOG4J, "2.17.1").done();
    done.is_with("gradle/libs.versions.toml", &[("2.14.1", "2.17.1")]);
    assert_eq!(done.told(), ["gradle/libs.versions.toml:2 2.14.1 Raised"]);
    assert_eq!(done.done.told[0].along.len(), 1);
}

#[test]
fn gradle_floats_and_locks() {
    let with = |version: &str| {
        format!("dependencies {{\n    implementation 'org.apache.logging.log4j:log4j-core:{version}'\n}}\n")
    };
    let done = |version: &str, to: &str| play(&[("build.gradle", &with(version))], LOG4J, to).done();
    done("1.+", "2.0.0").is_with("build.gradle", &[("1.+", "2.+")]);
    assert!(done("1.+", "2.1.0").unknown().contains("2.1.0"));
    assert_eq!(done("2.+", "2.1.0").verdict(), &Verdict::Allowed);
    let lock = "# This is a Gradle generated file for dependency locking.\norg.apache.logging.log4j:log4j-core:2.14.1=compileClasspath,runtimeClasspath\nempty=\n";
    let files = [("build.gradle", with("2.14.1")), ("gradle.lockfile", lock.to_owned())];
    let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
    let done = play(&files, LOG4J, "2.17.1").done();
    done.is_with("build.gradle", &[("2.14.1", "2.17.1")]);
    assert_eq!(done.stale(), ["gradle.lockfile false 2.14.1"]);
}

#[test]
fn what_is_made_of_the_same_property_moves_along() {
    let text = pom(&format!(
        "  <properties><v>2.14.1</v></properties>\n  <dependencies>\n{}{}  </dependencies>\n",
        dependency("      <version>${v}</version>\n"),
        dependency("      <version>${v}-jre</version>\n").replace("log4j-core", "other")
    ));
    let done = play(&[("pom.xml", &text)], LOG4J, "2.17.1").done();
    done.is_with("pom.xml", &[("2.14.1", "2.17.1")]);
    let along: Vec<&str> = done.done.told[0].along.iter().map(|package| package.name()).collect();
    assert_eq!(along, ["org.apache.logging.log4j:other"]);
}
