package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/generators/importer"
	"sallyport.dev/schemas/source"
)

const importLong = `Reads what exists and prints the specs that generate it: Services with their pods, Endpoints
and EndpointSlices, as files have them or as kubectl get -o yaml prints them. Numbers that
count up become a base and a step, names become templates, and what one pod has otherwise
stands under pods. Annotations of load balancers and of external-dns become settings.

Each spec is rendered, and compared with what came in, field by field. Comments at its end
list every difference, and what a spec cannot say. What they do not list is equal.

A StatefulSet in the input says what Services do not, such as the number of its pods. Read
it from a file if it stays beside the spec: what it says is then left out.

  --adopt      how to hand the objects over to the spec, as comments at its end
  -o yaml      a stream of specs
  -o dir=PATH  a file for each spec: KIND_NAME.yaml; files that exist are not replaced`

func newImport() *cobra.Command {
	var out importOutput
	cmd := &cobra.Command{
		Use:   "import [FILE|DIR|-]...",
		Short: "Print specs that generate what exists",
		Long:  importLong,
		Example: `  sallyport import services.yaml > kafka.yaml
  kubectl get svc,sts -n kafka -o yaml | sallyport import --adopt - > kafka.yaml
  sallyport import manifests -o dir=specs`,
		PreRunE: func(*cobra.Command, []string) error { return out.parse() },
		RunE: func(cmd *cobra.Command, args []string) error {
			docs, ds, err := importedDocuments(cmd, args)
			if err != nil {
				return err
			}
			if ds.Failed() {
				ds.Print(cmd.ErrOrStderr(), "")
				return errReported
			}
			result := importer.Run(docs, out.Options)
			append(ds, result.Diagnostics...).Print(cmd.ErrOrStderr(), "")
			if result.Diagnostics.Failed() {
				return errReported
			}
			return out.write(cmd, result)
		},
	}
	cmd.Flags().StringVarP(&out.flag, "output", "o", "yaml", "`FORMAT`: yaml or dir=PATH")
	cmd.Flags().BoolVar(&out.adopt, "adopt", false, "print how to hand the objects over to the specs")
	cmd.Flags().StringVar(&out.Name, "name", "", "`NAME` of the spec, of which there must be one")
	cmd.Flags().StringVarP(&out.Namespace, "namespace", "n", "", "`NAMESPACE` of the specs, if the input has none")
	return cmd
}

// An importOutput is where specs are written.
type importOutput struct {
	importer.Options
	flag  string
	path  string // the directory, for the format dir
	adopt bool
}

func (o *importOutput) parse() error {
	format, path, valued := strings.Cut(o.flag, "=")
	switch {
	case format == "dir" && path == "":
		return usageError{fmt.Errorf("sallyport import: a directory is required: -o dir=PATH")}
	case format == "dir":
	case valued || format != "yaml":
		return usageError{fmt.Errorf("sallyport import: there is no output format %q: %s", o.flag, source.Suggest(format, []string{"yaml", "dir=PATH"}))}
	}
	o.path = path
	return nil
}

// importedDocuments reads the documents of the arguments.
func importedDocuments(cmd *cobra.Command, args []string) (docs []*source.Document, ds source.Diagnostics, err error) {
	if len(args) == 0 {
		if !piped(cmd.InOrStdin()) {
			return nil, nil, usageError{fmt.Errorf("%s: a FILE or a DIR is required, or manifests on standard input", cmd.CommandPath())}
		}
		args = []string{"-"}
	}
	for _, arg := range args {
		more, found, err := readDocuments(cmd, arg)
		if err != nil {
			return nil, nil, err
		}
		docs, ds = append(docs, more...), append(ds, found...)
	}
	return docs, ds, nil
}

func (o *importOutput) write(cmd *cobra.Command, result *importer.Result) error {
	var specs []string
	for _, s := range result.Specs {
		specs = append(specs, s.Text)
	}
	return printText(cmd, strings.Join(specs, "---\n"))
}
