//! `bom adoption`: how releases were adopted.

use fleetwright_bom::{Curve, MARKS, Mark};
use fleetwright_engine::bom::{Adoption, ReleaseCurve, adoption, find};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::args::BomAdoptionArgs;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{csv_line, date, length, plain, when, wide_table};

/// How many columns a chart has.
const COLUMNS: i64 = 60;

/// Shares from nobody to everybody.
const BARS: [char; 9] = ['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

pub(super) async fn run(context: &Context<'_>, args: &BomAdoptionArgs) -> Ended {
    if args.csv && context.ui.json() {
        return Err(Failure::usage("`--csv` and `--json` exclude each other"));
    }
    let fleet = context.open().await?;
    let bom = find(&fleet, &args.name)?;
    let told = adoption(&fleet, &bom).await?;
    let ui = context.ui;
    if ui.json() {
        ui.document(&document(&bom.name, &told));
    } else if args.csv {
        csv(&told).into_iter().for_each(|line| ui.line(line));
    } else {
        let now = fleet.now();
        let rows = told.releases.iter().rev().map(|release| row(release, now));
        ui.line(wide_table(&["release", "released", "at or beyond", "50 %", "70 %", "95 %"], rows.collect()));
        ui.say(String::new());
        for release in told.releases.iter().rev() {
            let from = release.released.max(told.first_at);
            ui.line(format!(
                "{}  {}..{}  {}",
                chart(&release.curve, from, now),
                date(from),
                date(now),
                plain(&release.version)
            ));
        }
        let (first, last) = (when(told.first_at), when(told.at));
        ui.say(format!("Users were looked at first on {first} and last on {last} (UTC)."));
    }
    Ok(Code::Done)
}

fn row(release: &ReleaseCurve, now: i64) -> Vec<String> {
    let (there, users) = release.curve.at(now);
    let share = (100 * there).checked_div(users).map_or(String::new(), |share| format!(" ({share} %)"));
    let reached = MARKS.map(|percent| {
        let mark = release.curve.marks.iter().find(|mark| mark.percent == percent);
        mark.map_or("not yet".to_owned(), |mark| {
            let most = if mark.at_most { "at most " } else { "" };
            format!("{most}{}", length(mark.after))
        })
    });
    let first = [plain(&release.version), date(release.released), format!("{there} of {users}{share}")];
    first.into_iter().chain(reached).collect()
}

/// One sign for each of the equal parts of a stretch of time: the share at its end.
fn chart(curve: &Curve, from: i64, to: i64) -> String {
    let stretch = (to - from).max(0);
    let bar = |column: i64| {
        let (there, users) =
            curve.at(from + stretch / COLUMNS * column + stretch % COLUMNS * column / COLUMNS);
        // Nobody and everybody have signs of their own.
        let level = match users {
            0 => 0,
            _ if there == users => BARS.len() - 1,
            _ => (there * (BARS.len() - 2)).div_ceil(users),
        };
        BARS.get(level).copied().unwrap_or(' ')
    };
    (1..=COLUMNS).map(bar).collect()
}

fn csv(told: &Adoption) -> Vec<String> {
    let mut lines = vec!["release,time,atOrBeyond,users".to_owned()];
    for release in &told.releases {
        lines.extend(release.curve.points.iter().map(|point| {
            let numbers = [point.there, point.users].map(|count| count.to_string());
            csv_line([vec![release.version.clone(), time(point.at)], numbers.to_vec()].concat())
        }));
    }
    lines
}

fn document(name: &str, told: &Adoption) -> Value {
    let mark = |mark: &Mark| {
        json!({
            "percent": mark.percent, "at": time(mark.at), "afterSeconds": mark.after / 1000, "atMost": mark.at_most,
        })
    };
    let releases = told.releases.iter().rev().map(|release| {
        let points = release.curve.points.iter();
        let points = points
            .map(|point| json!({ "at": time(point.at), "atOrBeyond": point.there, "users": point.users }));
        json!({
            "version": release.version,
            "released": time(release.released),
            "reached": release.curve.marks.iter().map(mark).collect::<Vec<_>>(),
            "points": points.collect::<Vec<_>>(),
        })
    });
    json!({
        "name": name,
        "firstLookedAt": time(told.first_at),
        "lastLookedAt": time(told.at),
        "releases": releases.collect::<Vec<_>>(),
    })
}

fn time(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map(|time| time.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use fleetwright_bom::{Standing, Stay, curve};

    use super::*;

    #[test]
    fn a_chart_ends_where_users_are_now() {
        let stay = |standing, since, until| Stay { standing, since, until };
        let (on, behind) = (Standing::On(0), Standing::Behind);
        let stays = [
            stay(behind, 0, Some(300)),
            stay(on, 300, None),
            stay(behind, 0, Some(600)),
            stay(on, 600, None),
        ];
        let told = curve(&stays, 0, 0);
        let drawn = chart(&told, 0, 600);
        assert_eq!(drawn, format!("{}{}█", "·".repeat(29), "▄".repeat(30)));
        assert_eq!(chart(&told, 0, 0), "·".repeat(60));
    }
}
