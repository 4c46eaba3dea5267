package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/generators"
	"sallyport.dev/generators/show"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Result is what a run has imported.
type Result struct {
	Specs       []*Spec
	Diagnostics source.Diagnostics
}

// A Spec is a spec that is imported.
type Spec struct {
	Object source.Object
	Text   string // with the notes about it as comments at the end

	Differences []Difference
	Remarks     []Remark
	Came        []*source.Document

	beside []*source.Document
}

// Owner is the value of the annotation that hands an object over to the spec.
func (s *Spec) Owner() string {
	return fmt.Sprintf("%s/%s/%s", s.Object.Kind, s.Object.Namespace, s.Object.Name)
}

// Run imports documents. There are no specs if the diagnostics have an error.
func Run(docs []*source.Document, o Options) *Result {
	in := &Input{Options: o}
	in.All = in.once(docs)
	out := &Result{}
	for _, d := range in.Drafts() {
		for _, t := range best(d) {
			if t.found.Failed() {
				out.Diagnostics = append(out.Diagnostics, t.refused()...)
				continue
			}
			out.Specs = append(out.Specs, t.spec())
			out.Diagnostics = append(out.Diagnostics, t.warnings()...)
		}
	}
	out.Diagnostics = append(in.found, out.Diagnostics...)
	if !out.Diagnostics.Failed() {
		out.Diagnostics = append(out.Diagnostics, together(out.Specs)...)
	}
	if len(out.Specs) == 0 && !out.Diagnostics.Failed() {
		out.Diagnostics = append(out.Diagnostics, nothing(docs, o))
	}
	if out.Diagnostics = out.Diagnostics.Sorted(); out.Diagnostics.Failed() {
		out.Specs, out.Diagnostics = nil, out.Diagnostics.AtLeast(source.Error)
	}
	return out
}

// warnings are the remarks about fields of the input.
func (t *trial) warnings() source.Diagnostics {
	var out source.Diagnostics
	for _, remark := range t.Remarks {
		if doc := remark.Doc; doc != nil {
			line, column := doc.Position(remark.Path)
			out = append(out, source.Diagnostic{Code: source.NotImported, Severity: source.Warning, Object: doc.Object(), File: doc.File, Index: doc.Index,
				Path: remark.Path.String(), Line: line, Column: column, Message: remark.Text,
				WayOut: "decide it by hand: the spec does not say it"})
		}
	}
	return out
}

// nothing reports an input without anything to import.
func nothing(docs []*source.Document, o Options) source.Diagnostic {
	var names []string
	for _, s := range Sources {
		if s.Chart == o.Values {
			names = append(names, s.Name)
		}
	}
	file := ""
	if len(docs) > 0 {
		file = docs[0].File
	}
	wayOut := "what can be imported: " + strings.Join(names, "; ")
	if o.Values == "" && slices.ContainsFunc(docs, looksLikeValues) {
		wayOut = "if it is the values of a Bitnami chart, name the chart: --values CHART, which is one of " + strings.Join(Charts(), ", ") + "; " + wayOut
	}
	return source.Diagnostic{Code: source.NoSpec, Severity: source.Error, File: file,
		Message: "there is nothing to import in the input", WayOut: wayOut}
}

// looksLikeValues reports whether a document may be the values of a Helm chart: it is a mapping and no object.
func looksLikeValues(doc *source.Document) bool {
	n, o := doc.Node(), doc.Object()
	return n.Kind == yaml.MappingNode && len(n.Content) > 0 && o.APIVersion == "" && o.Kind == ""
}

// A trial is a draft that has been rendered.
type trial struct {
	*Draft
	text        string
	found       source.Diagnostics
	differences []Difference
	shortened   bool // the documents beside the spec say what it leaves out
}

// best returns the trial of a draft, or of one of those that it offers instead, with the fewest
// differences.
func best(d *Draft) []*trial {
	first := try(d)
	all := []*trial{first}
	for t := first; t.differs() && t.Simpler != nil; {
		simpler := t.Simpler()
		if simpler == nil {
			break
		}
		t = try(simpler)
		all = append(all, t)
	}
	one := slices.MinFunc(all, func(a, b *trial) int { return cmp.Compare(a.count(), b.count()) })
	if !one.differs() {
		return []*trial{shortest(one)}
	}
	for _, t := range all {
		if t.Split == nil {
			continue
		}
		var parts []*trial
		for _, part := range t.Split() {
			parts = append(parts, best(part)...)
		}
		if countAll(parts) < one.count() {
			return parts
		}
	}
	return []*trial{one}
}

