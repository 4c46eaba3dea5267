package fn

import (
	"encoding/json"
	"fmt"
	"path"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
)

// A weaver decides what of a patch there is to put into a StatefulSet, and where that has
// something else instead.
type weaver struct {
	*source.Reporter
	*workload
	patch *generators.Patch
}

// inPod is where a StatefulSet describes its pods.
var inPod = place{"spec.template.spec"}

// weave adds the edits of a patch to the record.
func weave(w *workload, p *generators.Patch, r *source.Reporter) {
	v := weaver{r, w, p}
	if pod := w.manifest.at(inPod); pod == nil || pod.Kind != yaml.MappingNode {
		v.Errorf(source.InjectConflict, injectPath, "write the pods' template there", "%s describes no pods", w.doc.Object())
		return
	}
	for key, want := range pairs(valueOf(p.Spec.Template.Spec)) {
		switch {
		case want.Kind == yaml.ScalarNode:
			v.setting(inPod.field(key), want)
		case key != "containers":
			v.list(inPod.field(key), want)
		default:
			for name, c := range entries(key, want) {
				v.container(inPod.field(key).entry(name), c)
			}
		}
	}
}

func (v weaver) container(at place, want *yaml.Node) {
	for key, list := range pairs(want) {
		if list.Kind == yaml.SequenceNode {
			v.list(at.field(key), list)
		}
	}
}

func (v weaver) list(at place, want *yaml.Node) {
	have := v.manifest.at(at)
	switch {
	case have == nil, isNull(have):
		v.edit(at, &yaml.Node{Kind: yaml.SequenceNode}, have)
	case have.Kind != yaml.SequenceNode:
		v.Errorf(source.InjectConflict, injectPath, "make it one there", "%s is not a list", v.doc.Place(at.path()))
		return
	}
	for key, e := range entries(at.list(), want) {
		v.entry(at.entry(key), e)
	}
}

// entry adds an entry to a list. What is there already, because somebody has applied the
// patch, stays the user's.
func (v weaver) entry(at place, want *yaml.Node) {
	have, other := v.manifest.at(at), v.inTheWay(at, want)
	switch {
	case other != nil:
		v.conflict(at, other)
	case have == nil:
		v.edit(at, want, nil)
	case says(have, want, ""):
	case at.list() == "ports":
		v.setting(at.field("hostPort"), field(want, "hostPort"))
	default:
		v.conflict(at, at)
	}
}

// setting sets a scalar. Of what the user has there switches alone are replaced.
func (v weaver) setting(at place, want *yaml.Node) {
	have := v.manifest.at(at)
	switch {
	case have == nil:
		if other := v.inTheWay(at, want); other != nil {
			v.conflict(at, other)
			return
		}
		v.edit(at, want, nil)
	case says(have, want, ""):
	case isNull(have), have.ShortTag() == yaml.NodeTagBool, have.Value == "", have.Value == "0":
		v.edit(at, want, have)
	default:
		v.conflict(at, at)
	}
}

// inTheWay finds what the API server or the StatefulSet's controller would take for the
// same thing, at another place.
func (v weaver) inTheWay(at place, want *yaml.Node) place {
	m, name, port := v.manifest, text(want, "name"), text(want, "hostPort")
	switch {
	case at.isEntry() && at.list() == "volumes": // of a claim and a volume the claim wins
		claims := place{"spec.volumeClaimTemplates"}
		for i, c := range sequence(m.at(claims)) {
			if text(field(c, "metadata"), "name") == name {
				return claims.entry(fmt.Sprint(i))
			}
		}
	case at.isEntry() && at.list() == "initContainers":
		if other := inPod.field("containers").entry(name); m.at(other) != nil {
			return other
		}
	case at.list() == "serviceAccountName": // what it was called before
		if other := inPod.field("serviceAccount"); m.at(other) != nil && !says(m.at(other), want, "") {
			return other
		}
	case port != "" && at.isEntry():
		if n := inPod.field("hostNetwork"); m.at(n) != nil && m.at(n).Value == "true" && port != text(want, "containerPort") {
			return n
		}
		return v.samePort(at, want)
	}
	return nil
}

