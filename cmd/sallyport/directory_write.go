package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/aymanbagabas/go-udiff"

	"sallyport.dev/schemas/source"
)

// write applies the changes, all or none. New files are written into a stage first, a directory
// beside them, and then renamed, so that no file is ever incomplete. If a step fails or ctx is done,
// the steps before it are undone. A process that is killed undoes nothing: the next run makes the
// directory right, and one that begins at least staleStage later removes the stage.
func (d *directory) write(ctx context.Context, changes []fileChange) (err error) {
	if len(changes) == 0 {
		if root, err := os.OpenRoot(d.path); err == nil { // else there is nothing to remove
			defer root.Close()
			removeStages(root)
		}
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
	root, err := os.OpenRoot(d.path) // so that no file name can refer to a file outside
	if err != nil {
		return err
	}
	defer root.Close()
	removeStages(root)
	stage, err := os.MkdirTemp(d.path, stagePrefix+"*"+stageSuffix)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	return transaction{root, filepath.Base(stage)}.apply(ctx, changes)
}

// The stage has a name that is hidden, and its files have names that no tool takes for manifests.
const (
	stagePrefix, stageSuffix = ".sallyport-", ".stage"
	stagedSuffix             = ".new"
	staleStage               = time.Minute // no run takes as long
)

// removeStages removes the stages of runs that were killed. What cannot be removed stays.
func removeStages(root *os.Root) {
	entries, _ := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && e.IsDir() && strings.HasPrefix(e.Name(), stagePrefix) && strings.HasSuffix(e.Name(), stageSuffix) && time.Since(info.ModTime()) > staleStage {
			_ = root.RemoveAll(e.Name())
		}
	}
}

// A transaction changes the files of a directory by way of its stage.
type transaction struct {
	root  *os.Root
	stage string
}

// apply makes the changes. Files are removed last. If it fails, it has undone what it did.
func (t transaction) apply(ctx context.Context, changes []fileChange) error {
	var steps []func() error
	var done []fileChange
	for _, c := range changes {
		if c.new != nil {
			steps = append(steps, func() error { return t.put(c, c.new) })
		}
	}
	for _, remove := range []bool{false, true} {
		for _, c := range changes {
			if (c.new == nil) != remove {
				continue
			}
			steps = append(steps, func() error {
				err := t.change(c)
				if err == nil {
					done = append(done, c)
				}
				return err
			})
		}
	}
	for _, step := range steps {
		if err := context.Cause(ctx); err != nil {
			return errors.Join(err, t.undo(done))
		}
		if err := step(); err != nil {
			return errors.Join(err, t.undo(done))
		}
	}
	return nil
}

func (t transaction) staged(c fileChange) string { return filepath.Join(t.stage, c.name+stagedSuffix) }

// put writes a file into the stage, with the permissions of the file that it replaces.
func (t transaction) put(c fileChange, text []byte) error {
	if err := t.root.WriteFile(t.staged(c), text, 0o666); err != nil {
		return err
	}
	if info, err := t.root.Lstat(c.name); err == nil && c.old != nil {
		return t.root.Chmod(t.staged(c), info.Mode().Perm())
	}
	return nil
}

// change puts the staged file in its place, or removes the old one. A file that another program has
// written since it was read is not replaced.
func (t transaction) change(c fileChange) error {
	now, err := t.root.ReadFile(c.name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && c.old == nil:
	case err != nil:
		return err
	case c.old == nil || !bytes.Equal(now, c.old):
		return fmt.Errorf("%s has changed meanwhile", c.name)
	}
	if c.new == nil {
		return t.root.Remove(c.name)
	}
	return t.root.Rename(t.staged(c), c.name)
}

// undo takes changes back, the last one first.
func (t transaction) undo(done []fileChange) error {
	var failed error
	for _, c := range slices.Backward(done) {
		var err error
		if c.old == nil {
			err = t.root.Remove(c.name)
		} else if err = t.put(c, c.old); err == nil {
			err = t.root.Rename(t.staged(c), c.name)
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("taking back %s: %w", c.name, err))
		}
	}
	return failed
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

// save applies the changes, unless somebody stops the program, and prints a line for each.
func (d *directory) save(out io.Writer, changes []fileChange) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := d.write(ctx, changes); err != nil {
		return fmt.Errorf("writing to %s: %w", d.path, err)
	}
	d.report(out, changes)
	return nil
}

// report prints a line for each change.
func (d *directory) report(out io.Writer, changes []fileChange) {
	for _, c := range changes {
		verb, why := "changed", ""
		switch {
		case c.new == nil:
			verb = "removed"
			if !slices.ContainsFunc(c.owners, d.scope.Renders) {
				why = " (of " + strings.Join(c.owners, ", ") + ", not in the input)"
			}
		case c.old == nil:
			verb = "created"
		}
		fmt.Fprintln(out, verb, filepath.Join(d.path, c.name)+why)
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
