//! What Gradle's scripts, catalogs and lockfiles say.

use fleetwright_package::{Scope, Through, Version};

use crate::{Elsewhere, Repo, at, repo};

fn known(version: &str) -> Version {
    Version::Known(version.to_owned())
}

fn why(repo: &Repo, path: &str, package: &str) -> String {
    match &repo.declared(path, package).version {
        Version::Unknown(why) => why.clone(),
        Version::Known(version) => panic!("{package} {version}"),
    }
}

pub(crate) const GROOVY: &str = r#"
plugins {
  id 'java'
  id "org.springframework.boot" version "3.1.0" apply false // pinned for now
}
group = 'com.shop'
version = '1.4'
def guavaVersion = '31.1-jre'
ext {
  versions = [ jackson: '2.15.2', 'kafka': "3.5.0" ]
  set('nettyVersion', '4.1.94')
  libraries = [ slf4j: "org.slf4j:slf4j-api:2.0.7" ]
}
ext.scalaBinary = "2.13"
dependencies {
  implementation 'org.apache.commons:commons-lang3:3.12.0'
  api "com.google.guava:guava:$guavaVersion"
  implementation group: 'com.fasterxml.jackson.core', name: 'jackson-databind', version: versions.jackson
  implementation "org.apache.kafka:kafka_${scalaBinary}:${versions.kafka}"
  // the old parser
  implementation("io.netty:netty-all:${project.nettyVersion}") { exclude group: 'x' }
  compileOnly libraries.slf4j, 'javax.inject:javax.inject:1@jar'
  testImplementation ('junit:junit:' + junitVersion)
  annotationProcessor 'org.mapstruct:mapstruct-processor:1.5.+'
  runtimeOnly "org.h2database:h2:${System.getenv('H2')}"
  implementation project(':core')
  implementation files('libs/a.jar')
  implementation unknownThing
  implementation 'org.managed:managed'
  implementation('org.rich:rich') { version { strictly '1.7' } }
  constraints { implementation 'org.managed:managed:9' }
}
"#;

#[test]
fn groovy_is_read_without_running_it() {
    let files = [("build.gradle", GROOVY), ("gradle.properties", "# used in tests\njunitVersion = 4.13.2\n")];
    let repo = repo(&files, &Elsewhere::default());
    let of = |package: &str| repo.declared("build.gradle", package);
    let set = |package: &str| repo.set("build.gradle", package);
    assert_eq!(set("org.apache.commons:commons-lang3"), at("build.gradle", 16, "3.12.0"));
    assert_eq!(of("com.google.guava:guava").through, Through::Property("guavaVersion".to_owned()));
    assert_eq!(set("com.google.guava:guava"), at("build.gradle", 8, "31.1-jre"));
    assert_eq!(set("com.fasterxml.jackson.core:jackson-databind"), at("build.gradle", 10, "2.15.2"));
    assert_eq!(set("org.apache.kafka:kafka_2.13"), at("build.gradle", 10, "3.5.0"));
    assert_eq!(set("io.netty:netty-all"), at("build.gradle", 11, "4.1.94"));
    assert_eq!(of("io.netty:netty-all").comment.as_deref(), Some("the old parser"));
    assert_eq!(set("org.slf4j:slf4j-api"), at("build.gradle", 12, "2.0.7"));
    assert_eq!(of("org.slf4j:slf4j-api").scope, Scope::Provided);
    assert_eq!(set("javax.inject:javax.inject"), at("build.gradle", 22, "1"));
    assert_eq!(set("junit:junit"), at("gradle.properties", 2, "4.13.2"));
    assert_eq!(of("junit:junit").comment.as_deref(), Some("used in tests"));
    assert_eq!(of("junit:junit").scope, Scope::Development);
    assert_eq!(of("org.managed:managed").through, Through::Managed);
    assert_eq!(set("org.managed:managed"), at("build.gradle", 31, "9"));
    assert_eq!(set("org.rich:rich"), at("build.gradle", 30, "1.7"));
    let boot = of("org.springframework.boot:org.springframework.boot.gradle.plugin");
    assert_eq!((&boot.version, boot.scope), (&known("3.1.0"), Scope::Build));
    assert_eq!(boot.comment.as_deref(), Some("pinned for now"));
    assert!(
        why(&repo, "build.gradle", "org.mapstruct:mapstruct-processor")
            .contains("`1.5.+` stands for several")
    );
    assert!(why(&repo, "build.gradle", "org.h2database:h2").contains("known only when Gradle runs"));
    let expected = "build.gradle:28: what `implementation` brings cannot be told: `unknownThing` is set in no file \
                    of this build that can be read without running it";
    assert_eq!(repo.findings(), [expected]);
    assert_eq!(repo.inventory.manifests[0].version, Some(known("1.4")));
}

