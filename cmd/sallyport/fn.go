package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sallyport.dev/fn"
)

func newFn() *cobra.Command {
	return &cobra.Command{
		Use:   "fn",
		Short: "Run as a KRM function: read a ResourceList, write a ResourceList",
		Long: `Reads a ResourceList from standard input and writes it to standard output, with the
objects that its specs ask for. Specs come from the functionConfig and from the items.
Objects that were generated before are replaced, or dropped if no spec asks for them
any more. StatefulSets of specs with inject: true are patched. Other items do not change.

A change of a generated object that clients, pods or the API server would notice is
a warning: sallyport explain LiveChange.

If there is an error, no item changes. All errors are reported in the results and on
standard error.`,
		Example: `  sallyport fn < resourcelist.yaml
  kustomize build --enable-alpha-plugins --enable-exec .
  kpt fn eval . --exec sallyport`,
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return runFunction(cmd) },
	}
}

func runFunction(cmd *cobra.Command) error {
	text, err := readText(cmd.InOrStdin())
	if err != nil {
		return fmt.Errorf("reading the ResourceList: %w", err)
	}
	ok, err := fn.Run(text, cmd.OutOrStdout(), cmd.ErrOrStderr())
	if err == nil && !ok {
		return errReported
	}
	return err
}
