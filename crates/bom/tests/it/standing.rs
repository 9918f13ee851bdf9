//! Who is on which release.

use fleetwright_bom::{Bom, Channel, Ruler, Standing, Target, Used, User, Verdict};

use crate::{DAY, OCTOBER, SPEC, bom};

fn stands(bom: &Bom, now: i64, user: (&str, &str), uses: &[(&str, &str)]) -> Standing {
    let mut ruler = Ruler::new(bom, now);
    let names: Vec<String> = ruler.packages().iter().map(ToString::to_string).collect();
    let used = |(package, version): &(&'static str, &'static str)| {
        let package = names.iter().position(|name| name == package).unwrap();
        Used { package, version }
    };
    let uses: Vec<(&'static str, &'static str)> =
        uses.iter().map(|(name, version)| (leak(name), leak(version))).collect();
    let uses: Vec<Used<'_>> = uses.iter().map(used).collect();
    ruler.standing(User { repo: user.0, component: user.1 }, &uses)
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

#[test]
fn the_newest_release_that_all_uses_keep_to() {
    let bom = bom(SPEC);
    let names: Vec<&str> = bom.releases.iter().map(|release| release.version.as_str()).collect();
    assert_eq!(names, ["1", "2", "3"], "the oldest first");
    use Standing::{Behind, On, Untold};
    let table: [(&[(&str, &str)], Standing); 16] = [
        (&[("maven:g:a", "0.9")], Behind),
        (&[("maven:g:a", "1.0")], On(0)),
        (&[("maven:g:a", "1.9.9")], On(0)),
        (&[("maven:g:a", "2.0"), ("npm:b", "1.2.0")], On(1)),
        (&[("maven:g:a", "2.5"), ("npm:b", "1.2.9")], On(1)),
        (&[("maven:g:a", "9"), ("npm:b", "9.0.0"), ("image:c", "3.2-alpine")], On(2)),
        // The worst place counts.
        (&[("maven:g:a", "2.5"), ("maven:g:a", "1.0")], On(0)),
        (&[("maven:g:a", "2.5"), ("maven:g:a", "0.1")], Behind),
        // Not known is never yes, and below is below whatever else is not known.
        (&[("maven:g:a", "")], Untold),
        (&[("maven:g:a", "2.5"), ("npm:b", "")], Untold),
        (&[("maven:g:a", "0.9"), ("npm:b", "")], Behind),
        (&[("maven:g:a", "1.0"), ("npm:b", "")], On(0)),
        (&[("image:c", "3.1-bookworm")], Untold),
        (&[("npm:b", "latest")], Untold),
        // A package that only newer releases name: below them is behind, not on an older one.
        (&[("npm:b", "1.0.0")], Behind),
        (&[("npm:b", "1.2.0")], On(1)),
    ];
    for (uses, expected) in table {
        assert_eq!(stands(&bom, OCTOBER, ("acme/x", ""), uses), expected, "{uses:?}");
    }
}

#[test]
fn a_package_that_a_release_drops_keeps_nobody_behind() {
    let bom = bom(r#"  channels: { stable: "2" }
  releases:
    - { version: "1", released: 2026-10-01, packages: { "npm:a": "1.0.0" } }
    - { version: "2", released: 2026-10-02, packages: { "npm:b": "1.0.0" } }
"#);
    assert_eq!(stands(&bom, OCTOBER, ("r", ""), &[("npm:a", "1.0.0")]), Standing::On(1));
    assert_eq!(stands(&bom, OCTOBER, ("r", ""), &[("npm:a", "0.9.0")]), Standing::Behind);
    assert_eq!(stands(&bom, OCTOBER, ("r", ""), &[("npm:a", "")]), Standing::Untold);
}

fn overridden(overrides: &str) -> Bom {
    bom(&format!("{SPEC}  overrides:\n{overrides}"))
}

#[test]
fn an_override_counts_until_its_last_day_ends() {
    let bom = overridden(
        "    - { package: 'maven:g:a', in: acme/*, version: '1.5', reason: x, until: 2026-10-03 }\n",
    );
    let at = |now: i64, repo: &str, version: &str| {
        stands(&bom, now, (repo, ""), &[("maven:g:a", version), ("npm:b", "1.2.0")])
    };
    assert_eq!(at(OCTOBER, "acme/shop", "1.5"), Standing::On(1));
    assert_eq!(at(OCTOBER, "acme/shop", "1.7"), Standing::On(1), "a version alone means that one or newer");
    assert_eq!(at(OCTOBER, "acme/shop", "1.4"), Standing::On(0), "older ones are not allowed");
    assert_eq!(at(OCTOBER, "acme/shop", ""), Standing::Untold, "an override makes nothing known");
    assert_eq!(at(OCTOBER, "other/shop", "1.5"), Standing::On(0));
    assert_eq!(at(OCTOBER + 3 * DAY - 1, "acme/shop", "1.5"), Standing::On(1));
    assert_eq!(at(OCTOBER + 3 * DAY, "acme/shop", "1.5"), Standing::On(0));
    let over = &bom.overrides[0];
    let left: Vec<i64> = [0, 1, 2, 3].map(|day| over.days_left(OCTOBER + day * DAY + DAY / 2)).to_vec();
    assert_eq!(left, [2, 1, 0, -1]);
    assert_eq!(over.line, 12);
}

#[test]
fn overrides_of_components_and_ranges() {
    let bom = overridden(
        "    - { package: 'npm:b', in: 'component:default/Web', version: '>=1.0, <1.1', reason: x, until: 2026-12-31T12:00:00Z }\n",
    );
    let at =
        |component: &str, version: &str| stands(&bom, OCTOBER, ("acme/x", component), &[("npm:b", version)]);
    assert_eq!(at("component:default/web", "1.0.5"), Standing::On(2));
    assert_eq!(at("component:default/web", "1.1.0"), Standing::Behind);
    assert_eq!(at("component:default/other", "1.0.5"), Standing::Behind);
    assert_eq!(at("", "1.0.5"), Standing::Behind);
}

#[test]
fn where_overrides_conflict_both_must_allow() {
    let bom = overridden(
        "    - { package: 'maven:g:a', in: 'acme/*', version: '0.5', reason: x, until: 2026-10-03 }\n    \
         - { package: 'maven:g:a', in: 'acme/shop', version: '0.7', reason: y, until: 2026-10-05 }\n    \
         - { package: 'maven:g:a', in: 'acme/s*', version: '0.7', reason: y, until: 2026-10-01T00:00:00Z }\n",
    );
    let ruler = Ruler::new(&bom, OCTOBER);
    let user = |repo| User { repo, component: "" };
    let package = ruler.packages().iter().position(|package| package.name() == "g:a").unwrap();
    assert_eq!(ruler.conflicts(user("acme/shop"), package), [(0, 1)], "the third is over, and says the same");
    assert_eq!(ruler.overrides_of(user("acme/shop"), package), [0, 1, 2]);
    assert!(ruler.conflicts(user("acme/other"), package).is_empty());
    let at = |now, version| stands(&bom, now, ("acme/shop", ""), &[("maven:g:a", version)]);
    assert_eq!(at(OCTOBER, "0.6"), Standing::Behind);
    assert_eq!(at(OCTOBER, "0.7"), Standing::On(2));
    assert_eq!(at(OCTOBER + 3 * DAY, "0.6"), Standing::Behind);
    let mut ruler = Ruler::new(&bom, OCTOBER);
    let used = Used { package, version: "0.7" };
    assert_eq!(ruler.verdict(user("acme/shop"), used, 0), Verdict::Met);
    assert_eq!(ruler.bare(used, 0), Verdict::Below);
}

#[test]
fn a_release_that_is_too_young_is_waited_for() {
    let bom = bom(SPEC);
    let stable = |now| bom.target(Channel::Stable, now);
    // 1 is from October 1, 2 from October 11; both wait seven days.
    assert_eq!(stable(OCTOBER), Err(Some(OCTOBER + 7 * DAY)));
    let waits = Some((1, OCTOBER + 17 * DAY));
    assert_eq!(stable(OCTOBER + 7 * DAY), Ok(Target { release: 0, waits }));
    assert_eq!(stable(OCTOBER + 17 * DAY - 1), Ok(Target { release: 0, waits }));
    assert_eq!(stable(OCTOBER + 17 * DAY), Ok(Target { release: 1, waits: None }));
    assert_eq!(stable(OCTOBER + 99 * DAY), Ok(Target { release: 1, waits: None }), "not beyond the channel");
    // The candidate waits for its day only.
    let candidate = |now| bom.target(Channel::Candidate, now).map(|target| target.release);
    assert_eq!(candidate(OCTOBER + 20 * DAY + DAY / 2 - 1), Ok(1));
    assert_eq!(candidate(OCTOBER + 20 * DAY + DAY / 2), Ok(2));
    let none = crate::bom(&SPEC.replace(", candidate: \"3\"", ""));
    assert_eq!(none.target(Channel::Candidate, OCTOBER), Err(None));
}

#[test]
fn a_release_that_lowers_a_version_is_told() {
    let bom = bom(r#"  channels: { stable: "3" }
  releases:
    - { version: "1", released: 2026-10-01, packages: { "npm:a": "2.0.0", "npm:b": "1.0.0" } }
    - { version: "2", released: 2026-10-02, packages: { "npm:b": "1.0.0" } }
    - { version: "3", released: 2026-10-03, packages: { "npm:a": "1.9.0", "npm:b": "1.1.0" } }
"#);
    let found: Vec<_> = bom
        .downgrades()
        .into_iter()
        .map(|each| (each.package.to_string(), each.before, each.after))
        .collect();
    assert_eq!(found, [("npm:a".to_owned(), 0, 2)]);
}
