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

// write applies the changes. It first writes all new files into a temporary directory, and then
// renames them, so that no file is ever incomplete, and an error before the first rename
// changes nothing. Files are removed last.
func (d *directory) write(changes []fileChange) (err error) {
	if len(changes) == 0 {
		return nil
	}
	created, err := makeDirectory(d.path)
	defer func() {
		for _, dir := range created {
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
	root, err := os.OpenRoot(d.path) // so that no file name can refer to a file outside
	if err != nil {
		return err
	}
	defer root.Close()
	staged := func(c fileChange) string { return filepath.Join(filepath.Base(stage), c.name) }
	each := func(remove bool, do func(fileChange) error) {
		for _, c := range changes {
			if err == nil && (c.new == nil) == remove {
				err = do(c)
			}
		}
	}
	each(false, func(c fileChange) error { return root.WriteFile(staged(c), c.new, 0o666) })
	each(false, func(c fileChange) error { return root.Rename(staged(c), c.name) })
	each(true, func(c fileChange) error { return root.Remove(c.name) })
	return err
}

// makeDirectory creates a directory and its parents. It returns those that it created, the
// innermost first.
func makeDirectory(path string) (created []string, err error) {
	for p := filepath.Clean(path); ; p = filepath.Dir(p) {
		if _, err := os.Lstat(p); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		created = append(created, p)
	}
	return created, os.MkdirAll(path, 0o777)
}

// report prints a line for each change.
func (d *directory) report(out io.Writer, changes []fileChange) {
	for _, c := range changes {
		verb := "changed"
		switch {
		case c.new == nil:
			verb = "removed"
		case c.old == nil:
			verb = "created"
		}
		fmt.Fprintln(out, verb, filepath.Join(d.path, c.name))
	}
}

const noFile = "/dev/null" // the name for a missing file in patches, on all systems

// drift returns the changes as a patch, and as an error for each file.
func (d *directory) drift(changes []fileChange) (patch string, ds source.Diagnostics) {
	var b strings.Builder
	for _, c := range changes {
		path := filepath.ToSlash(filepath.Join(d.path, c.name))
		from, to, message := path, path, "the file is out of date"
		switch {
		case c.new == nil:
			to, message = noFile, "the file is stale: "+strings.Join(c.owners, ", ")+" no longer asks for it"
		case c.old == nil:
			from, message = noFile, "the file is missing"
		}
		b.WriteString(udiff.Unified(from, to, string(c.old), string(c.new)))
		ds = append(ds, source.Diagnostic{Code: source.Drift, Severity: source.Error, Object: c.object, File: path, Message: message})
	}
	return b.String(), ds
}
