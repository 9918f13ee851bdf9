//! Cargo, Go, Ruby, PHP, .NET.

use fleetwright_bump::Verdict;

use crate::play::{Done, play};

fn cargo(requirement: &str, to: &str) -> Done {
    let text = format!(
        "[package]\nname = \"x\"\nversion = \"0.1.0\"\n\n[dependencies]\nserde = \"{requirement}\" # data\n"
    );
    play(&[("Cargo.toml", &text)], "cargo:serde", to).done()
}

#[test]
fn requirements_of_cargo() {
    for (requirement, to, expected) in [
        ("1.0", "1.0.200", "1.0.200"),
        ("1", "2.0.0", "2"),
        ("^1.2", "2.1.0", "^2.1"),
        ("~1.2", "2.1.3", "~2.1.3"),
        ("~1", "2.1.3", "^2.1.3"),
        ("=1.2.3", "2.1.3", "=2.1.3"),
        ("1.*", "2.1.3", "^2.1.3"),
        (">=1.2, <3", "2.1.3", ">=2.1.3, <3"),
        ("0.2.1", "0.3.0", "0.3.0"),
    ] {
        cargo(requirement, to)
            .is_with("Cargo.toml", &[(&format!("\"{requirement}\""), &format!("\"{expected}\""))]);
    }
    assert!(cargo(">=1.2, <2", "2.1.3").unknown().contains("upper end"));
    assert_eq!(cargo("2", "1.5.0").verdict(), &Verdict::Newer);
}

#[test]
fn a_workspace_and_a_rename() {
    let root = "[workspace]\nmembers = [\"one\", \"two\"]\n\n[workspace.dependencies]\nserde = { version = \"1.0.1\", features = [\"derive\"] }\n";
    let one = "[package]\nname = \"one\"\nversion = \"0.1.0\"\n\n[dependencies]\nserde.workspace = true\n";
    let two = "[package]\nname = \"two\"\nversion = \"0.1.0\"\n\n[dependencies]\nold = { package = \"serde\", version = '0.9' }\n\n[target.'cfg(unix)'.dev-dependencies]\nserde = { workspace = true }\n";
    let files = [("Cargo.toml", root), ("one/Cargo.toml", one), ("two/Cargo.toml", two)];
    let done = play(&files, "cargo:serde", "1.0.200").done();
    done.is_with("Cargo.toml", &[("1.0.1", "1.0.200")]).is_with("two/Cargo.toml", &[("'0.9'", "'1.0.200'")]);
    assert_eq!(done.told().len(), 2);
    let inside = play(&files, "cargo:serde", "1.0.200").dir("one").done();
    assert_eq!(inside.verdict(), &Verdict::Outside("Cargo.toml".into()));
}

#[test]
fn a_lockfile_of_cargo() {
    let text = "[package]\nname = \"x\"\nversion = \"0.1.0\"\n\n[dependencies]\nserde = \"1.0\"\n";
    let lock = |version: &str| {
        format!(
            "version = 4\n\n[[package]]\nname = \"serde\"\nversion = \"{version}\"\nsource = \"registry+https://h.example/index\"\n\n[[package]]\nname = \"x\"\nversion = \"0.1.0\"\ndependencies = [\n \"serde\",\n]\n"
        )
    };
    let with = |version: &str, to: &str| {
        let lock = lock(version);
        play(&[("Cargo.toml", text), ("Cargo.lock", &lock)], "cargo:serde", to).done()
    };
    assert_eq!(with("1.0.1", "1.0.200").verdict(), &Verdict::Allowed);
    assert_eq!(with("1.0.1", "1.0.200").stale(), ["Cargo.lock true 1.0.1"]);
    assert_eq!(with("1.0.1", "2.0.0").stale(), ["Cargo.lock false 1.0.1"]);
    with("1.0.1", "2.0.0").is_with("Cargo.toml", &[("\"1.0\"", "\"2.0\"")]);
    assert_eq!(with("1.0.200", "1.0.200").stale(), [""; 0]);
}

#[test]
fn go_modules() {
    let text = "module h.example/x\n\ngo 1.21\n\nrequire (\n\tgolang.org/x/net v0.10.0 // the net\n\tgolang.org/x/text v0.9.0 // indirect\n)\n\nreplace golang.org/x/sys v0.1.0 => golang.org/x/sys v0.2.0\n";
    let files = [("go.mod", text), ("go.sum", "")];
    let done = play(&files, "go:golang.org/x/net", "0.17.0").done();
    done.is_with("go.mod", &[("net v0.10.0", "net v0.17.0")]);
    assert_eq!(done.stale(), ["go.mod false v0.10.0"]);
    play(&files, "go:golang.org/x/text", "v0.13.0")
        .done()
        .is_with("go.mod", &[("text v0.9.0", "text v0.13.0")]);
    play(&files, "go:golang.org/x/sys", "v0.3.0")
        .done()
        .is_with("go.mod", &[("=> golang.org/x/sys v0.2.0", "=> golang.org/x/sys v0.3.0")]);
    assert_eq!(play(&files, "go:golang.org/x/net", "v0.9.0").done().verdict(), &Verdict::Newer);
    let fork = format!("{text}\nreplace golang.org/x/net => h.example/net v0.1.0\n");
    play(&[("go.mod", &fork)], "go:h.example/net", "v0.2.0")
        .done()
        .is_with("go.mod", &[("h.example/net v0.1.0", "h.example/net v0.2.0")]);
    let pseudo = text.replace("net v0.10.0", "net v0.0.0-20210101000000-abcdefabcdef");
    play(&[("go.mod", &pseudo)], "go:golang.org/x/net", "v0.17.0")
        .done()
        .is_with("go.mod", &[("v0.0.0-20210101000000-abcdefabcdef", "v0.17.0")]);
}

