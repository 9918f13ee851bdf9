//! Positions of packages in a lock, and the edges between them.

/// A position in a list as edges hold it; lists are far shorter than `u32` counts.
pub(crate) fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Edges in the order of positions, each once.
pub(crate) fn unique(edges: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let mut edges: Vec<u32> = edges.into_iter().collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}
