//! A fleet of a million distinct small files: how fast it is indexed, how large the index is, how fast
//! it answers. The files are made up as they are read, from a seed; nothing but the index is on disk.
//!
//! `cargo bench -p fleetwright-index --bench fleet -- [FILES] [FOLDER] [ask]`; with `ask` the index in
//! FOLDER is only asked.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints, and stops at what it did not expect"
)]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use fleetwright_core::Oid;
use fleetwright_index::{Blobs, Entry, Globs, Index, Mode, Pattern, Query, Reading, Tri, Writer};

const PER_REPO: u64 = 100;
const RARE: &str = "zebrafinch_telemetry_sink";

/// Splitmix64: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ value >> 31
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }
}

/// Twenty thousand words: syllables joined, the frequent ones short; drawn by Zipf's law.
struct Corpus {
    words: Vec<String>,
    files: u64,
}

const SYLLABLES: &str = "con fig ser ver cli ent han dler re quest res ponse da ta ba se user ac count pay ment or der \
    item list map key val ue name type id time out log ger er ror mes sage que ue wor ker thr ead pool cache sto re \
    load save up date del ete get set add rem ove find all by for mat par ser tok en lex ast node tree graph edge \
    path file dir sys tem net work sock et port host url http json yaml xml sql ta ble row col umn in dex test mock \
    assert true false null void int string bool float long byte char arr ay vec hash trait impl class inter face";

const FRAMES: [&str; 5] = [
    "    public # #(# #) {\n        return this.#.#(#, \"#\");\n    }\n\n",
    "  - name: #-#\n    image: registry/#/#:1.@.@\n    env:\n      - name: #\n        value: \"#\"\n",
    "func (# *#) #(ctx context.Context) error {\n\tif err := #.#(ctx, #); err != nil {\n\t\treturn fmt.Errorf(\"#: %w\", err)\n\t}\n\treturn nil\n}\n\n",
    "    \"#\": { \"#\": \"#-#\", \"version\": \"@.@.@\", \"sha\": \"!\" },\n",
    "The # # is # when # of the # has no #. See [#](docs/#.md) for the # of @ #.\n\n",
];

const ENDINGS: [&str; 5] = ["java", "yaml", "go", "json", "md"];

impl Corpus {
    fn new(files: u64) -> Corpus {
        let syllables: Vec<&str> = SYLLABLES.split_whitespace().collect();
        let mut random = Random(1);
        let mut words = Vec::new();
        for rank in 0..20_000_u64 {
            let parts = 1 + (64 - (rank + 1).leading_zeros() as u64) / 5 + random.below(2);
            words
                .push((0..parts).map(|_| syllables[random.below(syllables.len() as u64) as usize]).collect());
        }
        Corpus { words, files }
    }

    /// A word by Zipf's law: the word of rank r comes about once in r.
    fn word(&self, random: &mut Random) -> &str {
        let uniform = random.below(1 << 30) as f64 / f64::from(1 << 30);
        &self.words[((self.words.len() as f64).powf(uniform) as usize).min(self.words.len() - 1)]
    }

    fn text(&self, file: u64) -> Vec<u8> {
        let mut random = Random(file.wrapping_mul(0x1234_5678_9abc_def1));
        let frame = FRAMES[self.kind(file)];
        let count = self.words.len() as u64;
        let mut own: Vec<usize> = (0..8).map(|_| random.below(count) as usize).collect();
        // Eight words of the file's own and eight of the hundred that its repository uses.
        let mut repo = Random(file / PER_REPO);
        let shared: Vec<usize> = (0..100).map(|_| repo.below(count) as usize).collect();
        own.extend((0..8).map(|_| shared[random.below(100) as usize]));
        // 300 to 8,500 bytes, the small ones most: about 2 KB on average.
        let scale = 8 + random.below(6);
        let size = 300 + random.below(1 << scale);
        let mut text = format!("# {} {file}\n", self.words[own[0]]).into_bytes();
        if file % (self.files / 3).max(1) == 7 {
            text.extend_from_slice(format!("metric = {RARE}\n").as_bytes());
        }
        while (text.len() as u64) < size {
            for letter in frame.bytes() {
                match letter {
                    // Half of the words of a file are these few, as identifiers are.
                    b'#' if random.below(2) == 0 => {
                        text.extend_from_slice(self.words[own[random.below(16) as usize]].as_bytes());
                    }
                    b'#' => text.extend_from_slice(self.word(&mut random).as_bytes()),
                    b'@' => text.extend_from_slice(random.below(100).to_string().as_bytes()),
                    b'!' => text.extend_from_slice(
                        format!("{:016x}{:016x}", random.next(), random.next()).as_bytes(),
                    ),
                    letter => text.push(letter),
                }
            }
        }
        text
    }

    fn kind(&self, file: u64) -> usize {
        (Random(file).next() % 5) as usize
    }

    fn path(&self, file: u64) -> String {
        // A repository has a dozen folders.
        let mut folder = Random((file / PER_REPO) << 8 | Random(file).below(12));
        let mut own = Random(file ^ 0xabcd);
        let word = |random: &mut Random| self.words[random.below(3000) as usize].as_str();
        let (outer, inner) = (word(&mut folder), word(&mut folder));
        format!("src/{outer}/{inner}/{}_{}.{}", word(&mut own), file % PER_REPO, ENDINGS[self.kind(file)])
    }

    fn oid(file: u64) -> Oid {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&Random(file).next().to_be_bytes());
        bytes[8..16].copy_from_slice(&file.to_be_bytes());
        Oid::from_bytes(bytes)
    }

    fn repo(number: u64) -> String {
        format!("acme/service-{number:05}")
    }
}

