package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/generators/patch"
	"sallyport.dev/schemas/source"
)

// warnNotInjected warns of specs with inject: true. Render prints no StatefulSets, not even
// those of the input, so it cannot inject anything.
func (in *input) warnNotInjected() {
	for _, s := range in.specs {
		if s.Access != nil && s.Access.Spec.Inject != nil && *s.Access.Spec.Inject {
			r := source.NewReporter(s.Doc)
			r.Warnf(source.NotInjected, source.Path{}.Field("spec", "inject"), "use sallyport filter or the function, or apply the output of render --patch",
				"render prints no StatefulSets, so nothing is injected")
			in.found = append(in.found, r.Diagnostics()...)
		}
	}
}

// renderPatches prints the output of render --patch: patches with mounts, variables, host
// ports and discovery for StatefulSets of other tools.
func (in *input) renderPatches(cmd *cobra.Command) error {
	patches, ds := generators.Run(in.specs, in.others).Patches()
	if err := in.report(cmd, ds, source.Warning); err != nil {
		return err
	}
	if err := patch.Encode(cmd.OutOrStdout(), patches); err != nil {
		return fmt.Errorf("writing the patches: %w", err)
	}
	return nil
}
