//! Cargo and the rest.

use crate::lines;

#[test]
fn cargo_moves_what_is_of_the_same_line() {
    let ask =
        |locked: &[&str], to: &str, alone| lines("Cargo.lock=Cargo.lock 4", "cargo:a", locked, (to, alone));
    assert_eq!(ask(&["1.0.0", "2.1.0"], "1.2.0", true), ["cargo update --package a@1.0.0 --precise 1.2.0"]);
    assert_eq!(
        ask(&["0.1.0", "0.1.3", "0.2.0"], "0.1.3", true),
        ["cargo update --package a@0.1.0 --precise 0.1.3"]
    );
    assert_eq!(ask(&["1.0.0"], "2.0.0", false), ["cargo update --package a@1.0.0 --precise 2.0.0"]);
    assert_eq!(ask(&["1.0.0", "0.9.0"], "2.0.0", false), ["cargo update --workspace"]);
    assert_eq!(ask(&[], "2.0.0", false), ["cargo update --workspace"]);
    assert_eq!(
        ask(&["1.0.0"], "2.0.0", true),
        ["no locked version (1.0.0) may become 2.0.0 without a manifest"]
    );
}

#[test]
fn the_others() {
    let table = [
        ("go.sum=go.mod", "go:example.org/a", vec!["go get example.org/a@v1.2.0", "go mod tidy"]),
        (
            "gradle.lockfile=gradle lockfile 1",
            "maven:g:a",
            vec!["gradle --no-daemon --console=plain dependencies --update-locks g:a"],
        ),
        ("pom.xml=maven resolution", "maven:g:a", vec!["Maven has no lockfile"]),
        ("Gemfile.lock=Gemfile.lock", "gem:rack", vec!["bundle lock --conservative --update rack"]),
        (
            "composer.lock=composer.lock 2.6.0",
            "composer:a/b",
            vec![
                "composer update --with-dependencies --no-install --no-scripts --no-plugins \
                 --no-interaction --no-audit a/b:v1.2.0",
            ],
        ),
        ("x/packages.lock.json=packages.lock.json 2", "nuget:a", vec!["dotnet restore --force-evaluate"]),
        ("Chart.lock=Chart.lock", "helm:a", vec!["helm dependency update"]),
    ];
    for (file, package, wanted) in table {
        assert_eq!(lines(file, package, &["v1.0.0"], ("v1.2.0", false)), wanted, "{file}");
    }
}