pub(crate) const KOTLIN: &str = r#"
plugins {
  `java-library`
  kotlin("jvm") version "1.9.0"
  alias(libs.plugins.spotless)
  id("org.detekt")
}
val ktorVersion: String by project
val coroutines by extra("1.7.3")
extra["okio"] = "3.4.0"
dependencies {
  implementation(platform("org.bom:bom:5"))
  implementation("org.kit:kit")
  implementation("io.ktor:ktor-server-core:$ktorVersion")
  implementation("org.jetbrains.kotlinx:kotlinx-coroutines-core:${coroutines}")
  api("com.squareup.okio", "okio", property("okio") as String)
  implementation(libs.guava.jre)
  implementation(libs.bundles.testing)
  "integrationTestImplementation"("org.awaitility:awaitility:${Versions.awaitility}")
  add("kapt", "com.google.dagger:dagger-compiler:2.47")
  implementation(kotlin("stdlib", "1.9.0"))
  implementation(libs.gone)
  implementation(projects.core)
}
"#;

pub(crate) const CATALOG: &str = r#"
[versions]
guava = "32.1.1-jre" # the last with Java 8
junit = { strictly = "[5.9, 5.10[", prefer = "5.9.3" }
[libraries]
guava-jre = { module = "com.google.guava:guava", version.ref = "guava" }
junit = { group = "org.junit.jupiter", name = "junit-jupiter", version.ref = "junit" }
assertj = "org.assertj:assertj-core:3.24.2"
bare = { module = "a:bare" }
[bundles]
testing = ["junit", "assertj"]
[plugins]
spotless = { id = "com.diffplug.spotless", version = "6.20.0" }
"#;

pub(crate) const SETTINGS: &str = r#"
pluginManagement { plugins { id("org.detekt") version "1.23.0" } }
rootProject.name = "shop"
"#;

const BOM: &str = "<project><groupId>org.bom</groupId><artifactId>bom</artifactId><version>5</version>
  <dependencyManagement><dependencies><dependency><groupId>org.kit</groupId><artifactId>kit</artifactId>
  <version>7</version></dependency></dependencies></dependencyManagement></project>";

