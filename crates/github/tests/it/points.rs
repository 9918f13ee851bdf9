//! What a GraphQL query costs, by GitHub's published rule: every list is thought full, each list within
//! a list is a request for each entry of the outer one, a hundred requests are a point, and a query is
//! one point at least (docs.github.com, "Rate limits and query limits for the GraphQL API").

/// The points of a query.
pub(crate) fn points(query: &str) -> usize {
    let requests = requests(&mut query.chars().peekable(), 1);
    requests.div_ceil(100).max(1)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// The requests that a selection takes when its parent is there `times` times.
fn requests(chars: &mut Chars<'_>, times: usize) -> usize {
    let (mut total, mut size) = (0, None);
    while let Some(c) = chars.next() {
        match c {
            '(' => {
                size = page(&arguments(chars));
                total += size.map_or(0, |_| times);
            }
            '{' => total += requests(chars, times * size.take().unwrap_or(1)),
            '}' => return total,
            // Another field begins: the size belonged to one without a selection.
            c if c.is_alphanumeric() => size = None,
            _ => {}
        }
    }
    total
}

fn arguments(chars: &mut Chars<'_>) -> String {
    let (mut text, mut depth, mut quoted) = (String::new(), 1, false);
    for c in chars.by_ref() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        text.push(c);
    }
    text
}

/// How many entries a list is asked for.
fn page(arguments: &str) -> Option<usize> {
    let named = ["first: ", "last: "].into_iter().find_map(|name| arguments.split_once(name));
    let digits: String = named?.1.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[test]
fn the_published_example_costs_what_is_published() {
    // 1 + 100 + 100 × 50 = 5,101 requests: 51 points.
    let query = "query { viewer { login repositories(first: 100) { edges { node { id issues(first: 50) { edges { \
        node { id labels(first: 60) { edges { node { id name } } } } } } } } } } }";
    assert_eq!(points(query), 52);
    assert_eq!(points("query { viewer { login } }"), 1);
}
