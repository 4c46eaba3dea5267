package main

import (
	"os"
	"path/filepath"
	"strings"
)

var kustomizeRows = []rowCase{
	{"kustomize/exec-on-PATH", execOnPath},
	{"kustomize/exec-by-path", execByPath},
	{"kustomize/container", fakeContainer},
	{"kustomize/same-name", sameConfigName},
	{"kustomize/transformers", transformers},
	{"kustomize/mistake", kustomizeMistake},
	{"kustomize/no-enable-exec", withoutEnableExec},
	{"kustomize/helmCharts", helmCharts},
	{"kustomize/cost", cost},
}

func (r *row) build(dir string) string {
	return r.ok(dir, "", kustomize(r), "build", "--enable-alpha-plugins", "--enable-exec", ".")
}

// execOnPath checks that every example has the same bytes in kustomize and in render. Where there is
// a StatefulSet, kustomize prints it first.
func execOnPath(r *row) {
	all, err := filepath.Glob("examples/*/spec.yaml")
	r.check(err)
	if len(all) == 0 {
		r.failf("there are no examples")
	}
	for _, spec := range all {
		dir := filepath.Dir(spec)
		r.equal(dir+": render", r.read(filepath.Join(dir, "expected.yaml")), r.render(spec))
		built := r.build(dir)
		if _, err := os.Stat(filepath.Join(dir, "statefulset.yaml")); err == nil {
			built = built[max(0, len(built)-len(r.render(spec))):]
		}
		r.equal(dir+": kustomize build", r.render(spec), built)
	}
}

// execByPath has the program beside the spec, in a base. The path is relative to the
// kustomization that lists the spec, wherever the build starts.
func execByPath(r *row) {
	base := r.example("dual-stack")
	want := r.render(filepath.Join(base, "spec.yaml"))
	r.edit(filepath.Join(base, "spec.yaml"), "exec: {path: sallyport}", "exec: {path: ./tools/gate}")
	r.check(os.Mkdir(filepath.Join(base, "tools"), 0o755))
	r.check(os.Symlink(sallyport(r), filepath.Join(base, "tools", "gate")))
	r.path = nil
	r.equal("kustomize build", want, r.build(base))
	overlay := filepath.Join(r.dir, "overlay")
	r.write(filepath.Join(overlay, "kustomization.yaml"), "resources: [../dual-stack]\nsortOptions: {order: fifo}\n")
	r.equal("kustomize build of an overlay", want, r.build(overlay))
}

// fakeContainer checks with a fake docker how kustomize runs an image: without arguments, as
// nobody, without a network.
func fakeContainer(r *row) {
	dir := r.example("dual-stack")
	want := r.render(filepath.Join(dir, "spec.yaml"))
	r.edit(filepath.Join(dir, "spec.yaml"), "exec: {path: sallyport}", "container: {image: example.com/sallyport:v1}")
	log := filepath.Join(r.dir, "log")
	r.script(filepath.Join(r.dir, "fake", "docker"), `echo "$@" >> '`+log+`'`+"\nexec '"+sallyport(r)+"'\n")
	r.path = []string{filepath.Join(r.dir, "fake")}
	r.equal("kustomize build", want, r.ok(dir, "", kustomize(r), "build", "--enable-alpha-plugins", "."))
	args := strings.TrimSpace(r.read(log))
	for _, must := range []string{"--network none", "--user nobody", "--security-opt=no-new-privileges"} {
		if !strings.Contains(args, must) {
			r.failf("docker is not called with %s: %s", must, args)
		}
	}
	if !strings.HasSuffix(args, " example.com/sallyport:v1") {
		r.failf("the image gets arguments: %s", args)
	}
}

// sameConfigName has specs with the same kind and name in a base and in its overlay. kustomize
// annotates their objects with the id of the spec, and the annotation must not stay.
func sameConfigName(r *row) {
	spec := r.read("testdata/e2e/same-name.yaml")
	r.write(filepath.Join(r.dir, "base", "kustomization.yaml"), "namePrefix: a-\ngenerators: [cache.yaml]\n")
	r.write(filepath.Join(r.dir, "base", "cache.yaml"), spec)
	r.write(filepath.Join(r.dir, "overlay", "kustomization.yaml"), "resources: [../base]\ngenerators: [cache.yaml]\nsortOptions: {order: fifo}\n")
	r.write(filepath.Join(r.dir, "overlay", "cache.yaml"), strings.Replace(spec, "name: inside", "name: outside", 1))
	r.equal("objects", "Service a-cache-node-inside, Service cache-node-outside", headings(r, r.build(filepath.Join(r.dir, "overlay"))))
}

// transformers checks that the function can read the whole package: it replaces or drops
// objects of an earlier run, and keeps other objects.
func transformers(r *row) {
	dir := filepath.Join(r.example("with-kustomize"), "base")
	r.write(filepath.Join(dir, "earlier.yaml"), r.ok(dir, "", "sallyport", "render", "cache.yaml"))
	r.edit(filepath.Join(dir, "cache.yaml"), "replicas: 2", "replicas: 1")
	r.edit(filepath.Join(dir, "statefulset.yaml"), "replicas: 2", "replicas: 1")
	r.edit(filepath.Join(dir, "cache.yaml"), "cache-0, cache-1", "cache-0")
	r.write(filepath.Join(dir, "kustomization.yaml"), "resources: [statefulset.yaml, earlier.yaml]\ntransformers: [cache.yaml]\nsortOptions: {order: fifo}\n")
	out := r.build(dir)
	want := r.read(filepath.Join(dir, "statefulset.yaml"))
	if first, _, _ := strings.Cut(out, "---\n"); headings(r, first) != headings(r, want) {
		r.failf("the StatefulSet is not where it was:\n%s", out)
	}
	_, ours, _ := strings.Cut(out, "---\n")
	r.equal("what is ours", r.ok(dir, "", "sallyport", "render", "cache.yaml"), ours)
}

// kustomizeMistake checks that the user sees the errors, and that no manifests are printed.
func kustomizeMistake(r *row) {
	dir := r.example("dual-stack")
	r.edit(filepath.Join(dir, "spec.yaml"), "spec:\n", "spec:\n  typo: 1\n")
	r.fails(r.try(dir, "", kustomize(r), "build", "--enable-alpha-plugins", "--enable-exec", "."), `spec has no field "typo"`)
}

// withoutEnableExec checks the pitfall in the README: kustomize skips the function silently.
func withoutEnableExec(r *row) {
	res := r.try(r.example("dual-stack"), "", kustomize(r), "build", "--enable-alpha-plugins", ".")
	if res.status != 0 || res.stdout != "" {
		r.failf("status %d, and\n%s%s: the README is no longer right", res.status, res.stdout, res.stderr)
	}
}

// helmCharts builds an example in which kustomize expands a chart. The function reads the chart's
// StatefulSet.
func helmCharts(r *row) {
	dir := r.example("kustomize-helm")
	want := r.read(filepath.Join(dir, "expected.yaml"))
	r.equal("kustomize build", want, r.ok(dir, "", kustomize(r), "build", "--enable-helm", "--helm-command", helm3(r), "--enable-alpha-plugins", "--enable-exec", "."))
}
