package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

const initLong = `Prints a commented spec to start from: sallyport init > kafka.yaml. The spec is valid as
it is. Useful settings are commented out.

  --profile NAME            use the profile of an engine
  -f FILE                   take the name, namespace, replicas, ordinals, selector and
                            ports from the StatefulSet in FILE; - is standard input
  --workload NAME           of several StatefulSets in FILE, the one with this name
  --kind ExternalEndpoints  make addresses outside the cluster available inside it

The first line names the JSON Schema of the spec for editors. The second line has the
command that prints the schema.`

func newInit() *cobra.Command {
	var kind, profile, file, workload string
	kinds := []string{v1alpha1.KindExternalAccess, v1alpha1.KindExternalEndpoints}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Print a commented spec to start from",
		Long:  initLong,
		Example: `  sallyport init --profile pravega > pravega.yaml
  kubectl get statefulset kafka -o yaml | sallyport init -f - > kafka.yaml
  helm template chart | sallyport init -f - --workload kafka-broker > kafka.yaml`,
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case !slices.Contains(kinds, kind):
				return usageError{fmt.Errorf("there is no kind %q: %s", kind, source.Suggest(kind, kinds))}
			case profile != "" && file != "":
				return usageError{fmt.Errorf("sallyport init: --profile and -f exclude each other: a profile has the names of its StatefulSets")}
			case kind == v1alpha1.KindExternalEndpoints && profile+file != "":
				return usageError{fmt.Errorf("sallyport init: --profile and -f are only supported with kind %s", v1alpha1.KindExternalAccess)}
			case workload != "" && file == "":
				return usageError{fmt.Errorf("sallyport init: --workload names a StatefulSet of the file that -f names")}
			case file != "":
				return initFromFile(cmd, file, workload)
			case profile != "":
				return initProfile(cmd, profile)
			}
			text := initEndpoints
			if kind == v1alpha1.KindExternalAccess {
				text = sample.spec()
			}
			fmt.Fprint(cmd.OutOrStdout(), modeline(kind)+text)
			return nil
		},
	}
	cmd.Flags().StringVar(&kind, "kind", v1alpha1.KindExternalAccess, "`KIND` of the spec: "+strings.Join(kinds, " or "))
	cmd.Flags().StringVar(&profile, "profile", "", "`NAME` of a built-in profile: sallyport profiles list")
	cmd.Flags().StringVarP(&file, "file", "f", "", "`FILE` with a StatefulSet, or - for standard input")
	cmd.Flags().StringVar(&workload, "workload", "", "`NAME` of one of several StatefulSets in FILE")
	for flag, values := range map[string][]string{"kind": kinds, "profile": profiles.Names()} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

// modeline returns the comments on top of a spec: the schema for editors, and how to get it.
func modeline(kind string) string {
	schema := strings.ToLower(kind) + ".schema.json"
	return fmt.Sprintf(`# yaml-language-server: $schema=%s
# Editors use this schema. To create the file: sallyport schema %s > %[1]s
# To use a setting that is commented out, remove the # and the space after it.
`, schema, kind)
}

// initFromFile prints a spec for the StatefulSet in a file. Of several, workload names one.
func initFromFile(cmd *cobra.Command, name, workload string) error {
	data, err := readFile(cmd, name)
	if err != nil {
		return err
	}
	d, ds := readStatefulSet(name, data, workload)
	text := ""
	if !ds.Failed() {
		text = modeline(v1alpha1.KindExternalAccess) + fmt.Sprintf("# From StatefulSet %s.\n", d.name) + d.spec()
		ds = append(ds, errorsIn(name, text)...)
	}
	ds.Print(cmd.ErrOrStderr(), "")
	if ds.Failed() {
		return errReported
	}
	fmt.Fprint(cmd.OutOrStdout(), text)
	return nil
}

// errorsIn returns the errors in a generated spec. It reports them as errors of the file that
// the spec was generated from.
func errorsIn(file, text string) source.Diagnostics {
	docs, ds := source.Parse(file, []byte(text))
	for _, doc := range docs {
		doc.Numbers = false // the line numbers are not those of the file
	}
	specs, _, decoding := generators.Read(docs)
	return slices.Concat(ds, decoding, generators.Run(specs, nil).Diagnostics).Sorted().AtLeast(source.Error)
}