impl Blobs for Corpus {
    fn blob(&self, _: &str, oid: Oid) -> Result<Vec<u8>, String> {
        let mut file = [0; 8];
        file.copy_from_slice(&oid.as_bytes()[8..16]);
        Ok(self.text(u64::from_be_bytes(file)))
    }
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    format!("peak memory {} MiB", kib >> 10)
}

fn build(corpus: &Corpus, folder: &Path) -> u64 {
    let start = Instant::now();
    let made: u64 = (0..corpus.files).step_by(20).map(|file| corpus.text(file).len() as u64).sum();
    println!(
        "a twentieth of the text is made in {:.1?}: about {} MB in all",
        start.elapsed(),
        made * 20 / 1_000_000
    );
    let start = Instant::now();
    let mut writer = Writer::open(folder).unwrap();
    let mut bytes = 0;
    for repo in 0..corpus.files.div_ceil(PER_REPO) {
        let files: Vec<u64> = (repo * PER_REPO..((repo + 1) * PER_REPO).min(corpus.files)).collect();
        bytes += tell(&mut writer, corpus, repo, &files);
    }
    writer.commit().unwrap();
    let took = start.elapsed();
    let rate = corpus.files as f64 / took.as_secs_f64();
    println!(
        "indexed {} files, {} MB, in {took:.1?} ({rate:.0} files/s, making them included); {}",
        corpus.files,
        bytes / 1_000_000,
        peak()
    );
    bytes
}

fn tell(writer: &mut Writer, corpus: &Corpus, repo: u64, files: &[u64]) -> u64 {
    let paths: Vec<String> = files.iter().map(|file| corpus.path(*file)).collect();
    let entry = |(file, path): (&u64, &'_ String)| (Corpus::oid(*file), path.clone());
    let owned: Vec<(Oid, String)> = files.iter().zip(&paths).map(entry).collect();
    let entries: Vec<Entry<'_>> = owned
        .iter()
        .map(|(oid, path)| Entry { path: path.as_bytes(), mode: Mode::File, oid: *oid, size: None })
        .collect();
    let tree = Corpus::oid(repo << 32 | files.len() as u64);
    let mut bytes = 0;
    for oid in writer.repository(&Corpus::repo(repo), tree, &entries).unwrap() {
        let text = corpus.blob("", oid).unwrap();
        bytes += text.len() as u64;
        writer.add(oid, &text).unwrap();
    }
    bytes
}

fn ask(corpus: &Corpus, folder: &Path) {
    let start = Instant::now();
    let index = Index::open(folder).unwrap();
    println!("opened in {:.1?}: {:?}", start.elapsed(), index.measure());
    let all = Globs::all();
    let yaml = Globs::compile(&["**/*.yaml"]).unwrap();
    let asked: [(&str, &Globs, bool); 8] = [
        (RARE, &all, false),
        (RARE, &all, false),
        ("ZebraFinch_Telemetry", &all, true),
        ("zebrafinch.*sink$", &all, false),
        ("configcount(server|client)listfind", &all, false),
        (r"image: registry/\w+/cache:1\.7\.", &yaml, false),
        ("return this", &all, false),
        (r"\d{9}[a-f]\d{9}", &all, false),
    ];
    for (text, paths, ignore_case) in asked {
        let start = Instant::now();
        let pattern = Pattern::lines(text, Reading { ignore_case, ..Reading::default() }).unwrap();
        let mut first = None;
        let summary = index.search(&Query::new(&pattern, paths), corpus, &mut |_| {
            first.get_or_insert_with(|| start.elapsed());
            ControlFlow::Continue(())
        });
        let (lines, read, cut) = (summary.lines, summary.read, summary.cut);
        let everything = if summary.scanned_everything { ", everything read" } else { "" };
        println!(
            "grep {text:?}: {:.1?}, {lines} lines, {read} blobs read, cut {cut:?}{everything}",
            start.elapsed()
        );
    }
    let start = Instant::now();
    let prefilter = index.prefilter(&Pattern::text(RARE).unwrap());
    let maybe = (0..corpus.files.div_ceil(PER_REPO))
        .filter(|repo| prefilter.may_contain(&Corpus::repo(*repo), &yaml) == Tri::Maybe)
        .count();
    println!("may_contain over all repositories: {:.1?}, {maybe} may", start.elapsed());
    let start = Instant::now();
    let has = Globs::compile(&["**/*.toml"]).unwrap();
    let found = (0..corpus.files.div_ceil(PER_REPO))
        .filter(|repo| index.has_file(&Corpus::repo(*repo), &has) == Some(true))
        .count();
    println!("has_file over all repositories: {:.1?}, {found} have; {}", start.elapsed(), peak());
}

fn change(corpus: &Corpus, folder: &Path) {
    let start = Instant::now();
    let mut writer = Writer::open(folder).unwrap();
    let opened = start.elapsed();
    for round in 0..5_u64 {
        let start = Instant::now();
        let files: Vec<u64> = (0..PER_REPO - 1).chain([corpus.files + round]).collect();
        tell(&mut writer, corpus, 0, &files);
        writer.commit().unwrap();
        println!("one file of a repository changed: {:.1?} (writer opened in {opened:.1?})", start.elapsed());
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let files = args.first().map_or(1_000_000, |files| files.parse().unwrap());
    let own = tempfile::tempdir().unwrap();
    let folder = args.get(1).map_or_else(|| own.path().to_owned(), PathBuf::from);
    let corpus = Corpus::new(files);
    if args.get(2).is_none() {
        let text = build(&corpus, &folder);
        let size = Index::open(&folder).unwrap().measure().bytes;
        println!("index {} MB: {:.1} % of the text", size / 1_000_000, size as f64 * 100.0 / text as f64);
    }
    ask(&corpus, &folder);
    if args.get(2).is_none() {
        change(&corpus, &folder);
    }
}
