package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

const testImageName = "localhost/sallyport:" + testVersion

// TestPodmanAsKustomize passes every ResourceList of testdata/fn to the image, with the
// command line with which kustomize runs functions. Output, messages and exit status must be
// those of the program outside.
func TestPodmanAsKustomize(t *testing.T) {
	loadImage(t)
	exe := buildPlain(t)
	files, err := filepath.Glob("../../testdata/fn/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in := string(ar.Files[0].Data)
			want := execute(t, in, exe, "fn")
			got := execute(t, in, "docker", "run", "--rm", "-i", "-a", "STDIN", "-a", "STDOUT", "-a", "STDERR",
				"--network", "none", "--user", "nobody", "--security-opt=no-new-privileges",
				"-e", "LOG_TO_STDERR=true", "-e", "STRUCTURED_RESULTS=true", testImageName)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-outside +image:\n%s", diff)
			}
		})
	}
}

// TestPodmanLocked runs the image with all restrictions that a cluster can have: its own user,
// a read-only file system, no capabilities.
func TestPodmanLocked(t *testing.T) {
	loadImage(t)
	got := execute(t, "", "podman", "run", "--rm", "--read-only", "--cap-drop=all", "--network", "none", testImageName, "version")
	want := outcome{Stdout: fmt.Sprintf("sallyport %s, sallyport.dev/v1alpha1, %s linux/%s\n", testVersion, runtime.Version(), runtime.GOARCH)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("version (-want +got):\n%s", diff)
	}
	if got := execute(t, "", "podman", "run", "--rm", "--entrypoint", "/bin/sh", testImageName, "-c", "true"); got.Status == 0 {
		t.Error("there is a shell in the image")
	}
}

// TestPodmanKpt runs the image twice with kpt, and the program itself as an exec function. The
// packages must be the same.
func TestPodmanKpt(t *testing.T) {
	if _, err := exec.LookPath("kpt"); err != nil {
		t.Skip("SKIP: kpt is not on the PATH")
	}
	loadImage(t)
	t.Setenv("KPT_FN_RUNTIME", "podman")
	inside, outside := t.TempDir(), t.TempDir()
	config, err := filepath.Abs("../../examples/pravega-dns/spec.yaml")
	if err != nil {
		t.Fatal(err)
	}
	kpt(t, outside, "--exec", buildPlain(t), "--fn-config", config)
	want := tree(t, outside)
	if len(want) < 2 {
		t.Fatalf("kpt wrote %d files", len(want))
	}
	for _, run := range []string{"first", "second"} {
		kpt(t, inside, "--image", testImageName, "--fn-config", config)
		if diff := cmp.Diff(want, tree(t, inside)); diff != "" {
			t.Errorf("%s run (-exec +image):\n%s", run, diff)
		}
	}
}

func kpt(t *testing.T, dir string, args ...string) {
	t.Helper()
	got := execute(t, "", "kpt", append([]string{"fn", "eval", dir, "--truncate-output=false"}, args...)...)
	if got.Status != 0 || !strings.Contains(got.Stderr, "[PASS]") {
		t.Fatalf("kpt fn eval %v: status %d\n%s", args, got.Status, got.Stderr)
	}
}

// An outcome is the result of a command.
type outcome struct {
	Stdout, Stderr string
	Status         int
}

func execute(t *testing.T, stdin, name string, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// buildPlain builds the program without special settings.
func buildPlain(t *testing.T) string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "sallyport")
	cmd := exec.Command("go", "build", "-o", exe, "./cmd/sallyport")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return exe
}

// loadImage builds the image, and loads its tarball into a podman with its own storage. The
// name docker then refers to that podman too.
func loadImage(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("podman"); err != nil {
		t.Skip("SKIP: podman is not on the PATH; Debian has it: apt-get install --no-install-recommends podman runc")
	}
	dir := t.TempDir()
	podmanSettings(t, dir)
	out := filepath.Join(dir, "image")
	r := release{root: "../..", out: out, name: "localhost/sallyport", version: testVersion}
	if err := r.writeImage(io.Discard); err != nil {
		t.Fatal(err)
	}
	got := execute(t, "", "podman", "load", "-q", "-i", filepath.Join(out, "sallyport-linux-"+runtime.GOARCH+".tar"))
	if got.Status != 0 || !strings.Contains(got.Stdout, testImageName) {
		t.Fatalf("podman load: %+v", got)
	}
}

// podmanSettings work without systemd and without an overlay file system, as in most
// sandboxes.
func podmanSettings(t *testing.T, dir string) {
	t.Helper()
	engine := "cgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\n"
	if _, err := exec.LookPath("runc"); err == nil {
		engine += "runtime = \"runc\"\n"
	}
	files := map[string]string{
		"containers.conf": "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n[engine]\n" + engine,
		"storage.conf":    fmt.Sprintf("[storage]\ndriver = \"vfs\"\ngraphroot = %q\nrunroot = %q\n", filepath.Join(dir, "graph"), filepath.Join(dir, "run")),
		"bin/docker":      "#!/bin/sh\nexec podman \"$@\"\n",
	}
	for name, data := range files {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(data), 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("CONTAINERS_CONF", filepath.Join(dir, "containers.conf"))
	t.Setenv("CONTAINERS_STORAGE_CONF", filepath.Join(dir, "storage.conf"))
	t.Setenv("PATH", filepath.Join(dir, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
}
