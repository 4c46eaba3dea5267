package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
)

func newRender() *cobra.Command {
	var patch bool
	cmd := &cobra.Command{
		Use:   "render [FILE|DIR|-]...",
		Short: "Print the manifests that specs ask for",
		Long: `Prints the manifests of all specs in the files, in the directories (their .yaml, .yml
and .json files, not those of folders in them) or on standard input. Other objects
there are read for clashes: node ports, addresses, names. They are not printed.

Errors and warnings go to standard error. With an error nothing is printed.

With --patch it prints what StatefulSets that others make need of it: files, variables,
host ports, discovery. Name their files too, and the patches fit what is there.`,
		Example: `  sallyport render kafka.yaml | kubectl apply --server-side -f -
  sallyport render . > manifests.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := readInput(cmd, args)
			if err != nil {
				return err
			}
			if patch {
				return in.renderPatches(cmd)
			}
			objs, err := in.generate(cmd, source.Warning)
			if err != nil {
				return err
			}
			if err := generators.Encode(cmd.OutOrStdout(), objs); err != nil {
				return fmt.Errorf("writing the manifests: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&patch, "patch", false, "print kustomize patches for the StatefulSets, and no manifests")
	return cmd
}
