//! The catalog: Backstage's entity model, read from files: envelope, validation, references, relations, owners.
