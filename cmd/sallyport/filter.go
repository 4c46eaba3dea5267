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
		Short: "Add what specs ask for to manifests in a pipe",
		Long: `Reads manifests from standard input and writes them to standard output, with the objects
that specs ask for. Specs are read from the manifests and from the files that -f names;
other documents in these files are ignored.

Objects that were generated before are replaced in place, or dropped if their spec no
longer asks for them. New objects come last. Specs are left out of the output, because
the API server does not know their kinds. Every other document keeps its bytes, including
comments. In a StatefulSet of a spec with inject: true, all lines that the injection does
not change keep theirs.

Errors and warnings go to standard error. If there is an error, no manifests are printed.`,
		Example: `  helm template ./chart | sallyport filter -f kafka.yaml | kubectl apply -f -
  helm install kafka ./chart \
    --post-renderer sallyport --post-renderer-args filter`,
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return filter(cmd, files) },
	}
	cmd.Flags().StringArrayVarP(&files, "file", "f", nil, "a `FILE` or directory with specs; can be repeated")
	return cmd
}

func filter(cmd *cobra.Command, files []string) error {
	if !piped(cmd.InOrStdin()) {
		return usageError{errors.New("sallyport filter: standard input must be a pipe or a file with manifests")}
	}
	specs, found, err := specsOf(cmd, files)
	if err != nil {
		return err
	}
	text, err := readFile(cmd, "-")
	if err != nil {
		return err
	}
	ds, err := fn.Filter(cmd.OutOrStdout(), "-", text, specs, found)
	ds.AtLeast(source.Warning).Print(cmd.ErrOrStderr(), "")
	if err == nil && ds.Failed() {
		return errReported
	}
	return err
}

// specsOf reads the specs in files and directories. An argument without any is an error:
// otherwise objects would be missing without a message.
func specsOf(cmd *cobra.Command, args []string) ([]*source.Document, source.Diagnostics, error) {
	var specs []*source.Document
	var found source.Diagnostics
	for _, arg := range args {
		if arg == "-" {
			return nil, nil, usageError{errors.New("sallyport filter: -f - is not supported: standard input has the manifests, and specs can be among them")}
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
