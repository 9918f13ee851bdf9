//! Projects, central versions, packages.lock.json and packages.config.

use crate::sample::Sample;
use fleetwright_package::Through;

/// Begins with a byte-order mark, as Visual Studio writes it.
const APP: &str = "\u{feff}<Project Sdk=\"Microsoft.NET.Sdk;Acme.Sdk/1.4.0\">
  <PropertyGroup>
    <TargetFramework>net8.0</TargetFramework>
    <JsonVersion>13.0.1</JsonVersion>
    <JsonVersion Condition=\"'$(TargetFramework)' == 'net472'\">12.0.0</JsonVersion>
    <Version>2.1.0</Version>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include=\"Newtonsoft.Json\" Version=\"$(JsonVersion)\" />
    <PackageReference Include=\"Serilog\"><Version> 3.1.0 </Version></PackageReference> <!-- 4 breaks sinks -->
    <PackageReference Include=\"Analyzer\" Version=\"1.*\" PrivateAssets=\"all\" />
    <PackageReference Include=\"Exact\" Version=\"[2.0.0]\" />
    <PackageReference Include=\"Shared\" Version=\"$(SharedVersion)\" />
    <PackageReference Include=\"Gone\" Version=\"1.0.0\" />
    <PackageReference Remove=\"Gone\" />
    <PackageReference Include=\"Undefined\" Version=\"$(NoSuchVersion)\" />
  </ItemGroup>
  <ItemGroup Condition=\"'$(TargetFramework)' == 'net472'\">
    <PackageReference Include=\"Old\" Version=\"1.0.0\" />
  </ItemGroup>
  <ItemGroup Condition=\"'$(OS)' == 'Windows_NT'\">
    <PackageReference Include=\"Windows\" Version=\"1.0.0\" />
  </ItemGroup>
</Project>
";

const PROPS: &str = r#"<Project>
  <PropertyGroup>
    <SharedVersion Condition="'$(SharedVersion)' == ''">5.0.0</SharedVersion>
    <Root>$(MSBuildThisFileDirectory)</Root>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Everywhere" Version="1.1.1" />
  </ItemGroup>
</Project>
"#;

#[test]
fn a_project_is_evaluated_with_its_properties_and_conditions() {
    let sample = Sample::read(&[("src/App/App.csproj", APP), ("Directory.Build.props", PROPS)]);
    assert_eq!(sample.findings(), Vec::<String>::new());
    assert_eq!(
        sample.declared("src/App/App.csproj"),
        [
            "acme.sdk | 1.4.0 | 1.4.0 | Build | src/App/App.csproj:1=1.4.0",
            "everywhere | 1.1.1 | 1.1.1 | Runtime | Directory.Build.props:7=1.1.1",
            "newtonsoft.json | 13.0.1 | 13.0.1 | Runtime | src/App/App.csproj:4=13.0.1",
            "serilog | 3.1.0 | 3.1.0 | Runtime | src/App/App.csproj:10=3.1.0",
            "analyzer | 1.* | ? `1.*` and no packages.lock.json says which | Build | src/App/App.csproj:11=1.*",
            "exact | [2.0.0] | 2.0.0 | Runtime | src/App/App.csproj:12=[2.0.0]",
            "shared | 5.0.0 | 5.0.0 | Runtime | Directory.Build.props:3=5.0.0",
            "undefined |  | ? nothing in this repository sets `$(NoSuchVersion)` | Runtime | -",
            "windows | 1.0.0 | 1.0.0 | Runtime | src/App/App.csproj:22=1.0.0",
        ]
    );
    let app = sample.of("src/App/App.csproj");
    assert_eq!(app[2].through, Through::Property("JsonVersion".to_owned()));
    assert_eq!(app[3].comment.as_deref(), Some("4 breaks sinks"));
    assert_eq!(app[8].comment.as_deref(), Some("only if '$(OS)' == 'Windows_NT'"));
    let manifest = &sample.inventory.manifests[0];
    assert_eq!(manifest.package.as_ref().map(|package| package.name()), Some("app"));
    assert_eq!(manifest.version.as_ref().and_then(|version| version.known()), Some("2.1.0"));
}

