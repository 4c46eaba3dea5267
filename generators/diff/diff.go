// Package diff compares two states of a package and classifies each change by what a live cluster
// does with it. What the API server and the controllers do is one table, Rules.
package diff

import (
	"bytes"
	"cmp"
	"iter"
	"slices"

	kjson "sigs.k8s.io/json"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// Class is what a change does to a live cluster.
type Class string

// The classes.
const (
	Safe       Class = "safe"       // nobody notices
	Disruptive Class = "disruptive" // clients or pods notice
	Recreate   Class = "recreate"   // it takes effect only if the object is deleted and created again
	Refused    Class = "refused"    // the API server does not accept it
)

// Classes lists the classes from the mildest to the worst.
var Classes = []Class{Safe, Disruptive, Recreate, Refused}

// Reaches reports whether a class is at least as bad as another one.
func (c Class) Reaches(other Class) bool {
	return slices.Index(Classes, c) >= slices.Index(Classes, other)
}

// A State is one side of a comparison.
type State struct {
	Objects []Object
	Tables  []plan.Table // of its specs
}

// An Object is an object of a State: a document of the input, or what Generated returns.
type Object struct {
	Doc   *source.Document
	From  *source.Document // the spec that it is generated from; nil if the document is in the input
	Patch bool             // it is what is injected into a StatefulSet of the input

	tree map[string]any // of what Generated returns
}

// Generated returns objects that are generated, each from a spec.
func Generated(objs iter.Seq[encode.Object], from func(encode.Object) *source.Document) ([]Object, error) {
	var out []Object
	var b bytes.Buffer
	if err := encode.JSON(&b, func(yield func(encode.Object) bool) {
		for o := range objs {
			doc := from(o)
			out = append(out, Object{Doc: doc, From: doc})
			if !yield(o) {
				return
			}
		}
	}); err != nil {
		return nil, err
	}
	var all struct {
		Items []map[string]any `json:"items"`
	}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(b.Bytes(), &all); err != nil {
		return nil, err
	}
	for i := range out {
		out[i].tree = all.Items[i]
	}
	return out, nil
}

// A Result is what has changed.
type Result struct {
	Changes   []Change      `json:"changes"`
	Addresses []Address     `json:"addresses"`
	Unjudged  []Change      `json:"notJudged"` // of kinds that no rule is about
	Summary   map[Class]int `json:"summary"`   // how many findings there are of each class
}

// A Change is an object that differs.
type Change struct {
	APIVersion string    `json:"apiVersion"`
	Kind       string    `json:"kind"`
	Namespace  string    `json:"namespace,omitempty"`
	Name       string    `json:"name"`
	Change     string    `json:"change"` // added, removed or changed
	Injected   bool      `json:"injected,omitempty"`
	Findings   []Finding `json:"findings,omitempty"`
}

// Object returns the kind and the name of the object that differs.
func (c Change) Object() string {
	out := source.Object{Kind: c.Kind, Namespace: c.Namespace, Name: c.Name}.String()
	if c.Injected {
		return out + ", as injected"
	}
	return out
}

// The values of Change.Change.
const (
	added   = "added"
	removed = Removed
	changed = "changed"

	Removed = "removed"
)

// A Finding is a change of an object with its class.
type Finding struct {
	Class   Class   `json:"class"`
	Rule    string  `json:"rule"`
	Fields  []Field `json:"fields,omitempty"`
	Why     string  `json:"why"`
	Notices string  `json:"notices,omitempty"` // who notices
	Instead string  `json:"instead,omitempty"`
	File    string  `json:"file,omitempty"` // where NEW has it, or OLD if NEW does not
	Line    int     `json:"line,omitempty"`
}

// A Field is a field that differs.
type Field struct {
	Path string `json:"path"`
	Old  string `json:"old,omitempty"`
	New  string `json:"new,omitempty"`
}

// Worst returns the worst class of a result, or "" if nothing differs.
func (r *Result) Worst() Class {
	for _, c := range slices.Backward(Classes) {
		if r.Summary[c] > 0 {
			return c
		}
	}
	if len(r.Unjudged) > 0 {
		return Safe
	}
	return ""
}

// Compare compares two states. The diagnostics are about input that cannot be compared.
func Compare(from, to State) (*Result, source.Diagnostics) {
	was, ds := readObjects(from.Objects)
	is, more := readObjects(to.Objects)
	if ds = append(ds, more...); ds.Failed() {
		return nil, ds.Sorted()
	}
	r := &Result{Changes: []Change{}, Addresses: []Address{}, Unjudged: []Change{}, Summary: map[Class]int{}}
	w := newWorld(was, is, from.Tables)
	for _, p := range pairs(was, is) {
		r.compare(w, p[0], p[1])
	}
	slices.SortFunc(r.Changes, order)
	slices.SortFunc(r.Unjudged, order)
	r.Addresses = addresses(from.Tables, to.Tables)
	for _, c := range r.Changes {
		for _, f := range c.Findings {
			r.Summary[f.Class]++
		}
	}
	for _, a := range r.Addresses {
		r.Summary[a.Class]++
	}
	return r, nil
}

func order(a, b Change) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(a.Kind, b.Kind), compareNames(a.Name, b.Name), cmp.Compare(a.APIVersion, b.APIVersion))
}

