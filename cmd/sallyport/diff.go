package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/generators/dangling"
	"sallyport.dev/generators/diff"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/patch"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
)

// The exit statuses of diff are those of diff and kubectl diff.
const (
	statusDifferent = 1
	statusTrouble   = 2
)

// diffFormats are the output formats of diff.
var diffFormats = []string{"text", "json", "markdown", "github"}

func newDiff() *cobra.Command {
	var format, failOn string
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Compare two states: what a cluster does with each change",
		Long: `Compares two inputs: files, directories, or - for standard input. Each can have manifests,
as sallyport, kustomize, Helm or kubectl get print them, and specs, which are rendered first. Each
change has a class:

  safe        nobody notices
  disruptive  clients or pods notice, and the output says which
  recreate    it takes effect only if the object is deleted and created again
  refused     the API server does not accept it

For specs that both inputs have, the difference of their address tables comes last: which pod
has another address. Objects of kinds that no rule is about are only listed.

If OLD was read from a cluster, fields that the API server sets are no difference, and objects
that NEW does not have count only if Sallyport generated them.

Exit status: 0 nothing differs, 1 something does, 2 the inputs cannot be compared.`,
		Example: `  sallyport diff old-spec.yaml new-spec.yaml
  sallyport diff <(git show main:spec.yaml) spec.yaml
  kubectl get svc -n kafka -o yaml | sallyport diff - manifests
  sallyport diff -o markdown --fail-on recreate base head`,
		Args: usage(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error { return runDiff(cmd, args, format, diff.Class(failOn)) },
	}
	cmd.Flags().StringVarP(&format, "output", "o", "text", "`FORMAT`: "+strings.Join(diffFormats, ", "))
	cmd.Flags().StringVar(&failOn, "fail-on", string(diff.Safe), "exit with status 1 only for changes of this `CLASS` or a worse one")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(diffFormats, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions(classNames(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// runDiff compares two inputs and prints what differs.
func runDiff(cmd *cobra.Command, args []string, format string, failOn diff.Class) error {
	write, ok := map[string]func(*diff.Result) string{"text": diffText, "json": diffJSON, "markdown": diffMarkdown, "github": diffGitHub}[format]
	switch {
	case !ok:
		return usageError{fmt.Errorf("sallyport diff: there is no output format %q: %s", format, source.Suggest(format, diffFormats))}
	case !slices.Contains(diff.Classes, failOn):
		return usageError{fmt.Errorf("sallyport diff: there is no class %q: %s", failOn, source.Suggest(string(failOn), classNames()))}
	case args[0] == "-" && args[1] == "-":
		return usageError{errors.New("sallyport diff: only one of OLD and NEW can be standard input")}
	}
	result, err := compareInputs(cmd, args[0], args[1])
	if err == nil {
		_, err = io.WriteString(cmd.OutOrStdout(), write(result))
	}
	if err != nil {
		return statusError{err, statusTrouble}
	}
	if worst := result.Worst(); worst != "" && worst.Reaches(failOn) {
		return statusError{errReported, statusDifferent}
	}
	return nil
}

func classNames() []string {
	var out []string
	for _, c := range diff.Classes {
		out = append(out, string(c))
	}
	return out
}

// compareInputs compares two arguments.
func compareInputs(cmd *cobra.Command, from, to string) (*diff.Result, error) {
	was, errOld := readState(cmd, from)
	is, errNew := readState(cmd, to)
	if errOld != nil {
		return nil, errOld
	}
	if errNew != nil {
		return nil, errNew
	}
	result, ds := diff.Compare(was, is)
	if ds.Failed() {
		ds.Print(cmd.ErrOrStderr(), "")
		return nil, errReported
	}
	return result, nil
}

// readState reads one side of the comparison. What specs generate replaces what the input has of it.
func readState(cmd *cobra.Command, arg string) (diff.State, error) {
	in, err := readInput(cmd, []string{arg})
	if err != nil {
		return diff.State{}, err
	}
	in.found = slices.DeleteFunc(in.found, func(d source.Diagnostic) bool { return d.Code == source.NoSpec })
	made := generators.Run(in.specs, in.others)
	if err := in.report(cmd, made.Diagnostics, source.Error); err != nil {
		return diff.State{}, err
	}
	out := diff.State{Tables: made.Tables()}
	specs := map[string]*source.Document{}
	for _, s := range in.specs {
		specs[s.Owner()] = s.Doc
	}
	patches, injected := workload.Patches(in.others), made.Injected()
	for _, doc := range in.others {
		again := patches[doc] && slices.ContainsFunc(injected, func(p *patch.Patch) bool { return p.Metadata.Name == doc.Object().Name })
		if specs[dangling.Owner(doc)] == nil && !again {
			out.Objects = append(out.Objects, diff.Object{Doc: doc, Patch: patches[doc]})
		}
	}
	objs, err := diff.Generated(made.Objects(), func(o encode.Object) *source.Document { return specs[o.GetAnnotations()[plan.OwnerAnnotation]] })
	if err != nil {
		return diff.State{}, err
	}
	out.Objects = append(out.Objects, objs...)
	for _, p := range injected {
		var b bytes.Buffer
		if err := patch.Encode(&b, []*patch.Patch{p}); err != nil {
			return diff.State{}, err
		}
		docs, ds := source.Parse("", b.Bytes())
		if len(docs) != 1 {
			return diff.State{}, fmt.Errorf("the patch of %s cannot be compared: %v", p.Metadata.Name, ds)
		}
		out.Objects = append(out.Objects, diff.Object{Doc: docs[0], From: p.From.Doc, Patch: true})
	}
	return out, nil
}
