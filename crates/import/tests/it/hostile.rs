//! Files made to break the importers: an error or a good shift, never a panic, never something in between.

use fleetwright_core::shift::read;
use fleetwright_core::source::Source;
use fleetwright_import::import;
use proptest::prelude::*;

use crate::beside;

fn survives(text: &str) {
    let Ok(source) = Source::parse("spec.yaml", text) else { return };
    if let Ok(imported) = import(&source, &beside) {
        let made =
            Source::parse("shift.yaml", &imported.text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        read(&made).unwrap_or_else(|error| panic!("{error}\n{}", imported.text));
    }
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn odd_texts_everywhere(
        query in "[-a-z:(){}$^.*|\"'/@ \\\\]{0,40}",
        run in "([a-z '\"#<$(){}|\\\\\n-]|<<EOF|EOF\n|\\$\\{\\{ repository.name \\}\\}|\\$\\{\\{ x){0,30}",
        body in "([ a-z{}%#\n\"`]|\\$\\{\\{ outputs\\.x \\}\\}|\\$\\{\\{ \\(){0,20}",
        name in "(.|\n){0,20}",
    ) {
        survives(&format!(
            "version: 2\nname: {}\ndescription: {}\non: [{{ repositoriesMatchingQuery: {} }}, {{ repository: {} }}]\n\
             steps: [{{ run: {}, if: {}, env: {{ A: {} }}, files: {{ {}: {} }}, outputs: {{ x: {{ value: {} }} }} }}]\n\
             changesetTemplate: {{ title: {}, body: {}, branch: {}, commit: {{ message: {}, author: {{ name: {}, email: a@b }} }} }}\n",
            json(&name), json(&body), json(&query), json(&query), json(&run), json(&body), json(&body), json(&name),
            json(&body), json(&body), json(&name), json(&body), json(&body), json(&run), json(&name),
        ));
        survives(&format!(
            "id: {}\ntitle: {}\nadapter: {{ type: github, search_query: {} }}\nhooks: {{ should_migrate: {}, apply: [{}], pr_message: {} }}\n",
            json(&name), json(&name), json(&query), json(&run), json(&run), json(&body),
        ));
    }

    #[test]
    fn odd_shapes_everywhere(
        keys in proptest::collection::vec("(name|on|steps|workspaces|hooks|id|title|adapter|changesetTemplate|importChangesets|transformChanges)", 1..6),
        values in proptest::collection::vec("(1|x|\\[\\]|\\{\\}|null|\\[\\[1\\]\\]|\\[\\{ run: a, env: \\[\\[1\\]\\] \\}\\]|\\{ commit: 1 \\}|\\{ apply: \\{\\} \\}|\\[null\\])", 6),
    ) {
        let rows: Vec<String> = keys.iter().zip(&values).map(|(key, value)| format!("{key}: {value}\n")).collect();
        survives(&rows.concat());
    }
}
