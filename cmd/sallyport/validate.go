package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/generators/dangling"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

func newValidate() *cobra.Command {
	return &cobra.Command{
		Use:   "validate [FILE|DIR|-]...",
		Short: "Check specs, and what was generated from them",
		Long: `Reads the same input as render and reports everything about it: errors, warnings, and
decisions that were made. For each valid spec it prints how many objects it generates.

Objects that were generated before are checked too, with specs in the input and without:
whether what they refer to is still there after other tools have worked on them. So are
profiles, without a spec that names them.`,
		Example: `  sallyport validate .
  kustomize build --enable-alpha-plugins --enable-exec . | sallyport validate -`,
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := readInput(cmd, args)
			if err != nil {
				return err
			}
			generated := in.checkGenerated()
			if len(generated)+len(in.profiles) > 0 {
				in.found = slices.DeleteFunc(in.found, func(d source.Diagnostic) bool { return d.Code == source.NoSpec })
			}
			result := generators.Run(in.specs, in.others)
			if err := in.report(cmd, append(result.Diagnostics, result.PatchErrors()...), source.Info); err != nil {
				return err
			}
			count := map[string]int{}
			for o := range result.Objects() {
				count[o.GetAnnotations()[plan.OwnerAnnotation]]++
			}
			for _, s := range in.specs {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %s: ok, %d objects\n", source.Visible(s.Doc.File), s.Object(), count[s.Owner()])
				delete(generated, s.Owner())
			}
			for _, doc := range in.profiles {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %s: ok\n", source.Visible(doc.File), doc.Object())
			}
			for _, owner := range slices.Sorted(maps.Keys(generated)) {
				fmt.Fprintf(cmd.OutOrStdout(), "generated from %s: ok, %d objects\n", source.Visible(strings.Replace(owner, "/", " ", 1)), generated[owner])
			}
			return nil
		},
	}
}

// checkGenerated checks the objects in the input that were generated before, and returns how
// many there are of each owner.
func (in *input) checkGenerated() map[string]int {
	generated, specs := map[string]int{}, map[string]bool{}
	for _, doc := range in.others {
		if owner := dangling.Owner(doc); owner != "" {
			generated[owner]++
		}
	}
	for _, s := range in.specs {
		specs[s.Owner()] = true
	}
	in.found = append(in.found, dangling.Check(in.others, specs)...)
	return generated
}
