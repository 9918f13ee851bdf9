-- Repositories are found by the forge's own name of them, which stays when they are renamed.

CREATE INDEX repo_forge_id ON repo (forge, json_extract(facts, '$.forgeId'));
