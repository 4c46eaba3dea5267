package fn

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/edit"
	"sallyport.dev/fn/tree"
	"sallyport.dev/generators/patch"
	"sallyport.dev/schemas/source"
)

// A patcher applies a patch to a StatefulSet, and reports conflicts with what is there.
type patcher struct {
	*source.Reporter
	set   *statefulSet
	patch *patch.Patch
}

// patch applies a patch and records its changes.
func (s *statefulSet) patch(patch *patch.Patch, r *source.Reporter) {
	p := patcher{r, s, patch}
	if pod := s.patched.Get(podSpec); pod == nil || pod.Kind != yaml.MappingNode {
		p.Errorf(source.InjectConflict, injectPath, "add spec.template.spec there", "%s has no pod template", s.doc.Object())
		return
	}
	if m := patch.Spec.Template.Metadata; m != nil {
		for key, want := range tree.Pairs(valueOf(m.Annotations)) {
			p.templateAnnotation(key, want)
		}
	}
	for key, want := range tree.Pairs(valueOf(patch.Spec.Template.Spec)) {
		switch {
		case want.Kind == yaml.ScalarNode:
			p.setting(podSpec.Field(key), want)
		case key == "volumes":
			p.list(podSpec.Field(key), want)
		default:
			p.containers(podSpec.Field(key), want)
		}
	}
}

// templateAnnotation sets an annotation of ours in the metadata of the pods.
func (p patcher) templateAnnotation(key string, want *yaml.Node) {
	at := edit.Path{}.Field("spec", "template", "metadata")
	for _, holder := range []edit.Path{at, at.Field("annotations")} {
		if have := p.set.patched.Get(holder); have == nil || tree.IsNull(have) {
			p.change(holder, &yaml.Node{Kind: yaml.MappingNode}, have)
		}
	}
	annotation := at.Field("annotations").Entry(key)
	have := p.set.patched.Get(annotation)
	switch {
	case have == nil || p.owner(annotation) == "" && !listKeys.Contain(have, want, ""):
		p.change(annotation, want, have)
	case p.owner(annotation) != "": // a StatefulSet has one config
		p.conflict(annotation, annotation)
	}
}

// containers adds containers of ours, which have an image, and patches those of the user.
func (p patcher) containers(at edit.Path, want *yaml.Node) {
	ours := &yaml.Node{Kind: yaml.SequenceNode}
	for name, c := range listKeys.Entries(at.LastField(), want) {
		if tree.Field(c, "image") == nil {
			p.container(at.Entry(name), c)
		} else {
			ours.Content = append(ours.Content, c)
		}
	}
	if len(ours.Content) > 0 {
		p.list(at, ours)
	}
}

// container patches the lists of a container.
func (p patcher) container(at edit.Path, want *yaml.Node) {
	for key, list := range tree.Pairs(want) {
		if list.Kind == yaml.SequenceNode {
			p.list(at.Field(key), list)
		}
	}
}

// list patches a list, which is made if it does not exist.
func (p patcher) list(at edit.Path, want *yaml.Node) {
	have := p.set.patched.Get(at)
	switch {
	case have == nil, tree.IsNull(have):
		p.change(at, &yaml.Node{Kind: yaml.SequenceNode}, have)
	case have.Kind != yaml.SequenceNode:
		p.Errorf(source.InjectConflict, injectPath, "make it a list", "%s is not a list", p.set.doc.Place(sourcePath(at)))
		return
	}
	for key, e := range listKeys.Entries(at.LastField(), want) {
		p.entry(at.Entry(key), e)
	}
}

// entry adds an entry to a list. An entry that exists, because the user has applied the
// patch, stays and is not recorded.
func (p patcher) entry(at edit.Path, want *yaml.Node) {
	have, other := p.set.patched.Get(at), p.collision(at, want)
	switch {
	case other != nil:
		p.conflict(at, other)
	case have == nil:
		p.change(at, want, nil)
	case listKeys.Contain(have, want, ""):
	case at.LastField() == "ports":
		p.setting(at.Field("hostPort"), tree.Field(want, "hostPort"))
	default:
		p.conflict(at, at)
	}
}

// setting sets a scalar. It replaces booleans and empty values of the user's, and nothing
// else.
func (p patcher) setting(at edit.Path, want *yaml.Node) {
	have := p.set.patched.Get(at)
	switch {
	case have == nil:
		if other := p.collision(at, want); other != nil {
			p.conflict(at, other)
			return
		}
		p.change(at, want, nil)
	case listKeys.Contain(have, want, ""):
	case tree.IsNull(have), have.ShortTag() == tree.BoolTag, have.Value == "", have.Value == "0":
		p.change(at, want, have)
	default:
		p.conflict(at, at)
	}
}

