package main

import (
	"path/filepath"
	"strings"
)

var nameRows = []rowCase{
	{"kustomize/example", func(r *row) {
		dir := r.example("with-kustomize")
		out := r.build(filepath.Join(dir, "overlay"))
		r.equal("kustomize build", r.read(filepath.Join(dir, "expected.yaml")), out)
		r.equal("broken links", "", brokenLinks(r, out))
	}},
	{"kustomize/prefix", func(r *row) { // the spec in the layer that sets the prefix
		dir := r.example("kustomize-prefix")
		out := r.build(filepath.Join(dir, "overlay"))
		r.equal("kustomize build", r.read(filepath.Join(dir, "expected.yaml")), out)
		r.equal("broken links", "", brokenLinks(r, out))
	}},
	{"kustomize/namePrefix", func(r *row) {
		out := overlaid(r, "namePrefix: a-\n", true)
		r.equal("broken links", "", brokenLinks(r, out))
		has(r, out, "Service a-cache-0", "Service a-db", "EndpointSlice a-db-ipv4-1")
	}},
	{"kustomize/no-names.yaml", func(r *row) { // the purpose of the configuration in the example
		r.equal("broken links", "Role a-cache names Service cache-0, "+
			"Role a-cache names Service cache-1, "+
			"Service a-cache-0 selects pod cache-0, "+
			"Service a-cache-1 selects pod cache-1, "+
			"EndpointSlice a-db-ipv4-1 names Service db", brokenLinks(r, overlaid(r, "namePrefix: a-\n", false)))
	}},
	{"kustomize/nameSuffix", func(r *row) { // a pod has the name cache-b-0, which no Service can have
		out := overlaid(r, "nameSuffix: -b\n", true)
		r.equal("broken links", "Service cache-0-b selects pod cache-0-b, Service cache-1-b selects pod cache-1-b", brokenLinks(r, out))
		has(r, out, "Service db-b", "EndpointSlice db-ipv4-1-b")
	}},
	{"kustomize/nameSuffix-below", func(r *row) { // the solution: the spec in a layer above the one that renames
		dir := r.example("with-kustomize")
		r.write(filepath.Join(dir, "renamed", "kustomization.yaml"), "resources: [../workload]\nnameSuffix: -b\n")
		r.write(filepath.Join(dir, "workload", "kustomization.yaml"), "resources: [statefulset.yaml]\n")
		r.write(filepath.Join(dir, "workload", "statefulset.yaml"), r.read(filepath.Join(dir, "base", "statefulset.yaml")))
		r.edit(filepath.Join(dir, "base", "kustomization.yaml"), "- statefulset.yaml", "- ../renamed")
		r.edit(filepath.Join(dir, "base", "cache.yaml"), "workload: cache", "workload: cache-b")
		r.edit(filepath.Join(dir, "base", "cache.yaml"), "[cache-0, cache-1]", "[cache-b-0, cache-b-1]")
		out := r.build(filepath.Join(dir, "base"))
		has(r, out, "StatefulSet cache-b", "Service cache-b-0")
		if broken := brokenLinks(r, out); strings.Contains(broken, "selects pod") {
			r.failf("%s", broken)
		}
	}},
	{"kustomize/namespace", func(r *row) {
		out := overlaid(r, "namespace: there\n", true)
		r.equal("broken links", "", brokenLinks(r, out))
		for _, o := range objects(r, out) {
			if ns := o.text("metadata", "namespace"); ns != "there" {
				r.failf("%s is in namespace %q", o.heading(), ns)
			}
		}
	}},
	{"kustomize/labels", func(r *row) {
		out := overlaid(r, "labels: [{pairs: {team: storage}}]\n", true)
		r.equal("broken links", "", brokenLinks(r, out))
		for _, o := range objects(r, out) {
			if o.text("metadata", "labels", "team") != "storage" || o.text("spec", "selector", "team") != "" {
				r.failf("%s has not the label, or selects by it", o.heading())
			}
		}
	}},
	{"kustomize/commonLabels", func(r *row) { // the pitfall in the README, and nothing else
		out := overlaid(r, "commonLabels: {team: storage}\n", true)
		r.equal("broken links", "Service db has EndpointSlices and a selector", brokenLinks(r, out))
	}},
	{"kustomize/hash", func(r *row) {
		before := hashed(r, overlaid(r, "", true))
		r.edit(filepath.Join(r.dir, "with-kustomize", "base", "cache.yaml"), "EXTERNAL_ACCESS:", "EXTERNALLY:")
		after := hashed(r, r.build(filepath.Join(r.dir, "with-kustomize", "overlay")))
		if before == after {
			r.failf("the hash stays %s when the ConfigMap changes", before)
		}
	}},
}

// overlaid builds the example with an overlay that has one setting.
func overlaid(r *row, directive string, names bool) string {
	dir := filepath.Join(r.example("with-kustomize"), "overlay")
	kustomization := "resources: [../base]\nsortOptions: {order: fifo}\n" + directive
	if names {
		kustomization += "configurations: [names.yaml]\n"
	}
	r.write(filepath.Join(dir, "kustomization.yaml"), kustomization)
	return r.build(dir)
}

// hashed returns the name of the generated ConfigMap, to which the StatefulSet must refer.
func hashed(r *row, out string) string {
	r.equal("broken links", "", brokenLinks(r, out))
	for _, o := range objects(r, out) {
		if o.text("kind") == "ConfigMap" {
			if o.name() == "cache-access" {
				r.failf("the ConfigMap has no hash")
			}
			return o.name()
		}
	}
	r.failf("there is no ConfigMap")
	return ""
}

func has(r *row, out string, all ...string) {
	there := ", " + headings(r, out) + ", "
	for _, one := range all {
		if !strings.Contains(there, ", "+one+", ") {
			r.failf("there is no %s among%s", one, there)
		}
	}
}
