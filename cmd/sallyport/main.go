// Sallyport renders the Kubernetes manifests that make a workload reachable across the edge
// of a cluster, from a short spec. This package handles arguments and streams, with one file
// for each subcommand.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	statusFine  = 0
	statusInput = 1 // the input is wrong, or cannot be read
	statusUsage = 2 // the command line is wrong
)

// memory is what the garbage collector tries to stay below: the largest input needs little less.
const memory = 512 << 20

// errReported is returned for errors that have already been printed.
var errReported = errors.New("reported")

// A statusError is an error with an exit status of its own.
type statusError struct {
	error
	status int
}

func (e statusError) Unwrap() error { return e.error }

// A usageError is an error in the command line.
type usageError struct{ error }

func main() {
	// Runs are short. The first garbage collection is at 20 MiB instead of 4, which is enough
	// for ten thousand Services without any collection. Large inputs are collected more often.
	debug.SetGCPercent(500)
	debug.SetMemoryLimit(memory)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// A recorder remembers the first error of writing to it, because many commands print without
// looking at errors: what is lost must not end with status 0.
type recorder struct {
	io.Writer
	err error
}

func (o *recorder) Write(text []byte) (int, error) {
	n, err := o.Writer.Write(text)
	o.err = cmp.Or(o.err, err)
	return n, err
}

// run is the whole program. It depends only on its arguments, its streams, and the files
// that the arguments name.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &recorder{Writer: stdout}
	cmd := newRoot(out)
	cmd.SetArgs(append([]string{}, args...)) // for nil, cobra would take those of the process
	cmd.SetIn(stdin)
	cmd.SetErr(stderr)
	ran, err := cmd.ExecuteC()
	switch {
	case err == nil && out.err != nil:
		err = fmt.Errorf("writing the output: %w", out.err)
	case err == nil:
		return statusFine
	case errors.Is(err, errReported):
		return statusOf(err)
	}
	message := err.Error()
	if !strings.HasPrefix(message, "sallyport ") { // the name of the command
		message = "sallyport: " + message
	}
	fmt.Fprintln(stderr, message)
	if errors.As(err, &usageError{}) {
		fmt.Fprintln(stderr, "    "+helpFor(ran))
		return statusUsage
	}
	return statusOf(err)
}

// helpFor says which help a wrong command line needs.
func helpFor(cmd *cobra.Command) string {
	if cmd.HasParent() && cmd.Name() != "help" {
		return cmd.CommandPath() + " --help says how to use it"
	}
	return cmd.Root().CommandPath() + " --help lists the commands"
}

// statusOf returns the exit status of an error of the input.
func statusOf(err error) int {
	var own statusError
	if errors.As(err, &own) {
		return own.status
	}
	return statusInput
}

const long = `Sallyport makes workloads reachable across the edge of a Kubernetes cluster. From a
short spec it generates the manifests: Services, Endpoints and EndpointSlices, RBAC,
ConfigMaps. It needs no cluster and no network.

Without arguments it is a KRM function: it reads a ResourceList from standard input.

Exit status: 0 success, 1 the input is wrong, 2 the command line is wrong. Of diff: 0 nothing
differs, 1 something does, 2 it cannot be compared.`

func newRoot(out io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "sallyport",
		Short: "Generate manifests that make workloads reachable across the edge of a Kubernetes cluster",
		Long:  long,
		Example: `  sallyport init --profile kafka -f statefulset.yaml > kafka.yaml
  sallyport plan kafka.yaml
  sallyport render kafka.yaml | kubectl apply --server-side -f -`,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return usageError{noCommand(cmd, args[0])}
			case piped(cmd.InOrStdin()):
				return runFunction(cmd)
			}
			return cmd.Help()
		},
		Args: cobra.ArbitraryArgs,
	}
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(newHelp(root))
	setHelp(root)
	root.AddCommand(newRender(), newPlan(), newExport(), newValidate(), newDiff(), newShow(), newFn(), newFilter(), newInit(), newImport(), newProfiles(), newProviders(),
		newSchema(), newExplain(), newVersion())
	root.SetOut(out) // cobra keeps it for completion
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		onlyCommands(completion)
	}
	return root
}

// newHelp is --help as a command. Unlike cobra's own, it rejects unknown commands.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:    "help [COMMAND]",
		Short:  "Print the help of a command",
		Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err == nil && len(rest) > 0 {
				err = fmt.Errorf("sallyport help: %w", noCommand(found, rest[0]))
			}
			if err != nil {
				return usageError{err}
			}
			return found.Help()
		},
	}
}

// onlyCommands makes a command print its help, and reject arguments that are not among its
// subcommands.
func onlyCommands(cmd *cobra.Command) {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usageError{fmt.Errorf("%s: %w", cmd.CommandPath(), noCommand(cmd, args[0]))}
		}
		return cmd.Help()
	}
}

// piped reports whether standard input is a pipe or a file. If it is, a run without arguments
// is one as a KRM function: kustomize and kpt pass no arguments.
func piped(stdin io.Reader) bool {
	f, ok := stdin.(*os.File)
	if !ok {
		return true
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice == 0
}

// usage turns the error of a check of positional arguments into a usageError.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("%s: %w", cmd.CommandPath(), err)}
		}
		return nil
	}
}