func countAll(all []*trial) int {
	n := 0
	for _, t := range all {
		n += t.count()
	}
	return n
}

// many is more than a spec can have differences.
const many = 1 << 40

// count returns how many differences there are that do not mean the same.
func (t *trial) count() int {
	if t.found.Failed() {
		return many
	}
	n := 0
	for _, d := range t.differences {
		if !d.Meant {
			n++
		}
	}
	return n
}

func (t *trial) differs() bool { return t.count() > 0 }

// try writes a draft, renders it and compares the result with what came in.
func try(d *Draft) *trial {
	t := &trial{Draft: d}
	if d.Access != nil {
		t.text = show.Plain(*d.Access, d.Comments)
	} else {
		t.text = show.Plain(*d.Endpoints, d.Comments)
	}
	docs, ds := source.Parse("", []byte(t.text))
	specs, _, more := generators.Read(docs)
	t.found = append(ds, more...)
	if t.found.Failed() {
		return t
	}
	result := generators.Run(specs, d.Beside)
	if t.found = append(t.found, result.Diagnostics...); t.found.Failed() || len(d.Came) == 0 {
		return t
	}
	t.differences = compareAll(d, result)
	return t
}

// refused reports that no spec can say what came in, at the object that came in first.
func (t *trial) refused() source.Diagnostics {
	var out source.Diagnostics
	for _, found := range t.found.AtLeast(source.Error) {
		doc, at := t.Of, source.Path{}.Field("metadata", "name")
		if len(t.Came) > 0 {
			doc = t.culprit(found)
		} else if doc == nil {
			out = append(out, found)
			continue
		} else if place := placeOf(doc.Node(), found.Current.Text); place != nil {
			at = place
		}
		r := source.NewReporter(doc)
		r.Errorf(found.Code, at, cmp.Or(found.WayOut, "change it, or take it out of the input"),
			"the spec of it would be wrong: %s", found.Message)
		out = append(out, r.Diagnostics()...)
	}
	return out
}

// culprit returns the object that a message names, or the first that came in.
func (t *trial) culprit(found source.Diagnostic) *source.Document {
	for _, doc := range t.Came {
		if slices.Contains(strings.FieldsFunc(found.Message, func(r rune) bool { return r == ' ' || r == ',' || r == ':' }), doc.Object().Name) {
			return doc
		}
	}
	return t.Came[0]
}

// placeOf returns the path of a text in a document; nil: it is not there.
func placeOf(n *yaml.Node, text string) source.Path {
	if text == "" {
		return nil
	}
	for i, c := range n.Content {
		at := source.Path{}.Index(i)
		if n.Kind == yaml.MappingNode {
			if i%2 == 0 {
				continue
			}
			at = source.Path{}.MapKey(n.Content[i-1].Value)
			if v1alpha1.DNSLabel.Passes(strings.ToLower(n.Content[i-1].Value)) {
				at = source.Path{}.Field(n.Content[i-1].Value)
			}
		}
		if c.Kind == yaml.ScalarNode && c.Value == text {
			return at
		}
		if inner := placeOf(c, text); inner != nil {
			return append(at, inner...)
		}
	}
	return nil
}

// spec returns the trial as text with its notes.
func (t *trial) spec() *Spec {
	out := &Spec{Differences: t.differences, Remarks: t.Remarks, Came: t.Came, beside: t.Beside}
	m, kind := t.metadata()
	out.Object = source.Object{APIVersion: v1alpha1.APIVersion, Kind: kind, Namespace: m.Namespace, Name: m.Name}
	out.Text = t.text + t.notes()
	return out
}

func (d *Draft) metadata() (*v1alpha1.Metadata, string) {
	if d.Access != nil {
		return &d.Access.Metadata, v1alpha1.KindExternalAccess
	}
	return &d.Endpoints.Metadata, v1alpha1.KindExternalEndpoints
}
