package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata, examples and README; then read the diff")

func TestMain(m *testing.M) {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(2 << 30)
	status := m.Run()
	_ = os.RemoveAll(programDir) // a directory that stays does no harm
	os.Exit(status)
}

// gcPercent is how much garbage the tests make between collections: with 100, a quarter of their
// time goes into collecting it.
const gcPercent = 800

// programDir is the directory of the program, once a test has asked for it.
var programDir string

// packageDir is the directory of the package, which some tests leave.
var packageDir, _ = os.Getwd()

// build makes the program as the image has it, where everybody may run it, and puts it on the
// PATH, for scripts and for kustomize. The test binary could play its part, but it takes four
// times as long to start, and that two hundred times. The flags are those of make build, so that
// nothing is compiled twice.
var build = sync.OnceValues(func() (program string, err error) {
	if programDir, err = os.MkdirTemp("", "sallyport"); err != nil {
		return "", err
	}
	if err := os.Chmod(programDir, 0o755); err != nil {
		return "", err
	}
	program = filepath.Join(programDir, "sallyport")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", program, ".")
	cmd.Dir, cmd.Env = packageDir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return program, os.Setenv("PATH", programDir+string(os.PathListSeparator)+os.Getenv("PATH"))
})

// built returns the path of the program.
func built(t *testing.T) string {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// TestScript runs the program as a shell does: flags, streams, exit status.
func TestScript(t *testing.T) {
	built(t)
	testscript.Run(t, testscript.Params{
		Dir:                 root("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// layers lists, for each package, the module's packages that it may import. These are the
// arrows of the design.
var layers = map[string][]string{
	"schemas":                      {},
	"schemas/source":               {},
	"schemas/v1alpha1":             {"schemas/source"},
	"schemas/v1alpha1/builtin":     {"schemas/source"},
	"schemas/v1alpha1/profiles":    {"schemas/source", "schemas/v1alpha1", "schemas/v1alpha1/builtin"},
	"schemas/v1alpha1/exports":     {"schemas/v1alpha1", "schemas/v1alpha1/builtin"},
	"generators/encode":            {"schemas/source"},
	"generators/finding":           {"schemas/source", "schemas/v1alpha1"},
	"generators/workload":          {"schemas/source", "schemas/v1alpha1"},
	"generators/plan":              {"schemas/source", "schemas/v1alpha1"},
	"generators/provider":          {"schemas/source", "schemas/v1alpha1", "generators/plan", "generators/finding"},
	"generators/engine":            {"schemas/source", "schemas/v1alpha1", "generators/plan", "generators/finding"},
	"generators/gateway":           {"schemas/source", "schemas/v1alpha1", "generators/plan", "generators/finding", "generators/workload"},
	"generators/emit":              {"schemas/source", "schemas/v1alpha1", "generators/plan", "generators/encode"},
	"generators/patch":             {"schemas/source", "schemas/v1alpha1", "generators/plan", "generators/finding", "generators/workload"},
	"generators/export":            {"schemas/v1alpha1", "generators/plan"},
	"generators/decide":            {"schemas/source", "schemas/v1alpha1", "schemas/v1alpha1/profiles", "schemas/v1alpha1/exports", "generators/engine", "generators/gateway", "generators/provider", "generators/plan", "generators/workload", "generators/finding"},
	"generators/preflight":         {"schemas/source", "schemas/v1alpha1", "generators/emit", "generators/gateway", "generators/provider", "generators/plan", "generators/workload", "generators/finding"},
	"generators/show":              {"schemas/source", "schemas/v1alpha1"},
	"generators/dangling":          {"schemas/source", "generators/plan", "generators/workload"},
	"generators/diff":              {"schemas/source", "schemas/v1alpha1", "generators/encode", "generators/plan", "generators/provider", "generators/workload"},
	"generators":                   {"schemas/source", "schemas/v1alpha1", "schemas/v1alpha1/exports", "schemas/v1alpha1/profiles", "generators/decide", "generators/export", "generators/gateway", "generators/preflight", "generators/show", "generators/emit", "generators/patch", "generators/plan", "generators/workload", "generators/encode"},
	"generators/importer/draft":    {"schemas/source", "schemas/v1alpha1"},
	"generators/importer/fields":   {"schemas/source", "generators/importer/draft"},
	"generators/importer/compare":  {"schemas/source", "generators/encode", "generators/plan", "generators/provider"},
	"generators/importer/services": {"schemas/source", "schemas/v1alpha1", "schemas/v1alpha1/profiles", "generators/plan", "generators/provider", "generators/workload", "generators/importer/compare", "generators/importer/draft"},
	"generators/importer/strimzi":  {"schemas/source", "schemas/v1alpha1", "generators/importer/draft", "generators/importer/fields", "generators/importer/services"},
	"generators/importer/pravega":  {"schemas/source", "schemas/v1alpha1", "generators/importer/draft", "generators/importer/fields", "generators/importer/services"},
	"generators/importer/bitnami":  {"schemas/source", "schemas/v1alpha1", "generators/importer/compare", "generators/importer/draft", "generators/importer/fields", "generators/importer/services"},
	"generators/importer":          {"schemas/source", "schemas/v1alpha1", "generators", "generators/plan", "generators/show", "generators/importer/bitnami", "generators/importer/compare", "generators/importer/draft", "generators/importer/pravega", "generators/importer/services", "generators/importer/strimzi"},
	"fn/tree":                      {},
	"fn/edit":                      {"schemas/source", "fn/tree"},
	"fn/ownership":                 {"schemas/source", "schemas/v1alpha1", "generators/plan", "generators/emit", "generators/encode"},
	"fn":                           {"schemas/source", "schemas/v1alpha1", "generators", "generators/diff", "generators/plan", "generators/patch", "generators/workload", "generators/encode", "fn/edit", "fn/ownership", "fn/tree"},
	"cmd/sallyport/report":         {"schemas/source"},
	"cmd/sallyport/picture":        {"schemas/v1alpha1", "generators/plan"},
	"cmd/sallyport":                {"cmd/sallyport/report", "cmd/sallyport/picture", "schemas", "schemas/source", "schemas/v1alpha1", "schemas/v1alpha1/profiles", "generators", "generators/plan", "generators/patch", "generators/encode", "generators/dangling", "generators/diff", "generators/importer", "generators/provider", "generators/workload", "fn", "fn/ownership"},
}

// impure are packages that the core must not import, with the packages that may.
var impure = map[string][]string{
	"os": {"cmd/sallyport"}, "net": {}, "net/http": {}, "time": {"cmd/sallyport"}, "os/signal": {"cmd/sallyport"}, "math/rand": {}, "math/rand/v2": {}, "os/exec": {},
	"github.com/spf13/cobra":                   {"cmd/sallyport"},
	"sigs.k8s.io/kustomize/kyaml/yaml":         {}, // its OpenAPI and protobuf would take half of the startup time; tests compare with it
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil":  {},
	"sigs.k8s.io/kustomize/kyaml/fn/framework": {},
}

func TestImports(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, root("...")).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		path, imports, _ := strings.Cut(line, " ")
		pkg := strings.TrimPrefix(path, "sallyport.dev/")
		allowed, ok := layers[pkg]
		if !ok {
			t.Errorf("package %s has no place in the layers", pkg)
		}
		for _, i := range strings.Fields(imports) {
			if ours, ok := strings.CutPrefix(i, "sallyport.dev/"); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s", pkg, ours)
			}
			if users, ok := impure[i]; ok && !slices.Contains(users, pkg) {
				t.Errorf("%s imports %s", pkg, i)
			}
		}
	}
}

// root is a path in the repository.
func root(parts ...string) string {
	return filepath.Join(append([]string{"..", ".."}, parts...)...)
}

// glob lists files. It fails if there are none.
func glob(t testing.TB, parts ...string) []string {
	t.Helper()
	files, err := filepath.Glob(root(parts...))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s: %v", filepath.Join(parts...), err)
	}
	return files
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// golden compares a result with a file, or writes it.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(read(t, file)), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// sallyport runs the program in this process.
func sallyport(stdin string, args ...string) (stdout, stderr string, status int) {
	var out, err bytes.Buffer
	status = run(args, strings.NewReader(stdin), &out, &err)
	if len(stdin) > large {
		debug.SetGCPercent(gcPercent) // a large input has lowered it for the process
	}
	return out.String(), err.String(), status
}
