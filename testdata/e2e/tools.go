package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// The tools that are built with the Go toolchain, by module and version. They stay in bin/e2e.
const (
	kustomizeModule = "sigs.k8s.io/kustomize/kustomize/v5@v5.8.2"
	helm3Module     = "helm.sh/helm/v3/cmd/helm@v3.22.0"
	helm4Module     = "helm.sh/helm/v4/cmd/helm@v4.3.1"
)

// repository returns the root of the repository in which this program runs.
func repository() string { return filepath.Dir(goEnv("GOMOD")) }

func goEnv(name string) string {
	out, _ := exec.Command("go", "env", name).Output() // without go nothing else works either
	return strings.TrimSpace(string(out))
}

// sallyport builds the program, once.
func sallyport(r *row) string {
	file, err := buildSallyport()
	r.check(err)
	return file
}

var buildSallyport = sync.OnceValues(func() (string, error) {
	return goBuild("sallyport/sallyport", "build", "-trimpath", "-o", "bin/e2e/sallyport/sallyport", "./cmd/sallyport")
})

func kustomize(r *row) string { return tool(r, kustomizeModule, "kustomize") }
func helm3(r *row) string     { return tool(r, helm3Module, "helm") }
func helm4(r *row) string     { return tool(r, helm4Module, "helm") }

// tool builds a program of a module, unless an earlier run has built it.
func tool(r *row, module, name string) string {
	path, version, _ := strings.Cut(module, "@")
	dir := filepath.Join("bin", "e2e", name+"-"+version)
	file, err := filepath.Abs(filepath.Join(dir, name))
	r.check(err)
	if exists(file) {
		return file
	}
	if _, err := goBuild(filepath.Join(filepath.Base(dir), name), "install", "-trimpath", path+"@"+version); err != nil {
		r.skipf("go install %s: %v", module, err)
	}
	return file
}

// goBuild runs go, with the output in a directory of bin/e2e.
func goBuild(file string, args ...string) (string, error) {
	file, err := filepath.Abs(filepath.Join("bin", "e2e", file))
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOBIN="+filepath.Dir(file))
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", &buildError{err, string(out)}
	}
	return file, nil
}

// A buildError ends with the last line of the output of go.
type buildError struct {
	error
	output string
}

func (e *buildError) Error() string {
	lines := strings.Split(strings.TrimSpace(e.output), "\n")
	return e.error.Error() + ": " + lines[len(lines)-1]
}
