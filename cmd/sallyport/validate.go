package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

func newValidate() *cobra.Command {
	return &cobra.Command{
		Use:   "validate [FILE|DIR|-]...",
		Short: "Check specs",
		Long: `Reads the same input as render and reports everything about it: errors, warnings, and
decisions that were made. For each valid spec it prints how many objects it generates.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := readInput(cmd, args)
			if err != nil {
				return err
			}
			objs, err := in.generate(cmd, source.Info)
			if err != nil {
				return err
			}
			count := map[string]int{}
			for o := range objs {
				count[o.GetAnnotations()[plan.OwnerAnnotation]]++
			}
			for _, s := range in.specs {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %s: ok, %d objects\n", s.Doc.File, s.Object(), count[s.Owner()])
			}
			return nil
		},
	}
}
