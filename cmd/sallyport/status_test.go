package main

import "testing"

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
