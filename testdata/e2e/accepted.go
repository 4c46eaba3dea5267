package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

var clusterRows = []rowCase{
	{"apiserver/examples", accepted},
	{"apiserver/gateway", acceptedKinds},
	{"apiserver/refused", refused},
	{"apiserver/refused-routes", refusedRoutes},
	{"apiserver/patch", patched},
	{"apiserver/per-pod", perPod},
	{"apiserver/pools", pools},
	{"apiserver/endpoints", mirrored},
	{"apiserver/families", func(r *row) { familyPairs(r, dualStack, bothFamilies) }},
	{"apiserver/families-ipv4", func(r *row) { familyPairs(r, onlyIPv4, oneFamily("IPv4")) }},
	{"apiserver/families-ipv6", func(r *row) { familyPairs(r, onlyIPv6, oneFamily("IPv6")) }},
	{"apiserver/discover-ip", func(r *row) { discover(r, askAddress) }},
	{"apiserver/discover-port", func(r *row) { discover(r, askNodePort) }},
	{"apiserver/discover-node", func(r *row) { discover(r, askNode) }},
}

// accepted checks that the API server accepts every example, and that applying it again
// changes nothing. The examples run one after the other, because some have the same names and
// node ports.
func accepted(r *row) {
	cluster(r)
	define(r)
	all, err := filepath.Glob("examples/*/expected.yaml")
	r.check(err)
	count, warnings := 0, ""
	for _, file := range all {
		n, warned := acceptedTwice(r, file, r.read(file))
		count += n
		warnings += warned
	}
	if count == 0 {
		r.failf("there is nothing to apply")
	}
	r.note = fmt.Sprintf("%d examples, %d objects", len(all), count)
	for _, w := range accounted {
		if n := strings.Count(warnings, w); n > 0 {
			r.note += fmt.Sprintf(", warned of: %s (%d)", w, n)
		}
	}
}

func acceptedTwice(r *row, name, stream string) (count int, warnings string) {
	defer r.remove(stream)
	before := r.apply(stream)
	res := r.accept(stream)
	after := versions(list(objects(r, res.stdout)[0], "items"))
	r.equal(name+": applied again", "", changes(before, after))
	return len(after), res.stderr
}

// refused checks that Sallyport reports collisions of numbers that otherwise only a running
// API server finds.
func refused(r *row) {
	cluster(r)
	for _, c := range []struct {
		example, before, after        string // of the spec
		manifestBefore, manifestAfter string
		ours, theirs                  string
	}{
		{"kafka-nodeport-static", "nodePort: 30000", "nodePort: 29999", "nodePort: 30000", "nodePort: 29999",
			"29999 is not between 30000 and 32767", "The range of valid ports is 30000-32767"},
		{"kafka-nodeport-static", "nodePort: 30010", "nodePort: 30001", "nodePort: 30010", "nodePort: 30001",
			"NodePortClash", "provided port is already allocated"},
	} {
		spec := filepath.Join(r.dir, "spec.yaml")
		r.write(spec, r.read(filepath.Join("examples", c.example, "spec.yaml")))
		r.edit(spec, c.before, c.after)
		r.fails(r.try(".", "", "sallyport", "render", spec), c.ours)
		stream := r.read(filepath.Join("examples", c.example, "expected.yaml"))
		res := r.tryApply(strings.ReplaceAll(stream, c.manifestBefore, c.manifestAfter))
		r.remove(stream)
		if res.status == 0 || !strings.Contains(res.stderr, c.theirs) {
			r.failf("%s with %s: the API server does not report %q, but\n%s", c.example, c.after, c.theirs, res.stderr)
		}
	}
}

// patched checks that a StatefulSet with the patch of render --patch is accepted, and that the
// pods that its controller creates have everything in the patch.
func patched(r *row) {
	cluster(r)
	all, err := filepath.Glob("examples/*/patch.yaml")
	r.check(err)
	if len(all) == 0 {
		r.failf("there are no patches")
	}
	for _, file := range all {
		patchedExample(r, filepath.Base(filepath.Dir(file)))
	}
	r.note = fmt.Sprintf("%d patches", len(all))
}

func patchedExample(r *row, name string) {
	dir := r.example(name)
	patch := r.render("--patch", filepath.Join(dir, "spec.yaml"))
	sets := objects(r, patch)
	var bare []string
	for _, set := range sets {
		container := "main" // of a patch without containers
		for _, c := range list(set, "spec", "template", "spec", "containers") {
			container = text(c, "name")
		}
		bare = append(bare, statefulSet(r, set.name(), set.text("metadata", "namespace"), 1, container))
	}
	r.write(filepath.Join(dir, "patch.yaml"), patch)
	r.write(filepath.Join(dir, "statefulset.yaml"), strings.Join(bare, "---\n"))
	r.write(filepath.Join(dir, "kustomization.yaml"), "resources: [statefulset.yaml]\npatches: [{path: patch.yaml}]\n")
	stream := r.read(filepath.Join(dir, "expected.yaml")) + "---\n" + r.build(dir)
	defer r.remove(stream)
	r.apply(stream)
	for _, set := range sets {
		pod := podOf(r, set.text("metadata", "namespace"), set.name()+"-0")
		r.equal(set.name()+": what the pod lacks", "", strings.Join(lacks("spec", at(set, "spec", "template", "spec"), at(pod, "spec")), "\n"))
	}
}

func statefulSet(r *row, name, namespace string, replicas int, container string) string {
	return fmt.Sprintf(r.read("testdata/e2e/statefulset.yaml"), name, namespace, replicas, container)
}

// podOf waits for a pod.
func podOf(r *row, namespace, pod string) object {
	r.kubectl("wait", "--for=create", "--timeout=60s", "-n", namespace, "pod/"+pod)
	return objects(r, r.kubectl("get", "-n", namespace, "pod", pod, "-o", "yaml"))[0]
}

// lacks lists what is in want but not in got. An element of a list can be at any index in got,
// and can have more fields there.
func lacks(path string, want, got any) []string {
	var all []string
	switch want := want.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(want)) {
			all = append(all, lacks(path+"."+key, want[key], at(got, key))...)
		}
	case []any:
		there, _ := got.([]any)
		for i, one := range want {
			if !slices.ContainsFunc(there, func(g any) bool { return len(lacks("", one, g)) == 0 }) {
				all = append(all, fmt.Sprintf("%s[%d]: %v", path, i, one))
			}
		}
	default:
		if want != got {
			all = append(all, fmt.Sprintf("%s: %v, not %v", path, want, got))
		}
	}
	return all
}
