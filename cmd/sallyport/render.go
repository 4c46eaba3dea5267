package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
)

const renderLong = `Prints the manifests of all specs in the files, in the directories (their .yaml, .yml
and .json files, not those of folders in them) or on standard input. Other objects
there are read for clashes: node ports, addresses, names. They are not printed.

Errors and warnings go to standard error. With an error nothing is printed.

  -o yaml      a stream of documents, what kustomize build prints
  -o json      one v1 List, as kubectl prints several objects; a List also of one
  -o dir=PATH  a file for each object, KIND_NAME.yaml; KIND_NAMESPACE_NAME.yaml for
               those that would be called the same

A directory of manifests is kept: what is as wanted is not touched, what is no longer
wanted is removed, and one line tells of each file that was created, changed or
removed. Nothing but what Sallyport has made is replaced or removed: a file of which
every document has the annotation sallyport.dev/owner, and it names a spec that is
rendered. If a DIR is rendered, a spec that is gone from it loses its files too: give
each directory of specs a directory of manifests of its own. Any other file stays, and
if it is in the way that is an error, and nothing is written. Links are not followed.

With --check nothing is written. If there is something to write, the difference goes to
standard output, for patch -p0, and the exit status is 1.

With --patch it prints what StatefulSets that others make need of it: files, variables,
host ports, discovery. Name their files too, and the patches fit what is there; else
host ports come in two patches, without and with a protocol, and kustomize applies the
one that is spelled as the StatefulSet is. The field inject has the function and sallyport
filter do that to the StatefulSets themselves; render prints what it makes and nothing
else, and warns.`

func newRender() *cobra.Command {
	var to output
	cmd := &cobra.Command{
		Use:   "render [FILE|DIR|-]...",
		Short: "Print the manifests that specs ask for",
		Long:  renderLong,
		Example: `  sallyport render kafka.yaml | kubectl apply --server-side -f -
  sallyport render . > manifests.yaml
  sallyport render specs -o dir=manifests
  sallyport render specs -o dir=manifests --check`,
		PreRunE: func(*cobra.Command, []string) error { return to.parse() },
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := readInput(cmd, args)
			if err != nil {
				return err
			}
			if to.patch {
				return in.renderPatches(cmd)
			}
			in.notInjected()
			if to.format == "dir" {
				return to.directory(cmd, args, in)
			}
			objs, err := in.generate(cmd, source.Warning)
			if err != nil {
				return err
			}
			write := encode.YAML
			if to.format == "json" {
				write = encode.JSON
			}
			if err := write(cmd.OutOrStdout(), objs); err != nil {
				return fmt.Errorf("writing the manifests: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&to.flag, "output", "o", "yaml", "`FORMAT`: yaml, json or dir=PATH")
	cmd.Flags().BoolVar(&to.check, "check", false, "write nothing, and fail if the directory of -o dir=PATH is not as wanted")
	cmd.Flags().BoolVar(&to.patch, "patch", false, "print kustomize patches for the StatefulSets, and no manifests")
	return cmd
}

// An output is where the manifests go, and how.
type output struct {
	flag   string
	format string // yaml, json or dir
	path   string // of dir
	check  bool
	patch  bool // patches, and no manifests
}

// formats are what -o may be, as a user writes them.
var formats = []string{"yaml", "json", "dir=PATH"}

func (o *output) parse() error {
	format, path, valued := strings.Cut(o.flag, "=")
	switch {
	case o.patch && (o.flag != "yaml" || o.check):
		return usageError{fmt.Errorf("sallyport render: --patch prints patches to standard output: leave -o and --check out")}
	case format == "dir" && path == "":
		return usageError{fmt.Errorf("sallyport render: -o dir needs a directory: -o dir=PATH")}
	case format == "dir":
	case valued || !slices.Contains(formats, format):
		return usageError{fmt.Errorf("sallyport render: there is no output format %q: %s", o.flag, source.Suggest(format, formats))}
	case o.check:
		return usageError{fmt.Errorf("sallyport render: --check compares a directory: add -o dir=PATH; a file: pipe into diff -u FILE -")}
	}
	o.format, o.path = format, path
	return nil
}

// directory brings a directory up to date, or tells how far it is from that.
func (o *output) directory(cmd *cobra.Command, args []string, in *input) error {
	d, err := openDirectory(o.path, slices.ContainsFunc(args, isDirectory), in.specs)
	if err != nil {
		return err
	}
	in.others = slices.DeleteFunc(in.others, d.replaces)
	made := generators.Run(in.specs, in.others)
	objs, ds := made.AllObjects(), made.Diagnostics
	if err := in.report(cmd, ds, source.Warning); err != nil {
		return err
	}
	edits, ds := d.edits(objs)
	if ds.Failed() {
		ds.Print(cmd.ErrOrStderr(), "")
		return errReported
	}
	if !o.check {
		if err := d.write(edits); err != nil {
			return fmt.Errorf("writing to %s: %w", o.path, err)
		}
		d.report(cmd.OutOrStdout(), edits)
		return nil
	}
	patch, ds := d.drift(edits)
	fmt.Fprint(cmd.OutOrStdout(), patch)
	if len(ds) == 0 {
		return nil
	}
	ds.Print(cmd.ErrOrStderr(), "")
	return fmt.Errorf("%s is not what the specs ask for: %d files; without --check they are written", o.path, len(ds))
}

func isDirectory(arg string) bool {
	info, err := os.Stat(arg)
	return err == nil && info.IsDir()
}
