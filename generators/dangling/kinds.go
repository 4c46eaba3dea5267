package dangling

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// service checks the pod that a Service selects, and the pods' names of a headless Service.
func (c *checker) service(doc *source.Document) {
	var svc struct {
		Spec struct {
			ClusterIP string `yaml:"clusterIP"`
			Selector  map[string]string
		}
	}
	if doc.ReadInto(&svc) != nil {
		return
	}
	at := source.Path{}.Field("spec", "selector")
	if pod := svc.Spec.Selector[plan.PodNameLabel]; pod != "" {
		c.pod(doc, at.MapKey(plan.PodNameLabel), pod, false)
	}
	if svc.Spec.ClusterIP == "None" && len(svc.Spec.Selector) > 0 {
		c.headless(doc, svc.Spec.Selector)
	}
}

// pod checks that a StatefulSet makes a pod. If it is only a guess that the name is that of a
// pod, the prefix or suffix that is missing must be on the document.
func (c *checker) pod(doc *source.Document, at source.Path, pod string, guess bool) {
	i := strings.LastIndex(pod, "-")
	ordinal, err := strconv.ParseInt(pod[i+1:], 10, 32)
	if i <= 0 || err != nil {
		return
	}
	r := report{doc: doc, owner: Owner(doc), what: pod[:i], at: at}
	var there []string
	for _, s := range c.sets {
		if !meets(s.Doc.Object().Namespace, doc.Object().Namespace) {
			continue
		}
		there = append(there, s.Doc.Object().Name)
		if s.Doc.Object().Name != pod[:i] {
			continue
		}
		start, replicas := int64(s.Start()), int64(s.Replicas())
		if c.scaled[pod[:i]] || s.Err != nil || ordinal >= start && ordinal < start+replicas {
			return
		}
		r.wayOut = again
		c.report(r, "pod %s is not made: there are %d replicas from ordinal %d on, at %s", pod, replicas, start, s.Place("spec", "replicas"))
		return
	}
	switch other, alike := near(pod[:i], there, doc.Object().Name); {
	case alike:
		r.what, r.wayOut = affix, inLayer
		c.report(r, "pod %s is not made: the StatefulSet is called %s, and not %s", pod, other, pod[:i])
	case guess:
	case other != "":
		r.weak, r.wayOut = true, "if that is meant, write workload: "+other+" in the spec"
		c.report(r, "no StatefulSet in the input makes pod %s, and there is a StatefulSet %s", pod, other)
	case len(there) > 0:
		r.weak, r.wayOut = true, "write the name of the StatefulSet into the component's workload; it is right if an operator makes the pod"
		c.report(r, "no StatefulSet in the input makes pod %s", pod)
	}
}

// headless checks that the names of the pods that a headless Service selects are under that
// Service.
func (c *checker) headless(doc *source.Document, selector map[string]string) {
	o := doc.Object()
	for _, s := range c.sets {
		under := s.Spec.ServiceName
		if s.Err != nil || !meets(s.Namespace, o.Namespace) || !selects(selector, s.Spec.Template.Labels) || under == o.Name || has(c.services, under, o.Namespace) {
			continue
		}
		_, alike := near(under, []string{o.Name}, s.Name)
		r := report{doc: s.Doc, owner: Owner(doc), what: "headless", at: source.Path{}.Field("spec", "serviceName"), weak: !alike,
			wayOut: "write serviceName: " + o.Name + " here; or put the spec under transformers, with inject: true, where it reads the StatefulSet"}
		c.report(r, "there is no Service %q in the input: the names of the pods are not under %s, which was generated for %s", under, o, Owner(doc))
	}
}

func selects(selector, labels map[string]string) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return true
}

// configMap checks the pods of files that each pod has for itself: their keys are POD.FILE.
func (c *checker) configMap(doc *source.Document) {
	files := data(doc)
	for _, key := range slices.Sorted(maps.Keys(files)) {
		c.text(doc, key, files[key])
		if pod, _, ok := strings.Cut(key, "."); ok {
			c.pod(doc, source.Path{}.Field("data").MapKey(key), pod, true)
		}
	}
}

// role checks the Services that pods may read.
func (c *checker) role(doc *source.Document) {
	var role struct {
		Rules []struct {
			Resources     []string
			ResourceNames []string `yaml:"resourceNames"`
		}
	}
	if doc.ReadInto(&role) != nil {
		return
	}
	if !c.owns("Service", Owner(doc)) { // one warning for all of them: another tool may make the Services
		for i, rule := range role.Rules {
			there := func(name string) bool { return has(c.services, name, doc.Object().Namespace) }
			if slices.Contains(rule.Resources, "services") && len(rule.ResourceNames) > 0 && !slices.ContainsFunc(rule.ResourceNames, there) {
				c.report(report{doc: doc, owner: Owner(doc), what: "all Services", at: source.Path{}.Field("rules").Index(i).Field("resourceNames"), weak: true,
					wayOut: "add them to the input, or render again"}, "none of the Services that the pods may read is in the input")
			}
		}
		return
	}
	for i, rule := range role.Rules {
		for _, name := range rule.ResourceNames {
			if slices.Contains(rule.Resources, "services") {
				c.serviceThere(doc, source.Path{}.Field("rules").Index(i).Field("resourceNames"), name)
			}
		}
	}
}

// owns reports whether an object of a kind was generated for an owner.
func (c *checker) owns(kind, owner string) bool {
	return slices.ContainsFunc(c.ours[kind], func(doc *source.Document) bool { return Owner(doc) == owner })
}

// slice checks the Service of an EndpointSlice.
func (c *checker) slice(doc *source.Document) {
	const label = "kubernetes.io/service-name"
	if name := doc.Scalar("metadata", "labels", label); name != "" {
		c.serviceThere(doc, source.Path{}.Field("metadata", "labels").MapKey(label), name)
	}
}

// serviceThere checks that a Service is in the input.
func (c *checker) serviceThere(doc *source.Document, at source.Path, name string) {
	namespace := doc.Object().Namespace
	if has(c.services, name, namespace) {
		return
	}
	r := report{doc: doc, owner: Owner(doc), what: name, at: at, wayOut: "add it to the input, or render again"}
	if other, alike := near(name, names(c.services, namespace), doc.Object().Name); alike {
		r.what, r.wayOut = affix, inLayer
		c.report(r, "there is no Service %s in the input: it is called %s", name, other)
		return
	}
	r.weak = true
	c.report(r, "there is no Service %s in the input", name)
}

// injectedVolume is how the volumes that are injected begin.
const injectedVolume = plan.ManagedBy
