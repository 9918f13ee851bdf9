// The answers of golang.org/x/mod/semver (Go), Masterminds/semver (Helm) and hashicorp/go-version (Terraform)
// to the questions of generate.py.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	helm "github.com/Masterminds/semver/v3"
	terraform "github.com/hashicorp/go-version"
	"golang.org/x/mod/semver"
)

var signs = map[int]string{-1: "<", 0: "=", 1: ">"}

func answer(field []string) string {
	verb, ecosystem, first, second := field[0], field[1], field[2], field[3]
	switch {
	case ecosystem == "go":
		first, second = "v"+strings.TrimPrefix(first, "v"), "v"+strings.TrimPrefix(second, "v")
		if !semver.IsValid(first) || !semver.IsValid(second) {
			return "?"
		}
		return signs[semver.Compare(first, second)]
	case ecosystem == "helm" && verb == "compare":
		left, e := helm.NewVersion(first)
		right, f := helm.NewVersion(second)
		if e != nil || f != nil {
			return "?"
		}
		return signs[left.Compare(right)]
	case ecosystem == "helm":
		constraint, e := helm.NewConstraint(first)
		if e != nil {
			return "error"
		}
		version, e := helm.NewVersion(second)
		if e != nil {
			return "?"
		}
		return map[bool]string{true: "yes", false: "no"}[constraint.Check(version)]
	case verb == "compare":
		left, e := terraform.NewVersion(first)
		right, f := terraform.NewVersion(second)
		if e != nil || f != nil {
			return "?"
		}
		return signs[left.Compare(right)]
	default:
		constraint, e := terraform.NewConstraint(first)
		if e != nil {
			return "error"
		}
		version, e := terraform.NewVersion(second)
		if e != nil {
			return "?"
		}
		return map[bool]string{true: "yes", false: "no"}[constraint.Check(version)]
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		fmt.Fprintln(out, answer(strings.Split(lines.Text(), "\t")))
	}
}
