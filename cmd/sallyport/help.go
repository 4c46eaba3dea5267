package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sallyport.dev/schemas/source"
)

// helpWidth is how many columns help has at most.
const helpWidth = 80

// setHelp makes all commands print their help within helpWidth.
func setHelp(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		out := cmd.OutOrStdout()
		if text := reflow(strings.TrimSpace(longOf(cmd))); text != "" {
			fmt.Fprintf(out, "%s\n\n", text)
		}
		printUsage(out, cmd)
	})
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		printUsage(cmd.OutOrStderr(), cmd)
		return nil
	})
}

func longOf(cmd *cobra.Command) string {
	if cmd.Long != "" {
		return cmd.Long
	}
	return cmd.Short + "."
}

// reflow breaks the paragraphs of a text into lines of helpWidth. Lines that are indented stay as they
// are.
func reflow(text string) string {
	var out []string
	paragraph := ""
	flush := func() {
		if paragraph != "" {
			out = append(out, strings.TrimSuffix(wrap(paragraph, ""), "\n"))
		}
		paragraph = ""
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "#") {
			flush()
			out = append(out, line)
			continue
		}
		paragraph = strings.TrimSpace(paragraph + " " + line)
	}
	flush()
	return strings.Join(out, "\n")
}

// printUsage prints how a command is called, with examples, subcommands and flags.
func printUsage(out io.Writer, cmd *cobra.Command) {
	fmt.Fprint(out, "Usage:\n")
	if cmd.Runnable() {
		fmt.Fprintf(out, "  %s\n", cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(out, "  %s [command]\n", cmd.CommandPath())
	}
	if cmd.HasExample() {
		fmt.Fprintf(out, "\nExamples:\n%s\n", cmd.Example)
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprint(out, "\nAvailable Commands:\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				fmt.Fprintf(out, "  %-*s %s\n", cmd.Commands()[0].NamePadding(), c.Name(), c.Short)
			}
		}
	}
	if cmd.HasAvailableLocalFlags() {
		fmt.Fprintf(out, "\nFlags:\n%s\n", strings.TrimRight(cmd.LocalFlags().FlagUsagesWrapped(helpWidth), " \n"))
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(out, "\n%s [command] --help prints the help of a command.\n", cmd.CommandPath())
	}
}

// alike are words that users of other tools try, and the commands that do this here.
var alike = map[string]string{
	"generate": "render", "gen": "render", "build": "render", "template": "render", "apply": "render", "manifests": "render",
	"lint": "validate", "check": "validate", "verify": "validate", "test": "validate",
	"table": "plan", "addresses": "plan", "list": "plan", "preview": "plan", "graph": "plan", "picture": "plan",
	"new": "init", "create": "init", "scaffold": "init", "start": "init",
	"convert": "import", "adopt": "import", "read": "import",
	"compare": "diff", "changes": "diff", "docs": "explain", "doc": "explain", "describe": "explain",
	"function": "fn", "transform": "fn", "post-render": "filter", "inject": "filter",
	"profile": "profiles", "provider": "providers", "schemas": "schema", "crd": "schema", "dns": "export", "firewall": "export",
}

// noCommand returns the error for a word that is not a subcommand.
func noCommand(cmd *cobra.Command, word string) error {
	var known []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			known = append(known, c.Name())
		}
	}
	err := fmt.Errorf("there is no command %q", word)
	if other := alike[strings.ToLower(word)]; other != "" && cmd.Root() == cmd && source.Nearest(word, known) == "" {
		return fmt.Errorf("%w: did you mean %q? use one of: %s", err, other, strings.Join(known, ", "))
	}
	if len(known) > 0 {
		err = fmt.Errorf("%w: %s", err, source.Suggest(word, known))
	}
	return err
}

// flagError is the error for a wrong flag. It names the flag that may be meant. Some commands have -f for files, and
// the others take them as arguments.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usageError{err}
	}
	word := unknown.GetSpecifiedName()
	if word == "f" || word == "file" || word == "filename" {
		return usageError{fmt.Errorf("%s: %w: files are arguments: %s", cmd.CommandPath(), err, cmd.UseLine())}
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	if near := source.Nearest(word, known); near != "" {
		err = fmt.Errorf("%w: did you mean --%s?", err, near)
	}
	return usageError{fmt.Errorf("%s: %w", cmd.CommandPath(), err)}
}
