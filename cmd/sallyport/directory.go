package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sallyport.dev/fn/ownership"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A directory is where manifests go, one file an object, and what stands there now.
type directory struct {
	path  string
	scope ownership.Scope
	files []*file // by name

	exact, folded map[string]*file // by name; by name in lower case, the first
}

// A file is one that stands in the directory.
type file struct {
	name   string
	data   []byte
	owners []string // of its documents, each once
	why    string   // why it is not this run's to replace or to remove; "": it is
	wayOut string   // what to do where it is in the way; "": move it
}

// openDirectory reads what stands in a directory. One that is not there is empty. Whole
// says that the specs are all that there are, so that objects of others are orphans.
func openDirectory(path string, whole bool, specs []*v1alpha1.Spec) (*directory, error) {
	d := &directory{path: path, scope: ownership.NewScope(specs, whole), exact: map[string]*file{}, folded: map[string]*file{}}
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the directory: %w", err)
	}
	for _, e := range entries {
		f := &file{name: e.Name()}
		switch {
		case e.IsDir():
			f.why = "it is a directory"
		case e.Type()&fs.ModeSymlink != 0:
			f.why = "it is a symbolic link"
		case !e.Type().IsRegular():
			f.why = "it is not a regular file"
		case slices.Contains(manifests, filepath.Ext(e.Name())):
			if f.data, err = readWholeFile(filepath.Join(path, e.Name())); err != nil {
				return nil, fmt.Errorf("reading the directory: %w", err)
			}
			d.classify(f)
		default:
			f.why = "it is not a manifest"
		}
		d.add(f)
	}
	return d, nil
}

func (d *directory) add(f *file) {
	d.files = append(d.files, f)
	d.exact[f.name] = f
	if fold := strings.ToLower(f.name); d.folded[fold] == nil {
		d.folded[fold] = f
	}
}

// classify finds out whose a file is: ours only if every document in it says so, and
// only if the specs that it comes from are this run's.
func (d *directory) classify(f *file) {
	if !bytes.Contains(f.data, []byte(plan.OwnerAnnotation)) {
		f.why = "nothing in it has the annotation " + plan.OwnerAnnotation
		return
	}
	docs, ds := source.Parse(f.name, f.data)
	if len(f.data) > source.MaxInput {
		f.why = "it is larger than a file of ours"
		return
	}
	if ds.Failed() {
		f.why = "it is not YAML"
		return
	}
	for _, doc := range docs {
		switch owner := ownership.Of(doc); {
		case owner == "":
			f.why = "not every document in it has the annotation " + plan.OwnerAnnotation
		case !slices.Contains(f.owners, owner):
			f.owners = append(f.owners, owner)
		}
	}
	for _, owner := range f.owners {
		if f.why == "" && !d.scope.Has(owner) {
			f.why = "it belongs to " + owner + ", which is not rendered here"
			f.wayOut = "render the directory that has all the specs, or write to another directory"
		}
	}
}

// replaces reports whether a document of the input stands in a file that this run replaces
// or removes. Such a document cannot clash with what is written instead.
func (d *directory) replaces(doc *source.Document) bool {
	if ownership.Of(doc) == "" || !sameDirectory(filepath.Dir(doc.File), d.path) {
		return false
	}
	f := d.find(filepath.Base(doc.File))
	return f != nil && f.why == ""
}

func sameDirectory(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// find returns the file of a name; failing that one whose name differs in case alone,
// which is the same file on some machines, and so is taken for it on all.
func (d *directory) find(name string) *file {
	if f := d.exact[name]; f != nil {
		return f
	}
	return d.folded[strings.ToLower(name)]
}

// An edit is a file that must be written or removed.
type edit struct {
	name     string
	object   source.Object // that the file is to hold; none if it is removed
	owners   []string      // of what a removed file holds
	old, new []byte        // nil: there is no such file
}

// edits compares what stands there with what is wanted. A file that is in the way and
// not ours is an error.
func (d *directory) edits(objs []encode.Object) ([]edit, source.Diagnostics) {
	var out []edit
	var ds source.Diagnostics
	names := fileNames(objs)
	wanted := map[*file]bool{}
	i := 0
	for o, doc := range encode.Documents(objs) {
		e := edit{name: names[i], object: ownership.ObjectOf(o), new: bytes.Clone(doc)}
		i++
		if f := d.find(e.name); f != nil {
			wanted[f] = true
			if e.name, e.old = f.name, f.data; f.why != "" {
				ds = append(ds, d.inTheWay(f, e.object))
			}
		}
		if e.old == nil || !bytes.Equal(e.old, e.new) {
			out = append(out, e)
		}
	}
	for _, f := range d.files {
		if f.why == "" && !wanted[f] {
			out = append(out, edit{name: f.name, owners: f.owners, old: f.data})
		}
	}
	slices.SortFunc(out, func(a, b edit) int { return strings.Compare(a.name, b.name) })
	return out, ds.Sorted()
}

func (d *directory) inTheWay(f *file, o source.Object) source.Diagnostic {
	return source.Diagnostic{Code: source.FileInTheWay, Severity: source.Error, Object: o, File: filepath.Join(d.path, f.name),
		Message: "a file is in the way: " + f.why,
		WayOut:  cmp.Or(f.wayOut, "move the file away, or write to another directory")}
}
