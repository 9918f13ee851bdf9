-- What the texts of this crate use of SQLite and PostgreSQL does not have by these names. It is run before the
-- migrations, each time a database is opened: a change here must suit the programs of before.

-- A member of JSON, as a text: json_extract(facts, '$.owner').
CREATE OR REPLACE FUNCTION json_extract(body text, path text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT body::json #>> string_to_array(substr(path, 3), '.') $$;

-- The members of a list: numbers, texts, or whatever JSON holds, each with its place from 0.
CREATE OR REPLACE FUNCTION json_each(list bigint[]) RETURNS TABLE (value bigint)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT unnest(list) $$;
CREATE OR REPLACE FUNCTION json_each(list text[]) RETURNS TABLE (value text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT unnest(list) $$;
CREATE OR REPLACE FUNCTION json_each(list text) RETURNS TABLE (value json, key bigint)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT e, n - 1 FROM json_array_elements(list::json) WITH ORDINALITY AS j (e, n) $$;