// samePort finds another port that opens the same one on the node.
func (v weaver) samePort(at place, want *yaml.Node) place {
	for _, list := range []string{"containers", "initContainers"} {
		for name, c := range entries(list, v.manifest.at(inPod.field(list))) {
			for key, p := range entries("ports", field(c, "ports")) {
				other := inPod.field(list).entry(name).field("ports").entry(key)
				if text(p, "hostPort") == text(want, "hostPort") && protocol(p) == protocol(want) && other.String() != at.String() {
					return other.field("hostPort")
				}
			}
		}
	}
	return nil
}

// edit notes what is to be done, and does it for those that come after.
func (v weaver) edit(at place, put, was *yaml.Node) {
	if annotations := v.manifest.at(place{"metadata.annotations"}); annotations == nil || isNull(annotations) {
		v.note(place{"metadata.annotations"}, &yaml.Node{Kind: yaml.MappingNode}, annotations)
	}
	v.note(at, put, was)
}

func (v weaver) note(at place, put, was *yaml.Node) {
	e := edit{At: at, Put: jsonOf(put)}
	if was != nil {
		e.Was = jsonOf(was)
	}
	v.record[v.patch.From.Owner()] = append(v.record[v.patch.From.Owner()], e)
	v.manifest.put(at, put)
}

// wayOut is that of a conflict, by the field that it is about, and where the spec says
// something of it.
func (v weaver) wayOut(name string) (source.Path, string) {
	config := v.patch.Component.Field("config")
	switch name {
	case "serviceAccountName":
		return source.Path{}.Field("spec", "rbac", "serviceAccountName"), "write the account that the pods have here, or take it out there"
	case "ports", "hostPort":
		return v.patch.Component.Field("services"), "write a hostPort here that goes with it, or take it out there"
	case "volumeMounts":
		return config.Field("mountPath"), "write another mountPath here, or take the mount out there"
	case "env":
		return config.Field("env"), "take the variable out at one of the places"
	}
	return injectPath, "rename it there: what is called sallyport is ours"
}

func (v weaver) conflict(at, other place) {
	where, wayOut := v.wayOut(at.list())
	there, by := "something else", ""
	if have := v.manifest.at(other); have != nil && have.Kind == yaml.ScalarNode {
		there = strconv.Quote(have.Value)
	}
	for owner, edits := range v.record {
		for _, e := range edits {
			if e.At.String() == other.String() && owner != v.patch.From.Owner() {
				by = ", injected for " + owner
			}
		}
	}
	v.Errorf(source.InjectConflict, where, wayOut, "%s cannot be injected: there is %s at %s%s", at.short(), there, v.doc.Place(other.path()), by)
}

// keys tell the entries of lists apart, as in a strategic merge patch.
var keys = map[string]string{"containers": "name", "initContainers": "name", "volumes": "name", "env": "name",
	"volumeMounts": "mountPath", "ports": "containerPort", "volumeClaimTemplates": ""}

// keyOf is what tells an entry of a list apart. Ports need their protocol for it.
func keyOf(list string, e *yaml.Node) string {
	key := text(e, keys[list])
	switch list {
	case "ports":
		key += "/" + protocol(e)
	case "volumeMounts":
		key = path.Clean(key)
	}
	return key
}

func protocol(port *yaml.Node) string {
	if p := text(port, "protocol"); p != "" {
		return p
	}
	return "TCP"
}

// valueOf makes a tree of what can be JSON.
func valueOf(v any) *yaml.Node {
	text, err := json.Marshal(v)
	if err != nil {
		panic("fn: " + err.Error()) // a type of ours
	}
	return nodeOf(text)
}
