-- What nobody had when a repository asked for it is looked for again by each sync. Of what was asked before this
-- column was there that is not known.

ALTER TABLE asked ADD COLUMN missing INTEGER NOT NULL DEFAULT 1;
CREATE INDEX asked_missing ON asked (package, version) WHERE missing = 1;
