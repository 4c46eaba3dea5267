package main

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// An object is a manifest.
type object map[string]any

func objects(r *row, stream string) []object {
	var all []object
	for _, doc := range strings.Split("\n"+stream, "\n---\n") {
		var o object
		r.check(yaml.Unmarshal([]byte(doc), &o))
		if len(o) > 0 {
			all = append(all, o)
		}
	}
	return all
}

// at follows keys through maps. Nothing is found below a value that is not a map.
func at(v any, path ...string) any {
	for _, p := range path {
		switch m := v.(type) {
		case map[string]any:
			v = m[p]
		case object:
			v = m[p]
		default:
			return nil
		}
	}
	return v
}

func list(v any, path ...string) []any {
	l, _ := at(v, path...).([]any)
	return l
}

func text(v any, path ...string) string {
	s, _ := at(v, path...).(string)
	return s
}

func (o object) text(path ...string) string { return text(o, path...) }
func (o object) name() string               { return o.text("metadata", "name") }
func (o object) heading() string            { return o.text("kind") + " " + o.name() }

// headings returns the kinds and names of a stream, in its order.
func headings(r *row, stream string) string {
	var all []string
	for _, o := range objects(r, stream) {
		all = append(all, o.heading())
	}
	return strings.Join(all, ", ")
}

// brokenLinks lists the references of a stream to objects that do not exist, in its order. A
// transformer that renames objects may cause them.
func brokenLinks(r *row, stream string) string {
	l := &linker{objects: objects(r, stream)}
	for _, o := range l.objects {
		switch o.text("kind") {
		case "Service":
			l.service(o)
		case "EndpointSlice":
			l.want(o, "names", "Service", text(at(o, "metadata", "labels"), "kubernetes.io/service-name"))
		case "Role":
			for _, rule := range list(o, "rules") {
				for _, name := range list(rule, "resourceNames") {
					l.want(o, "names", "Service", fmt.Sprint(name))
				}
			}
		case "RoleBinding":
			l.want(o, "binds", "Role", o.text("roleRef", "name"))
			for _, s := range list(o, "subjects") {
				l.want(o, "binds", "ServiceAccount", text(s, "name"))
				if text(s, "namespace") != o.text("metadata", "namespace") {
					l.broken = append(l.broken, o.heading()+" binds in another namespace")
				}
			}
		case "StatefulSet":
			l.statefulSet(o)
		}
	}
	return strings.Join(l.broken, ", ")
}

type linker struct {
	objects []object
	broken  []string
}

func (l *linker) has(heading string) bool {
	return slices.ContainsFunc(l.objects, func(o object) bool { return o.heading() == heading })
}

func (l *linker) want(from object, how, kind, name string) {
	if !l.has(kind + " " + name) {
		l.broken = append(l.broken, fmt.Sprintf("%s %s %s %s", from.heading(), how, kind, name))
	}
}

// service checks that the StatefulSet of a Service for one pod exists, and that Services with
// EndpointSlices of their own have no selector.
func (l *linker) service(o object) {
	if pod := text(at(o, "spec", "selector"), "statefulset.kubernetes.io/pod-name"); pod != "" {
		if i := strings.LastIndex(pod, "-"); !l.has("StatefulSet " + pod[:i]) {
			l.broken = append(l.broken, o.heading()+" selects pod "+pod)
		}
	}
	slice := slices.ContainsFunc(l.objects, func(s object) bool {
		return s.text("kind") == "EndpointSlice" && text(at(s, "metadata", "labels"), "kubernetes.io/service-name") == o.name()
	})
	if slice && at(o, "spec", "selector") != nil {
		l.broken = append(l.broken, o.heading()+" has EndpointSlices and a selector")
	}
}

func (l *linker) statefulSet(o object) {
	l.want(o, "is governed by", "Service", o.text("spec", "serviceName"))
	pod := at(o, "spec", "template", "spec")
	if account := text(pod, "serviceAccountName"); account != "" {
		l.want(o, "runs as", "ServiceAccount", account)
	}
	for _, c := range list(pod, "containers") {
		for _, from := range list(c, "envFrom") {
			l.want(o, "reads", "ConfigMap", text(from, "configMapRef", "name"))
		}
	}
}
