package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
)

func newShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show [FILE|DIR|-]...",
		Short: "Print specs as they are understood, each value with its source",
		Long: `Reads the same input as render and prints each spec with what its profile and the package
add, and with the settings and defaults that each Service has. A comment behind a value says
where it comes from; a value without one is the user's:

  # default               nobody has written it
  # profile kafka         a profile
  # from the component    an outer level has it: also "from the spec"
  # kafka.yaml:12         a StatefulSet or another object of the package

Settings that no Service can use are left out, and so are defaults that mean none. The output
is a spec of its own, without the profile, and generates the same objects. If they need the
package beside it, a warning says so.`,
		Example: `  sallyport show kafka.yaml
  sallyport show . > complete.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := readInput(cmd, args)
			if err != nil {
				return err
			}
			result := generators.Run(in.specs, in.others)
			var specs []string
			for spec, text := range result.Shown() {
				specs = append(specs, fmt.Sprintf("# %s of %s, as it is understood\n", source.Visible(spec.Object().String()), source.Visible(spec.Doc.File))+text)
			}
			text := strings.Join(specs, "---\n")
			ds, err := in.needsPackage(result, text)
			if err != nil {
				return err
			}
			if err := in.report(cmd, append(result.Diagnostics, ds...), source.Warning); err != nil {
				return err
			}
			return printText(cmd, text)
		},
	}
}

// needsPackage warns if specs that show has written only generate the same objects beside the other
// documents of the input.
func (in *input) needsPackage(result generators.Result, shown string) (source.Diagnostics, error) {
	if in.found.Failed() || result.Diagnostics.Failed() {
		return nil, nil
	}
	want, err := manifests(result)
	if err != nil {
		return nil, err
	}
	alone, err := generatedFrom(shown, nil)
	if err != nil || bytes.Equal(want, alone) {
		return nil, err
	}
	beside, err := generatedFrom(shown, in.others)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(want, beside) {
		return nil, fmt.Errorf("the specs would not generate the same objects: please report this")
	}
	return source.Diagnostics{{Code: source.Inferred, Severity: source.Warning, File: in.specs[0].Doc.File,
		Message: "the shown specs generate the same objects only beside the package", WayOut: "render them together with the other files of the input"}}, nil
}

// generatedFrom renders the specs in a text. It renders nothing if there is an error in it.
func generatedFrom(specs string, others []*source.Document) ([]byte, error) {
	docs, _ := source.Parse("", []byte(specs))
	read, _, _ := generators.Read(docs)
	return manifests(generators.Run(read, slices.Clone(others)))
}

func manifests(result generators.Result) ([]byte, error) {
	var b bytes.Buffer
	if err := encode.YAML(&b, result.Objects()); err != nil {
		return nil, fmt.Errorf("comparing the manifests: %w", err)
	}
	return b.Bytes(), nil
}
