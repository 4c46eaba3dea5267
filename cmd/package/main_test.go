package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUsage has every error in the command line, with its message.
func TestUsage(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "old.tar"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   string
		status int
		want   string
	}{
		{"", 2, "usage: package image|dist -o DIR"},
		{"all", 2, "usage: package image|dist -o DIR"},
		{"image", 2, "-o is required: the directory to write to"},
		{"image -o x y", 2, `"y" is one argument too many`},
		{"image -o x -tag y", 2, "flag provided but not defined: -tag"},
		{"dist -o x -version v1+dirty", 2, `-version "v1+dirty" is not a valid tag of an image`},
		{"image -o " + full, 1, "is not empty: remove it first"},
		{"dist -o " + full, 1, "is not empty: remove it first"},
		{"image -name UPPER -o " + filepath.Join(full, "image"), 1, "naming the image"},
		{"dist -root " + full + " -o " + filepath.Join(full, "dist"), 1, "go build for darwin/amd64"},
	} {
		var stdout, stderr bytes.Buffer
		status := run(strings.Fields(c.args), &stdout, &stderr)
		if status != c.status || !strings.Contains(stderr.String(), c.want) || stdout.Len() > 0 {
			t.Errorf("package %s: status %d, want %d and %q\n%s%s", c.args, status, c.status, c.want, &stdout, &stderr)
		}
	}
}

// TestTwice builds from two copies of the repository. They are in different folders, and the
// second user has Go settings of their own. The outputs must have the same bytes.
func TestTwice(t *testing.T) {
	first, second := t.TempDir(), filepath.Join(t.TempDir(), "a", "deeper", "folder")
	pack(t, copyRepository(t, first), filepath.Join(first, "out"))
	t.Setenv("GOFLAGS", "-tags=other")
	t.Setenv("GOAMD64", "v3")
	t.Setenv("TZ", "Asia/Tokyo")
	pack(t, copyRepository(t, second), filepath.Join(second, "out"))
	got := tree(t, filepath.Join(second, "out"))
	want := tree(t, filepath.Join(first, "out"))
	if len(want) == 0 {
		t.Fatal("nothing was packed")
	}
	for name := range want {
		if want[name] != got[name] {
			t.Errorf("%s differs from build to build", name)
		}
	}
	if diff := cmp.Diff(len(want), len(got)); diff != "" {
		t.Errorf("number of files (-first +second):\n%s", diff)
	}
	t.Run("Image", func(t *testing.T) { testImage(t, filepath.Join(first, "out", "image")) })
	t.Run("Dist", func(t *testing.T) { testDist(t, filepath.Join(first, "out", "dist")) })
}

const (
	testVersion  = "v1.2.3-test"
	testRevision = "0123456789abcdef0123456789abcdef01234567"
)

// pack runs all commands of the program.
func pack(t *testing.T, root, out string) {
	t.Helper()
	for _, command := range []string{"image", "dist"} {
		var stdout, stderr bytes.Buffer
		status := run([]string{command, "-root", root, "-o", filepath.Join(out, command), "-version", testVersion, "-revision", testRevision}, &stdout, &stderr)
		if status != 0 || stderr.Len() > 0 {
			t.Fatalf("package %s: status %d\n%s", command, status, &stderr)
		}
		t.Logf("package %s:\n%s", command, &stdout)
	}
}

// copyRepository copies the sources of the program, without version control.
func copyRepository(t *testing.T, to string) string {
	t.Helper()
	for _, name := range []string{"cmd/sallyport", "fn", "generators", "schemas"} {
		if err := os.CopyFS(filepath.Join(to, name), os.DirFS(filepath.Join("../..", name))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"go.mod", "go.sum", "LICENSE", "README.md"} {
		if err := os.WriteFile(filepath.Join(to, name), []byte(read(t, filepath.Join("../..", name))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// tree returns all files in a folder, by name.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			files[filepath.ToSlash(rel)] = read(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
