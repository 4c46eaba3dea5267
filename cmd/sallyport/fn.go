package main

import (
	"github.com/spf13/cobra"

	"sallyport.dev/fn"
)

func newFn() *cobra.Command {
	return &cobra.Command{
		Use:   "fn",
		Short: "Be a KRM function: a ResourceList in, a ResourceList out",
		Long: `Reads a ResourceList from standard input and writes it to standard output with
what its specs ask for. Specs come from the functionConfig and from the items. What
was generated before is replaced, what is no longer wanted is dropped, StatefulSets of
specs with inject: true are patched, everything else stays as it is. With a mistake in it, the items stay as they are, the results
tell all mistakes, and so does standard error.`,
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return runFunction(cmd) },
	}
}

func runFunction(cmd *cobra.Command) error {
	ok, err := fn.Run(cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
	if err == nil && !ok {
		return errReported
	}
	return err
}
