//! What POMs declare, and where it is really written.

use fleetwright_package::{Package, Scope, Through, Version};

use crate::{Elsewhere, at, repo};

const ROOT: &str = "<project>
  <groupId>org.shop</groupId>
  <artifactId>shop</artifactId>
  <version>${revision}</version>
  <packaging>pom</packaging>
  <modules><module>api</module></modules>
  <properties>
    <revision>1.4.0</revision>
    <log4j.version>2.14.1</log4j.version> <!-- pinned: the old appender -->
    <own.version>${log4j.version}</own.version>
  </properties>
  <dependencyManagement><dependencies>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId>
      <version>${own.version}</version>
    </dependency>
    <dependency>
      <groupId>junit</groupId><artifactId>junit</artifactId><version>[4.13.2]</version><scope>test</scope>
    </dependency>
  </dependencies></dependencyManagement>
  <build><pluginManagement><plugins>
    <plugin><artifactId>maven-jar-plugin</artifactId><version>3.3.0</version></plugin>
  </plugins></pluginManagement></build>
</project>";

const API: &str = "<project>
  <parent>
    <groupId>org.shop</groupId>
    <artifactId>shop</artifactId>
    <version>${revision}</version>
  </parent>
  <artifactId>api</artifactId>
  <dependencies>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId></dependency>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId></dependency>
    <dependency>
      <groupId>${project.groupId}</groupId><artifactId>core</artifactId><version>${project.version}</version>
    </dependency>
    <!-- newer ones need Java 17 -->
    <dependency>
      <groupId>com.google.guava</groupId><artifactId>guava</artifactId><version> 31.1-jre </version>
      <optional>true</optional>
    </dependency>
    <dependency><groupId>a</groupId><artifactId>ranged</artifactId><version>[1,2)</version></dependency>
    <dependency><groupId>a</groupId><artifactId>nowhere</artifactId></dependency>
    <dependency><groupId>a</groupId><artifactId>unset</artifactId><version>${who.knows}</version></dependency>
  </dependencies>
  <build><plugins>
    <plugin><artifactId>maven-jar-plugin</artifactId></plugin>
    <plugin><groupId>org.x</groupId><artifactId>x-maven-plugin</artifactId><version>1-${revision}</version></plugin>
  </plugins></build>
</project>";

#[test]
fn versions_are_found_where_they_are_written() {
    let repo = repo(&[("pom.xml", ROOT), ("api/pom.xml", API)], &Elsewhere::default());
    let api = |package: &str| repo.declared("api/pom.xml", package);
    let set = |package: &str| repo.set("api/pom.xml", package);

    let log4j = api("org.apache.logging.log4j:log4j-core");
    assert_eq!(log4j.version, Version::Known("2.14.1".to_owned()));
    assert_eq!(log4j.through, Through::Managed);
    assert_eq!(log4j.comment.as_deref(), Some("pinned: the old appender"));
    assert_eq!(set("org.apache.logging.log4j:log4j-core"), at("pom.xml", 9, "2.14.1"));

    let junit = api("junit:junit");
    assert_eq!((junit.requirement.as_str(), junit.scope), ("[4.13.2]", Scope::Development));
    assert_eq!(set("junit:junit"), at("pom.xml", 18, "4.13.2"));

    let core = api("org.shop:core");
    assert_eq!(core.version, Version::Known("1.4.0".to_owned()));
    assert_eq!(core.through, Through::Property("revision".to_owned()));
    assert_eq!(set("org.shop:core"), at("pom.xml", 8, "1.4.0"));

    let guava = api("com.google.guava:guava");
    assert_eq!((&guava.through, guava.scope), (&Through::Inline, Scope::Optional));
    assert_eq!(guava.comment.as_deref(), Some("newer ones need Java 17"));
    assert_eq!(set("com.google.guava:guava"), at("api/pom.xml", 16, "31.1-jre"));

    assert_eq!(api("org.apache.maven.plugins:maven-jar-plugin").scope, Scope::Build);
    assert_eq!(set("org.apache.maven.plugins:maven-jar-plugin"), at("pom.xml", 22, "3.3.0"));
    let mixed = api("org.x:x-maven-plugin");
    assert_eq!((mixed.requirement.as_str(), &mixed.set), ("1-1.4.0", &None));
}

