package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"sallyport.dev/schemas/source"
)

// write makes the edits. All new files are written beside the old ones first, where
// nobody reads them, and then renamed, so that each appears whole or not at all, and a
// mistake before the first rename changes nothing. What is removed goes last.
func (d *directory) write(edits []edit) (err error) {
	if len(edits) == 0 {
		return nil
	}
	made, err := makeDirectory(d.path)
	defer func() {
		for _, dir := range made {
			if err != nil {
				_ = os.Remove(dir) // only if it is empty
			}
		}
	}()
	if err != nil {
		return err
	}
	stage, err := os.MkdirTemp(d.path, ".sallyport-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	root, err := os.OpenRoot(d.path) // no name leads out of it
	if err != nil {
		return err
	}
	defer root.Close()
	staged := func(e edit) string { return filepath.Join(filepath.Base(stage), e.name) }
	each := func(remove bool, do func(edit) error) {
		for _, e := range edits {
			if err == nil && (e.new == nil) == remove {
				err = do(e)
			}
		}
	}
	each(false, func(e edit) error { return root.WriteFile(staged(e), e.new, 0o666) })
	each(false, func(e edit) error { return root.Rename(staged(e), e.name) })
	each(true, func(e edit) error { return root.Remove(e.name) })
	return err
}

// makeDirectory makes a directory and those around it, and returns what it made, the
// innermost first.
func makeDirectory(path string) (made []string, err error) {
	for p := filepath.Clean(path); ; p = filepath.Dir(p) {
		if _, err := os.Lstat(p); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, p)
	}
	return made, os.MkdirAll(path, 0o777)
}

// report tells what was done, one line a file.
func (d *directory) report(out io.Writer, edits []edit) {
	for _, e := range edits {
		verb := "changed"
		switch {
		case e.new == nil:
			verb = "removed"
		case e.old == nil:
			verb = "created"
		}
		fmt.Fprintln(out, verb, filepath.Join(d.path, e.name))
	}
}

const noFile = "/dev/null" // as diff and patch call it, on all systems

// drift tells what would have to be done: a patch that does it, and a line for each file.
func (d *directory) drift(edits []edit) (patch string, ds source.Diagnostics) {
	var b strings.Builder
	for _, e := range edits {
		path := filepath.ToSlash(filepath.Join(d.path, e.name))
		from, to, message := path, path, "the file is not what the specs ask for"
		switch {
		case e.new == nil:
			to, message = noFile, "the file is stale: "+strings.Join(e.owners, ", ")+" does not ask for it"
		case e.old == nil:
			from, message = noFile, "the file is missing"
		}
		b.WriteString(udiff.Unified(from, to, string(e.old), string(e.new)))
		ds = append(ds, source.Diagnostic{Code: source.Drift, Severity: source.Error, Object: e.object, File: path, Message: message})
	}
	return b.String(), ds
}
