package main

import (
	"errors"

	"github.com/spf13/cobra"

	"sallyport.dev/fn"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

func newFilter() *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use:   "filter [-f FILE|DIR]...",
		Short: "Merge what specs ask for into manifests in a pipe",
		Long: `Reads manifests from standard input and writes them to standard output with what specs
ask for: those among the manifests, and those that -f names. What was made of these
specs before is replaced where it stands, what they no longer want is dropped, what is
new comes last. Specs are not passed on: no API server knows their kinds. Every other
document keeps its bytes, comments and all; of a StatefulSet that a spec with inject: true
is about, all lines that nothing is injected into.

Of the files that -f names, specs alone are read. Errors and warnings go to standard
error. With an error nothing is printed.`,
		Example: `  helm template kafka ./chart | sallyport filter -f kafka.yaml | kubectl apply -f -
  helm install kafka ./chart --post-renderer sallyport --post-renderer-args filter`,
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return filter(cmd, files) },
	}
	cmd.Flags().StringArrayVarP(&files, "file", "f", nil, "a `FILE` with specs, or a directory of them; may be repeated")
	return cmd
}

func filter(cmd *cobra.Command, files []string) error {
	if !piped(cmd.InOrStdin()) {
		return usageError{errors.New("sallyport filter: pipe manifests in")}
	}
	specs, found, err := specsOf(cmd, files)
	if err != nil {
		return err
	}
	data, err := readFile(cmd, "-")
	if err != nil {
		return err
	}
	ds, err := fn.Filter(cmd.OutOrStdout(), "-", data, specs, found)
	ds.AtLeast(source.Warning).Print(cmd.ErrOrStderr(), "")
	if err == nil && ds.Failed() {
		return errReported
	}
	return err
}

// specsOf reads the specs in files and directories. An argument without any is a mistake:
// what the user wants of it would be missing, and nobody would say so.
func specsOf(cmd *cobra.Command, args []string) ([]*source.Document, source.Diagnostics, error) {
	var specs []*source.Document
	var found source.Diagnostics
	for _, arg := range args {
		if arg == "-" {
			return nil, nil, usageError{errors.New("sallyport filter: standard input is for the manifests; a spec may stand among them")}
		}
		docs, ds, err := readDocuments(cmd, arg)
		if err != nil {
			return nil, nil, err
		}
		before := len(specs)
		for _, doc := range docs {
			if v1alpha1.Ours(doc) {
				specs = append(specs, doc)
			}
		}
		if found = append(found, ds...); len(specs) == before && !ds.Failed() {
			found = append(found, noSpec(arg))
		}
	}
	return specs, found, nil
}
