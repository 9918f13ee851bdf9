//! Search over the whole fleet: a trigram index keyed by blob, and the grep that asks it.
