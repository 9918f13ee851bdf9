//! How fast the catalog API answers, over HTTP on this machine:
//! `cargo run --release -p fleetwright-backstage --example backstage-pace -- [COMPONENTS] [SECONDS]`.
//! Requests come at 100 a second whether or not the ones before are answered; each is timed from when it was due.
#![allow(clippy::print_stdout, reason = "an example prints what it measured")]

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fleetwright_engine::config::Config;
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_engine::know::know;
use fleetwright_engine::progress::Quiet;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// How many requests a second.
const RATE: u64 = 100;

/// What Backstage's pages ask for.
const QUESTIONS: [(&str, &str); 6] = [
    (
        "by-query, 20 of a kind by name",
        "/entities/by-query?filter=kind=component,spec.type=service&limit=20&orderField=metadata.name,asc",
    ),
    (
        "by-query, full text",
        "/entities/by-query?filter=kind=component&limit=20&fullTextFilterTerm=pay-1&fullTextFilterFields=metadata.name,metadata.title",
    ),
    (
        "by-query, fields",
        "/entities/by-query?filter=kind=component&limit=200&fields=kind,metadata.name,metadata.namespace",
    ),
    (
        "facets of kind, type, owner, tags",
        "/entity-facets?facet=kind&facet=spec.type&facet=spec.owner&facet=metadata.tags",
    ),
    ("facets, filtered", "/entity-facets?facet=spec.lifecycle&facet=spec.owner&filter=kind=component"),
    ("by name", "/entities/by-name/component/default/pay-1234"),
];

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: u64| words.get(at).map_or(Ok(default), |text| text.parse::<u64>());
    let (components, seconds) = (number(0, 15_000)?, number(1, 10)?);
    let folder = tempfile::tempdir()?;
    let begun = Instant::now();
    let fleet = fleet(folder.path(), components).await?;
    println!("{components} components declared and put together: {:.1} s", begun.elapsed().as_secs_f64());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let routes =
        axum::Router::new().nest("/api/catalog", fleetwright_backstage::router(fleet, Arc::new(Quiet)));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let begun = Instant::now();
    ask(address, QUESTIONS[5].1).await?;
    println!("read for the first request: {:.2} s", begun.elapsed().as_secs_f64());
    for (name, path) in QUESTIONS {
        let times = volley(address, &[path], seconds).await?;
        println!("{name:36} {}", told(times));
    }
    let mixed: Vec<&str> = QUESTIONS.iter().map(|(_, path)| *path).collect();
    println!("{:36} {}", "all of these, mixed", told(volley(address, &mixed, seconds).await?));
    let begun = Instant::now();
    let bytes = ask(address, "/entities").await?;
    println!("all entities, {} MB: {:.2} s", bytes >> 20, begun.elapsed().as_secs_f64());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"));
    memory.for_each(|line| println!("{line} (server, fleet and client)"));
    Ok(())
}

/// A fleet whose folder declares so many components, owned by a group for each fifty.
async fn fleet(folder: &Path, components: u64) -> Result<Arc<Fleet>, Failed> {
    std::fs::create_dir_all(folder.join("repos"))?;
    std::fs::create_dir_all(folder.join("catalog"))?;
    let types = ["service", "website", "library", "job"];
    let mut text = String::new();
    for group in 0..components.div_ceil(50) {
        write!(
            text,
            "---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {{ name: team-{group} }}\nspec: {{ type: team, children: [] }}\n"
        )?;
    }
    std::fs::write(folder.join("catalog/groups.yaml"), &text)?;
    for (file, begin) in (0..components).step_by(5_000).enumerate() {
        text.clear();
        for at in begin..components.min(begin + 5_000) {
            let (kind, team) = (types[usize::try_from(at % 4)?], at / 50);
            write!(
                text,
                "---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: pay-{at}\n  title: Payments number {at}\n  \
                 description: Takes the money of customer group {at} and hands it on, with receipts\n  tags: [java, tier-{}, t{}]\n  \
                 annotations: {{ github.com/project-slug: acme/pay-{at}, example.org/pager: P{at} }}\n  \
                 links: [{{ url: 'https://example.org/pay-{at}', title: Board }}]\n\
                 spec: {{ type: {kind}, lifecycle: production, owner: team-{team}, dependsOn: ['component:pay-{}'] }}\n",
                at % 3,
                at % 40,
                (at + 1) % components
            )?;
        }
        std::fs::write(folder.join(format!("catalog/components-{file}.yaml")), &text)?;
    }
    let path = folder.join("fleetwright.yaml");
    std::fs::write(&path, "forges:\n  - { name: local, type: local, root: ./repos }\n")?;
    let fleet = Arc::new(Fleet::open(Config::read(&path)?, Isolation::Sandboxed, Seams::default()).await?);
    know(&fleet, &Quiet).await?;
    Ok(fleet)
}

/// Asks at a steady rate; how long each answer took, from when it was due.
async fn volley(address: SocketAddr, paths: &[&str], seconds: u64) -> Result<Vec<Duration>, Failed> {
    let begun = Instant::now();
    let mut asked = Vec::new();
    for at in 0..RATE * seconds {
        let due = begun + Duration::from_secs(1) / u32::try_from(RATE)? * u32::try_from(at)?;
        tokio::time::sleep_until(due.into()).await;
        let path = paths[usize::try_from(at)? % paths.len()].to_owned();
        asked.push(tokio::spawn(async move { ask(address, &path).await.map(|_| due.elapsed()) }));
    }
    let mut times = Vec::new();
    for one in asked {
        times.push(one.await??);
    }
    times.sort();
    Ok(times)
}

fn told(times: Vec<Duration>) -> String {
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1e3;
    format!("p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, most {:.1} ms", at(50), at(95), at(99), at(100))
}

/// Asks once; how many bytes were answered.
async fn ask(address: SocketAddr, path: &str) -> Result<usize, Failed> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!("GET /api/catalog{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    if !answer.starts_with(b"HTTP/1.1 200") {
        return Err(
            format!("{path}: {}", String::from_utf8_lossy(answer.get(..200).unwrap_or(&answer))).into()
        );
    }
    Ok(answer.len())
}
