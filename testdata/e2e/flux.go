package main

import (
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

var fluxRows = []rowCase{
	{"flux/rendered", rendered},
	{"flux/drift", drift},
	{"flux/path", fluxPath},
}

// repositoryOf copies the example as a clone that render can write to.
func repositoryOf(r *row) string {
	if help := r.ok(".", "", "sallyport", "render", "--help"); !strings.Contains(help, "--check") {
		r.skipf("render has no -o yet")
	}
	return r.example("with-flux")
}

// steps are the command lines of the CI job.
func steps(r *row, dir string) []string {
	var ci struct {
		Jobs map[string]struct{ Steps []struct{ Run string } }
	}
	r.check(yaml.Unmarshal([]byte(r.read(filepath.Join(dir, "ci.yaml"))), &ci))
	var runs []string
	for _, s := range ci.Jobs["drift"].Steps {
		if s.Run != "" {
			runs = append(runs, s.Run)
		}
	}
	if len(runs) == 0 {
		r.failf("the CI job runs nothing")
	}
	return runs
}

// job runs the CI job. It stops at the first step that fails.
func job(r *row, dir string) result {
	var res result
	for _, line := range steps(r, dir) {
		if res = r.try(dir, "", "sh", "-c", line); res.status != 0 {
			return res
		}
	}
	return res
}

// rendered checks that the committed manifests are those of the specs, and that writing them
// again changes nothing.
func rendered(r *row) {
	dir := repositoryOf(r)
	before := r.files(dir)
	if res := job(r, dir); res.status != 0 {
		r.failf("the CI job fails on what is committed\n%s%s", res.stdout, res.stderr)
	}
	r.ok(dir, "", "sallyport", "render", "specs", "-o", "dir=manifests")
	r.equal("files that changed", "", changes(before, r.files(dir)))
	var all []string
	for _, text := range r.files(filepath.Join(dir, "manifests")) {
		all = append(all, text)
	}
	r.equal("manifests", sortedLines(strings.Split(r.render(filepath.Join(dir, "specs")), "---\n")), sortedLines(all))
}

// drift checks that the CI job fails if specs and manifests differ, prints the difference and
// writes nothing, and that rendering again repairs it.
func drift(r *row) {
	dir := repositoryOf(r)
	service := filepath.Join(dir, "manifests", "service_cache-1.yaml")
	for _, change := range []func(){
		func() { r.edit(service, "port: 6379", "port: 6380") },
		func() { r.check(os.Remove(service)) },
		func() { r.edit(filepath.Join(dir, "specs", "cache.yaml"), "replicas: 2", "replicas: 1") },
	} {
		change()
		before := r.files(dir)
		res := job(r, dir)
		if res.status != 1 || !strings.Contains(res.stdout+res.stderr, "service_cache-1.yaml") {
			r.failf("the CI job does not report the drift: status %d\n%s%s", res.status, res.stdout, res.stderr)
		}
		r.equal("files that the CI job changed", "", changes(before, r.files(dir)))
		r.ok(dir, "", "sallyport", "render", "specs", "-o", "dir=manifests")
		if res := job(r, dir); res.status != 0 {
			r.failf("the CI job still fails\n%s%s", res.stdout, res.stderr)
		}
	}
	if exists(service) {
		r.failf("scaled down, and the pod's Service is still there")
	}
}

// fluxPath checks that Flux applies the directory that render writes.
func fluxPath(r *row) {
	path := ""
	for _, o := range objects(r, r.read("examples/with-flux/flux.yaml")) {
		if o.text("kind") == "Kustomization" {
			path = o.text("spec", "path")
		}
	}
	r.equal("spec.path", "./manifests", path)
	dir := filepath.Join(r.example("with-flux"), path)
	r.ok(dir, "", kustomize(r), "create", "--autodetect") // as kustomize-controller does
	want := sortedLines(strings.Split(r.render("examples/with-flux/specs"), "---\n"))
	r.equal("what Flux applies", want, sortedLines(strings.Split(r.ok(dir, "", kustomize(r), "build", "."), "---\n")))
}
