// Bench compares sallyport with its alternatives. The Go toolchain builds all of them here,
// and they must generate the same objects before anything is measured. Bench runs whole
// processes in turns, with their output in a pipe, and compares medians: times of different
// turns on a machine cannot be compared, but ratios can. Then it measures what large inputs of
// many shapes cost in each command, if -shapes says which. It keeps the figures in README.md.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	turns := flag.Float64("turns", 1, "how many turns to run, as a multiple of the usual number")
	only := flag.String("shapes", "", "compare nothing, and measure the large inputs whose `names` match; . is all")
	flag.Parse()
	if err := run(*turns, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// sizes are numbers of replicas, with the default number of turns for each: fewer for larger
// sizes.
var sizes = []struct{ replicas, turns int }{{3, 61}, {100, 31}, {1000, 11}, {10_000, 9}}

// quadratic is the largest size for kustomize, which takes minutes for 10,000.
const quadratic = 1000

func run(turns float64, only string) error {
	shapes, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "sallyport-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if only != "" {
		if err := build(dir, "./measure", "./cmd/sallyport"); err != nil {
			return err
		}
		fmt.Fprintln(out, machine())
		if err := growth(dir, shapes); err != nil || only != "." {
			return err
		}
		return keep("Large inputs")
	}
	if err := build(dir, slices.Collect(maps.Keys(programs))...); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\nmedians of whole processes, run in turns, output into a pipe\n", machine())
	found := map[key]cost{}
	for _, size := range sizes {
		in, err := prepare(dir, size.replicas)
		if err != nil {
			return err
		}
		cs := contenders(in)
		if err := checkEqual(cs, size.replicas); err != nil {
			return err
		}
		if err := measure(in, cs, max(3, int(float64(size.turns)*turns)), found); err != nil {
			return err
		}
	}
	report(found)
	ours, framework, err := packages(dir, max(1, int(5*turns)))
	if err != nil {
		return err
	}
	goals(found, ours, framework)
	return keep("Compared")
}

// programs are the programs to build, by package: those of this module, which pins their
// versions, and those of the module around it.
var programs = map[string]string{
	"./floor":                            ".",
	"./framework":                        ".",
	"./measure":                          ".",
	"./passthrough":                      ".",
	"helm.sh/helm/v3/cmd/helm":           ".",
	"sigs.k8s.io/kustomize/kustomize/v5": ".",
	"./cmd/sallyport":                    "../..",
}

func build(dir string, packages ...string) error {
	for _, pkg := range packages {
		in := programs[pkg]
		name := filepath.Base(strings.TrimSuffix(pkg, "/v5"))
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(dir, name), pkg)
		cmd.Dir, cmd.Stderr = in, os.Stderr
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("building %s: %w", pkg, err)
		}
	}
	return nil
}
