-- The bytes of a repository's files were never counted: forges tell how large a repository is (repo.size).

ALTER TABLE reading DROP COLUMN bytes;
