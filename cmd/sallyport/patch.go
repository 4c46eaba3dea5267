package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
)

// renderPatches prints what render --patch prints: mounts, variables, host ports and
// discovery, for StatefulSets that other tools make.
func (in *input) renderPatches(cmd *cobra.Command) error {
	patches, ds := generators.Patches(in.specs, in.others)
	if err := in.report(cmd, ds, source.Warning); err != nil {
		return err
	}
	if err := generators.EncodePatches(cmd.OutOrStdout(), patches); err != nil {
		return fmt.Errorf("writing the patches: %w", err)
	}
	return nil
}