// collision returns the path of another value that the API server, or the controller of
// StatefulSets, would take for the same thing, or nil.
func (p patcher) collision(at edit.Path, want *yaml.Node) edit.Path {
	d, name, port := p.set.patched, tree.Text(want, "name"), tree.Text(want, "hostPort")
	switch {
	case at.IsEntry() && at.LastField() == "volumes": // a claim replaces a volume of the same name
		claims := edit.Path{}.Field("spec", "volumeClaimTemplates")
		for i, c := range tree.Entries(d.Get(claims)) {
			if tree.Text(tree.Field(c, "metadata"), "name") == name {
				return claims.Entry(fmt.Sprint(i))
			}
		}
	case at.IsEntry() && at.LastField() == "initContainers":
		if other := podSpec.Field("containers").Entry(name); d.Get(other) != nil {
			return other
		}
	case at.LastField() == "serviceAccountName": // the deprecated name of the field
		if other := podSpec.Field("serviceAccount"); d.Get(other) != nil && !listKeys.Contain(d.Get(other), want, "") {
			return other
		}
	case port != "" && at.IsEntry():
		if n := podSpec.Field("hostNetwork"); d.Get(n) != nil && d.Get(n).Value == "true" && port != tree.Text(want, "containerPort") {
			return n
		}
		return p.sameHostPort(at, want)
	}
	return nil
}

// sameHostPort returns the path of another port that has the same hostPort, or nil.
func (p patcher) sameHostPort(at edit.Path, want *yaml.Node) edit.Path {
	for _, list := range []string{"containers", "initContainers"} {
		for name, c := range listKeys.Entries(list, p.set.patched.Get(podSpec.Field(list))) {
			for key, port := range listKeys.Entries("ports", tree.Field(c, "ports")) {
				other := podSpec.Field(list).Entry(name).Field("ports").Entry(key)
				if tree.Text(port, "hostPort") == tree.Text(want, "hostPort") && protocol(port) == protocol(want) && !other.Equal(at) {
					return other.Field("hostPort")
				}
			}
		}
	}
	return nil
}

// change makes and records a change. The record is an annotation, so that it also makes the
// mapping of annotations if there is none.
func (p patcher) change(at edit.Path, put, was *yaml.Node) {
	if annotations := p.set.patched.Get(annotationsPath); annotations == nil || tree.IsNull(annotations) {
		p.inject(annotationsPath, &yaml.Node{Kind: yaml.MappingNode}, annotations)
	}
	p.inject(at, put, was)
}

// inject sets a value and adds the change to the record.
func (p patcher) inject(at edit.Path, put, was *yaml.Node) {
	c, owner := change{At: at, Put: tree.ToJSON(put)}, p.patch.From.Owner()
	if was != nil {
		c.Was = tree.ToJSON(was)
	}
	p.set.after[owner] = append(p.set.after[owner], c)
	p.set.patched.Set(at, put)
}

// wayOut returns what to do about a conflict in a field, and the path in the spec that
// decides on that field.
func (p patcher) wayOut(at edit.Path) (source.Path, string) {
	config := p.patch.Component.Field("config")
	switch at.LastField() {
	case "serviceAccountName":
		return source.Path{}.Field("spec", "rbac", "serviceAccountName"), "write the account of the StatefulSet here, or remove it there"
	case "ports", "hostPort":
		return p.patch.Component.Field("services"), "write a hostPort here that agrees with it, or remove it there"
	case "annotations":
		return config, "merge the configs of the StatefulSet into one"
	case "volumeMounts":
		return p.patch.Component.Field(p.patch.MountField(at.Name()), "mountPath"), "write another mountPath here, or remove the mount there"
	case "env":
		return config.Field(p.patch.EnvField(at.Name())), "remove the variable in one of the two places"
	}
	return injectPath, "rename it there: the name sallyport is reserved for what is injected"
}

// conflict reports that a change cannot be made because of another value.
func (p patcher) conflict(at, other edit.Path) {
	where, wayOut := p.wayOut(at)
	there, by := "something else", ""
	if have := p.set.patched.Get(other); have != nil && have.Kind == yaml.ScalarNode {
		there = strconv.Quote(have.Value)
	}
	if owner := p.owner(other); owner != "" {
		by = ", injected for " + owner
	}
	p.Errorf(source.InjectConflict, where, wayOut, "%s cannot be injected: there is %s at %s%s", shortPath(at), there, p.set.doc.Place(sourcePath(other)), by)
}

// owner returns the other owner for which a value was injected, or "".
func (p patcher) owner(at edit.Path) string {
	for owner, changes := range p.set.after {
		if owner != p.patch.From.Owner() && slices.ContainsFunc(changes, func(c change) bool { return c.At.Equal(at) }) {
			return owner
		}
	}
	return ""
}

// valueOf returns a value as a tree.
func valueOf(v any) *yaml.Node {
	text, err := json.Marshal(v)
	if err != nil {
		panic("fn: " + err.Error()) // JSON holds all that a patch has
	}
	return tree.FromJSON(text)
}
