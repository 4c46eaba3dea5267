package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

func newProviders() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "providers",
		Short: "List and show providers of load balancers",
		Long: `A spec names what provides its load balancers in loadBalancer.provider. The provider
determines in which annotations, labels and fields the other settings are written, what an
address is, and how Services share one.`,
		Example: `  sallyport providers list
  sallyport providers show AWS`,
	}
	onlyCommands(cmd)
	cmd.AddCommand(newProvidersList(), newProvidersShow())
	return cmd
}

func newProvidersList() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the providers, and the settings that only they have",
		Example: "  sallyport providers list",
		Args:    usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			tab := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, p := range provider.All {
				row := p.Name.Row()
				fmt.Fprintln(tab, strings.TrimRight(string(p.Name)+"\t"+row.Is+"\t"+ownSettings(row), "\t"))
			}
			return tab.Flush()
		},
	}
}

// ownSettings lists the settings of loadBalancer that only some providers have.
func ownSettings(row v1alpha1.ProviderRow) string {
	var names []string
	for _, path := range row.Settings {
		name := path[1:2].Name()
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func newProvidersShow() *cobra.Command {
	names := v1alpha1.ProviderNone.Values()
	return &cobra.Command{
		Use:               "show NAME",
		Short:             "Print what there is to know of a provider",
		Example:           "  sallyport providers show MetalLB",
		Args:              usage(cobra.ExactArgs(1)),
		ValidArgsFunction: cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			p := provider.Named(args[0])
			if p == nil {
				return usageError{fmt.Errorf("there is no provider %q: %s", args[0], source.Suggest(args[0], names))}
			}
			tab := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, fact := range p.Facts() {
				fmt.Fprintf(tab, "%s\t%s\n", fact.About, fact.Text)
			}
			return tab.Flush()
		},
	}
}
