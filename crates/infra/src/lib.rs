//! Declared infrastructure as data: manifests of many kinds read into resources, validated, compared with what runs.
