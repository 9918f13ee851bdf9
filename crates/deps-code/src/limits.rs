//! Bounds on hostile input, each with the finding that names it.

/// The largest manifest that is read, in bytes (4 MiB). The largest real ones have some 100 KB.
pub const MAX_MANIFEST: usize = 4 * 1024 * 1024;

/// The largest lockfile that is read, in bytes (64 MiB). The largest real ones have some MB.
pub const MAX_LOCKFILE: usize = 64 * 1024 * 1024;

/// The deepest nesting of elements in XML. Project files have about five.
pub const MAX_XML_DEPTH: usize = 64;

/// The most elements of one XML file.
pub const MAX_XML_ELEMENTS: usize = 100_000;

/// How many imports of MSBuild files may follow from one project, all together.
pub const MAX_IMPORTS: usize = 64;

/// The longest text that properties of MSBuild may grow to when they are put in, in bytes.
pub const MAX_EXPANDED: usize = 4096;

/// The most dependencies that one manifest may declare.
pub const MAX_DECLARED: usize = 20_000;

/// The longest comment that is kept, in bytes.
pub const MAX_COMMENT: usize = 500;

/// The most globs in one list of a workspace's members.
pub const MAX_GLOBS: usize = 1_000;

/// The most versions of one package in one lockfile. Real ones have fewer than ten.
pub const MAX_VERSIONS: usize = 50;

/// The most findings that are kept of one kind of files; one more says that there were more.
pub const MAX_FINDINGS: usize = 1_000;

/// The most elements that all MSBuild projects of a repository may have, with their imports counted each
/// time. A repository of 500 projects has about a million.
pub const MAX_EVALUATED: usize = 20_000_000;

/// The most packages that the items of one MSBuild project may name. Real projects name some hundreds.
pub const MAX_NAMED: usize = 5_000;

/// The most references of all MSBuild projects of a repository: a file that all of them import counts for each.
pub const MAX_REFERENCES: usize = 500_000;

/// The most replacements in one go.mod. Kubernetes has about a hundred.
pub const MAX_REPLACES: usize = 2_000;

/// How much of a line is looked through for a comment, in bytes.
pub const MAX_LINE: usize = 600;

/// The most properties of one MSBuild project with its imports. Real ones have fewer than 2,000.
pub const MAX_PROPERTIES: usize = 10_000;

/// How many blocks of a Gemfile may lie around a gem, and how many groups one of them may name, to count.
pub const MAX_BLOCKS: usize = 20;
