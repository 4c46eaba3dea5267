package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"sallyport.dev/fn/ownership"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
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

// maxNamed is the most files that a message names.
const maxNamed = 10

// withoutSpecs decides what happens to a directory when the specs of its source are gone. With
// --prune-all its files are removed, and no spec is required. Otherwise the error names them.
func (o *output) withoutSpecs(d *directory, found source.Diagnostics) source.Diagnostics {
	var left []string
	for _, f := range d.files {
		if f.keep == "" {
			left = append(left, filepath.Join(d.path, f.name))
		}
	}
	var out source.Diagnostics
	for _, diagnostic := range found {
		switch {
		case diagnostic.Code != source.NoSpec:
		case o.pruneAll:
			continue
		case len(left) > 0:
			names := strings.Join(left[:min(len(left), maxNamed)], ", ")
			if len(left) > maxNamed {
				names += fmt.Sprintf(" and %d more", len(left)-maxNamed)
			}
			diagnostic.Message += fmt.Sprintf(", and %s has files that Sallyport wrote: %s", d.path, names)
			diagnostic.WayOut = "to remove them, because the last spec is gone, add --prune-all; otherwise check the argument: " + diagnostic.WayOut
		}
		out = append(out, diagnostic)
	}
	return out
}
