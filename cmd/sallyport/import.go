package main

import (
	"fmt"
	"path/filepath"
	"slices"
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

Resources of operators are read, too: Kafka with its KafkaNodePools (Strimzi), PravegaCluster,
the annotation of dklb. With --values, the input is the values of a Helm chart, and --name is
the name of the release. What a spec cannot say of them is also a warning.

  --adopt      how to hand the objects over to the spec, as comments at its end
  -o yaml      a stream of specs
  -o dir=PATH  a file for each spec, KIND_NAME.yaml; no file is replaced`

func newImport() *cobra.Command {
	var out importOutput
	cmd := &cobra.Command{
		Use:   "import [FILE|DIR|-]...",
		Short: "Print specs that generate what exists",
		Long:  importLong,
		Example: `  sallyport import services.yaml > kafka.yaml
  kubectl get svc,sts -n kafka -o yaml | sallyport import --adopt - > kafka.yaml
  kubectl get kafka,kafkanodepools,svc -o yaml | sallyport import -
  sallyport import --values redis-cluster --name cache values.yaml
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
	cmd.Flags().StringVar(&out.Values, "values", "", "`CHART` of Bitnami whose values the input is: "+strings.Join(importer.Charts(), ", "))
	_ = cmd.RegisterFlagCompletionFunc("values", cobra.FixedCompletions(importer.Charts(), cobra.ShellCompDirectiveNoFileComp))
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
	o.Values = strings.TrimPrefix(o.Values, "bitnami/")
	if charts := importer.Charts(); o.Values != "" && !slices.Contains(charts, o.Values) {
		return usageError{fmt.Errorf("sallyport import: there is no chart %q: %s", o.Values, source.Suggest(o.Values, charts))}
	}
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

// write prints the specs, or writes each into a file.
func (o *importOutput) write(cmd *cobra.Command, result *importer.Result) error {
	var names, texts []string
	for _, s := range result.Specs {
		text := s.Text
		if o.adopt {
			text += s.Adopt()
		}
		names, texts = append(names, s.Object.String()), append(texts, text)
	}
	if o.Name != "" && len(names) > 1 {
		return usageError{fmt.Errorf("sallyport import: --name is for one spec, and the input becomes %d: %s", len(names), strings.Join(names, ", "))}
	}
	if o.path != "" {
		return o.files(cmd, result.Specs, texts)
	}
	return printText(cmd, strings.Join(texts, "---\n"))
}

// files writes each spec into a file of its own. A file that is there must be the same.
func (o *importOutput) files(cmd *cobra.Command, specs []*importer.Spec, texts []string) error {
	d, err := openDirectory(o.path, false, nil)
	if err != nil {
		return err
	}
	var changes []fileChange
	var ds source.Diagnostics
	for i, s := range specs {
		name := portable(strings.ToLower(s.Object.Kind)+"_"+s.Object.Name) + ".yaml"
		if slices.ContainsFunc(specs, func(other *importer.Spec) bool {
			return other != s && other.Object.Kind == s.Object.Kind && other.Object.Name == s.Object.Name
		}) {
			name = portable(strings.ToLower(s.Object.Kind)+"_"+s.Object.Namespace+"_"+s.Object.Name) + ".yaml"
		}
		switch f := d.find(name); {
		case f == nil:
			changes = append(changes, fileChange{name: name, object: s.Object, new: []byte(texts[i])})
		case string(f.data) != texts[i]:
			ds = append(ds, source.Diagnostic{Code: source.FileInTheWay, Severity: source.Error, Object: s.Object, File: filepath.Join(o.path, f.name),
				Message: "a file is in the way: import does not replace what somebody may have changed", WayOut: "move the file away, or write to another directory"})
		}
	}
	if ds.Failed() {
		ds.Print(cmd.ErrOrStderr(), "")
		return errReported
	}
	return d.save(cmd.OutOrStdout(), changes)
}
