//! Gemfile, gemspecs and Gemfile.lock.

use crate::sample::Sample;
use fleetwright_package::Through;

const GEMFILE: &str = r#"source "https://gems.example"
gemspec path: "."
ruby file: ".ruby-version"
rails_version = "~> 7.0"

gem "rails", rails_version
gem 'pg', '>= 1.1', '< 2' # 2 drops PG 12
gem("puma",
    "5.6.4",
    require: false)
gem "own", path: "lib/own"
gem "edge", github: "acme/edge", branch: "main"
gem "loose"

group :development, :test do
  gem "rspec-rails", "~> 6.0"
  gem "computed", "~> #{x}"
end

gem "lint", group: :tools
gem "windows", "1.0", platforms: [:windows] if windows?
if ENV["NEXT"]
  gem "next", "2.0"
end
=begin
gem "no"
=end
"#;

const LOCK: &str = r#"GIT
  remote: https://github.com/acme/edge.git
  revision: 0123456789012345678901234567890123456789
  branch: main
  specs:
    edge (0.2.0)
      rails (>= 6)

PATH
  remote: .
  specs:
    shop (1.0.0)
      nokogiri

PATH
  remote: lib/own
  specs:
    own (0.1.0)

GEM
  remote: https://gems.example/
  specs:
    computed (1.0.0)
    lint (3.0)
    loose (9.0)
    nokogiri (1.15.0)
      racc (~> 1.4)
    nokogiri (1.15.0-x86_64-linux)
      racc (~> 1.4)
    pg (1.5.4)
    puma (5.6.4)
      nio4r (~> 2.0)
    racc (1.7.1)
    rails (7.0.8)
      nokogiri
    rspec-rails (5.1.2)
      rails

PLATFORMS
  ruby
  x86_64-linux

DEPENDENCIES
  computed (~> 1)
  edge!
  lint
  loose
  own!
  pg (< 2, >= 1.1)
  puma (= 5.6.4)
  rails (~> 7.0)
  rspec-rails (~> 5.0)
  shop!

CHECKSUMS
  pg (1.5.4) sha256=00

BUNDLED WITH
   2.5.4
"#;

const GEMSPEC: &str = r#"require_relative "lib/shop/version"
Gem::Specification.new do |s|
  s.name = "shop".freeze
  s.version = Shop::VERSION
  s.add_dependency "nokogiri"
  s.add_runtime_dependency(%q<missing>.freeze, ["~> 2.0".freeze])
  s.add_development_dependency 'rspec', "3.12.0"
end
"#;

fn sample() -> Sample {
    Sample::read(&[("Gemfile", GEMFILE), ("Gemfile.lock", LOCK), ("shop.gemspec", GEMSPEC)])
}

#[test]
fn a_gemfile_is_resolved_by_its_lockfile() {
    let unknown = "? the lockfile has not exactly one version of it";
    let expected = [
        "rails | ~> 7.0 | 7.0.8 | Runtime | Gemfile:4=~> 7.0",
        "pg | >= 1.1, < 2 | 1.5.4 | Runtime | Gemfile:7=>= 1.1', '< 2",
        "puma | 5.6.4 | 5.6.4 | Runtime | Gemfile:9=5.6.4",
        "own |  | 0.1.0 | Runtime | -",
        "edge |  | 0.2.0 | Runtime | -",
        "loose |  | 9.0 | Runtime | -",
        "rspec-rails | ~> 6.0 | 5.1.2 | Development | Gemfile:16=~> 6.0",
        "computed |  | 1.0.0 | Development | -",
        "lint |  | 3.0 | Optional | -",
        &format!("windows | 1.0 | {unknown} | Runtime | Gemfile:21=1.0"),
        &format!("next | 2.0 | {unknown} | Runtime | Gemfile:23=2.0"),
    ];
    let sample = sample();
    assert_eq!(sample.declared("Gemfile"), expected);
    let gemfile = sample.of("Gemfile");
    assert_eq!(gemfile[0].through, Through::Property("rails_version".to_owned()));
    assert_eq!(gemfile[1].comment.as_deref(), Some("2 drops PG 12"));
    assert_eq!(gemfile[7].through, Through::Unknown);
    assert_eq!(
        sample.findings(),
        ["Gemfile:16 Gemfile.lock does not fit: it was made for `rspec-rails` ~> 5.0, asked for is ~> 6.0"]
    );
}

