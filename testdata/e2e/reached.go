package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// perPod checks that the Service of a pod reaches only that pod, that the Services of all pods
// reach all, and that one more replica adds one Service and changes no other.
func perPod(r *row) {
	cluster(r)
	spec := filepath.Join(r.example("kafka-loadbalancer-dns"), "spec.yaml")
	three := r.render(spec)
	r.edit(spec, "replicas: 3", "replicas: 4")
	four := r.render(spec)
	defer r.remove(four)
	kafka(r, three, "kafka-0", "kafka-1", "kafka-2")
	before := services(r)
	kafka(r, four, "kafka-0", "kafka-1", "kafka-2", "kafka-3")
	r.equal("Services that changed", "+Service kafka-3-external", changes(before, services(r)))
}

// pools checks the same for two StatefulSets.
func pools(r *row) {
	cluster(r)
	stream := r.read("examples/kafka-pools/expected.yaml")
	defer r.remove(stream)
	kafka(r, stream, "kafka-0", "kafka-1", "kafka-2", "kafka-b-0", "kafka-b-1")
}

// kafka runs pods beside a stream, in StatefulSets according to their names, and checks which
// pods the Services reach.
func kafka(r *row, stream string, pods ...string) {
	sets := map[string]int{}
	for _, pod := range pods {
		sets[pod[:strings.LastIndex(pod, "-")]]++
	}
	for name, replicas := range sets {
		set := statefulSet(r, name, "streaming", replicas, "kafka")
		defer r.remove(set)
		stream += "---\n" + set
	}
	r.apply(stream)
	node(r)
	want := []string{fmt.Sprintf("kafka-bootstrap: %v", pods), fmt.Sprintf("kafka-headless: %v", pods)}
	for i, pod := range pods {
		runs(r, "streaming", pod, fmt.Sprintf("10.244.0.%d", i+1))
		want = append(want, fmt.Sprintf("%s-external: [%s]", pod, pod))
	}
	slices.Sort(want)
	r.becomes("what Services reach", strings.Join(want, "\n"), func() string { return reached(r, "streaming") })
}

func node(r *row) { r.apply("apiVersion: v1\nkind: Node\nmetadata: {name: node-0}\n") }

// runs reports a pod as ready, as its node would.
func runs(r *row, namespace, pod, ip string) {
	podOf(r, namespace, pod)
	status := `{"status": {"phase": "Running", "podIP": %[1]q, "podIPs": [{"ip": %[1]q}], "conditions": [{"type": "Ready", "status": "True"}]}}`
	r.kubectl("patch", "-n", namespace, "pod", pod, "--subresource=status", "-p", fmt.Sprintf(status, ip))
}

func services(r *row) map[string]string {
	return versions(list(objects(r, r.kubectl("get", "services", "-n", "streaming", "-o", "yaml"))[0], "items"))
}

// reached returns the ready pods in the EndpointSlices of each Service.
func reached(r *row, namespace string) string {
	var all []string
	for _, slice := range slicesOf(r, namespace) {
		var pods []string
		for _, e := range list(slice, "endpoints") {
			if at(e, "conditions", "ready") == true {
				pods = append(pods, text(e, "targetRef", "name"))
			}
		}
		slices.Sort(pods)
		all = append(all, fmt.Sprintf("%s: %v", text(at(slice, "metadata", "labels"), "kubernetes.io/service-name"), pods))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

func slicesOf(r *row, namespace string, args ...string) []any {
	all := append([]string{"get", "endpointslices", "-n", namespace, "-o", "yaml"}, args...)
	return list(objects(r, r.kubectl(all...))[0], "items")
}

// mirrored checks the EndpointSlices that the cluster makes from the generated Endpoints. They
// equal the EndpointSlices that Sallyport generates. There are none if Sallyport generates
// both kinds, and none if it warns with NotMirrored.
func mirrored(r *row) {
	c := cluster(r)
	ours := func() string { return backends(r, "sallyport") }
	theirs := func() string { return backends(r, "endpointslicemirroring-controller.k8s.io") }
	alone := r.render("examples/ceph-rgw/spec.yaml")
	spec := filepath.Join(r.example("ceph-rgw-endpoints"), "spec.yaml")
	both := r.render(spec)
	defer r.remove(both)
	r.apply(alone)
	want := ours()
	r.equal("backends", "12", fmt.Sprint(len(strings.Fields(want))))
	r.remove(alone)

	r.edit(spec, "emit: [EndpointSlice, Endpoints]", "emit: [Endpoints]")
	res := r.try(".", "", "sallyport", "render", spec)
	if !strings.Contains(res.stderr, "[NotMirrored]") {
		r.failf("there is no warning, but\n%s", res.stderr)
	}
	r.apply(res.stdout)
	r.becomes("whether the controller fails", "true", func() string {
		return fmt.Sprint(strings.Contains(r.read(c.file("kube-controller-manager.log")), "ports[1].name: Duplicate value"))
	})
	r.equal("slices for two targets", "", theirs())

	r.edit(spec, "targetPorts: [8080, 8081]", "targetPorts: [8080]")
	r.apply(r.render(spec))
	one := slices.DeleteFunc(strings.Fields(want), func(b string) bool { return strings.HasSuffix(b, ":8081") })
	r.becomes("slices for one target", strings.Join(one, "\n"), theirs)

	r.apply(both)
	r.becomes("slices for Endpoints beside EndpointSlices", "", theirs)
	r.equal("EndpointSlices", want, ours())
}

// backends lists the backends in the EndpointSlices of one manager: PORT=IP:NUMBER.
func backends(r *row, maker string) string {
	var all []string
	for _, slice := range slicesOf(r, "storage", "-l", "endpointslice.kubernetes.io/managed-by="+maker) {
		for _, e := range list(slice, "endpoints") {
			for _, p := range list(slice, "ports") {
				all = append(all, fmt.Sprintf("%s=%s:%v", text(p, "name"), list(e, "addresses")[0], at(p, "port")))
			}
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}
