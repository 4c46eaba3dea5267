// Sallyport renders everything that it takes to reach a workload across the edge of a
// Kubernetes cluster, from a spec of twenty lines. This package is argv and streams,
// one file for each subcommand.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	statusFine  = 0
	statusInput = 1 // the input is wrong, or cannot be read
	statusUsage = 2 // the command line is wrong
)

// errReported is a failure that the user has been told of already.
var errReported = errors.New("reported")

// A usageError is a mistake on the command line.
type usageError struct{ error }

func main() {
	// A run is short. Garbage is first collected at 16 MiB instead of 4, which ten thousand
	// Services stay under.
	debug.SetGCPercent(400)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program: what it does depends on its arguments and streams alone, and on
// the files that the arguments name.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	cmd := newRoot()
	cmd.SetArgs(args)
	cmd.SetIn(stdin)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	err := cmd.Execute()
	switch {
	case err == nil:
		return statusFine
	case errors.Is(err, errReported):
		return statusInput
	}
	fmt.Fprintf(stderr, "sallyport: %v\n", err)
	if errors.As(err, &usageError{}) {
		fmt.Fprintln(stderr, "    sallyport --help tells what there is")
		return statusUsage
	}
	return statusInput
}

const long = `Sallyport turns a short spec of who must reach a workload across the edge of a
Kubernetes cluster into every manifest that takes: Services, Endpoints and
EndpointSlices, RBAC, ConfigMaps. It needs no cluster and no network.

Without arguments, and with a ResourceList piped in, it is a KRM function.

Exit status: 0 fine, 1 the input is wrong, 2 the command line is wrong.`

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "sallyport",
		Short:         "Manifests for reaching workloads across the edge of a Kubernetes cluster",
		Long:          long,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return usageError{fmt.Errorf("there is no command %q", args[0])}
			case piped(cmd.InOrStdin()):
				return runFunction(cmd)
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.SetHelpCommand(newHelp(root))
	root.AddCommand(newRender(), newPlan(), newValidate(), newFn(), newFilter(), newInit(), newProfiles(),
		newSchema(), newExplain(), newVersion())
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		onlyCommands(completion)
	}
	return root
}

// newHelp is --help as a command. The library's own is fine with a command that is not there.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:    "help [COMMAND]",
		Short:  "Tell what a command does",
		Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error {
			of, rest, err := root.Find(args)
			if err == nil && len(rest) > 0 {
				err = fmt.Errorf("sallyport help: there is no command %q", rest[0])
			}
			if err != nil {
				return usageError{err}
			}
			return of.Help()
		},
	}
}

// onlyCommands makes a command that does nothing by itself refuse what is not one of its
// commands.
func onlyCommands(cmd *cobra.Command) {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usageError{fmt.Errorf("%s: there is no command %q", cmd.CommandPath(), args[0])}
		}
		return cmd.Help()
	}
}

// piped tells whether standard input is a pipe or a file: kustomize and kpt hand a
// container no arguments.
func piped(stdin io.Reader) bool {
	f, ok := stdin.(*os.File)
	if !ok {
		return true
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice == 0
}

// usage makes a positional argument check's error one of usage.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("%s: %w", cmd.CommandPath(), err)}
		}
		return nil
	}
}
