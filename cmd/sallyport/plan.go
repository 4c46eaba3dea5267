package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/cmd/sallyport/picture"
	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
)

// planFormats are the names of the output formats of the address table.
func planFormats() []string {
	var out []string
	for _, f := range picture.Formats() {
		out = append(out, f.Name)
	}
	return out
}

const planLong = `Prints the address table, from which all manifests are generated: the Services,
their ports, and the address of each port that clients are given. It is sorted by
the entries of services: what clients outside the cluster reach comes first, the
names that pods have for each other come last.

  -o table     rows by Service, at most 100 columns wide
  -o wide      a line for each port, with all columns
  -o json      for programs
  -o markdown  a page: what to open in firewalls, what to publish in DNS, which
               names certificates need
  -o mermaid   a picture as Markdown, which GitHub draws
  -o html      one file with the picture and the tables, for a browser

The source of an address, if it is not known from the spec:

  discovered  the pod finds it when it starts
  assigned    the cluster assigns it, and no pod needs it

The lines "bootstrap" have the addresses that clients are configured with: that of
the Service for all pods, or those of the first three pods, from which clients
learn the others. Addresses outside the cluster are listed as backends.`

func newPlan() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "plan [FILE|DIR|-]...",
		Short: "Print the address table: who reaches what at which address",
		Long:  planLong,
		Example: `  sallyport plan kafka.yaml
  sallyport plan kafka.yaml statefulset.yaml
  sallyport plan -o markdown . > ADDRESSES.md
  sallyport plan -o html kafka.yaml > addresses.html`,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, f := range picture.Formats() {
				if f.Name == format {
					return printPlan(cmd, args, f)
				}
			}
			return usageError{fmt.Errorf("sallyport plan: there is no output format %q: %s", format, source.Suggest(format, planFormats()))}
		},
	}
	cmd.Flags().StringVarP(&format, "output", "o", "table", "`FORMAT`: "+strings.Join(planFormats(), ", "))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(planFormats(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func printPlan(cmd *cobra.Command, args []string, f picture.Format) error {
	in, err := readInput(cmd, args)
	if err != nil {
		return err
	}
	result := generators.Run(in.specs, in.others)
	if err := in.report(cmd, result.Diagnostics, source.Warning); err != nil {
		return err
	}
	return f.Write(cmd.OutOrStdout(), result.Pages())
}
