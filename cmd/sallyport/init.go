package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/schemas"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

const initLong = `Prints a commented spec to start from. The spec is valid as it is. Useful settings
are commented out.

  --profile NAME            use the profile of an engine
  -f FILE                   read the StatefulSets in FILE: name, namespace,
                            replicas, ordinals, selector, ports; - is standard
                            input
  --workload NAME           the StatefulSet in FILE, if there are several; can
                            be repeated; with a profile, COMPONENT=NAME says
                            which component it is
  --port NAME               the port that clients reach; can be repeated
  -n, --namespace NAME      the namespace of the spec, where FILE has none
  --kind ExternalEndpoints  make addresses outside the cluster available inside

With -f and --profile together, the spec has what the StatefulSet has otherwise than
the profile: numbers of ports, the container, the headless Service.

If FILE is a file, the spec is for an input that has it, too: the number and the
labels of the pods are read from the StatefulSet, and are commented out in the spec.

If FILE has Services and no StatefulSet, the spec is about these Services: their
types, ports, node ports and names. sallyport import keeps the rest, too, such as
their addresses, policies and annotations.

Only a port that somebody chose is opened: the one that --port names; or the only
one; or those that a NodePort or LoadBalancer Service in FILE opens; or the one whose
name says that it is for clients. If none of these is there, init asks for --port.

The first line names the JSON Schema of the spec for editors. The second line has
the command that prints the schema.`

// initOptions are the flags of init.
type initOptions struct {
	kind, profile, file, namespace string
	workloads, ports               []string
}

func newInit() *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Print a commented spec to start from",
		Long:  initLong,
		Example: `  sallyport init --profile pravega > pravega.yaml
  sallyport init --profile kafka -f statefulset.yaml > kafka.yaml
  kubectl get statefulset db -o yaml | sallyport init -f - --port sql > db.yaml
  helm template chart | sallyport init -f - --workload kafka-broker > kafka.yaml
  kubectl get services -o yaml | sallyport init -f - > access.yaml`,
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			switch {
			case o.file != "":
				return o.fromFile(cmd)
			case o.profile != "":
				return printText(cmd, modeline(o.kind)+o.withProfile(nil, false))
			case o.kind == v1alpha1.KindExternalEndpoints:
				return printText(cmd, modeline(o.kind)+fmt.Sprintf(initEndpoints, scalar(cmp.Or(o.namespace, "default"))))
			}
			d := sample
			d.namespace = cmp.Or(o.namespace, d.namespace)
			return printText(cmd, modeline(o.kind)+specOf([]*draft{&d}, false))
		},
	}
	cmd.Flags().StringVar(&o.kind, "kind", v1alpha1.KindExternalAccess, "`KIND` of the spec: "+strings.Join(kinds, " or "))
	cmd.Flags().StringVar(&o.profile, "profile", "", "`NAME` of a built-in profile: sallyport profiles list")
	cmd.Flags().StringVarP(&o.file, "file", "f", "", "`FILE` with StatefulSets or Services, or -")
	cmd.Flags().StringVarP(&o.namespace, "namespace", "n", "", "`NAME` of the namespace of the spec, where FILE has none")
	cmd.Flags().StringArrayVar(&o.workloads, "workload", nil, "`NAME` of a StatefulSet in FILE; can be repeated")
	cmd.Flags().StringArrayVar(&o.ports, "port", nil, "`NAME` of a port that clients reach; can be repeated")
	for flag, values := range map[string][]string{"kind": kinds, "profile": profiles.Names()} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

// check checks the flags against each other.
func (o *initOptions) check() error {
	switch {
	case !slices.Contains(kinds, o.kind):
		return usageError{fmt.Errorf("there is no kind %q: %s", o.kind, source.Suggest(o.kind, kinds))}
	case o.kind == v1alpha1.KindExternalEndpoints && o.profile+o.file != "":
		return usageError{fmt.Errorf("sallyport init: --profile and -f are only supported with kind %s", v1alpha1.KindExternalAccess)}
	case len(o.workloads) > 0 && o.file == "":
		return usageError{fmt.Errorf("sallyport init: --workload names a StatefulSet of the file that -f names")}
	case len(o.ports) > 0 && o.file == "":
		return usageError{fmt.Errorf("sallyport init: --port names a port of a StatefulSet in the file that -f names")}
	case len(o.ports) > 0 && o.profile != "":
		return usageError{fmt.Errorf("sallyport init: a profile names the ports that clients reach: --port and --profile exclude each other")}
	}
	if wrong, _ := v1alpha1.DNSLabel.Problem(o.namespace); o.namespace != "" && wrong != "" {
		return usageError{fmt.Errorf("sallyport init: %q is not a valid name of a namespace: %s", o.namespace, wrong)}
	}
	if _, _, ok := profiles.Lookup(o.profile); o.profile != "" && !ok {
		return usageError{fmt.Errorf("there is no profile %q: %s", o.profile, source.Suggest(o.profile, profiles.Names()))}
	}
	return nil
}

