package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
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
		files, err := filesOf(arg)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			data, err := readFile(cmd, file)
			if err != nil {
				return nil, err
			}
			found, ds := source.Parse(file, data)
			docs = append(docs, found...)
			in.found = append(in.found, ds...)
		}
	}
	specs, others, ds := generators.Read(docs)
	in.specs, in.others, in.found = specs, others, append(in.found, ds...)
	if len(in.specs) == 0 && !in.found.Failed() {
		in.found = append(in.found, source.Diagnostic{Code: source.NoSpec, Severity: source.Error, File: args[0],
			Message: "there is no spec in the input",
			WayOut:  fmt.Sprintf("a spec has apiVersion: %s and kind: %s or %s", v1alpha1.APIVersion, v1alpha1.KindExternalAccess, v1alpha1.KindExternalEndpoints)})
	}
	return in, nil
}

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
		if slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(e.Name())) && !e.IsDir() {
			files = append(files, filepath.Join(arg, e.Name()))
		}
	}
	return files, nil
}

func readFile(cmd *cobra.Command, file string) ([]byte, error) {
	if file == "-" {
		data, err := io.ReadAll(cmd.InOrStdin())
		if err != nil {
			return nil, fmt.Errorf("reading standard input: %w", err)
		}
		return data, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the input: %w", err)
	}
	return data, nil
}

// generate runs the core over the input and prints what there is to say, from a
// severity on.
func (in *input) generate(cmd *cobra.Command, least source.Severity) ([]generators.Object, error) {
	objs, ds := generators.Generate(in.specs, in.others)
	return objs, in.report(cmd, ds, least)
}

// report prints what the core and the reading of the input say, from a severity on.
func (in *input) report(cmd *cobra.Command, ds source.Diagnostics, least source.Severity) error {
	ds = append(in.found, ds...).Sorted()
	for _, d := range ds.AtLeast(least) {
		fmt.Fprintln(cmd.ErrOrStderr(), d)
	}
	if ds.Failed() {
		return errReported
	}
	return nil
}
