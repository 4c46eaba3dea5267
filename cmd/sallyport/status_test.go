package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestStatus checks the three exit statuses, and that a failure prints nothing to standard
// output. There are two exceptions: the function always prints a ResourceList, and render
// --check prints the difference.
func TestStatus(t *testing.T) {
	spec := "apiVersion: sallyport.dev/v1alpha1\nkind: ExternalEndpoints\nmetadata: {name: db}\nspec: {externalName: db.example.com}\n"
	wrong := spec + "status: {}\n"
	for _, c := range []struct {
		stdin  string
		args   []string
		status int
		silent bool
	}{
		{spec, []string{"render"}, statusFine, false},
		{spec, []string{"validate", "-"}, statusFine, false},
		{wrong, []string{"render"}, statusInput, true},
		{wrong, []string{"validate"}, statusInput, true},
		{"", []string{"render", "no-such-file"}, statusInput, true},
		{"", []string{"render", "main.go"}, statusInput, true},
		{spec, []string{"render", "-o", "json"}, statusFine, false},
		{wrong, []string{"render", "-o", "json"}, statusInput, true},
		{wrong, []string{"render", "-o", "dir=no-such-dir"}, statusInput, true},
		{spec, []string{"render", "-o", "dir=main.go"}, statusInput, true},
		{spec, []string{"render", "-o", "dir=no-such-dir", "--check"}, statusInput, false},
		{"", []string{"init"}, statusFine, false},
		{spec, []string{"init", "-f", "-"}, statusInput, true},
		{"", []string{"fn"}, statusInput, false},
		{spec, nil, statusInput, false},
		{"", []string{"nonsense"}, statusUsage, true},
		{"", []string{"render", "--nonsense"}, statusUsage, true},
		{"", []string{"version", "nonsense"}, statusUsage, true},
		{"", []string{"profiles", "show"}, statusUsage, true},
		{"", []string{"profiles", "show", "nonsense"}, statusUsage, true},
		{"", []string{"profiles", "nonsense"}, statusUsage, true},
		{spec, []string{"render", "-o", "nonsense"}, statusUsage, true},
		{spec, []string{"render", "--check"}, statusUsage, true},
		{"", []string{"init", "--profile", "nonsense"}, statusUsage, true},
		{"", []string{"init", "nonsense"}, statusUsage, true},
		{"", []string{"--help"}, statusFine, false},
	} {
		out, stderr, status := sallyport(c.stdin, c.args...)
		if status != c.status || (out == "") != c.silent || (status == statusFine) != (stderr == "") {
			t.Errorf("%v: status %d, stdout %q, stderr %q", c.args, status, out, stderr)
		}
	}
}

// full is a disk without room: it takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// TestFullDisk checks that no command ends with status 0 if its output is lost.
func TestFullDisk(t *testing.T) {
	spec := "apiVersion: sallyport.dev/v1alpha1\nkind: ExternalEndpoints\nmetadata: {name: db}\nspec: {externalName: db.example.com}\n"
	for _, args := range []string{"render", "render -o json", "render -o dir=DIR", "plan", "validate", "filter", "fn", "init", "init --profile kafka",
		"profiles", "profiles list", "profiles show kafka", "schema ExternalAccess", "explain ExternalAccess", "version", "completion bash", "help", "--help", "help render"} {
		var stderr bytes.Buffer
		status := run(strings.Fields(strings.ReplaceAll(args, "DIR", t.TempDir())), strings.NewReader(spec), full{}, &stderr)
		if status != statusInput || !strings.Contains(stderr.String(), "no space left on device") {
			t.Errorf("%s: status %d, %s", args, status, &stderr)
		}
	}
}
