package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// besideThePackage are the golden cases whose objects follow from more of the package than a spec can
// say, with the reason.
var besideThePackage = map[string]string{
	"route-address":        "the address is that of the Gateway",
	"route-port":           "the names of the listeners are not in the spec",
	"networkpolicy":        "a NetworkPolicy lets in what it does not name, by the ports of the StatefulSet",
	"networkpolicy-host":   "the package has a policy for the pods",
	"networkpolicy-beside": "the package has a policy for the pods",
	"networkpolicy-opened": "the package has a policy for the pods",
}

// TestShow checks that what show prints of an example or of a golden case is a spec that generates
// the same objects: alone, and beside the package.
func TestShow(t *testing.T) {
	t.Parallel()
	shown := 0
	for _, spec := range glob(t, "examples", "*", "spec.yaml") {
		args := []string{spec}
		if set := filepath.Join(filepath.Dir(spec), "statefulset.yaml"); exists(set) {
			args = append(args, set)
		}
		want := string(read(t, filepath.Join(filepath.Dir(spec), "expected.yaml")))
		t.Run(filepath.Base(filepath.Dir(spec)), func(t *testing.T) { showsTheSame(t, want, "", args...) })
		shown++
	}
	for _, file := range glob(t, "testdata", "golden", "*.txtar") {
		dir := t.TempDir()
		writeInputs(t, dir, parseCase(t, file), asWritten)
		want, _, status := sallyport("", "render", dir)
		if status != 0 {
			continue // it is about an error, or about objects alone
		}
		t.Run(caseName(file), func(t *testing.T) { showsTheSame(t, want, besideThePackage[caseName(file)], dir) })
		shown++
	}
	if shown < 150 {
		t.Errorf("only %d specs shown", shown)
	}
}

// showsTheSame checks what show prints of files that give the manifests.
func showsTheSame(t *testing.T, want, beside string, args ...string) {
	t.Helper()
	text, stderr, status := sallyport("", append([]string{"show"}, args...)...)
	if status != 0 {
		t.Fatal(stderr)
	}
	if warned := strings.Contains(stderr, "only generate the same objects beside"); warned != (beside != "") {
		t.Errorf("the reason for which it needs the package is %q, and it warns:\n%s", beside, stderr)
	}
	alone, stderr, _ := sallyport(text, "render")
	if beside == "" {
		equal(t, "rendered alone", want, strings.ReplaceAll(alone, "owner: ExternalAccess/data/db\n", "owner: ExternalAccess/"+ownNamespace(want)+"/db\n"))
	}
	if t.Failed() {
		t.Logf("%s\n%s", stderr, text)
	}
	again, _, _ := sallyport(text, "show")
	if beside == "" {
		equal(t, "shown twice", plainLines(text), plainLines(again))
	}
}

// ownNamespace is the namespace of the spec that owns what is rendered; "": it was read from the
// package.
func ownNamespace(manifests string) string {
	_, owner, _ := strings.Cut(manifests, "owner: ExternalAccess/")
	namespace, _, _ := strings.Cut(owner, "/")
	return namespace
}

// plainLines takes the comments out of a spec that show has printed.
func plainLines(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		line, _, _ = strings.Cut(line, "  # ")
		if !strings.HasPrefix(line, "# ") {
			out = append(out, strings.TrimRight(line, " "))
		}
	}
	return strings.Join(out, "\n")
}