#[test]
fn a_gemfile() {
    for (requirement, to, expected) in [
        ("'1.2.3'", "2.17.1", "'2.17.1'"),
        ("'~> 1.2'", "2.17.1", "'~> 2.17', '>= 2.17.1'"),
        ("\"~> 1.2\"", "2.17.1", "\"~> 2.17\", \">= 2.17.1\""),
        ("'~> 1.2'", "2.17.0", "'~> 2.17'"),
        ("'~> 1.2.3'", "2.17.1", "'~> 2.17.1'"),
        ("'~> 1.2.3'", "2.17", "'~> 2.17.0'"),
        ("'~> 1.2', '>= 1.2.5'", "2.17.1", "'~> 2.17', '>= 2.17.1'"),
        ("'~> 1.2', '>= 1.2.5'", "1.17.1", "'~> 1.2', '>= 1.17.1'"),
        ("'>= 1.2'", "2.17.1", "'>= 2.17.1'"),
        ("'>= 1.2', '< 3'", "2.17.1", "'>= 2.17.1', '< 3'"),
    ] {
        let text = format!(
            "source 'https://h.example'\n\ngem 'rack', {requirement}, require: false # web\ngem 'rails'\n"
        );
        play(&[("Gemfile", &text)], "gem:rack", to).done().is_with("Gemfile", &[(requirement, expected)]);
    }
}

#[test]
fn composer() {
    for (requirement, to, expected) in [
        ("1.2.3", "2.17.1", "2.17.1"),
        ("^1.2", "2.17.1", "^2.17.1"),
        ("~1.2", "2.17.1", "^2.17.1"),
        ("~1.2.3", "2.17.1", "~2.17.1"),
        ("1.2.*", "2.17.1", "~2.17.1"),
        (">=1.2 <3", "2.17.1", ">=2.17.1 <3"),
    ] {
        let text = format!(
            "{{\n    \"require\": {{\n        \"php\": \">=8\",\n        \"monolog/monolog\": \"{requirement}\"\n    }}\n}}\n"
        );
        let quoted = |text: &str| format!("\"{text}\"");
        play(&[("composer.json", &text)], "composer:monolog/monolog", to)
            .done()
            .is_with("composer.json", &[(&quoted(requirement), &quoted(expected))]);
    }
}

#[test]
fn dotnet() {
    let project = "<Project Sdk=\"Microsoft.NET.Sdk\">\r\n  <PropertyGroup><V>12.0.1</V></PropertyGroup>\r\n  <ItemGroup>\r\n    <PackageReference Include=\"Newtonsoft.Json\" Version=\"12.0.1\" />\r\n  </ItemGroup>\r\n</Project>\r\n";
    let files = [("a/a.csproj", project)];
    play(&files, "nuget:newtonsoft.json", "13.0.3")
        .done()
        .is_with("a/a.csproj", &[("Version=\"12.0.1\"", "Version=\"13.0.3\"")]);
    for (requirement, expected) in [("[12.0.1]", "[13.0.3]"), ("[12.0,14)", "[13.0.3,14)"), ("$(V)", "$(V)")]
    {
        let text = project.replace("Version=\"12.0.1\"", &format!("Version=\"{requirement}\""));
        let done = play(&[("a/a.csproj", &text)], "nuget:newtonsoft.json", "13.0.3").done();
        assert_eq!(done.verdict(), &Verdict::Raised);
        let v = if requirement == "$(V)" { ("<V>12.0.1", "<V>13.0.3") } else { (requirement, expected) };
        done.is_with("a/a.csproj", &[v]);
    }
    let central = [
        (
            "Directory.Packages.props",
            "<Project>\n  <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>\n  <ItemGroup>\n    <PackageVersion Include=\"Newtonsoft.Json\" Version=\"12.0.1\" />\n  </ItemGroup>\n</Project>\n",
        ),
        (
            "a/a.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><PackageReference Include=\"Newtonsoft.Json\" /></ItemGroup></Project>",
        ),
        (
            "b/b.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><PackageReference Include=\"Newtonsoft.Json\" VersionOverride=\"12.0.2\" /></ItemGroup></Project>",
        ),
    ];
    let done = play(&central, "nuget:newtonsoft.json", "13.0.3").done();
    done.is_with("Directory.Packages.props", &[("12.0.1", "13.0.3")])
        .is_with("b/b.csproj", &[("12.0.2", "13.0.3")]);
}

#[test]
fn packages_config() {
    let config = "<packages>\n  <package id=\"Newtonsoft.Json\" version=\"12.0.1\" targetFramework=\"net48\" />\n</packages>\n";
    let project = "<Project><ItemGroup><Reference Include=\"Newtonsoft.Json\"><HintPath>..\\packages\\Newtonsoft.Json.12.0.1\\lib\\n.dll</HintPath></Reference></ItemGroup></Project>";
    let alone = play(&[("a/packages.config", config)], "nuget:newtonsoft.json", "13.0.3").done();
    alone.is_with("a/packages.config", &[("12.0.1", "13.0.3")]);
    let both = [("a/packages.config", config), ("a/a.csproj", project)];
    assert!(play(&both, "nuget:newtonsoft.json", "13.0.3").done().unknown().contains("a/a.csproj"));
}
