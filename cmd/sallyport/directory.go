package main

import (
	"bytes"
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

// A directory is a directory of manifests, with one file for each object.
type directory struct {
	path  string
	scope ownership.Scope
	files []*file // by name

	exact  map[string]*file // by name
	folded map[string]*file // by name in lower case; the first of each
}

// A file is a file that is in the directory before the run.
type file struct {
	name   string
	data   []byte
	owners []string           // the owners of its documents, each once
	docs   []*source.Document // in it, with the members of Lists in place of these
	keep   string             // why this run must not replace or remove it; "" if it may
	wayOut string             // the advice if it is in the way; "" for the usual one
}

// openDirectory reads the files of a directory. A missing directory has none. If all is true,
// there are no specs besides specs, so that objects of any other spec are orphans.
func openDirectory(path string, all bool, specs []*v1alpha1.Spec) (*directory, error) {
	d := &directory{path: path, scope: ownership.NewScope(specs, all), exact: map[string]*file{}, folded: map[string]*file{}}
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the directory: %w", err)
	}
	for _, e := range entries {
		f := &file{name: e.Name()}
		switch {
		case e.IsDir():
			f.keep = "it is a directory"
		case e.Type()&fs.ModeSymlink != 0:
			f.keep = "it is a symbolic link"
		case !e.Type().IsRegular():
			f.keep = "it is not a regular file"
		case slices.Contains(manifestExtensions, filepath.Ext(e.Name())):
			text, err := readLimitedFile(filepath.Join(path, e.Name()))
			if err != nil {
				return nil, fmt.Errorf("reading the directory: %w", err)
			}
			f.data = []byte(text)
			d.classify(f)
		default:
			f.keep = "it is not a manifest"
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

// classify finds the owners of a file. This run may replace or remove the file if every
// document in it has an owner, and all owners are in the scope of this run.
func (d *directory) classify(f *file) {
	docs, ds := source.Parse(filepath.Join(d.path, f.name), f.data)
	for _, doc := range docs {
		if members := doc.Members(); len(members) > 0 {
			f.docs = append(f.docs, members...)
		} else {
			f.docs = append(f.docs, doc)
		}
	}
	if len(f.data) > source.MaxInput {
		f.keep = "it is larger than the files that Sallyport writes"
		return
	}
	foreign := false
	for _, doc := range f.docs {
		switch owner := ownership.Of(doc); {
		case owner == "":
			foreign = true
		case !slices.Contains(f.owners, owner):
			f.owners = append(f.owners, owner)
		}
	}
	switch {
	case ds.Failed():
		f.keep = "it is not YAML"
	case len(f.owners) == 0:
		f.keep = "nothing in it has the annotation " + plan.OwnerAnnotation
	case foreign:
		f.keep = "not every document in it has the annotation " + plan.OwnerAnnotation
		f.wayOut = "move the other documents to a file of their own, or write to another directory"
	}
	for _, owner := range f.owners {
		if f.keep == "" && !d.scope.Has(owner) {
			f.keep = "it belongs to " + owner + ", which is not rendered in this run"
			f.wayOut = "render a directory with all specs, or write to another directory"
		}
	}
}

// replaces reports whether a document of the input is in a file that this run replaces or
// removes. Such a document cannot collide with the new objects.
func (d *directory) replaces(doc *source.Document) bool {
	if ownership.Of(doc) == "" || !sameDirectory(filepath.Dir(doc.File), d.path) {
		return false
	}
	f := d.find(filepath.Base(doc.File))
	return f != nil && f.keep == ""
}

func sameDirectory(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// find returns the file with a name, or one whose name differs only in case. On some systems
// that is the same file, so it counts as the same on all.
func (d *directory) find(name string) *file {
	if f := d.exact[name]; f != nil {
		return f
	}
	return d.folded[strings.ToLower(name)]
}

// fileNames returns the names of the files of objects, as they are in the directory.
func (d *directory) fileNames(objs []encode.Object) []string {
	names := fileNames(objs)
	for i, name := range names {
		if f := d.find(name); f != nil {
			names[i] = f.name
		}
	}
	return names
}

// A fileChange is a file that must be written or removed.
type fileChange struct {
	name     string
	object   source.Object // the object in the new file; empty if the file is removed
	owners   []string      // the owners of a removed file
	old, new []byte        // nil if there is no such file
}

// changes compares the directory with the objects. A file that has the name of a new file, or
// holds one of the objects, but must not be replaced, is an error.
func (d *directory) changes(objs []encode.Object) ([]fileChange, source.Diagnostics) {
	var out []fileChange
	var ds source.Diagnostics
	names := fileNames(objs)
	wanted := map[*file]bool{}
	i := 0
	for o, doc := range encode.Documents(objs) {
		c := fileChange{name: names[i], object: ownership.ObjectOf(o), new: bytes.Clone(doc)}
		i++
		if f := d.find(c.name); f != nil {
			wanted[f] = true
			if c.name, c.old = f.name, f.data; f.keep != "" {
				ds = append(ds, d.inTheWay(f, o))
			}
		}
		if c.old == nil || !bytes.Equal(c.old, c.new) {
			out = append(out, c)
		}
	}
	for _, f := range d.files {
		if f.keep == "" && !wanted[f] {
			out = append(out, fileChange{name: f.name, owners: f.owners, old: f.data})
		}
	}
	ds = append(ds, d.objectsInTheWay(objs, wanted)...)
	slices.SortFunc(out, func(a, b fileChange) int { return strings.Compare(a.name, b.name) })
	return out, ds.Sorted()
}
