package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// An input is what render, plan and validate read: the specs, other documents, and the
// diagnostics of reading them.
type input struct {
	specs    []*v1alpha1.Spec
	profiles []*source.Document
	others   []*source.Document
	found    source.Diagnostics
}

// readInput reads files, the YAML and JSON files directly in directories, and standard input
// for "-" or without arguments.
func readInput(cmd *cobra.Command, args []string) (*input, error) {
	if len(args) == 0 {
		if !piped(cmd.InOrStdin()) {
			return nil, usageError{fmt.Errorf("%s: a FILE or a DIR is required, or a spec on standard input", cmd.CommandPath())}
		}
		args = []string{"-"}
	}
	in := &input{}
	var docs []*source.Document
	for _, arg := range args {
		more, ds, err := readDocuments(cmd, arg)
		if err != nil {
			return nil, err
		}
		docs = append(docs, more...)
		in.found = append(in.found, ds...)
	}
	specs, others, ds := generators.Read(docs)
	in.specs, in.others, in.found = specs, others, append(in.found, ds...)
	in.profiles = slices.DeleteFunc(docs, func(doc *source.Document) bool { return !v1alpha1.IsProfile(doc) })
	if len(in.specs) == 0 && !in.found.Failed() {
		in.found = append(in.found, noSpecAmong(in.others, args))
	}
	return in, nil
}

// manifestExtensions are the extensions of the files that are read in a directory.
var manifestExtensions = []string{".yaml", ".yml", ".json"}

// filesOf lists the files of an argument in the order of their names, as kubectl -f does. In a
// directory it leaves out what is no file, such as a pipe: to read it may wait for ever.
func filesOf(arg string) ([]string, source.Diagnostics, error) {
	if arg == "-" {
		return []string{"-"}, nil, nil
	}
	info, err := os.Stat(arg)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the input: %w", err)
	}
	if !info.IsDir() {
		return []string{arg}, nil, nil
	}
	entries, err := os.ReadDir(arg)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the input: %w", err)
	}
	var files []string
	var ds source.Diagnostics
	for _, e := range entries {
		name := filepath.Join(arg, e.Name())
		if !slices.Contains(manifestExtensions, filepath.Ext(name)) {
			continue
		}
		info, err := os.Stat(name) // of what a link leads to
		switch {
		case err == nil && info.IsDir():
		case err == nil && !info.Mode().IsRegular():
			ds = append(ds, source.Diagnostic{Code: source.NoFile, Severity: source.Warning, File: name,
				Message: "it is no regular file, and left out", WayOut: "name it as an argument to read it, or give it another extension"})
		default:
			files = append(files, name)
		}
	}
	return files, ds, nil
}

// readFile reads a file, or standard input for "-". It stops when the input is too large for
// source.Parse.
func readFile(cmd *cobra.Command, file string) (string, error) {
	if file == "-" {
		text, err := readText(cmd.InOrStdin())
		if err != nil {
			return "", fmt.Errorf("reading standard input: %w", err)
		}
		return text, nil
	}
	text, err := readLimitedFile(file)
	if err != nil {
		return "", fmt.Errorf("reading the input: %w", err)
	}
	return text, nil
}

func readLimitedFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return readText(f)
}

// readText reads a text. After a large one the garbage is collected, and more often from then on:
// most of the memory is that of the input, so that a collection costs little, and frees much.
func readText(r io.Reader) (string, error) {
	text, err := source.ReadText(r)
	if len(text) > large {
		debug.SetGCPercent(200)
		runtime.GC()
	}
	return text, err
}

// large is an input of ten thousand small objects, or more.
const large = 1 << 20

func noSpec(file string) source.Diagnostic {
	return source.Diagnostic{Code: source.NoSpec, Severity: source.Error, File: file,
		Message: "there is no spec in the input",
		WayOut:  fmt.Sprintf("a spec has apiVersion: %s and kind: %s or %s", v1alpha1.APIVersion, v1alpha1.KindExternalAccess, v1alpha1.KindExternalEndpoints)}
}

// noSpecAmong is noSpec for an input that may be what kustomize made of one with a spec, or has specs below a
// directory.
func noSpecAmong(others []*source.Document, args []string) source.Diagnostic {
	d := noSpec(args[0])
	if len(others) > 0 {
		d.WayOut += "; if kustomize built this, it ran no function: that needs --enable-alpha-plugins and --enable-exec"
	}
	for _, arg := range args {
		if below := manifestBelow(arg); below != "" {
			d.WayOut += "; directories below one are not read: name them too, as that of " + below
			break
		}
	}
	return d
}

// manifestBelow returns a file in a directory directly below another one that would be read there, or "".
func manifestBelow(dir string) string {
	for _, ext := range manifestExtensions {
		if found, _ := filepath.Glob(filepath.Join(dir, "*", "*"+ext)); len(found) > 0 { // a name with wildcards finds nothing
			return found[0]
		}
	}
	return ""
}

// readDocuments reads the documents in the files of an argument.
func readDocuments(cmd *cobra.Command, arg string) ([]*source.Document, source.Diagnostics, error) {
	files, ds, err := filesOf(arg)
	if err != nil {
		return nil, nil, err
	}
	var docs []*source.Document
	for _, file := range files {
		text, err := readFile(cmd, file)
		if err != nil {
			return nil, nil, err
		}
		more, found := source.ParseText(file, text)
		docs = append(docs, source.Unlisted(more)...)
		ds = append(ds, found...)
	}
	return docs, ds, nil
}

// report prints the diagnostics of the core and of reading the input that have at least a
// severity. It returns errReported if any of them is an error.
func (in *input) report(cmd *cobra.Command, ds source.Diagnostics, least source.Severity) error {
	ds = append(in.found, ds...).Independent().Sorted()
	ds.AtLeast(least).Print(cmd.ErrOrStderr(), "")
	if ds.Failed() {
		return errReported
	}
	return nil
}
