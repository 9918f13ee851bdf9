//! Filters, facets, order and pages over a small catalog.

use fleetwright_catalog::{
    Catalog, Facet, Filter, Order, Query, Search, SourceFile, TextFilter, assemble, read,
};

fn catalog() -> Catalog {
    let one = |name: &str, kind: &str, tags: &str, spec: &str| {
        format!(
            "---\napiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}, tags: [{tags}]}}\nspec: {{{spec}}}\n"
        )
    };
    let text = [
        one("zoo", "Component", "java, spring", "type: Service, lifecycle: x, owner: a, n: 1.0, empty: null"),
        one("yak", "Component", "java", "type: service, lifecycle: x, owner: b"),
        one("ant", "Component", "go", "type: library, lifecycle: x, owner: a"),
        one("a", "Group", "org", "type: team, children: []"),
    ];
    let rows = read("all.yaml", &text.concat());
    assert!(rows.iter().all(Result::is_ok), "{rows:?}");
    assemble(vec![SourceFile { rows, ..SourceFile::default() }])
}

fn found(filter: &[&str]) -> Vec<String> {
    let catalog = catalog();
    let filter = Filter::parse(filter).unwrap().unwrap();
    names(&catalog, &Search::of(&catalog).find(&filter))
}

fn names(catalog: &Catalog, at: &[usize]) -> Vec<String> {
    at.iter().map(|at| catalog.entities()[*at].name().to_owned()).collect()
}

#[test]
fn filters_hold_as_in_backstage() {
    let table: [(&[&str], &[&str]); 12] = [
        (&["kind=COMPONENT,spec.type=service"], &["yak", "zoo"]),
        (&["spec.type=service,spec.type=library"], &["ant", "yak", "zoo"]),
        (&["metadata.name=ant", "kind=group"], &["ant", "a"]),
        (&["metadata.tags.java"], &["yak", "zoo"]),
        (&["metadata.tags.Java=true"], &["yak", "zoo"]),
        (&["metadata.tags=spring"], &["zoo"]),
        (&["relations.ownedBy=group:default/A"], &["ant", "zoo"]),
        (&["relations.ownerof=component:default/zoo"], &["a"]),
        (&["spec.n=1"], &["zoo"]),
        (&["spec.empty"], &["zoo"]),
        (&["spec.empty="], &[]),
        (&["metadata.namespace=default,spec.children"], &[]),
    ];
    for (filter, expected) in table {
        assert_eq!(found(filter), expected, "{filter:?}");
    }
}

#[test]
fn predicates_hold_as_in_backstage() {
    let catalog = catalog();
    let search = Search::of(&catalog);
    let table: [(&str, &[&str]); 18] = [
        ("{}", &["ant", "yak", "zoo", "a"]),
        (r#"{"$all": []}"#, &["ant", "yak", "zoo", "a"]),
        (r#"{"$any": []}"#, &[]),
        (r#"{"KIND": "component", "spec.type": "SERVICE"}"#, &["yak", "zoo"]),
        (r#"{"$not": {"kind": "component"}}"#, &["a"]),
        (
            r#"{"$any": [{"kind": "group"}, {"$all": [{"spec.owner": "a"}, {"spec.n": {"$exists": false}}]}]}"#,
            &["ant", "a"],
        ),
        (r#"{"spec.n": 1}"#, &["zoo"]),
        (r#"{"spec.n": 1.0}"#, &["zoo"]),
        (r#"{"spec.empty": {"$exists": true}}"#, &["zoo"]),
        (r#"{"spec.empty": {"$hasPrefix": ""}}"#, &[]),
        (r#"{"metadata.tags.java": true, "spec.owner": {"$in": ["B", 1]}}"#, &["yak"]),
        (r#"{"spec.owner": {"$in": []}}"#, &[]),
        (r#"{"metadata.name": {"$hasPrefix": "A"}}"#, &["ant", "a"]),
        (r#"{"metadata.tags": {"$hasPrefix": "sp"}}"#, &["zoo"]),
        (r#"{"metadata.tags": {"$contains": "Java"}}"#, &["yak", "zoo"]),
        (r#"{"relations": {"$contains": {"type": "ownedby"}}}"#, &["ant", "yak", "zoo"]),
        (
            r#"{"relations": {"$contains": {"type": "ownedBy", "targetRef": "group:default/A"}}}"#,
            &["ant", "zoo"],
        ),
        (
            r#"{"relations": {"$contains": {"type": "ownedBy", "targetRef": {"$in": ["group:default/b", "x"]}}}}"#,
            &["yak"],
        ),
    ];
    for (text, expected) in table {
        let filter = Filter::from_predicate(text).unwrap();
        assert_eq!(names(&catalog, &search.find(&filter)), expected, "{text}");
    }
}

#[test]
fn facets_count_values_as_written() {
    let search = Search::of(&catalog());
    let facet = |value: &str, count| Facet { value: value.to_owned(), count };
    assert_eq!(
        search.facet("metadata.tags", None),
        [facet("go", 1), facet("java", 2), facet("org", 1), facet("spring", 1)]
    );
    let components = Filter::parse(&["kind=component"]).unwrap();
    let expected = [facet("Service", 1), facet("library", 1), facet("service", 1)];
    assert_eq!(search.facet("Spec.type", components.as_ref()), expected);
    assert_eq!(search.facet("nothing", None), []);
}

#[test]
fn pages_go_forth_and_back() {
    let catalog = catalog();
    let search = Search::of(&catalog);
    for descending in [false, true] {
        let order = Some(Order { field: "metadata.NAME".to_owned(), descending });
        let query = Query { filter: Filter::parse(&["kind=component"]).unwrap(), order, text: None };
        let mut expected = ["ant", "yak", "zoo"].map(str::to_owned).to_vec();
        if descending {
            expected.reverse();
        }
        let first = search.query(&query, 2, 0).unwrap();
        assert_eq!((names(&catalog, &first.entities), first.total), (expected[..2].to_vec(), 3));
        assert!(first.previous.is_none());
        let second = search.page(&first.next.unwrap(), 2).unwrap();
        assert_eq!(names(&catalog, &second.entities), expected[2..]);
        assert!(second.next.is_none());
        let back = search.page(&second.previous.unwrap(), 2).unwrap();
        assert_eq!(names(&catalog, &back.entities), expected[..2]);
        assert!(back.previous.is_none() && back.next.is_some());
    }
    assert!(search.query(&Query::default(), usize::MAX, 0).is_err());
    assert_eq!(search.query(&Query::default(), 5, usize::MAX).unwrap().entities, [0_usize; 0]);
}

#[test]
fn a_text_is_found_within_values() {
    let catalog = catalog();
    let search = Search::of(&catalog);
    let text = |term: &str, fields: &[&str]| {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        let query = Query { text: Some(TextFilter { term: term.to_owned(), fields }), ..Query::default() };
        names(&catalog, &search.query(&query, 10, 0).unwrap().entities)
    };
    assert_eq!(text(" A ", &["metadata.name"]), ["ant", "yak", "a"]);
    assert_eq!(text("serv", &["spec.type", "metadata.name"]), ["yak", "zoo"]);
    assert_eq!(text("  ", &[]).len(), 4);
}
