package generators

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/generators/decide"
	"sallyport.dev/generators/export"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1/exports"
)

// An Export is a text that sallyport export prints.
type Export = decide.Export

// BuiltInExports lists the exports that need no text in a spec: those that every spec has, then
// those for charts and operators.
func BuiltInExports() []Export {
	out := generalExports()
	for _, name := range exports.Names() {
		e, _ := exports.Lookup(name)
		out = append(out, Export{Name: name, For: e.For})
	}
	return out
}

// MisreadWayOut says what to do where an image does not read the variables of a profile.
func MisreadWayOut(profile, image string) string { return decide.MisreadWayOut(profile, image) }

func generalExports() []Export {
	var out []Export
	for _, e := range export.All() {
		out = append(out, Export{Name: e.Name, For: e.For})
	}
	return out
}

// Exports lists the exports that Export can print for the specs: those that every spec has, then
// the others by name. There are none if there are errors.
func (r Result) Exports() []Export {
	if r.Diagnostics.Failed() {
		return nil
	}
	var out []Export
	for _, d := range r.specs {
		for _, e := range d.Exports() {
			if !slices.ContainsFunc(out, func(o Export) bool { return o.Name == e.Name }) {
				out = append(out, e)
			}
		}
	}
	slices.SortFunc(out, func(a, b Export) int { return cmp.Compare(a.Name, b.Name) })
	return append(generalExports(), out...)
}

// Export returns an export of the specs. One that every spec has is that of all specs. Another
// one is that of a single spec, and ports name its ports: see decide.Decision. known is false if there is no
// export of this name.
func (r Result) Export(name string, ports ...string) (out string, ds source.Diagnostics, known bool) {
	if e, ok := export.Find(name); ok {
		var b strings.Builder
		for _, d := range r.specs {
			text, gaps := e.Text(d.Plan)
			b.WriteString(text)
			ds = append(ds, gapsOf(d, name, gaps)...)
		}
		return b.String(), ds.Sorted(), true
	}
	var first *decide.Exported
	var of source.Object
	var misfits source.Diagnostics
	for _, d := range r.specs {
		switch e := d.Export(name, ports); {
		case e == nil:
			continue
		case !e.Fits:
			misfits = append(misfits, e.Found...)
		case first != nil:
			ds = append(ds, severalExports(d, of, name)...)
		default:
			first, of, ds = e, d.Spec.Object(), append(ds, e.Found...)
		}
		known = true
	}
	if first == nil {
		return "", misfits.Sorted(), known
	}
	return first.Text, ds.Sorted(), true
}

// gapsOf returns warnings about what an export lacks, one for each entry of services.
func gapsOf(d decide.Decision, name string, gaps []plan.Gap) source.Diagnostics {
	found := d.Found.Clone()
	before := len(found.Diagnostics())
	for _, g := range gaps {
		found.WarnOnce(source.Undetermined, g.Service.Levels.Entry(), g.WayOut, "export %s leaves out %s: %s", name, g.Service.Title(), g.What)
	}
	return found.Diagnostics()[before:]
}

// severalExports reports that two specs have an export: its reader takes one.
func severalExports(d decide.Decision, first source.Object, name string) source.Diagnostics {
	r := source.NewReporter(d.Spec.Doc)
	r.Errorf(source.Duplicate, source.Path{}.Field("metadata", "name"), "name the files of one spec",
		"export %s fits this spec and %s", name, first)
	return r.Diagnostics()
}