// initProfile prints a spec with the fields that a profile does not set. It tries out which
// settings are valid with the profile, so that no list of engines is needed.
func initProfile(cmd *cobra.Command, name string) error {
	spec, _, ok := profiles.Lookup(name)
	if !ok {
		return usageError{fmt.Errorf("there is no profile %q: %s", name, source.Suggest(name, profiles.Names()))}
	}
	valid := func(settings string) bool { return len(errorsIn("", profileSpec(name, spec, settings))) == 0 }
	typ, needed := "  type: LoadBalancer\n", ""
	if spec.Type != nil {
		typ = ""
	}
	for _, s := range addressSettings {
		if needed = s.yaml(); valid(typ + needed) {
			break
		}
	}
	settings := needed
	for _, s := range suggestions {
		if s.yaml() != needed && valid(typ+needed+s.yaml()) {
			settings += s.comment + "  # " + s.line + "\n"
		}
	}
	if spec.Type != nil && valid("  type: NodePort\n"+needed) {
		typ = fmt.Sprintf("  # type: NodePort # the profile has %s\n", *spec.Type)
	}
	fmt.Fprint(cmd.OutOrStdout(), modeline(v1alpha1.KindExternalAccess)+profileSpec(name, spec, typ+settings))
	return nil
}

// A suggestion is a setting for a spec with a profile, and a comment that describes it.
type suggestion struct{ comment, line string }

// yaml returns the setting with its comment, or "" if there is no setting.
func (s suggestion) yaml() string {
	if s.line == "" {
		return ""
	}
	return s.comment + "  " + s.line + "\n"
}

// profileSpec returns a spec with a profile and with settings.
func profileSpec(name string, spec v1alpha1.ExternalAccessSpec, settings string) string {
	var b strings.Builder
	fmt.Fprintf(&b, initProfileHead, name)
	b.WriteString(settings + initProfileComponents)
	for _, c := range spec.Components {
		fmt.Fprintf(&b, "  - name: %s\n", c.Name)
		for _, e := range c.Services {
			fmt.Fprintf(&b, "    # %s: %s.\n", strings.ToUpper(e.Name[:1])+e.Name[1:], modes[e.Mode])
		}
		labels := "app: " + name
		if len(spec.Components) > 1 {
			labels += ", component: " + c.Name
		}
		writeMissing(&b, name, labels, c, hasPods(spec, c))
	}
	return b.String()
}

// modes describe what the entries of services generate.
var modes = map[v1alpha1.Mode]string{
	v1alpha1.PerPod:   "one Service for each pod",
	v1alpha1.Shared:   "one Service for all pods",
	v1alpha1.Headless: "names for the pods in the DNS of the cluster",
}

// writeMissing writes the fields that validation requires of a component and that the profile
// does not set: the workload, the number of pods, the selector.
func writeMissing(b *strings.Builder, name, labels string, c v1alpha1.Component, perPod bool) {
	rest := false
	for _, e := range c.Services {
		rest = rest || e.Mode != v1alpha1.PerPod && len(e.Selector) == 0
	}
	if perPod && c.Workload == "" {
		fmt.Fprintf(b, "    workload: %s # the StatefulSet\n", name)
	}
	if perPod && c.Replicas == nil {
		workload := strings.ReplaceAll(c.Workload, "$(name)", name)
		fmt.Fprintf(b, "    replicas: 3 # of StatefulSet %s\n", cmp.Or(workload, name))
	}
	if rest && len(c.Selector) == 0 {
		fmt.Fprintf(b, "    selector: {%s} # the labels of the pods\n", labels)
	}
}

// hasPods reports whether a profile generates something for each pod of a component: Services, or
// items of a list.
func hasPods(spec v1alpha1.ExternalAccessSpec, c v1alpha1.Component) bool {
	for _, other := range spec.Components {
		if other.Config == nil {
			continue
		}
		for _, l := range other.Config.Lists {
			if l.Over == v1alpha1.OverPods && cmp.Or(l.Component, other.Name) == c.Name {
				return true
			}
		}
	}
	return slices.ContainsFunc(c.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.PerPod })
}
