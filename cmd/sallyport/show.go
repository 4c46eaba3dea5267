package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
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
				file := source.Visible(spec.Doc.File)
				if file == "-" {
					file = "standard input"
				}
				specs = append(specs, fmt.Sprintf("# %s of %s, as it is understood\n", source.Visible(spec.Object().String()), file)+text)
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
	docs, _ := source.Parse("", []byte(shown))
	specs, _, _ := generators.Read(docs)
	want, err := manifests(result)
	if err != nil {
		return nil, err
	}
	alone, err := manifests(generators.Run(specs, nil))
	if err != nil || alone == in.withNamespaces(want, specs) {
		return nil, err
	}
	beside, err := manifests(generators.Run(specs, in.others))
	if err != nil {
		return nil, err
	}
	if beside != in.withNamespaces(want, specs) {
		return nil, errors.New("the specs would not generate the same objects: please report this")
	}
	return source.Diagnostics{{Code: source.Inferred, Severity: source.Warning, File: in.specs[0].Doc.File,
		Message: "the specs only generate the same objects beside the other files of the input", WayOut: "render them together with those files"}}, nil
}

// withNamespaces changes the owners of specs whose namespace was read from the package: in shown, it is
// written.
func (in *input) withNamespaces(manifests string, shown []*v1alpha1.Spec) string {
	own := map[string]bool{}
	for _, s := range in.specs {
		own[s.Owner()] = true
	}
	for _, s := range in.specs {
		if o := s.Object(); o.Namespace == "" {
			for _, t := range shown {
				if t.Object().Kind == o.Kind && t.Object().Name == o.Name && !own[t.Owner()] {
					manifests = strings.ReplaceAll(manifests, plan.OwnerAnnotation+": "+s.Owner()+"\n", plan.OwnerAnnotation+": "+t.Owner()+"\n")
				}
			}
		}
	}
	return manifests
}

func manifests(result generators.Result) (string, error) {
	var b strings.Builder
	if err := encode.YAML(&b, result.Runs()...); err != nil {
		return "", fmt.Errorf("comparing the manifests: %w", err)
	}
	return b.String(), nil
}