// compare adds what differs between two objects, of which one may be nil.
func (r *Result) compare(w *world, was, is *object) {
	one := cmp.Or(is, was)
	out := Change{APIVersion: one.APIVersion, Kind: one.Kind, Namespace: one.Namespace, Name: one.Name, Change: changed, Injected: one.patch}
	var leaves []leaf
	switch {
	case was == nil:
		out.Change, leaves = added, []leaf{{steps: []string{added}}}
	case is == nil && was.live && child(was.tree, "metadata", "annotations")[plan.OwnerAnnotation] == nil:
		return // nobody removes what is only in the cluster
	case is == nil:
		out.Change, leaves = removed, []leaf{{steps: []string{removed}}}
	default:
		if leaves = leavesOf(was, is); len(leaves) == 0 {
			return
		}
	}
	if !one.judged() {
		r.Unjudged = append(r.Unjudged, out)
		return
	}
	first := make(map[[2]string]*change) // of each finding
	for _, l := range leaves {
		c := &change{leaf: l, was: was, is: is, w: w}
		c.rule = ruleFor(c, one.Kind)
		finding := out.add(c)
		if first[finding] == nil {
			first[finding] = c
		}
		first[finding].isAboutPort(l.port())
	}
	for i := range out.Findings {
		f := &out.Findings[i]
		c := first[[2]string{f.Rule, f.Why}]
		f.Notices = c.fill(c.rule.Who)
	}
	slices.SortStableFunc(out.Findings, func(a, b Finding) int {
		return cmp.Compare(slices.Index(Classes, b.Class), slices.Index(Classes, a.Class))
	})
	r.Changes = append(r.Changes, out)
}

// add adds a field to the finding of a rule. What one rule finds in an object is one finding,
// unless the texts differ. Who notices is known when all fields are. It returns the rule and the text of the finding.
func (c *Change) add(at *change) [2]string {
	rule := at.rule
	f := Finding{Class: rule.Class, Rule: rule.ID, Why: at.fill(rule.Why), Instead: at.fill(rule.Instead)}
	f.File, f.Line = at.position()
	i := slices.IndexFunc(c.Findings, func(o Finding) bool { return o.Rule == f.Rule && o.Why == f.Why })
	if i < 0 {
		i, c.Findings = len(c.Findings), append(c.Findings, f)
	}
	if c.Change == changed {
		before, after := text(at.before), text(at.after)
		before, after = differing(before, after)
		c.Findings[i].Fields = append(c.Findings[i].Fields, Field{at.path.String(), before, after})
	}
	return [2]string{f.Rule, f.Why}
}

// position returns where the user can see the change.
func (c *change) position() (file string, line int) {
	o, path := c.is, c.path
	if o == nil {
		o, path = c.was, nil
	}
	doc := o.doc
	if o.from != nil {
		doc, path = o.from, nil
	}
	if doc == nil {
		return "", 0
	}
	if len(path) == 0 {
		path = source.Path{}.Field("metadata", "name")
	}
	line, _ = doc.Position(path)
	return doc.File, line
}

// duplicate reports an object that a side has twice.
func duplicate(first, second *object) source.Diagnostics {
	r := source.NewReporter(second.doc)
	name := source.Path{}.Field("metadata", "name")
	r.Errorf(source.NameClash, name, "take one out", "the input has it twice: %s", first.doc.Place(name))
	return r.Diagnostics()
}
