//! Small files in the form that people and tools write.

pub(crate) const DOCKERFILE: &str = r#"# syntax=docker/dockerfile:1
ARG PYTHON=3.12
ARG BASE="debian:12.5"
ARG SUFFIX
FROM --platform=$BUILDPLATFORM golang:1.22.3-alpine@sha256:0123 AS build
RUN --mount=type=bind,from=busybox:1.36,target=/b cp /b/x . && \
    # a comment between
    echo FROM nowhere
RUN <<EOF
FROM not-an-image:1
EOF
FROM python:${PYTHON}-slim AS deps
FROM ${BASE} as base
FROM python:$PYTHON AS tagged
FROM build AS test
FROM registry.example.org:5000/team/base AS last
COPY --from=build /x /x
COPY --from=0 /x /x
COPY --chown=1 --from=images.example.org/astral-sh/uv:0.4.0 /uv /bin/
FROM scratch
FROM last
"#;

pub(crate) const COMPOSE: &str = r#"services:
  db:
    image: "postgres:16.2"  # 17 needs a dump
  cache:
    image: redis:${REDIS:-7.2}
  odd:
    image: redis:$TAG
  app:
    build: .
    image: ours:dev
  web: { image: nginx }
"#;

pub(crate) const KUBERNETES: &str = r#"apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      initContainers:
        - {name: init, image: busybox:1.36}
      containers:
        - name: a
          image: images.example.org/x/a:v1@sha256:00
---
apiVersion: batch/v1
kind: CronJob
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
          - image: 'hub.example.org/library/b:latest'
---
image: not-a-manifest:1
"#;

pub(crate) const WORKFLOW: &str = r#"name: ci
on: [push]
jobs:
  build:
    runs-on: ubuntu-latest
    container: node:20.1
    services:
      db:
        image: postgres:16
    steps:
      - uses: actions/checkout@v4
      - uses: "actions/setup-go@0123456789012345678901234567890123456789" # v5.0.1
      - uses: ./.github/actions/own
      - uses: $/.github/actions/own
      - uses: docker://alpine:3.19
      - run: echo
      - uses: github/codeql-action/init@main
  call:
    uses: org/shared/.github/workflows/build.yml@v2.1
"#;

pub(crate) const GITLAB: &str = r#"variables:
  PY: "3.12"
include:
  - project: platform/ci
    ref: v1.4.0
    file: /build.yml
  - project: platform/other
    file: x.yml
  - component: $CI_SERVER_FQDN/org/lint/check@2.0.1
  - local: /x.yml
  - template: Security/SAST.gitlab-ci.yml
default:
  image: python:$PY
test:
  image:
    name: golang:1.22
  services:
    - postgres:16
    - name: $CI_REGISTRY/x:1
  script: ["true"]
"#;

pub(crate) const CHART: &str = r#"apiVersion: v2
name: shop
version: 1.0.0
dependencies:
  - name: postgresql
    version: 15.2.5
    repository: https://charts.example.org/
  - name: redis
    version: ^19.0.0
    repository: oci://registry.example.org/charts
    condition: redis.enabled
  - name: own
    version: 0.1.0
    repository: file://../own
"#;

pub(crate) const CHART_LOCK: &str = r#"dependencies:
- name: postgresql
  repository: https://charts.example.org/
  version: 15.2.5
- name: redis
  repository: oci://registry.example.org/charts
  version: 19.1.3
- name: own
  repository: file://../own
  version: 0.1.0
digest: sha256:00
generated: "2024-01-01T00:00:00Z"
"#;

pub(crate) const VALUES: &str = r#"image:
  registry: images.example.org
  repository: org/app
  tag: "1.2.3"
sidecar:
  image:
    repository: envoy
    tag: ""
"#;

pub(crate) const TERRAFORM: &str = r#"terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.40" # 6 renames things
    }
    random = { version = ">= 3, < 4" }
  }
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.8.1"
}

module "git" {
  source = "git::https://host.example/net.git//sub?ref=v1.2.0"
}

module "here" {
  source = "./here"
}
"#;

pub(crate) const TERRAFORM_LOCK: &str = r#"# This file is maintained automatically by "terraform init".
provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.45.0"
  constraints = "~> 5.40"
  hashes = [
    "h1:00",
  ]
}

provider "registry.terraform.io/hashicorp/random" {
  version = "2.9.0"
}
"#;