// modeline returns the comments on top of a spec: the schema for editors, and how to get it.
func modeline(kind string) string {
	return fmt.Sprintf(`# yaml-language-server: $schema=%s
# Editors use this schema. To create the file: sallyport schema %s > %[1]s
# To use a setting that is commented out, remove the # and the space after it.
`, schemas.File(kind), kind)
}

// fromFile prints a spec for the StatefulSets or the Services in a file.
func (o *initOptions) fromFile(cmd *cobra.Command) error {
	manifests, err := readFile(cmd, o.file)
	if err != nil {
		return err
	}
	docs, ds := source.ParseText(o.file, manifests)
	docs = source.Unlisted(docs)
	text := ""
	if !ds.Failed() {
		var found source.Diagnostics
		text, found = o.specFor(docs)
		ds = append(ds, found...)
	}
	ds.Print(cmd.ErrOrStderr(), "")
	if ds.Failed() {
		return errReported
	}
	return printText(cmd, text)
}

// specFor returns the spec for the objects of a file. The errors that it has are those of the file. What
// does not fit the file is a warning: it may be the file that has to change.
func (o *initOptions) specFor(docs []*source.Document) (string, source.Diagnostics) {
	in := readInit(o.file, docs)
	if len(in.sets) > 0 || len(in.services) == 0 || len(o.workloads) > 0 {
		return o.specForSets(in, docs)
	}
	if o.profile != "" {
		return "", source.Diagnostics{in.missing()}
	}
	from, body, ds := in.fromServices(o)
	if ds.Failed() {
		return "", ds
	}
	text := modeline(v1alpha1.KindExternalAccess) + "# From " + from + ".\n" + body
	return text, append(ds, errorsIn(o.file, text)...)
}

// specForSets returns the spec for the StatefulSets of a file.
func (o *initOptions) specForSets(in *initInput, docs []*source.Document) (string, source.Diagnostics) {
	drafts, ds := in.drafts(o)
	if ds.Failed() {
		return "", ds
	}
	write := specOf
	if o.profile != "" {
		write = o.withProfile
	}
	from := "StatefulSet"
	if len(drafts) > 1 {
		from += "s"
	}
	head := fmt.Sprintf("%s# From %s %s.\n", modeline(v1alpha1.KindExternalAccess), from, strings.Join(workloadsOf(drafts), ", "))
	if ds = append(ds, errorsIn(o.file, head+write(drafts, false))...); ds.Failed() {
		return "", ds
	}
	if o.beside() {
		head += "# It needs the StatefulSet in the input: sallyport render THIS-FILE " + o.file + "\n"
	}
	text := head + write(drafts, o.beside())
	for _, d := range problemsIn(o.file, text, docs).AtLeast(source.Warning) {
		d.Severity = source.Warning
		ds = append(ds, d)
	}
	return text, ds
}

// beside reports whether the spec is for an input that has the StatefulSets: they are in a file, and not
// what a command prints.
func (o *initOptions) beside() bool {
	info, err := os.Stat(o.file)
	return err == nil && info.Mode().IsRegular()
}

// errorsIn returns the errors in a generated spec.
func errorsIn(file, text string) source.Diagnostics {
	return problemsIn(file, text, nil).AtLeast(source.Error)
}

// problemsIn returns what is reported about a generated spec, beside other documents. It is reported as
// that of the file that the spec was generated from.
func problemsIn(file, text string, others []*source.Document) source.Diagnostics {
	docs, ds := source.Parse(file, []byte(text))
	for _, doc := range docs {
		doc.Numbers = false // the line numbers are not those of the file
	}
	specs, _, decoding := generators.Read(docs)
	return slices.Concat(ds, decoding, generators.Run(specs, others).Diagnostics).Sorted()
}
