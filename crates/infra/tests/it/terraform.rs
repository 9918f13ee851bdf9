//! Terraform files.

use fleetwright_infra::{DeclaredKind, read};
use serde_json::json;

use crate::{good, images, said};

const MAIN: &str = r#"# The network.
terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
    old = "1.2"
  }
  backend "s3" {
    bucket = "state"
  }
}

provider "aws" {
  region = var.region
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.1.0"
  cidr    = local.cidr
}

data "aws_ami" "linux" {
  most_recent = true
}

resource "aws_instance" "web" {
  count         = 2
  ami           = data.aws_ami.linux.id
  instance_type = "t3.${var.size}"
  subnet_id     = module.vpc.private_subnets[0]
  user_data     = <<-EOT
    #!/bin/sh
    echo ${aws_s3_bucket.assets.id}
  EOT
  tags = {
    Name  = "web"
    Owner = "team-web"
  }

  ebs_block_device {
    device_name = "/dev/sda1"
    volume_size = 20
  }
  ebs_block_device {
    device_name = "/dev/sdb"
    encrypted   = true
  }
}

resource "kubernetes_deployment" "app" {
  depends_on = [aws_instance.web]
  spec {
    template {
      spec {
        container {
          image = "acme/app:1"
        }
      }
    }
  }
}
variable "region" {}
output "x" { value = 1 }
"#;

#[test]
fn blocks_are_resources() {
    let declared = good("infra/network/main.tf", MAIN);
    let all: Vec<_> =
        declared.iter().map(|each| (each.type_name.as_str(), each.name.as_str(), each.line)).collect();
    assert_eq!(
        all,
        [
            ("terraform", "network", 2),
            ("provider", "aws", 16),
            ("module", "vpc", 20),
            ("data.aws_ami", "linux", 26),
            ("aws_instance", "web", 30),
            ("kubernetes_deployment", "app", 54),
        ]
    );
    let settings = &declared[0].facts;
    assert_eq!(
        settings["requiredProviders"]["aws"],
        json!({"source": "hashicorp/aws", "version": "~> 5.0", "line": 5})
    );
    assert_eq!(settings["requiredProviders"]["old"]["version"], "1.2");
    assert_eq!((&settings["requiredVersion"], &settings["backend"]), (&json!(">= 1.6"), &json!(["s3"])));
    assert_eq!(
        (&declared[2].facts["source"], &declared[2].facts["version"]),
        (&json!("terraform-aws-modules/vpc/aws"), &json!("5.1.0"))
    );
    let web = &declared[4];
    assert_eq!((web.kind, web.hints.owner.as_deref()), (DeclaredKind::Terraform, Some("team-web")));
    assert_eq!(web.depends_on, ["data.aws_ami.linux", "module.vpc", "aws_s3_bucket.assets"]);
    assert_eq!(declared[5].depends_on, ["aws_instance.web"]);
    assert_eq!(images(&declared[5]), ["60 acme/app:1"]);
}

#[test]
fn what_a_block_binds_is_no_resource() {
    let text = "resource \"aws_x\" \"a\" {\n  dynamic \"cpu_options\" {\n    for_each = var.a\n    iterator = the_option\n    content { count = cpu_options.value.count + the_option.value }\n  }\n  all = [for a_key, a_value in local.m : a_value.id if aws_y.b.id != a_key.x]\n}\n";
    assert_eq!(good("main.tf", text)[0].depends_on, ["aws_y.b"]);
}

#[test]
fn a_block_is_a_value_with_places() {
    let declared = good("main.tf", MAIN);
    let object = &declared[4].object;
    let value = object.value();
    assert_eq!((&value["count"], &value["ami"]), (&json!(2), &json!("${data.aws_ami.linux.id}")));
    assert_eq!(value["instance_type"], "t3.${var.size}");
    assert_eq!(value["@labels"], json!(["aws_instance", "web"]));
    assert_eq!(value["ebs_block_device"][1], json!({"device_name": "/dev/sdb", "encrypted": true}));
    assert_eq!(object.place("/ebs_block_device/1/encrypted"), (50, 5));
    assert_eq!(object.place("/tags/Owner"), (41, 5));
}

#[test]
fn what_is_wrong_has_a_line() {
    let reading = read("main.tf", "resource \"a\" {\n}\nmodule \"ok\" {}\n");
    assert_eq!(said(&reading), ["1: : this `resource` block has 1 labels"]);
    assert_eq!(reading.declared.len(), 1);
    let broken = read("main.tf", "a = 1\nresource \"x\" \"y\" {\n  b = \n}\n");
    assert_eq!((broken.findings.len(), broken.findings[0].line), (1, 3), "{:?}", broken.findings);
    let conflict = read("main.tf", "a = 1\n<<<<<<< HEAD\nb = 2\n=======\n>>>>>>> x\n");
    assert_eq!(said(&conflict), ["2: : there are merge markers: a conflict was committed"]);
}
