package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"sallyport.dev/generators/encode"
)

func alias(name, to string) string {
	return "apiVersion: sallyport.dev/v1alpha1\nkind: ExternalEndpoints\nmetadata: {name: " + name + "}\nspec: {externalName: " + to + "}\n---\n"
}

// listing lists everything below a directory, with the contents of the files.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		out[path] = e.Type().String()
		if e.Type().IsRegular() {
			out[path] += string(read(t, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDirectoryHoldsWhatRenderPrints checks for every example that each file has one document
// of the stream, and that a check of the directory finds no difference.
func TestDirectoryHoldsWhatRenderPrints(t *testing.T) {
	for _, spec := range glob(t, "examples", "*", "spec.yaml") {
		t.Run(filepath.Base(filepath.Dir(spec)), func(t *testing.T) {
			stream, _, _ := sallyport("", "render", spec)
			dir := filepath.Join(t.TempDir(), "out")
			lines, stderr, status := sallyport("", "render", spec, "-o", "dir="+dir)
			if status != statusFine {
				t.Fatal(stderr)
			}
			var docs []string
			for path := range listing(t, dir) {
				if path != dir {
					docs = append(docs, strings.TrimSuffix(string(read(t, path)), "\n"))
				}
			}
			equal(t, "documents", sorted(stream), sorted(strings.Join(docs, "\n---\n")))
			equal(t, "lines", strings.Repeat("created\n", len(docs)), regexp.MustCompile("(?m) .*$").ReplaceAllString(lines, ""))
			if patch, _, status := sallyport("", "render", spec, "-o", "dir="+dir, "--check"); status != statusFine {
				t.Errorf("check: status %d\n%s", status, patch)
			}
		})
	}
}

// TestDirectoryKeepsWhatIsAsWanted checks that a second run writes only files that differ: the
// others keep their times.
func TestDirectoryKeepsWhatIsAsWanted(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, stderr, status := sallyport(alias("a", "a.example.com")+alias("b", "b.example.com"), "render", "-o", "dir=out"); status != statusFine {
		t.Fatal(stderr)
	}
	before := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, file := range []string{"out/service_a.yaml", "out/service_b.yaml", "out"} {
		if err := os.Chtimes(file, before, before); err != nil {
			t.Fatal(err)
		}
	}
	times := func(to string) (kept []string) {
		if _, stderr, status := sallyport(alias("a", "a.example.com")+alias("b", to), "render", "-o", "dir=out"); status != statusFine {
			t.Fatal(stderr)
		}
		for path := range listing(t, "out") {
			if info, err := os.Lstat(path); err == nil && info.ModTime().Equal(before) {
				kept = append(kept, path)
			}
		}
		return kept
	}
	if kept := times("b.example.com"); len(kept) != 3 {
		t.Errorf("nothing differs, and only %v kept their times", kept)
	}
	if diff := cmp.Diff([]string{"out/service_a.yaml"}, times("other.example.com")); diff != "" {
		t.Errorf("kept their times (-want +got):\n%s", diff)
	}
	want := []string{"out", "out/service_a.yaml", "out/service_b.yaml"}
	if diff := cmp.Diff(want, names(listing(t, "out"))); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestDirectoryFailsWhole checks that a failure before the first rename leaves the directory
// as it was, without new directories or temporary files.
func TestDirectoryFailsWhole(t *testing.T) {
	t.Chdir(t.TempDir())
	long := strings.Repeat("x", 300) // too long for any file system
	if _, stderr, status := sallyport(alias("a", "a.example.com"), "render", "-o", "dir=made/"+long); status != statusInput || !strings.HasPrefix(stderr, "sallyport: ") {
		t.Errorf("status %d: %s", status, stderr)
	}
	if diff := cmp.Diff([]string{"."}, names(listing(t, "."))); diff != "" {
		t.Errorf("left behind (-want +got):\n%s", diff)
	}
	d := &directory{path: "out"}
	writeFile(t, "old", []byte("old"))
	if err := os.Mkdir("out", 0o777); err != nil {
		t.Fatal(err)
	}
	writeFile(t, "out/a", []byte("old"))
	writeFile(t, "out/b", []byte("old"))
	before := listing(t, ".")
	err := d.write(t.Context(), []fileChange{{name: "a", old: []byte("old"), new: []byte("new")}, {name: "b", old: []byte("old")}, {name: long, new: []byte("new")}})
	if err == nil {
		t.Error("a name of 300 characters was written")
	}
	if diff := cmp.Diff(before, listing(t, ".")); diff != "" {
		t.Errorf("after a failure (-before +after):\n%s", diff)
	}
	if err := d.write(t.Context(), []fileChange{{name: "../old", old: []byte("old"), new: []byte("new")}}); err == nil || string(read(t, "old")) != "old" {
		t.Errorf("a name referred to a file outside the directory: %v", err)
	}
}

// TestDirectoryTakesBack checks that what was done before a step fails is undone, with the
// permissions, and that a signal does the same.
func TestDirectoryTakesBack(t *testing.T) {
	stopped, stop := context.WithCancelCause(t.Context())
	stop(errors.New("a signal"))
	changes := []fileChange{{name: "created", new: []byte("new")}, {name: "removed", old: []byte("old")}, {name: "replaced", old: []byte("old"), new: []byte("new")}}
	for name, test := range map[string]struct {
		ctx  context.Context
		last []fileChange
		want string
	}{
		"a directory is in the way":   {t.Context(), []fileChange{{name: "zz", old: []byte("old")}}, "is a directory"},
		"a file has appeared":         {t.Context(), []fileChange{{name: "meanwhile", new: []byte("new")}}, "meanwhile has changed meanwhile"},
		"a file has changed":          {t.Context(), []fileChange{{name: "meanwhile", old: []byte("other"), new: []byte("new")}}, "meanwhile has changed meanwhile"},
		"a file to remove is changed": {t.Context(), []fileChange{{name: "meanwhile", old: []byte("other")}}, "meanwhile has changed meanwhile"},
		"a file has gone":             {t.Context(), []fileChange{{name: "gone", old: []byte("old"), new: []byte("new")}}, "gone"},
		"a signal":                    {stopped, nil, "a signal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.MkdirAll("out/zz/full", 0o777); err != nil {
				t.Fatal(err)
			}
			for _, file := range []string{"removed", "replaced", "meanwhile"} {
				writeFile(t, "out/"+file, []byte("old"))
			}
			if err := os.Chmod("out/replaced", 0o600); err != nil {
				t.Fatal(err)
			}
			before := listing(t, ".")
			d := &directory{path: "out"}
			if err := d.write(test.ctx, slices.Concat(changes, test.last)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v", err)
			}
			if diff := cmp.Diff(before, listing(t, ".")); diff != "" {
				t.Errorf("(-before +after):\n%s", diff)
			}
			if err := d.write(t.Context(), changes); err != nil {
				t.Error(err)
			}
			if info, err := os.Stat("out/replaced"); err != nil || info.Mode().Perm() != 0o600 || string(read(t, "out/replaced")) != "new" {
				t.Errorf("the file is %v, %v", info.Mode(), err)
			}
		})
	}
}

// TestStaleStages checks that the next run removes what a run that was killed has left, and that no
// tool takes that for manifests.
func TestStaleStages(t *testing.T) {
	t.Chdir(t.TempDir())
	old := time.Now().Add(-2 * staleStage)
	for _, dir := range []string{"out/.sallyport-1.stage", "out/.sallyport-2.stage", "out/.other-3.stage"} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		writeFile(t, dir+"/service_a.yaml.new", []byte("kind: Service"))
		if err := os.Chtimes(dir, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes("out/.sallyport-2.stage", time.Now(), time.Now()); err != nil { // of a run that goes on
		t.Fatal(err)
	}
	if _, stderr, status := sallyport(alias("a", "a.example.com"), "render", "-o", "dir=out"); status != statusFine {
		t.Fatal(stderr)
	}
	want := []string{"out", "out/.other-3.stage", "out/.other-3.stage/service_a.yaml.new", "out/.sallyport-2.stage", "out/.sallyport-2.stage/service_a.yaml.new", "out/service_a.yaml"}
	if diff := cmp.Diff(want, names(listing(t, "out"))); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if err := os.Chtimes("out/.sallyport-2.stage", old, old); err != nil {
		t.Fatal(err)
	}
	if _, stderr, status := sallyport(alias("a", "a.example.com"), "render", "-o", "dir=out"); status != statusFine || slices.Contains(names(listing(t, "out")), "out/.sallyport-2.stage") {
		t.Errorf("a run that changes nothing leaves the stage: %s", stderr)
	}
	if slices.Contains(manifestExtensions, stagedSuffix) {
		t.Error("tools read staged files as manifests")
	}
}

// TestFileNames checks that names do not depend on the order, that no two are the same on any
// file system, and that all file systems accept them.
func TestFileNames(t *testing.T) {
	long := strings.Repeat("long.", 50) + "n"
	services := []encode.Object{}
	for _, name := range []string{"/db", "shop/db", "other/db", "shop/kafka-0", "/Upper", "/upper", "/system:node", "/" + long, "/" + long + "x"} {
		namespace, name, _ := strings.Cut(name, "/")
		services = append(services, &corev1.Service{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}, ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}})
	}
	got := fileNames(services)
	want := []string{"service_db.yaml", "service_shop_db.yaml", "service_other_db.yaml", "service_kafka-0.yaml",
		"service_upper-3193e304.yaml", "service_upper.yaml", "service_system-node-02838143.yaml"}
	if diff := cmp.Diff(want, got[:len(want)]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	seen := map[string]bool{}
	for i, name := range got {
		if fold := strings.ToLower(name); seen[fold] || len(name) > 255 {
			t.Errorf("%q is taken, or too long", name)
		}
		seen[strings.ToLower(name)] = true
		services[i], services[0] = services[0], services[i]
		if again := fileNames(services); again[0] != name {
			t.Errorf("%q becomes %q in another order", name, again[0])
		}
		services[i], services[0] = services[0], services[i]
	}
}
