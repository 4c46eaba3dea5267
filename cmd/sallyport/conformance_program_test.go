//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// programs are the lines of the checklist that a single run of the function cannot show.
var programs = map[string]func(t *testing.T, static func() string){"C06": runsWithoutArguments, "C07": runsAsNobody,
	"C15": heedsNoOrder, "C17": runsWithoutFiles, "C20": namesNoLatestImage}

// heedsNoOrder turns the items around: what is made, and its files, do not depend on it.
func heedsNoOrder(t *testing.T, _ func() string) {
	in := string(parseCase(t, root("testdata", "conformance", "C15.txtar")).Files[0].Data)
	equal(t, "items in another order", sorted(asStream(newRun(in).out)), sorted(asStream(newRun(shuffledItems(in)).out)))
}

// runsWithoutArguments runs the program as kustomize and kpt run an image.
func runsWithoutArguments(t *testing.T, _ func() string) {
	in := parseCase(t, root("testdata", "conformance", "C10.txtar")).Files[0].Data
	want, _, _ := sallyport(string(in), "fn")
	equal(t, "without arguments", want, outputOf(t, exec.Command("sallyport"), in))
}

func runsAsNobody(t *testing.T, static func() string) {
	program, in := static(), parseCase(t, root("testdata", "conformance", "C10.txtar")).Files[0].Data
	want, _, _ := sallyport(string(in), "fn")
	cmd := exec.Command(program)
	cmd.Env = []string{}
	cmd.Dir = "/"
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	equal(t, "as nobody", want, outputOf(t, cmd, in))
}

// runsWithoutFiles leaves the program its three streams: it cannot open anything.
func runsWithoutFiles(t *testing.T, static func() string) {
	program, in := static(), parseCase(t, root("testdata", "conformance", "C10.txtar")).Files[0].Data
	want, _, _ := sallyport(string(in), "fn")
	equal(t, "with three streams", want, outputOf(t, exec.Command("sh", "-c", `ulimit -n 3; exec "$0"`, program), in))
}

// static builds the program as the image has it, where everybody may run it.
func static(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "sallyport")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

func outputOf(t *testing.T, cmd *exec.Cmd, in []byte) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	return string(out)
}

// namesNoLatestImage checks that files which users copy name images by version.
func namesNoLatestImage(t *testing.T, _ func() string) {
	files := append(glob(t, "examples", "*", "*.*"), glob(t, "README.md")...)
	for _, file := range files {
		if bytes.Contains(read(t, file), []byte(":latest")) {
			t.Errorf("%s names an image's latest version", file)
		}
	}
}
