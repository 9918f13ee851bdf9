-- What webhooks said and nobody has looked after yet, and which deliveries were taken.

CREATE TABLE hint (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used twice: it is read in order
    forge          TEXT    NOT NULL,
    repo           TEXT    NOT NULL,
    detail         TEXT    NOT NULL,            -- About
    at             INTEGER NOT NULL
);

CREATE TABLE delivery (
    forge          TEXT    NOT NULL,
    id             TEXT    NOT NULL,            -- the forge's own name of the delivery
    at             INTEGER NOT NULL,
    PRIMARY KEY (forge, id)
) WITHOUT ROWID;
CREATE INDEX delivery_at ON delivery (at);
