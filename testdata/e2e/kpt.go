package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

var kptRows = []rowCase{
	{"kpt/eval", kptEval},
	{"kpt/fn-config", kptConfig},
	{"kpt/render", kptRender},
	{"kpt/source-sink", sourceSink},
	{"kpt/twice", kptTwice},
	{"kpt/scale-down", kptScaleDown},
	{"kpt/mistake", kptMistake},
}

const madeByKpt = "+cache/service_cache-0.yaml +cache/service_cache-1.yaml +cache/service_cache-headless.yaml"

// pkg copies the example as a separate package.
func pkg(r *row) string { return r.example("with-kpt") }

// made checks that files were added to a package, that they have the output of render, and
// that nothing else has changed.
func made(r *row, dir string, before map[string]string) {
	after := r.files(dir)
	r.equal("files that changed", madeByKpt, changes(before, after))
	var ours []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if _, ok := before[name]; !ok {
			ours = append(ours, after[name])
		}
	}
	want := strings.Split(r.render(filepath.Join(dir, "cache.yaml")), "---\n")
	r.equal("objects", sortedLines(want), sortedLines(ours))
}

func kptEval(r *row) {
	dir := pkg(r)
	before := r.files(dir)
	r.ok(dir, "", "kpt", "fn", "eval", ".", "--exec", "sallyport")
	made(r, dir, before)
}

// kptConfig passes the spec from outside the package.
func kptConfig(r *row) {
	dir := pkg(r)
	outside := filepath.Join(r.dir, "cache.yaml")
	r.check(os.Rename(filepath.Join(dir, "cache.yaml"), outside))
	before := r.files(dir)
	r.ok(dir, "", "kpt", "fn", "eval", ".", "--exec", "sallyport", "--fn-config", outside)
	got := changes(before, r.files(dir))
	if strings.Count(got, "+") != 3 || strings.ContainsAny(got, "!") || strings.Contains(got, " -") {
		r.failf("files that changed: %s", got)
	}
}

func kptRender(r *row) {
	dir := pkg(r)
	before := r.files(dir)
	r.ok(dir, "", "kpt", "fn", "render", ".", "--allow-exec")
	made(r, dir, before)
}

// sourceSink runs the function alone, between kpt's source and sink.
func sourceSink(r *row) {
	dir, out := pkg(r), filepath.Join(r.dir, "out")
	r.check(os.Remove(filepath.Join(dir, "README.md"))) // kpt fn source only accepts manifests
	before := r.files(dir)
	list := r.ok(dir, "", "kpt", "fn", "source", ".")
	r.ok(dir, r.ok(dir, list, "sallyport", "fn"), "kpt", "fn", "sink", out)
	made(r, out, before)
}

func kptTwice(r *row) {
	dir := pkg(r)
	for range 2 {
		before := r.files(dir)
		r.ok(dir, "", "kpt", "fn", "render", ".", "--allow-exec")
		if got := changes(before, r.files(dir)); got != madeByKpt && got != "" {
			r.failf("files that changed: %s", got)
		}
	}
	before := r.files(dir)
	r.ok(dir, "", "kpt", "fn", "eval", ".", "--exec", "sallyport")
	r.equal("files that a third run changed", "", changes(before, r.files(dir)))
}

// kptScaleDown checks that the files of removed pods are removed, that no other file changes,
// and that kpt shows the result for it.
func kptScaleDown(r *row) {
	dir := pkg(r)
	r.ok(dir, "", "kpt", "fn", "render", ".", "--allow-exec")
	r.edit(filepath.Join(dir, "cache.yaml"), "replicas: 2", "replicas: 1")
	r.edit(filepath.Join(dir, "statefulset.yaml"), "replicas: 2", "replicas: 1")
	before := r.files(dir)
	res := r.try(dir, "", "kpt", "fn", "render", ".", "--allow-exec")
	r.equal("files that changed", "-cache/service_cache-1.yaml", changes(before, r.files(dir)))
	if output := res.stdout + res.stderr; !strings.Contains(output, "[info] v1/Service/shop/cache-1: dropped") {
		r.failf("kpt does not show the result:\n%s", output)
	}
}

// kptMistake checks that an error stops the pipeline, that kpt shows it as a result with its
// field, and that no file changes.
func kptMistake(r *row) {
	dir := pkg(r)
	r.edit(filepath.Join(dir, "cache.yaml"), "replicas: 2", "replicas: -2")
	before := r.files(dir)
	res := r.try(dir, "", "kpt", "fn", "eval", ".", "--exec", "sallyport")
	if res.status == 0 || !strings.Contains(res.stderr, "spec.components[0].replicas") || !strings.Contains(res.stderr, "[error]") {
		r.failf("status %d\n%s%s", res.status, res.stdout, res.stderr)
	}
	r.equal("files that changed", "", changes(before, r.files(dir)))
}
