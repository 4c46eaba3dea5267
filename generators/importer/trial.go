package importer

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/generators"
	"sallyport.dev/generators/importer/compare"
	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/generators/show"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A trial is a draft that has been rendered.
type trial struct {
	*draft.Draft
	text        string
	found       source.Diagnostics
	differences []compare.Difference
	shortened   bool // the documents beside the spec say what it leaves out
}

// placeInKustomize are the fields of a kustomization that can name a spec. A transformer reads the workload.
var placeInKustomize = map[string]string{v1alpha1.KindExternalAccess: "transformers or generators", v1alpha1.KindExternalEndpoints: "generators"}

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
func try(d *draft.Draft) *trial {
	t := &trial{Draft: d}
	m, kind := d.Metadata()
	m.Annotations = map[string]string{v1alpha1.FunctionAnnotation: v1alpha1.Function}
	d.Comment(source.Path{}.Field("metadata", "annotations").MapKey(v1alpha1.FunctionAnnotation), "for kustomize, under "+placeInKustomize[kind])
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
	t.differences = compare.All(d.Came, result.Objects())
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
