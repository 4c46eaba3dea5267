// Package importer writes specs from what exists: Services and Endpoints, and the resources and values
// that other tools make them from. It renders each spec that it writes, compares the result with the
// objects that came in, and lists every difference.
//
// Each kind of input has a package: services, strimzi, pravega and bitnami make drafts of what they read.
// Package compare lists the differences. This package decides which draft is written.
package importer

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/schemas/source"
)

// A Result is what a run has imported.
type Result struct {
	Specs       []*Spec
	Diagnostics source.Diagnostics
}

// Options are what the input does not say.
type Options = draft.Options

// Run imports documents. There are no specs if the diagnostics have an error.
func Run(docs []*source.Document, o Options) *Result {
	in := &draft.Input{Options: o}
	in.Begin(once(in, docs))
	out := &Result{}
	for _, d := range drafts(in) {
		for _, t := range best(d) {
			if t.found.Failed() {
				out.Diagnostics = append(out.Diagnostics, t.refused()...)
				continue
			}
			out.Specs = append(out.Specs, t.spec())
			out.Diagnostics = append(out.Diagnostics, t.warnings()...)
		}
	}
	out.Diagnostics = append(in.Found, out.Diagnostics...)
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

// best returns the trial of a draft, or of one of those that it offers instead, with the fewest
// differences.
func best(d *draft.Draft) []*trial {
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