#[test]
fn what_cannot_be_told_says_why() {
    let repo = repo(&[("pom.xml", ROOT), ("api/pom.xml", API)], &Elsewhere::default());
    let why = |package: &str| match &repo.declared("api/pom.xml", package).version {
        Version::Unknown(why) => why.clone(),
        Version::Known(version) => panic!("{version}"),
    };
    assert_eq!(why("a:ranged"), "`[1,2)` is a range, and Maven has no lockfile that says which");
    assert_eq!(
        why("a:nowhere"),
        "no version of a:nowhere is written here, and no dependencyManagement sets one"
    );
    assert_eq!(why("a:unset"), "`${who.knows}` is set in no POM here; it may be given on the command line");
    assert!(repo.inventory.locks.is_empty());
    assert!(repo.findings()[0].starts_with("api/pom.xml:0: what it needs in turn is not known: "));
}

const BOOT: &str = "<project>
  <groupId>org.boot</groupId><artifactId>boot-parent</artifactId><version>3.0</version><packaging>pom</packaging>
  <properties><yaml.version>1.33</yaml.version></properties>
  <dependencyManagement><dependencies>
    <dependency><groupId>org.yaml</groupId><artifactId>yaml</artifactId><version>${yaml.version}</version></dependency>
    <dependency><groupId>org.json</groupId><artifactId>json</artifactId><version>7</version></dependency>
  </dependencies></dependencyManagement>
</project>";

const BOM: &str = "<project>
  <groupId>org.bom</groupId><artifactId>bom</artifactId><version>5</version><packaging>pom</packaging>
  <dependencyManagement><dependencies>
    <dependency><groupId>org.kit</groupId><artifactId>kit</artifactId><version>${project.version}</version></dependency>
    <dependency><groupId>org.json</groupId><artifactId>json</artifactId><version>8</version></dependency>
  </dependencies></dependencyManagement>
</project>";

const USER: &str = "<project>
  <parent><groupId>org.boot</groupId><artifactId>boot-parent</artifactId><version>3.0</version><relativePath/></parent>
  <artifactId>user</artifactId>
  <properties><yaml.version>2.0</yaml.version></properties>
  <dependencyManagement><dependencies>
    <dependency><groupId>org.bom</groupId><artifactId>bom</artifactId><version>5</version><type>pom</type><scope>import</scope></dependency>
  </dependencies></dependencyManagement>
  <dependencies>
    <dependency><groupId>org.yaml</groupId><artifactId>yaml</artifactId></dependency>
    <dependency><groupId>org.json</groupId><artifactId>json</artifactId></dependency>
    <dependency><groupId>org.kit</groupId><artifactId>kit</artifactId></dependency>
  </dependencies>
</project>";

fn maven(name: &str) -> Package {
    format!("maven:{name}").parse().unwrap()
}

