package fn

import (
	"encoding/json"
	"fmt"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/fn/edit"
	"sallyport.dev/fn/tree"
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

// weave adds the changes of a patch to the record.
func weave(w *workload, p *generators.Patch, r *source.Reporter) {
	v := weaver{r, w, p}
	if pod := w.manifest.Get(podSpec); pod == nil || pod.Kind != yaml.MappingNode {
		v.Errorf(source.InjectConflict, injectPath, "write the pods' template there", "%s describes no pods", w.doc.Object())
		return
	}
	for key, want := range tree.Pairs(valueOf(p.Spec.Template.Spec)) {
		switch {
		case want.Kind == yaml.ScalarNode:
			v.setting(podSpec.Field(key), want)
		case key != "containers":
			v.list(podSpec.Field(key), want)
		default:
			for name, c := range listKeys.Entries(key, want) {
				v.container(podSpec.Field(key).Entry(name), c)
			}
		}
	}
}

func (v weaver) container(at edit.Path, want *yaml.Node) {
	for key, list := range tree.Pairs(want) {
		if list.Kind == yaml.SequenceNode {
			v.list(at.Field(key), list)
		}
	}
}

func (v weaver) list(at edit.Path, want *yaml.Node) {
	have := v.manifest.Get(at)
	switch {
	case have == nil, tree.IsNull(have):
		v.change(at, &yaml.Node{Kind: yaml.SequenceNode}, have)
	case have.Kind != yaml.SequenceNode:
		v.Errorf(source.InjectConflict, injectPath, "make it one there", "%s is not a list", v.doc.Place(sourcePath(at)))
		return
	}
	for key, e := range listKeys.Entries(at.LastField(), want) {
		v.entry(at.Entry(key), e)
	}
}

// entry adds an entry to a list. What is there already, because somebody has applied the
// patch, stays the user's.
func (v weaver) entry(at edit.Path, want *yaml.Node) {
	have, other := v.manifest.Get(at), v.inTheWay(at, want)
	switch {
	case other != nil:
		v.conflict(at, other)
	case have == nil:
		v.change(at, want, nil)
	case listKeys.Contain(have, want, ""):
	case at.LastField() == "ports":
		v.setting(at.Field("hostPort"), tree.Field(want, "hostPort"))
	default:
		v.conflict(at, at)
	}
}

// setting sets a scalar. Of what the user has there switches alone are replaced.
func (v weaver) setting(at edit.Path, want *yaml.Node) {
	have := v.manifest.Get(at)
	switch {
	case have == nil:
		if other := v.inTheWay(at, want); other != nil {
			v.conflict(at, other)
			return
		}
		v.change(at, want, nil)
	case listKeys.Contain(have, want, ""):
	case tree.IsNull(have), have.ShortTag() == yaml.NodeTagBool, have.Value == "", have.Value == "0":
		v.change(at, want, have)
	default:
		v.conflict(at, at)
	}
}

// inTheWay finds what the API server or the StatefulSet's controller would take for the
// same thing, at another place.
func (v weaver) inTheWay(at edit.Path, want *yaml.Node) edit.Path {
	m, name, port := v.manifest, tree.Text(want, "name"), tree.Text(want, "hostPort")
	switch {
	case at.IsEntry() && at.LastField() == "volumes": // of a claim and a volume the claim wins
		claims := edit.Path{}.Field("spec", "volumeClaimTemplates")
		for i, c := range tree.Entries(m.Get(claims)) {
			if tree.Text(tree.Field(c, "metadata"), "name") == name {
				return claims.Entry(fmt.Sprint(i))
			}
		}
	case at.IsEntry() && at.LastField() == "initContainers":
		if other := podSpec.Field("containers").Entry(name); m.Get(other) != nil {
			return other
		}
	case at.LastField() == "serviceAccountName": // what it was called before
		if other := podSpec.Field("serviceAccount"); m.Get(other) != nil && !listKeys.Contain(m.Get(other), want, "") {
			return other
		}
	case port != "" && at.IsEntry():
		if n := podSpec.Field("hostNetwork"); m.Get(n) != nil && m.Get(n).Value == "true" && port != tree.Text(want, "containerPort") {
			return n
		}
		return v.samePort(at, want)
	}
	return nil
}

// samePort finds another port that opens the same one on the node.
func (v weaver) samePort(at edit.Path, want *yaml.Node) edit.Path {
	for _, list := range []string{"containers", "initContainers"} {
		for name, c := range listKeys.Entries(list, v.manifest.Get(podSpec.Field(list))) {
			for key, p := range listKeys.Entries("ports", tree.Field(c, "ports")) {
				other := podSpec.Field(list).Entry(name).Field("ports").Entry(key)
				if tree.Text(p, "hostPort") == tree.Text(want, "hostPort") && protocol(p) == protocol(want) && !other.Equal(at) {
					return other.Field("hostPort")
				}
			}
		}
	}
	return nil
}

// change notes what is to be done, and does it for those that come after.
func (v weaver) change(at edit.Path, put, was *yaml.Node) {
	if annotations := v.manifest.Get(annotationsPath); annotations == nil || tree.IsNull(annotations) {
		v.note(annotationsPath, &yaml.Node{Kind: yaml.MappingNode}, annotations)
	}
	v.note(at, put, was)
}

func (v weaver) note(at edit.Path, put, was *yaml.Node) {
	e := change{At: at, Put: tree.ToJSON(put)}
	if was != nil {
		e.Was = tree.ToJSON(was)
	}
	v.record[v.patch.From.Owner()] = append(v.record[v.patch.From.Owner()], e)
	v.manifest.Set(at, put)
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

func (v weaver) conflict(at, other edit.Path) {
	where, wayOut := v.wayOut(at.LastField())
	there, by := "something else", ""
	if have := v.manifest.Get(other); have != nil && have.Kind == yaml.ScalarNode {
		there = strconv.Quote(have.Value)
	}
	for owner, changes := range v.record {
		for _, e := range changes {
			if e.At.Equal(other) && owner != v.patch.From.Owner() {
				by = ", injected for " + owner
			}
		}
	}
	v.Errorf(source.InjectConflict, where, wayOut, "%s cannot be injected: there is %s at %s%s", shortPath(at), there, v.doc.Place(sourcePath(other)), by)
}

// valueOf makes a tree of what can be JSON.
func valueOf(v any) *yaml.Node {
	text, err := json.Marshal(v)
	if err != nil {
		panic("fn: " + err.Error()) // a type of ours
	}
	return tree.FromJSON(text)
}
