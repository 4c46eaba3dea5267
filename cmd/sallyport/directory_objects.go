package main

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"sallyport.dev/fn/ownership"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// inTheWay reports a file that has the name of a new one.
func (d *directory) inTheWay(f *file, o encode.Object) source.Diagnostic {
	wayOut := "move the file away, or write to another directory"
	if len(f.docs) > 0 && len(f.owners) == 0 {
		wayOut = "move the file away, hand it over with the annotation " + handOver(o) + ", or write to another directory"
	}
	return source.Diagnostic{Code: source.FileInTheWay, Severity: source.Error, Object: ownership.ObjectOf(o), File: filepath.Join(d.path, f.name),
		Message: "a file is in the way: " + f.keep,
		WayOut:  cmp.Or(f.wayOut, wayOut)}
}

// handOver returns the annotation that makes an object one that Sallyport generated.
func handOver(o encode.Object) string {
	return plan.OwnerAnnotation + ": " + o.GetAnnotations()[plan.OwnerAnnotation]
}

// objectsInTheWay reports what is in files that must not be replaced, and would be there twice:
// objects that are to be written, and objects that were generated before. It skips the files
// that are known to be in the way.
func (d *directory) objectsInTheWay(objs []encode.Object, known map[*file]bool) source.Diagnostics {
	byName := map[source.Object][]encode.Object{}
	for _, o := range objs {
		k := nameless(ownership.ObjectOf(o))
		byName[k] = append(byName[k], o)
	}
	var ds source.Diagnostics
	for _, f := range d.files {
		if f.keep == "" || known[f] {
			continue
		}
		for _, doc := range f.docs {
			r := source.NewReporter(doc)
			if owner := ownership.Of(doc); owner != "" && d.scope.Has(owner) {
				r.Errorf(source.FileInTheWay, inFile, cmp.Or(f.wayOut, "move the file away, or write to another directory"),
					"the object was generated, but the file cannot be replaced: %s", f.keep)
			} else if o := meeting(byName[nameless(doc.Object())], doc); o != nil {
				r.Errorf(source.FileInTheWay, inFile, "take it out; or hand it over with the annotation "+handOver(o)+"; or write to another directory",
					"the object would be in %s twice, and Sallyport did not write this file", d.path)
			}
			if ds = append(ds, r.Diagnostics()...); len(r.Diagnostics()) > 0 && len(f.owners) > 0 {
				break // the rest of a mixed file is the same mistake
			}
		}
	}
	return ds
}

// inFile is the field at which an object in a file is reported.
var inFile = source.Path{}.Field("metadata", "name")

// nameless returns an object without its version and namespace.
func nameless(o source.Object) source.Object {
	o = o.Unversioned()
	o.Namespace = ""
	return o
}

// meeting returns the first of the objects that a document may be, or nil.
func meeting(objs []encode.Object, doc *source.Document) encode.Object {
	for _, o := range objs {
		if ownership.Meet(ownership.ObjectOf(o), doc.Object()) {
			return o
		}
	}
	return nil
}

// withoutSpecs decides what happens to a directory when the specs of its source are gone. With
// --prune-all its files are removed, and no spec is required. Otherwise the error names them.
func (o *output) withoutSpecs(d *directory, found source.Diagnostics) source.Diagnostics {
	left := d.prunable()
	var out source.Diagnostics
	for _, diagnostic := range found {
		switch {
		case diagnostic.Code != source.NoSpec:
		case o.pruneAll:
			continue
		case len(left) > 0:
			diagnostic.Message += fmt.Sprintf(", and %s has files that Sallyport wrote: %s", d.path, fileList(left))
			diagnostic.WayOut = "to remove them, because the last spec is gone, add --prune-all; otherwise check the argument: " + diagnostic.WayOut
		}
		out = append(out, diagnostic)
	}
	return out
}

// prunable lists the files that this run may replace or remove.
func (d *directory) prunable() []string {
	var out []string
	for _, f := range d.files {
		if f.keep == "" {
			out = append(out, filepath.Join(d.path, f.name))
		}
	}
	return out
}

// ofOthers reports a directory that has files of other specs, and nothing of those in the DIRs of the input: it
// may be the directory of another package. A spec that has another name now still generates one of its objects.
func (d *directory) ofOthers(dirs []string, specs []*v1alpha1.Spec, objs []encode.Object) source.Diagnostics {
	ours, made := map[string]bool{}, map[source.Object]bool{}
	for _, s := range specs {
		ours[s.Owner()] = slices.ContainsFunc(dirs, func(dir string) bool { return isIn(dir, s.Doc.File) })
	}
	for _, o := range objs {
		made[ownership.ObjectOf(o).Unversioned()] = true
	}
	lost := map[string][]string{} // files by owner
	renamed := map[string]bool{}  // owners
	for _, f := range d.files {
		if f.keep != "" {
			continue
		}
		stays := slices.ContainsFunc(f.docs, func(doc *source.Document) bool { return made[doc.Object().Unversioned()] })
		for _, owner := range f.owners {
			if ours[owner] {
				return nil
			}
			if !d.scope.Renders(owner) {
				renamed[owner] = renamed[owner] || stays
				lost[owner] = append(lost[owner], filepath.Join(d.path, f.name))
			}
		}
	}
	maps.DeleteFunc(lost, func(owner string, _ []string) bool { return renamed[owner] })
	if len(lost) == 0 {
		return nil
	}
	files := slices.Concat(slices.Collect(maps.Values(lost))...)
	slices.Sort(files)
	return source.Diagnostics{{Code: source.NotPruned, Severity: source.Error, File: d.path,
		Message: fmt.Sprintf("the files in the directory were generated from specs that are not in the input (%s), and would be removed: %s", fileList(slices.Sorted(maps.Keys(lost))), fileList(slices.Compact(files))),
		WayOut:  "write to another directory; or render all specs of this directory in one run; or add --prune-all if those specs are gone, or have other names now"}}
}

// isIn reports whether a file is in a directory or below it, by their paths as they are written.
func isIn(dir, file string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && filepath.IsLocal(rel)
}
