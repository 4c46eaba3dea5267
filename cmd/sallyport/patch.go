package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/generators/patch"
	"sallyport.dev/schemas/source"
)

// notInjected warns of specs that ask for what render cannot do: it does not print
// StatefulSets, those in the input neither.
func (in *input) notInjected() {
	for _, s := range in.specs {
		if s.Access != nil && s.Access.Spec.Inject != nil && *s.Access.Spec.Inject {
			r := source.NewReporter(s.Doc)
			r.Warnf(source.NotInjected, source.Path{}.Field("spec", "inject"), "hand them to sallyport filter or the function; or apply what render --patch prints",
				"render prints no StatefulSets, so that nothing is injected")
			in.found = append(in.found, r.Diagnostics()...)
		}
	}
}

// renderPatches prints what render --patch prints: mounts, variables, host ports and
// discovery, for StatefulSets that other tools make.
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
