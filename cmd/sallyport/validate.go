package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/cmd/sallyport/report"
	"sallyport.dev/fn"
	"sallyport.dev/generators"
	"sallyport.dev/generators/dangling"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

const validateLong = `Reads the same input as render and reports everything about it: errors, warnings, and
decisions that were made. For each valid spec it prints how many objects it generates.

Objects that were generated before are checked too, with specs in the input and without:
whether what they refer to is still there after other tools have worked on them. So are
profiles, without a spec that names them.

  -o text    for people: findings go to standard error, the rest to the output
  -o json    {"findings": [...]} with code, severity, file, line, column,
             object, path, message and way out
  -o github  workflow commands: GitHub shows them at the lines of a pull request
  -o sarif   SARIF 2.1.0, for code scanning
  -o junit   XML with a test for each finding and for each spec that is right

All formats have the same findings in the same order. Only text leaves out infos if there are
errors, because an info describes a decision that the correction may change. --quiet leaves
out infos always, and in text the lines about specs that are right.

The exit status is 1 if there is an error; with --fail-on warning also if there is a warning,
and with --fail-on info if there is any finding. sallyport explain CODE explains a finding.`

// A validation is the command line of validate.
type validation struct {
	format, failOn string
	quiet          bool
}

// failures are the values of --fail-on.
var failures = []string{string(source.Error), string(source.Warning), string(source.Info)}

func newValidate() *cobra.Command {
	var v validation
	cmd := &cobra.Command{
		Use:   "validate [FILE|DIR|-]...",
		Short: "Check specs, and what was generated from them",
		Long:  validateLong,
		Example: `  sallyport validate .
  sallyport validate --quiet --fail-on warning specs
  sallyport validate -o sarif specs > sallyport.sarif
  kustomize build --enable-alpha-plugins --enable-exec . | sallyport validate -`,
		PreRunE: func(*cobra.Command, []string) error { return v.check() },
		RunE:    v.run,
	}
	cmd.Flags().StringVarP(&v.format, "output", "o", report.Formats[0], "`FORMAT`: "+strings.Join(report.Formats, ", "))
	cmd.Flags().StringVar(&v.failOn, "fail-on", failures[0], "the lowest `SEVERITY` with exit status 1: "+strings.Join(failures, ", "))
	cmd.Flags().BoolVarP(&v.quiet, "quiet", "q", false, "leave out infos, and in text what is right")
	for flag, values := range map[string][]string{"output": report.Formats, "fail-on": failures} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

func (v *validation) check() error {
	if !slices.Contains(report.Formats, v.format) {
		return usageError{fmt.Errorf("sallyport validate: there is no output format %q: %s", v.format, source.Suggest(v.format, report.Formats))}
	}
	if !slices.Contains(failures, v.failOn) {
		return usageError{fmt.Errorf("sallyport validate: --fail-on cannot be %q: %s", v.failOn, source.Suggest(v.failOn, failures))}
	}
	if v.quiet && v.failOn == string(source.Info) {
		return usageError{fmt.Errorf("sallyport validate: --quiet leaves out infos, and --fail-on info fails because of them: take out one of the two")}
	}
	return nil
}

func (v *validation) run(cmd *cobra.Command, args []string) error {
	in, err := readInput(cmd, args)
	if err != nil {
		return err
	}
	return v.finish(cmd, in.check())
}

// check is what there is to say about the input.
func (in *input) check() report.Report {
	generated := in.checkGenerated()
	if len(generated)+len(in.profiles) > 0 {
		in.found = slices.DeleteFunc(in.found, func(d source.Diagnostic) bool { return d.Code == source.NoSpec })
	}
	filtered := fn.NewCheck(in.specs, in.others)
	result := generators.Run(in.specs, filtered.Others)
	found := slices.Concat(in.found, filtered.Found, result.Diagnostics, result.PatchErrors(), in.notInjected(filtered, result)).Independent().Sorted()
	r := report.Report{Version: version, Findings: found, Means: means}
	if !found.Failed() {
		r.Fine = in.fine(result, generated)
	}
	return r
}

// notInjected reports what filter would about the StatefulSets that specs inject into. Without any manifests beside the
// specs, they may be elsewhere.
func (in *input) notInjected(filtered *fn.Check, result generators.Result) source.Diagnostics {
	ds := filtered.Inject(result.Injected())
	if len(in.others) == 0 {
		ds = slices.DeleteFunc(ds, func(d source.Diagnostic) bool { return d.Code == source.NotInjected })
	}
	return ds
}

// finish prints a report. It returns an error if there is a finding that fails.
func (v *validation) finish(cmd *cobra.Command, r report.Report) error {
	r.Least = source.Severity(v.failOn)
	if err := v.print(cmd, r); err != nil {
		return err
	}
	if slices.ContainsFunc(r.Findings, r.Fails) {
		return errReported
	}
	return nil
}

// printed returns the findings to print.
func (v *validation) printed(all source.Diagnostics) source.Diagnostics {
	if v.quiet || v.format == report.Formats[0] && v.failOn != string(source.Info) && all.Failed() {
		return all.AtLeast(source.Warning)
	}
	return all
}

// print prints findings and what is right.
func (v *validation) print(cmd *cobra.Command, r report.Report) error {
	r.Findings = v.printed(r.Findings)
	if v.format == report.Formats[0] {
		r.Findings.Print(cmd.ErrOrStderr(), "")
		if !v.quiet {
			printFine(cmd.OutOrStdout(), r.Fine)
		}
		return nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("finding the working directory: %w", err)
	}
	r.Findings = report.Relative(r.Findings, dir)
	for i := range r.Fine {
		r.Fine[i].File = report.RelativeFile(r.Fine[i].File, dir)
	}
	if err := r.Write(cmd.OutOrStdout(), v.format); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// printFine prints what is right.
func printFine(w io.Writer, all []report.Fine) {
	for _, f := range all {
		name := source.Visible(f.Name)
		if f.File != "" {
			name = source.Visible(f.File) + ": " + name
		}
		fmt.Fprintf(w, "%s: %s\n", name, f.Text)
	}
}

// fine lists the specs, the profiles and what was generated before, of an input without errors.
func (in *input) fine(result generators.Result, generated map[string]int) []report.Fine {
	count := map[string]int{}
	for o := range result.Objects() {
		count[o.GetAnnotations()[plan.OwnerAnnotation]]++
	}
	var out []report.Fine
	for _, s := range in.specs {
		out = append(out, report.Fine{File: s.Doc.File, Name: s.Object().String(), Text: okObjects(count[s.Owner()])})
		delete(generated, s.Owner())
	}
	for _, doc := range in.profiles {
		out = append(out, report.Fine{File: doc.File, Name: doc.Object().String(), Text: "ok"})
	}
	for _, owner := range slices.Sorted(maps.Keys(generated)) {
		out = append(out, report.Fine{Name: "generated from " + strings.Replace(owner, "/", " ", 1), Text: okObjects(generated[owner])})
	}
	return out
}

func okObjects(n int) string {
	if n == 1 {
		return "ok, 1 object"
	}
	return fmt.Sprintf("ok, %d objects", n)
}

// checkGenerated checks the objects in the input that were generated before, and returns how
// many there are of each owner.
func (in *input) checkGenerated() map[string]int {
	generated, specs := map[string]int{}, map[string]bool{}
	for _, doc := range in.others {
		if owner := dangling.Owner(doc); owner != "" {
			generated[owner]++
		}
	}
	for _, s := range in.specs {
		specs[s.Owner()] = true
	}
	in.found = append(in.found, dangling.Check(in.others, specs)...)
	return generated
}
