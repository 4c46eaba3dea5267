package main

import (
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// An input is what the arguments of render and validate name.
type input struct {
	specs  []*v1alpha1.Spec
	others []*source.Document
	found  source.Diagnostics
}

// readInput reads files, the YAML and JSON files that lie directly in directories, and
// standard input for "-" or no argument.
func readInput(cmd *cobra.Command, args []string) (*input, error) {
	if len(args) == 0 {
		if !piped(cmd.InOrStdin()) {
			return nil, usageError{fmt.Errorf("%s: name a FILE or a DIR, or pipe a spec in", cmd.CommandPath())}
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
	if len(in.specs) == 0 && !in.found.Failed() {
		in.found = append(in.found, noSpec(args[0]))
	}
	return in, nil
}

// manifests are the extensions of the files that are read in a directory.
var manifests = []string{".yaml", ".yml", ".json"}

// filesOf lists the files that an argument stands for, by name, as kubectl -f does.
func filesOf(arg string) ([]string, error) {
	if arg == "-" {
		return []string{"-"}, nil
	}
	info, err := os.Stat(arg)
	if err != nil {
		return nil, fmt.Errorf("reading the input: %w", err)
	}
	if !info.IsDir() {
		return []string{arg}, nil
	}
	entries, err := os.ReadDir(arg)
	if err != nil {
		return nil, fmt.Errorf("reading the input: %w", err)
	}
	var files []string
	for _, e := range entries {
		if slices.Contains(manifests, filepath.Ext(e.Name())) && !e.IsDir() {
			files = append(files, filepath.Join(arg, e.Name()))
		}
	}
	return files, nil
}

// readFile reads a file or standard input. What is too large for source.Parse is not read
// to its end.
func readFile(cmd *cobra.Command, file string) ([]byte, error) {
	if file == "-" {
		data, err := readWhole(cmd.InOrStdin())
		if err != nil {
			return nil, fmt.Errorf("reading standard input: %w", err)
		}
		return data, nil
	}
	data, err := readWholeFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the input: %w", err)
	}
	return data, nil
}

func readWholeFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readWhole(f)
}

// readWhole reads a byte more than is taken, and no more than that.
func readWhole(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, source.MaxInput+1)) }

func noSpec(file string) source.Diagnostic {
	return source.Diagnostic{Code: source.NoSpec, Severity: source.Error, File: file,
		Message: "there is no spec in the input",
		WayOut:  fmt.Sprintf("a spec has apiVersion: %s and kind: %s or %s", v1alpha1.APIVersion, v1alpha1.KindExternalAccess, v1alpha1.KindExternalEndpoints)}
}

// readDocuments reads what lies in the files that an argument stands for.
func readDocuments(cmd *cobra.Command, arg string) ([]*source.Document, source.Diagnostics, error) {
	files, err := filesOf(arg)
	if err != nil {
		return nil, nil, err
	}
	var docs []*source.Document
	var ds source.Diagnostics
	for _, file := range files {
		data, err := readFile(cmd, file)
		if err != nil {
			return nil, nil, err
		}
		more, found := source.Parse(file, data)
		docs = append(docs, source.Unlisted(more)...)
		ds = append(ds, found...)
	}
	return docs, ds, nil
}

// generate runs the core over the input and prints what there is to say, from a
// severity on. The objects are made while they are read.
func (in *input) generate(cmd *cobra.Command, least source.Severity) (iter.Seq[encode.Object], error) {
	made := generators.Run(in.specs, in.others)
	objs, ds := made.Objects(), made.Diagnostics
	return objs, in.report(cmd, ds, least)
}

// report prints what the core and the reading of the input say, from a severity on.
func (in *input) report(cmd *cobra.Command, ds source.Diagnostics, least source.Severity) error {
	ds = append(in.found, ds...).Sorted()
	ds.AtLeast(least).Print(cmd.ErrOrStderr(), "")
	if ds.Failed() {
		return errReported
	}
	return nil
}
