package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

func newProfiles() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "List and show the built-in profiles",
		Long: `A profile is a partial spec with the ports, Services and files of an engine. A spec that
names a profile is merged with it, and its own fields override those of the profile.`,
	}
	onlyCommands(cmd)
	cmd.AddCommand(
		&cobra.Command{
			Use:   "list",
			Short: "List the names of the profiles",
			Args:  usage(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error {
				fmt.Fprintln(cmd.OutOrStdout(), strings.Join(profiles.Names(), "\n"))
				return nil
			},
		},
		&cobra.Command{
			Use:               "show NAME",
			Short:             "Print a profile with its comments",
			Args:              usage(cobra.ExactArgs(1)),
			ValidArgsFunction: cobra.FixedCompletions(profiles.Names(), cobra.ShellCompDirectiveNoFileComp),
			RunE: func(cmd *cobra.Command, args []string) error {
				text, ok := profiles.Text(args[0])
				if !ok {
					return usageError{fmt.Errorf("there is no profile %q: %s", args[0], source.Suggest(args[0], profiles.Names()))}
				}
				fmt.Fprint(cmd.OutOrStdout(), text)
				return nil
			},
		},
	)
	return cmd
}