#[test]
fn kotlin_catalogs_and_platforms_are_read() {
    let files = [
        ("build.gradle.kts", KOTLIN),
        ("settings.gradle.kts", SETTINGS),
        ("gradle/libs.versions.toml", CATALOG),
        ("gradle.properties", "ktorVersion=2.3.2\n"),
        (
            "buildSrc/src/main/kotlin/Versions.kt",
            "object Versions {\n  const val awaitility = \"4.2.0\"\n}\n",
        ),
    ];
    let repo = repo(&files, &Elsewhere::of(&[("org.bom:bom:5", BOM)]));
    let of = |package: &str| repo.declared("build.gradle.kts", package);
    let set = |package: &str| repo.set("build.gradle.kts", package);
    let catalog = "gradle/libs.versions.toml";
    assert_eq!(set("com.google.guava:guava"), at(catalog, 3, "32.1.1-jre"));
    assert_eq!(of("com.google.guava:guava").through, Through::Catalog("guava".to_owned()));
    assert_eq!(of("com.google.guava:guava").comment.as_deref(), Some("the last with Java 8"));
    assert_eq!(set("org.assertj:assertj-core"), at(catalog, 8, "3.24.2"));
    assert!(
        why(&repo, "build.gradle.kts", "org.junit.jupiter:junit-jupiter").contains("with `5.9.3` preferred")
    );
    assert_eq!(set("com.diffplug.spotless:com.diffplug.spotless.gradle.plugin"), at(catalog, 13, "6.20.0"));
    assert_eq!(set("io.ktor:ktor-server-core"), at("gradle.properties", 1, "2.3.2"));
    assert_eq!(set("org.jetbrains.kotlinx:kotlinx-coroutines-core"), at("build.gradle.kts", 9, "1.7.3"));
    assert_eq!(set("com.squareup.okio:okio"), at("build.gradle.kts", 10, "3.4.0"));
    assert_eq!(set("org.awaitility:awaitility"), at("buildSrc/src/main/kotlin/Versions.kt", 2, "4.2.0"));
    assert_eq!(of("org.awaitility:awaitility").scope, Scope::Development);
    assert_eq!(of("com.google.dagger:dagger-compiler").scope, Scope::Build);
    assert_eq!(set("org.jetbrains.kotlin:kotlin-stdlib"), at("build.gradle.kts", 21, "1.9.0"));
    assert_eq!(
        set("org.jetbrains.kotlin.jvm:org.jetbrains.kotlin.jvm.gradle.plugin"),
        at("build.gradle.kts", 4, "1.9.0")
    );
    assert_eq!(set("org.detekt:org.detekt.gradle.plugin"), at("settings.gradle.kts", 2, "1.23.0"));
    assert_eq!(of("org.kit:kit").version, known("7"));
    assert_eq!(of("org.kit:kit").through, Through::Bom("maven:org.bom:bom".parse().unwrap(), "5".to_owned()));
    assert_eq!(of("org.bom:bom").scope, Scope::Managed);
    assert_eq!(repo.declared(catalog, "com.google.guava:guava").scope, Scope::Managed);
    assert!(why(&repo, catalog, "a:bare").contains("gives no version"));
    let expected =
        "build.gradle.kts:22: what `implementation` brings cannot be told: the catalog `libs` has no `gone`";
    assert_eq!(repo.findings(), [expected]);
}

#[test]
fn catalogs_written_in_settings_are_read() {
    let settings = "dependencyResolutionManagement { versionCatalogs { create(\"deps\") {
  version(\"x\", \"$xVersion\")
  library(\"foo-bar\", \"g\", \"a\").versionRef(\"x\")
  library(\"short\", \"g:b:2\")
} } }";
    let build = "dependencies {\n api(deps.foo.bar)\n api(deps.short)\n}";
    let properties = ("gradle.properties", "xVersion=1.1");
    let files = [("settings.gradle.kts", settings), ("app/build.gradle.kts", build), properties];
    let repo = repo(&files, &Elsewhere::default());
    assert_eq!(repo.set("app/build.gradle.kts", "g:a"), at("gradle.properties", 1, "1.1"));
    assert_eq!(repo.set("app/build.gradle.kts", "g:b"), at("settings.gradle.kts", 4, "2"));
}

#[test]
fn variables_come_from_applied_scripts_and_projects_above_and_must_agree() {
    let files = [
        ("settings.gradle", "include 'app'"),
        (
            "build.gradle",
            "apply from: \"$rootDir/gradle/versions.gradle\"\next.twice = '1'\nif (x) { ext.twice = '2' }\n",
        ),
        ("gradle/versions.gradle", "ext { okhttp = '4.11.0' }\n"),
        (
            "app/build.gradle",
            "dependencies {\n api \"g:a:$okhttp\"\n api \"g:b:${twice}\"\n api \"g:c:${loop}\"\n}\next.loop = \"${loop}\"",
        ),
    ];
    let repo = repo(&files, &Elsewhere::default());
    assert_eq!(repo.set("app/build.gradle", "g:a"), at("gradle/versions.gradle", 1, "4.11.0"));
    assert_eq!(why(&repo, "app/build.gradle", "g:b"), "`twice` is set more than once in build.gradle");
    assert_eq!(why(&repo, "app/build.gradle", "g:c"), "`loop` leads back to itself");
}