#[test]
fn builds_for_platforms_are_one_version() {
    assert_eq!(
        sample().locked("Gemfile.lock"),
        [
            "edge@0.2.0: rails@7.0.8",
            "shop@1.0.0*: nokogiri@1.15.0",
            "own@0.1.0*:",
            "computed@1.0.0:",
            "lint@3.0:",
            "loose@9.0:",
            "nokogiri@1.15.0: racc@1.7.1",
            "pg@1.5.4:",
            "puma@5.6.4:",
            "racc@1.7.1:",
            "rails@7.0.8: nokogiri@1.15.0",
            "rspec-rails@5.1.2: rails@7.0.8",
        ]
    );
}

#[test]
fn a_gemspec_is_resolved_by_the_lockfile_that_has_it() {
    let sample = sample();
    assert_eq!(
        sample.declared("shop.gemspec"),
        [
            "nokogiri |  | 1.15.0 | Runtime | -",
            "missing | ~> 2.0 | ? the lockfile has not exactly one version of it | Runtime | shop.gemspec:6=~> 2.0",
            "rspec | 3.12.0 | ? the lockfile has not exactly one version of it | Development | shop.gemspec:7=3.12.0",
        ]
    );
    let manifest =
        sample.inventory.manifests.iter().find(|manifest| manifest.path == "shop.gemspec").unwrap();
    assert_eq!(manifest.package.as_ref().map(ToString::to_string).as_deref(), Some("gem:shop"));
    assert_eq!(manifest.version.as_ref().and_then(|version| version.known()), None);
}

#[test]
fn without_a_lockfile_only_an_exact_version_is_known() {
    let sample =
        Sample::read(&[("x.gemspec", GEMSPEC), ("gems.rb", "gem 'a', '= 1.2'\ngem 'b', '~> 1.2', '1.3'\n")]);
    assert_eq!(sample.version("x.gemspec", "rspec"), "3.12.0");
    assert_eq!(sample.version("x.gemspec", "missing"), "? `~> 2.0` and no lockfile says which");
    assert_eq!(sample.version("gems.rb", "a"), "1.2");
    assert_eq!(sample.version("gems.rb", "b"), "? `~> 1.2, 1.3` and no lockfile says which");
}

#[test]
fn a_locked_version_outside_of_what_is_asked_for_is_a_finding() {
    let lock = "PATH\n  remote: .\n  specs:\n    shop (1.0)\n      nokogiri (~> 1.15)\n\nGEM\n  specs:\n    nokogiri (1.14.0)\n\nDEPENDENCIES\n  shop!\n";
    let gemspec = "Gem::Specification.new do |s|\n  s.name = 'shop'\n  s.version = '1.0'\n  s.add_dependency 'nokogiri', '~> 1.15'\nend\n";
    let sample = Sample::read(&[("shop.gemspec", gemspec), ("Gemfile.lock", lock)]);
    assert_eq!(
        sample.findings(),
        ["shop.gemspec:4 Gemfile.lock does not fit: it has `nokogiri` 1.14.0, asked for is ~> 1.15"]
    );
}

#[test]
fn gems_whose_names_are_computed_are_told_of() {
    let gemfile = "%w[rake rspec].each { |name| gem name }\ngem 'pg'\n";
    let lock = "GEM\n  specs:\n    pg (1.5)\n    rake (13.0)\n\nDEPENDENCIES\n  pg\n  rake\n";
    let sample = Sample::read(&[("Gemfile", gemfile), ("Gemfile.lock", lock)]);
    assert_eq!(
        sample.findings(),
        ["Gemfile:0 Gemfile.lock was made for `rake`, which is not named here as a text"]
    );
}

#[test]
fn gemfiles_read_one_another_but_nothing_outside() {
    let common = "gem 'rack', '~> 2.0'\n";
    let lock = "GEM\n  specs:\n    rack (2.2.8)\n    broken\n\nDEPENDENCIES\n  rack (~> 2.0)\n";
    let sample = Sample::read(&[
        ("gems/common.gemfile", common),
        (
            "Gemfile",
            "eval_gemfile 'gems/common.gemfile'\neval_gemfile \"../../x\"\neval_gemfile 'other'\ngem 'y', path: '../y'\n",
        ),
        ("Gemfile.lock", lock),
    ]);
    assert_eq!(sample.version("gems/common.gemfile", "rack"), "2.2.8");
    assert_eq!(
        sample.findings(),
        [
            "Gemfile.lock:4 this is no gem with a version",
            "Gemfile:2 `../../x` lies outside of the repository",
            "Gemfile:3 `other` is not there, or not named like a Gemfile; it is not read",
            "Gemfile:4 the path `../y` lies outside of the repository",
            "Gemfile:4 Gemfile.lock does not fit: `y` is not among its dependencies",
        ]
    );
}
