package main

import (
	"path/filepath"
	"strings"
)

// The oldest and the newest kubectl with which discover.sh runs as in a pod.
var kubectlRows = []rowCase{
	{"kubectl/v1.27", func(r *row) { inPod(r, "v0.27.16") }},
	{"kubectl/v1.37", func(r *row) { inPod(r, "v0.37.2") }},
}

// kubectlMain is the program kubectl. The module k8s.io/kubectl has no program, and
// k8s.io/kubernetes, which has it, cannot be installed by its version.
const kubectlMain = `package main

import (
	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

func main() {
	if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err)
	}
}
`

// inPod runs the test of discover.sh that accepts any kubectl.
func inPod(r *row, version string) {
	res := r.try(".", "", "go", "test", "-count=1", "-v", "-run", "^TestDiscoverInPod$", "./cmd/sallyport", "-kubectl="+buildKubectl(r, version))
	if res.status != 0 {
		r.failf("%s", res.stdout+res.stderr)
	}
	if _, why, skipped := strings.Cut(res.stdout, "--- SKIP"); skipped {
		r.skipf("%s", strings.Join(strings.Fields(why), " "))
	}
}

// buildKubectl builds a kubectl, unless an earlier run has built it.
func buildKubectl(r *row, version string) string {
	dir := filepath.Join("bin", "e2e", "kubectl-"+version)
	file, err := filepath.Abs(filepath.Join(dir, "kubectl"))
	r.check(err)
	if exists(file) {
		return file
	}
	r.write(filepath.Join(dir, "main.go"), kubectlMain)
	r.write(filepath.Join(dir, "go.mod"), "module kubectl\n\ngo 1.26.0\n")
	for _, args := range [][]string{
		{"get", "k8s.io/kubectl@" + version, "k8s.io/component-base@" + version},
		{"build", "-mod=mod", "-trimpath", "-ldflags=-s -w", "-o", file, "."},
	} {
		if _, err := goBuild("", append([]string{"-C", dir}, args...)...); err != nil {
			r.skipf("go %s of k8s.io/kubectl %s: %v", args[0], version, err)
		}
	}
	return file
}