#[test]
fn springs_plugins_bring_their_bom_and_properties_go_before_it() {
    let script = "plugins {\n id 'org.springframework.boot' version '3.0'\n id 'io.spring.dependency-management' version '1.1'\n}\n\
                  ext['kit.version'] = '8'\ndependencies {\n implementation 'org.kit:kit'\n implementation 'org.kit:other'\n}";
    let bom = "<project><groupId>org.springframework.boot</groupId><artifactId>spring-boot-dependencies</artifactId>
      <version>3.0</version><properties><kit.version>7</kit.version></properties><dependencyManagement><dependencies>
      <dependency><groupId>org.kit</groupId><artifactId>kit</artifactId><version>${kit.version}</version></dependency>
      <dependency><groupId>org.kit</groupId><artifactId>other</artifactId><version>1</version></dependency>
      </dependencies></dependencyManagement></project>";
    let with = Elsewhere::of(&[("org.springframework.boot:spring-boot-dependencies:3.0", bom)]);
    let with = repo(&[("build.gradle", script)], &with);
    assert_eq!(with.set("build.gradle", "org.kit:kit"), at("build.gradle", 5, "8"));
    assert_eq!(with.declared("build.gradle", "org.kit:other").version, known("1"));
    let without = repo(&[("build.gradle", script)], &Elsewhere::default());
    let missing = "the BOM org.springframework.boot:spring-boot-dependencies:3.0 is not in this repository, nor in what was given";
    assert_eq!(why(&without, "build.gradle", "org.kit:other"), missing);
    assert_eq!(without.inventory.asked.len(), 1);
}

pub(crate) const LOCK: &str = "# This is a Gradle generated file for dependency locking.
# Manual edits can break the build and are not advised.
# This file is expected to be part of source control.
com.google.guava:guava:31.1-jre=compileClasspath,runtimeClasspath
com.google.guava:guava:20.0=checkstyle
org.slf4j:slf4j-api:2.0.7=runtimeClasspath,testRuntimeClasspath
org.old:old:1.4=runtimeClasspath
empty=annotationProcessor
";

#[test]
fn lockfiles_say_which_version_is_used() {
    let script = "plugins { id 'x.y' version '1' }\ndependencies {\n implementation 'com.google.guava:guava:[30,32)'\n\
                  implementation 'org.slf4j:slf4j-api'\n implementation 'org.old:old:2.0'\n}";
    let plugins = "x.y:x.y.gradle.plugin:1=classpath\nx:y:1=classpath\n";
    let files =
        [("build.gradle", script), ("gradle.lockfile", LOCK), ("buildscript-gradle.lockfile", plugins)];
    let repo = repo(&files, &Elsewhere::default());
    let guava = repo.declared("build.gradle", "com.google.guava:guava");
    assert_eq!((guava.requirement.as_str(), &guava.version), ("[30,32)", &known("31.1-jre")));
    let at = guava.locked.unwrap();
    let lock = &repo.inventory.locks[at.lock as usize];
    assert_eq!((lock.path.as_str(), lock.format.as_str()), ("gradle.lockfile", "gradle lockfile 1"));
    assert_eq!(lock.packages[at.package as usize].line, 4);
    assert_eq!(repo.declared("build.gradle", "org.slf4j:slf4j-api").version, known("2.0.7"));
    let plugin = repo.declared("build.gradle", "x.y:x.y.gradle.plugin").locked.unwrap();
    assert_eq!(repo.inventory.locks[plugin.lock as usize].path, "buildscript-gradle.lockfile");
    let expected = "build.gradle:5: gradle.lockfile does not fit build.gradle: org.old:old is asked for in 2.0 and \
                    locked in 1.4";
    assert_eq!(repo.findings(), [expected]);
}

#[test]
fn bad_lines_of_lockfiles_and_catalogs_are_findings() {
    let files = [
        ("gradle.lockfile", "a:b:1=x\nnonsense\nc:d:2=x\n"),
        ("gradle/libs.versions.toml", "[libraries]\nx = { version = \"1\" }\ny = \"g:a:1\"\n"),
        ("other/gradle/libs.versions.toml", "[libraries\n"),
    ];
    let repo = repo(&files, &Elsewhere::default());
    let findings = repo.findings();
    assert!(findings[0].starts_with("gradle.lockfile:2: this is no line of a Gradle lockfile"));
    assert!(findings[1].starts_with("gradle/libs.versions.toml:2: `x` in [libraries] names no package"));
    assert!(findings[2].starts_with("other/gradle/libs.versions.toml:1: the catalog cannot be read"));
    assert_eq!(repo.locked("gradle.lockfile"), ["a:b 1", "c:d 2"]);
    assert_eq!(repo.set("gradle/libs.versions.toml", "g:a"), at("gradle/libs.versions.toml", 3, "1"));
}
