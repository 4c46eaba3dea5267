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

const initLong = `Prints a spec to begin with, commented, to standard output: sallyport init > kafka.yaml.
It is right as it is; what is commented out are the settings that most want next.

  --profile NAME            of an engine that there is a profile for
  -f FILE                   of the StatefulSet in a file ("-": standard input): its name,
                            namespace, replicas, ordinals, selector and ports
  --kind ExternalEndpoints  of addresses outside the cluster

The first line tells editors which schema the spec has; the second, how to get it.`

func newInit() *cobra.Command {
	var kind, profile, file string
	kinds := []string{v1alpha1.KindExternalAccess, v1alpha1.KindExternalEndpoints}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Print a commented spec to begin with",
		Long:  initLong,
		Example: `  sallyport init --profile pravega > pravega.yaml
  kubectl get statefulset kafka -o yaml | sallyport init -f - > kafka.yaml`,
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case !slices.Contains(kinds, kind):
				return usageError{fmt.Errorf("there is no kind %q: %s", kind, source.Suggest(kind, kinds))}
			case profile != "" && file != "":
				return usageError{fmt.Errorf("sallyport init: --profile and -f exclude each other: a profile says itself what its StatefulSets are called")}
			case kind == v1alpha1.KindExternalEndpoints && profile+file != "":
				return usageError{fmt.Errorf("sallyport init: --profile and -f are of kind %s", v1alpha1.KindExternalAccess)}
			case file != "":
				return initFromFile(cmd, file)
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
	for flag, values := range map[string][]string{"kind": kinds, "profile": profiles.Names()} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

// modeline tells editors the schema, and readers how to get it.
func modeline(kind string) string {
	schema := strings.ToLower(kind) + ".schema.json"
	return fmt.Sprintf(`# yaml-language-server: $schema=%s
# That is for editors. The file comes from: sallyport schema %s > %[1]s
# What is commented out is right too: take the # and the space after it away.
`, schema, kind)
}

// initFromFile prints the spec of a StatefulSet, if it makes one.
func initFromFile(cmd *cobra.Command, name string) error {
	data, err := readFile(cmd, name)
	if err != nil {
		return err
	}
	w, ds := readWorkload(name, data)
	text := ""
	if !ds.Failed() {
		text = modeline(v1alpha1.KindExternalAccess) + fmt.Sprintf("# From StatefulSet %s.\n", w.name) + w.spec()
		ds = append(ds, mistakes(name, text)...)
	}
	ds.Print(cmd.ErrOrStderr(), "")
	if ds.Failed() {
		return errReported
	}
	fmt.Fprint(cmd.OutOrStdout(), text)
	return nil
}

// mistakes are the errors of a spec that was made of what stands in a file.
func mistakes(file, text string) source.Diagnostics {
	docs, ds := source.Parse(file, []byte(text))
	for _, doc := range docs {
		doc.Numbers = false // the lines are not those of the file
	}
	specs, _, more := generators.Read(docs)
	again := generators.Run(specs, nil).Diagnostics
	return slices.Concat(ds, more, again).Sorted().AtLeast(source.Error)
}

// initProfile prints a spec with what a profile leaves to say. What goes with its engine,
// the checks decide and no list of engines.
func initProfile(cmd *cobra.Command, name string) error {
	spec, _, ok := profiles.Lookup(name)
	if !ok {
		return usageError{fmt.Errorf("there is no profile %q: %s", name, source.Suggest(name, profiles.Names()))}
	}
	right := func(settings string) bool { return len(mistakes("", profileSpec(name, spec, settings))) == 0 }
	typ, needed := "  type: LoadBalancer\n", ""
	if spec.Type != nil {
		typ = ""
	}
	for _, s := range told {
		if needed = s.wanted(); right(typ + needed) {
			break
		}
	}
	settings := needed
	for _, s := range suggestions {
		if s.wanted() != needed && right(typ+needed+s.wanted()) {
			settings += s.comment + "  # " + s.line + "\n"
		}
	}
	if spec.Type != nil && right("  type: NodePort\n"+needed) {
		typ = fmt.Sprintf("  # type: NodePort # the profile says %s\n", *spec.Type)
	}
	fmt.Fprint(cmd.OutOrStdout(), modeline(v1alpha1.KindExternalAccess)+profileSpec(name, spec, typ+settings))
	return nil
}

// A suggestion is a setting of a spec with a profile, and why one would want it.
type suggestion struct{ comment, line string }

// wanted is the setting where it is written out, and nothing of none.
func (s suggestion) wanted() string {
	if s.line == "" {
		return ""
	}
	return s.comment + "  " + s.line + "\n"
}

// profileSpec is a spec with a profile, and with settings that are written out.
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
		writeMissing(&b, name, labels, c)
	}
	return b.String()
}

// modes are what the entries of services come to.
var modes = map[v1alpha1.Mode]string{
	v1alpha1.PerPod:   "one Service for each pod",
	v1alpha1.Shared:   "one Service for all pods",
	v1alpha1.Headless: "names for the pods in the cluster's own DNS",
}

// writeMissing writes what a spec must say of a profile's component, as validation has
// it: how many pods it has, and which, where the profile does not.
func writeMissing(b *strings.Builder, name, labels string, c v1alpha1.Component) {
	perPod, rest := false, false
	for _, e := range c.Services {
		perPod = perPod || e.Mode == v1alpha1.PerPod
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