const CENTRAL: &str = r#"<Project>
  <Import Project="$([MSBuild]::GetPathOfFileAbove('Versions.props', '$(MSBuildThisFileDirectory)..\'))" />
  <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
  <ItemGroup>
    <PackageVersion Include="A;B" Version="1.0.0" />
    <PackageVersion Include="C" Version="$(CVersion)" />
    <GlobalPackageReference Include="G" Version="0.1.0" />
  </ItemGroup>
  <ItemGroup Condition="'$(TargetFramework)' == 'net9.0'">
    <PackageVersion Update="B" Version="2.0.0" />
  </ItemGroup>
</Project>
"#;

#[test]
fn central_versions_hold_for_the_projects_below() {
    let project = "<Project><PropertyGroup><TargetFrameworks>net8.0;net9.0</TargetFrameworks></PropertyGroup>\n<ItemGroup>\n\
        <PackageReference Include=\"A\" />\n<PackageReference Include=\"b\" />\n<PackageReference Include=\"C\" />\n\
        <PackageReference Include=\"A\" VersionOverride=\"1.5.0\" />\n<PackageReference Include=\"Microsoft.NET.Test.Sdk\" />\n\
        </ItemGroup></Project>";
    let sample = Sample::read(&[
        ("src/Directory.Packages.props", CENTRAL),
        ("Versions.props", "<Project><PropertyGroup><CVersion>3.0.0</CVersion></PropertyGroup></Project>"),
        ("src/t/t.fsproj", project),
    ]);
    assert_eq!(
        sample.declared("src/Directory.Packages.props"),
        [
            "a | 1.0.0 | 1.0.0 | Managed | src/Directory.Packages.props:5=1.0.0",
            "b | 1.0.0 | 1.0.0 | Managed | src/Directory.Packages.props:5=1.0.0",
            "c | 3.0.0 | 3.0.0 | Managed | Versions.props:1=3.0.0",
            "g | 0.1.0 | 0.1.0 | Build | src/Directory.Packages.props:7=0.1.0",
            "b | 2.0.0 | 2.0.0 | Managed | src/Directory.Packages.props:10=2.0.0",
        ]
    );
    assert_eq!(
        sample.declared("src/t/t.fsproj"),
        [
            "a | 1.0.0 | 1.0.0 | Development | src/Directory.Packages.props:5=1.0.0",
            "b | 1.0.0 | 1.0.0 | Development | src/Directory.Packages.props:5=1.0.0",
            "b | 2.0.0 | 2.0.0 | Development | src/Directory.Packages.props:10=2.0.0",
            "c | 3.0.0 | 3.0.0 | Development | Versions.props:1=3.0.0",
            "a | 1.5.0 | 1.5.0 | Development | src/t/t.fsproj:6=1.5.0",
            "microsoft.net.test.sdk |  | ? no version is written for it here | Development | -",
        ]
    );
    let declared = sample.of("src/t/t.fsproj");
    assert_eq!(declared[0].through, Through::Managed);
    assert_eq!(declared[2].comment.as_deref(), Some("only if '$(TargetFramework)' == 'net9.0'"));
    assert_eq!((declared[0].place.path.as_str(), declared[0].place.line), ("src/t/t.fsproj", 3));
}

const LOCK: &str = r#"{
  "version": 2,
  "dependencies": {
    "net8.0": {
      "A": { "type": "Direct", "requested": "[1.0.0, )", "resolved": "1.0.0", "dependencies": { "D": "1.0.0" } },
      "D": { "type": "CentralTransitive", "requested": "[1.0.0, )", "resolved": "1.2.0" },
      "lib": { "type": "Project", "dependencies": { "D": "[1.0.0, )" } }
    },
    "net9.0": {
      "a": { "type": "Direct", "requested": "[1.0.0, )", "resolved": "1.0.0", "dependencies": { "d": "1.0.0" } },
      "D": { "type": "Transitive", "resolved": "1.3.0" },
      "F": { "type": "Direct", "requested": "[2.*, )", "resolved": "2.7.0" },
      "S": { "type": "Direct", "requested": "[4.0.0, )", "resolved": "4.0.0" }
    }
  }
}
"#;

