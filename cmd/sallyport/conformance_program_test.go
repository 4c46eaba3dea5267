//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// programs are the lines of the checklist that a single run of the function cannot show.
var programs = map[string]func(*testing.T){"C06": runsWithoutArguments, "C07": runsAsNobody,
	"C15": heedsNoOrder, "C17": runsWithoutFiles, "C20": namesNoLatestImage}

// heedsNoOrder turns the items around: what is made, and its files, do not depend on it.
func heedsNoOrder(t *testing.T) {
	in := string(parseCase(t, root("testdata", "conformance", "C15.txtar")).Files[0].Data)
	equal(t, "items in another order", sorted(asStream(newRun(in).out)), sorted(asStream(newRun(shuffledItems(in)).out)))
}

// runsWithoutArguments runs the program as kustomize and kpt run an image.
func runsWithoutArguments(t *testing.T) {
	in := parseCase(t, root("testdata", "conformance", "C10.txtar")).Files[0].Data
	want, _, _ := sallyport(string(in), "fn")
	equal(t, "without arguments", want, outputOf(t, exec.Command(built(t)), in))
}

func runsAsNobody(t *testing.T) {
	program, in := built(t), parseCase(t, root("testdata", "conformance", "C10.txtar")).Files[0].Data
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
func runsWithoutFiles(t *testing.T) {
	program, in := built(t), parseCase(t, root("testdata", "conformance", "C10.txtar")).Files[0].Data
	want, _, _ := sallyport(string(in), "fn")
	equal(t, "with three streams", want, outputOf(t, exec.Command("sh", "-c", `ulimit -n 3; exec "$0"`, program), in))
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
func namesNoLatestImage(t *testing.T) {
	files := append(glob(t, "examples", "*", "*.*"), glob(t, "README.md")...)
	for _, file := range files {
		if bytes.Contains(read(t, file), []byte(":latest")) {
			t.Errorf("%s names an image's latest version", file)
		}
	}
}
