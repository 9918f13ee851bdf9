-- The catalog is put together anew in part: what moved since the last time, and who points to it.

ALTER TABLE reading ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;    -- catalog.version when it was read
CREATE INDEX reading_moved ON reading (moved);
CREATE INDEX relation_target ON relation (target);
