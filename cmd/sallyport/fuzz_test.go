package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/testdata/randspec"
)

// FuzzInit checks that for any StatefulSet, init either reports an error or prints a valid
// spec.
func FuzzInit(f *testing.F) {
	for _, spec := range []string{
		"{replicas: 5, ordinals: {start: 2}, selector: {matchLabels: {app: db}}, template: {spec: {containers: [{name: db, ports: [{name: sql, containerPort: 5432}]}]}}}",
		"{template: {metadata: {labels: {app: db}}}}", "{replicas: 0, ordinals: {start: 3}, selector: {matchLabels: {a b: c}}}", "{selector: {matchLabels: {app: $(pod)}}}",
		"{template: {metadata: {labels: {app: db}}, spec: {containers: [{ports: [{name: a, containerPort: 1}, {name: a, containerPort: 2}, {name: A, containerPort: 3, protocol: SCTP}]}]}}}",
	} {
		f.Add("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec: " + spec + "\n")
	}
	f.Fuzz(func(t *testing.T, set string) {
		text, stderr, status := sallyport(set, "init", "-f", "-")
		switch {
		case status == statusInput && text == "" && strings.Contains(stderr, "error: "):
		case status == statusFine:
			if out, stderr, status := sallyport(text, "validate"); status != statusFine || !strings.Contains(out, ": ok, ") {
				t.Errorf("status %d: %s\n%s", status, stderr, text)
			}
		default:
			t.Errorf("status %d: %s\n%s", status, stderr, text)
		}
	})
}

// foundHost matches the text of a file after discovery: a host of one of these forms, and a
// port.
var foundHost = regexp.MustCompile(`^h=([0-9.]+|\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?):p=[0-9]+$`)

// FuzzDiscover checks that discover.sh finds a host and a port in any answer, or fails and
// writes nothing. TestDiscover has the answers for a host that are refused.
func FuzzDiscover(f *testing.F) {
	answers := map[string]bool{}
	for _, d := range discoveries {
		for _, a := range d.answers {
			if !answers[a] {
				answers[a] = true
				if d.status == 0 {
					f.Add(a, "31094")
				}
				f.Add(" 203.0.113.7", a)
			}
		}
	}
	f.Fuzz(func(t *testing.T, host, port string) {
		if strings.ContainsRune(host+port, 0) || strings.HasPrefix(host, "!") || strings.HasPrefix(port, "!") {
			t.Skip("kubectl prints no NUL, and ! is this test's word for a failure")
		}
		templates, out, stub := t.TempDir(), t.TempDir(), t.TempDir()
		mount(t, templates, map[string]string{"kafka-0.f": "h=" + ingress + ":p=" + nodePort})
		answer(t, stub, []string{host, port})
		cmd := script(t, []string{"/bin/sh"}, "0", templates, out)
		cmd.Env = []string{"PATH=" + stub + ":" + os.Getenv("PATH"), "STUB=" + stub, "INTERVAL=0", "HOST_IP=192.0.2.4",
			"POD_NAME=kafka-0", "POD_NAMESPACE=streaming", "NODE_NAME=worker-1"}
		_, err := cmd.Output()
		text, missing := os.ReadFile(filepath.Join(out, "f"))
		failed := &exec.ExitError{}
		switch {
		case errors.As(err, &failed) && failed.ExitCode() == 1 && os.IsNotExist(missing):
		case err == nil && foundHost.Match(text):
		default:
			t.Errorf("%q and %q give %q, and %v", host, port, text, err)
		}
	})
}

// TestAgree checks random specs as FuzzAgree does, which mutates some of them. All of them are right.
func TestAgree(t *testing.T) {
	for seed := range randspec.Seeds() {
		spec := randspec.New(seed)
		if status := agrees(t, spec); status != statusFine || t.Failed() {
			t.Fatalf("seed %d: status %d\n%s", seed, status, spec)
		}
	}
}

func FuzzAgree(f *testing.F) {
	for seed := range uint64(5) {
		f.Add(randspec.New(seed))
	}
	f.Fuzz(func(t *testing.T, spec string) { agrees(t, spec) })
}

// agrees checks that the program says the same in all its ways: what render prints is what the
// filter makes of the spec, once and again, and what kustomize prints for it. It returns the status of
// render.
func agrees(t *testing.T, spec string) int {
	t.Helper()
	stream, stderr, status := sallyport(spec, "render")
	if status != statusFine {
		if stream != "" || !strings.Contains(stderr, "error: ") {
			t.Fatalf("status %d, %q: %s", status, stream, stderr)
		}
		return status
	}
	if len(stream) > 1<<20 || strings.Contains(spec, "---") || strings.Contains(stderr, "MisreadKey") {
		return status // thousands of Services teach nothing more; a stream is no functionConfig; kustomize fails on such keys
	}
	filtered, stderr, status := sallyport(spec, "filter")
	if status != statusFine || filtered != stream {
		t.Fatalf("filter: status %d: %s\n%s", status, stderr, cmp.Diff(stream, filtered))
	}
	again, _, _ := sallyport(filtered+"---\n"+spec, "filter")
	equal(t, "filter again", sorted(stream), sorted(again))
	if stream != "" {
		equal(t, "kustomize", asKustomize(t, stream), stream)
	}
	return status
}