#[test]
fn parents_and_boms_from_elsewhere_are_named() {
    let elsewhere = Elsewhere::of(&[("org.boot:boot-parent:3.0", BOOT), ("org.bom:bom:5", BOM)]);
    let repo = repo(&[("pom.xml", USER)], &elsewhere);
    let of = |package: &str| repo.declared("pom.xml", package);
    // The property is the parent's, but this repository sets it.
    assert_eq!(of("org.yaml:yaml").version, Version::Known("2.0".to_owned()));
    assert_eq!(of("org.yaml:yaml").through, Through::Property("yaml.version".to_owned()));
    assert_eq!(repo.set("pom.xml", "org.yaml:yaml"), at("pom.xml", 4, "2.0"));
    // What a parent manages goes before what a BOM does.
    assert_eq!(of("org.json:json").version, Version::Known("7".to_owned()));
    assert_eq!(of("org.json:json").through, Through::Parent(maven("org.boot:boot-parent"), "3.0".to_owned()));
    assert_eq!(of("org.json:json").set, None);
    assert_eq!(of("org.kit:kit").version, Version::Known("5".to_owned()));
    assert_eq!(of("org.kit:kit").through, Through::Bom(maven("org.bom:bom"), "5".to_owned()));
    // Both can be raised here.
    assert_eq!(repo.set("pom.xml", "org.boot:boot-parent"), at("pom.xml", 2, "3.0"));
    assert_eq!(repo.set("pom.xml", "org.bom:bom"), at("pom.xml", 6, "5"));
    assert_eq!(of("org.bom:bom").scope, Scope::Managed);
}

#[test]
fn a_missing_parent_makes_unknown_only_what_it_could_change() {
    let repo = repo(&[("pom.xml", USER)], &Elsewhere::of(&[("org.bom:bom:5", BOM)]));
    let why = Version::Unknown(
        "the parent org.boot:boot-parent:3.0 is not in this repository, nor in what was given".to_owned(),
    );
    // The parent would go before the BOM that does set it.
    assert_eq!(repo.declared("pom.xml", "org.kit:kit").version, why);
    assert_eq!(repo.declared("pom.xml", "org.yaml:yaml").version, why);
    assert_eq!(repo.declared("pom.xml", "org.bom:bom").version, Version::Known("5".to_owned()));
    let asked: Vec<_> =
        repo.inventory.asked.iter().map(|(package, version)| format!("{package} {version}")).collect();
    assert_eq!(asked, ["maven:org.bom:bom 5", "maven:org.boot:boot-parent 3.0"]);
}

#[test]
fn profiles_count_when_they_are_active_by_default_and_are_noted_otherwise() {
    let pom = "<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version>
  <properties><v>1</v></properties>
  <dependencies><dependency><groupId>x</groupId><artifactId>y</artifactId><version>${v}</version></dependency></dependencies>
  <profiles>
    <profile><id>on</id><activation><activeByDefault>true</activeByDefault></activation>
      <properties><v>2</v></properties></profile>
    <profile><id>off</id><properties><v>3</v></properties>
      <dependencies><dependency><groupId>x</groupId><artifactId>z</artifactId><version>${v}</version></dependency></dependencies>
    </profile>
  </profiles></project>";
    let repo = repo(&[("pom.xml", pom)], &Elsewhere::of(&[("x:y:2", "<project/>")]));
    assert_eq!(repo.set("pom.xml", "x:y"), at("pom.xml", 6, "2"));
    assert_eq!(repo.set("pom.xml", "x:z"), at("pom.xml", 7, "3"));
    assert_eq!(repo.declared("pom.xml", "x:z").scope, Scope::Optional);
    assert_eq!(repo.locked("pom.xml"), ["g:a 1", "x:y 2"]);
    assert!(repo.findings()[0].starts_with("pom.xml:7: profile `off` is not active by default"));
}

#[test]
fn what_maven_is_always_started_with_goes_before_the_pom() {
    let files = [
        ("pom.xml", ROOT),
        ("api/pom.xml", API),
        (".mvn/maven.config", "-B\n-Drevision=2.0 -Dwho.knows=9\n"),
    ];
    let repo = repo(&files, &Elsewhere::default());
    let of = |package: &str| repo.declared("api/pom.xml", package);
    assert_eq!(of("org.shop:core").version, Version::Known("2.0".to_owned()));
    assert_eq!(of("a:unset").version, Version::Known("9".to_owned()));
    assert_eq!((&of("org.shop:core").set, &of("a:unset").set), (&None, &None));
}
