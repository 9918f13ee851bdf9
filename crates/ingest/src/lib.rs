//! One repository read whole: what its tree tells the catalog, the inventory and the search index.