#[test]
fn a_lockfile_says_what_was_resolved() {
    let project = "<Project>\n<ItemGroup>\n<PackageReference Include=\"A\" Version=\"1.0\" />\n\
        <PackageReference Include=\"F\" Version=\"2.*\" />\n<PackageReference Include=\"S\" Version=\"5.0.0\" />\n\
        </ItemGroup></Project>";
    let sample = Sample::read(&[("x/x.csproj", project), ("x/packages.lock.json", LOCK)]);
    assert_eq!(sample.lock("x/packages.lock.json").format, "packages.lock.json 2");
    assert_eq!(
        sample.locked("x/packages.lock.json"),
        ["a@1.0.0: d@1.2.0 d@1.3.0", "d@1.2.0:", "lib@*: d@1.2.0", "d@1.3.0:", "f@2.7.0:", "s@4.0.0:"]
    );
    assert_eq!(sample.version("x/x.csproj", "a"), "1.0.0");
    assert_eq!(sample.version("x/x.csproj", "f"), "2.7.0");
    let misfit = "packages.lock.json does not fit: `s` 5.0.0, and the lockfile was made for [4.0.0, )";
    assert_eq!(sample.findings(), [format!("x/x.csproj:5 {misfit}")]);
    assert_eq!(sample.version("x/x.csproj", "s"), format!("? {misfit}"));
}

#[test]
fn packages_config_is_manifest_and_lockfile() {
    let text = "<?xml version=\"1.0\"?>\n<packages>\n  <package id=\"NUnit\" version=\"3.13.0\" targetFramework=\"net472\" />\n\
                  <package id=\"Tool\" version=\"1.0.0\" developmentDependency=\"true\" />\n  <package id=\"Half\" />\n</packages>\n";
    let sample = Sample::read(&[("packages.config", text)]);
    assert_eq!(
        sample.declared("packages.config"),
        [
            "nunit | 3.13.0 | 3.13.0 | Runtime | packages.config:3=3.13.0",
            "tool | 1.0.0 | 1.0.0 | Build | packages.config:4=1.0.0",
        ]
    );
    assert_eq!(sample.locked("packages.config"), ["nunit@3.13.0:", "tool@1.0.0:"]);
    assert_eq!(sample.findings(), ["packages.config:5 a package without a name or a version"]);
}

#[test]
fn a_property_with_several_values_is_not_guessed() {
    let project = "<Project><PropertyGroup><V>1.0.0</V><V Condition=\"'$(OS)' == 'x'\">2.0.0</V></PropertyGroup>\
        <Choose><When Condition=\"'$(OS)' == 'y'\"><PropertyGroup><W>1.0.0</W></PropertyGroup></When>\
        <Otherwise><PropertyGroup><W>2.0.0</W></PropertyGroup></Otherwise></Choose>\
        <ItemGroup><PackageReference Include=\"V\" Version=\"$(V)\" /><PackageReference Include=\"W\" Version=\"$(W)\" />\
        <PackageReference Include=\"X\" Version=\"$(V.Substring(1))\" /></ItemGroup></Project>";
    let sample = Sample::read(&[("x.csproj", project)]);
    assert_eq!(
        sample.version("x.csproj", "v"),
        "? `$(V)`: it is `1.0.0` or `2.0.0`, depending on `'$(OS)' == 'x'`"
    );
    assert_eq!(
        sample.version("x.csproj", "w"),
        "? `$(W)`: it is `1.0.0` or `2.0.0`, depending on `not '$(OS)' == 'y'`"
    );
    assert_eq!(sample.version("x.csproj", "x"), "? `$(V.Substring(1))` is computed");
}

#[test]
fn imports_that_go_wrong_are_findings() {
    let sample = Sample::read(&[
        (
            "a/a.csproj",
            "<Project>\n<Import Project=\"..\\x.props\" />\n<Import Project=\"..\\..\\out.props\" />\n\
            <Import Project=\"gone.props\" />\n<Import Project=\"may.props\" Condition=\"Exists('may.props')\" />\n\
            <Import Project=\"$(MSBuildExtensionsPath)\\v.targets\" />\n</Project>",
        ),
        ("x.props", "<Project>\n\n<Import Project=\"$(MSBuildThisFileDirectory)x.props\" />\n</Project>"),
        ("b/b.csproj", "<Project><ItemGroup>"),
        ("b/packages.lock.json", "{\"version\": 3, \"dependencies\": {}}"),
    ]);
    assert_eq!(
        sample.findings(),
        [
            "b/b.csproj:1 the file ends inside of an element",
            "b/packages.lock.json:1 version 3 of packages.lock.json is not known; 1 and 2 are",
            "x.props:3 it imports `x.props`, which imports it",
            "a/a.csproj:3 it imports `..\\..\\out.props` from outside of the repository",
            "a/a.csproj:4 it imports `a/gone.props`, which is not there",
        ]
    );
}
