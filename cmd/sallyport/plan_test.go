package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sallyport.dev/generators/plan"
)

// startsAt matches the addresses that a README names as those that clients start with: whole, or only
// the port.
var startsAt = regexp.MustCompile("(?:bootstrap at|[Cc]lients (?:start|connect) (?:with|to)) (?:port |`(?:[a-z]+://)?)?([a-z0-9.-]*:?\\d+)|`([^`]+:\\d+)`, with which clients start")

// TestBootstrapOfREADMEs checks that the addresses that READMEs name for clients are the bootstrap
// addresses of the plan.
func TestBootstrapOfREADMEs(t *testing.T) {
	t.Parallel()
	n := 0
	for _, file := range glob(t, "examples", "*", "README.md") {
		text := strings.Join(strings.Fields(string(read(t, file))), " ")
		for _, m := range startsAt.FindAllStringSubmatch(text, -1) {
			n++
			named := m[1] + m[2]
			if all := bootstrapOf(t, filepath.Dir(file)); !slices.ContainsFunc(all, func(a string) bool { return a == named || strings.HasSuffix(a, ":"+named) }) {
				t.Errorf("%s has %s, and the plan %v", file, named, all)
			}
		}
	}
	if n < 7 {
		t.Errorf("%d addresses", n)
	}
}

// bootstrapOf returns the bootstrap addresses of the specs in a directory.
func bootstrapOf(t *testing.T, dir string) []string {
	t.Helper()
	out, stderr, status := sallyport("", "plan", "-o", "json", dir)
	if status != statusFine {
		t.Fatal(stderr)
	}
	var tables []plan.Table
	if err := json.Unmarshal([]byte(out), &tables); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, table := range tables {
		for _, b := range table.Bootstrap {
			all = append(all, strings.Split(b.Addresses, ",")...)
		}
	}
	return all
}
