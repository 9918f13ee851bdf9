//! Reading a file: what it declares and what is wrong in it.

use crate::documents::{documents, is_template};
use crate::finding::{Finding, Severity};
use crate::formats::{compose, github, gitlab, helm, kubernetes, kustomize, terraform};
use crate::limits::{MAX_BYTES, MAX_TERRAFORM_BYTES};
use crate::reading::Reading;
use crate::recognise::{Hint, recognise};

/// Reads a file that [`recognise`] recognises; of any other nothing is said.
/// A bad document is a finding and never hides the others.
pub fn read(path: &str, text: &str) -> Reading {
    let hint = recognise(path).filter(|hint| may_declare(*hint, text.as_bytes()));
    let Some(hint) = hint else {
        return Reading::default();
    };
    let most = if hint == Hint::Terraform { MAX_TERRAFORM_BYTES } else { MAX_BYTES };
    if text.len() > most {
        let message = format!("the file has {} bytes, more than {most}: it was not read", text.len());
        let finding = Finding::of_file(path, Severity::Warning, message, "split it");
        return Reading::finding(finding);
    }
    read_as(hint, path, text)
}

/// Reads a file as it is in git: text in another encoding is a finding.
pub fn read_bytes(path: &str, bytes: &[u8]) -> Reading {
    if !recognise(path).is_some_and(|hint| may_declare(hint, bytes)) {
        return Reading::default();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => read(path, text),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            let message = "the file is not UTF-8: it was not read";
            let finding = Finding::of_file(path, Severity::Warning, message, "save it as UTF-8");
            Reading::finding(finding.at((line, 0)))
        }
    }
}

/// Of files that may be anything only those are read that name what every object has: most YAML is a
/// lockfile, a translation or a test's, and nothing of it is our business.
fn may_declare(hint: Hint, bytes: &[u8]) -> bool {
    let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    match hint {
        Hint::Yaml | Hint::Json => has(b"apiVersion") || (has(b"kind") && has(b"metadata")),
        _ => true,
    }
}

fn read_as(hint: Hint, path: &str, text: &str) -> Reading {
    let mut reading = Reading::default();
    if hint == Hint::Terraform {
        terraform::declare(path, text, &mut reading);
        return reading;
    }
    if hint == Hint::HelmTemplate && is_template(text) {
        reading.template = true;
        return reading;
    }
    // Of YAML that may be anything only what was meant as a Kubernetes object is called wrong.
    let any: fn(&str) -> bool = |_| true;
    let wanted = match hint {
        Hint::Yaml | Hint::Json | Hint::HelmTemplate => looks_like_an_object,
        _ => any,
    };
    let documents = documents(path, text, wanted);
    reading.findings = documents.findings;
    reading.template = documents.template;
    if hint == Hint::GitlabCi {
        gitlab::declare(path, &documents.trees, &mut reading);
        return reading;
    }
    let format = match hint {
        Hint::HelmChart => helm::chart,
        Hint::HelmValues => helm::values,
        Hint::Kustomization => kustomize::declare,
        Hint::Compose => compose::declare,
        Hint::GithubWorkflow => github::workflow,
        Hint::GithubAction => github::action,
        _ => kubernetes::declare,
    };
    for tree in &documents.trees {
        // A name may mislead: `values.yaml` with a Deployment in it is a Deployment.
        if !format(path, tree, &mut reading) {
            kubernetes::declare(path, tree, &mut reading);
        }
    }
    reading
}

fn looks_like_an_object(text: &str) -> bool {
    let begins = |line: &str, key: &str| line.trim_start_matches(['-', ' ', '\t', '{', '"']).starts_with(key);
    text.lines().any(|line| begins(line, "apiVersion")) && text.lines().any(|line| begins(line, "kind"))
}
