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

const renderLong = `Prints the manifests of all specs in files, in directories or on standard input. In a
directory it reads the .yaml, .yml and .json files, but no subdirectories. Other objects
in the input are checked for collisions of node ports, addresses and names. They are not
printed.

Errors and warnings go to standard error. If there is an error, no manifests are printed.
sallyport validate --fail-on warning fails for warnings, too.

  -o yaml      a stream of documents, the same as kustomize build prints
  -o json      one v1 List, even for a single object
  -o dir=PATH  a file for each object: KIND_NAME.yaml, or
               KIND_NAMESPACE_NAME.yaml if the name occurs in several namespaces

-o dir=PATH updates a directory of manifests. It writes files that are new or different,
removes files that no spec asks for any more, and prints a line for each. It replaces and
removes only files that Sallyport wrote: every document in them has the annotation
sallyport.dev/owner with a spec of this run. If any other file has the name of one that
must be written, or holds an object that would be written, that is an error, and nothing
is written. Symbolic links are not followed.

If a DIR is rendered, the files of specs that are no longer in it are removed too. If PATH
has no file of a spec that is in DIR, it may be the PATH of another DIR: that is an error,
unless --prune-all is given, or DIR still generates an object of each spec that is gone,
because only their names have changed.

--kustomization keeps the list of resources in the kustomization.yaml of PATH: files that
are written are added, and files that are removed are taken out. Other entries and the
rest of the file stay as they are. If there is no such file, it is created. Without the
option, a list that has files of Sallyport but not all of them is a warning.

--check writes nothing. If something has to be written, it prints the difference to
standard output, for patch -p0, and the exit status is 1.

--patch prints kustomize patches for StatefulSets of other tools: files, variables, host
ports, discovery. If the StatefulSets are in the input too, the patches fit them.
Otherwise each host port comes in two patches, without and with a protocol, and kustomize
applies the one that matches the StatefulSet. With inject: true in a spec, the function
and sallyport filter patch the StatefulSets themselves. Render does not, and warns.`

func newRender() *cobra.Command {
	var out output
	cmd := &cobra.Command{
		Use:   "render [FILE|DIR|-]...",
		Short: "Print the manifests of specs",
		Long:  renderLong,
		Example: `  sallyport render kafka.yaml | kubectl apply --server-side -f -
  sallyport render . > manifests.yaml
  sallyport render specs -o dir=manifests
  sallyport render specs -o dir=manifests --check
  sallyport render specs -o dir=base --kustomization`,
		PreRunE: func(*cobra.Command, []string) error { return out.parse() },
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := readInput(cmd, args)
			if err != nil {
				return err
			}
			if out.patch {
				return in.renderPatches(cmd)
			}
			in.warnNotInjected()
			if out.format == "dir" {
				return out.directory(cmd, args, in)
			}
			result := generators.Run(in.specs, in.others)
			if err := in.report(cmd, result.Diagnostics, source.Warning); err != nil {
				return err
			}
			write := encode.YAML
			if out.format == "json" {
				write = encode.JSON
			}
			if err := write(cmd.OutOrStdout(), result.Runs()...); err != nil {
				return fmt.Errorf("writing the manifests: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&out.flag, "output", "o", "yaml", "`FORMAT`: yaml, json or dir=PATH")
	cmd.Flags().BoolVar(&out.check, "check", false, "write nothing, and fail if the directory of -o dir=PATH is not up to date")
	cmd.Flags().BoolVar(&out.pruneAll, "prune-all", false, "remove the files of -o dir=PATH even if none of them belongs to a spec of DIR")
	cmd.Flags().BoolVar(&out.kustomization, "kustomization", false, "keep resources in the kustomization.yaml of -o dir=PATH")
	cmd.Flags().BoolVar(&out.patch, "patch", false, "print kustomize patches for the StatefulSets instead of manifests")
	return cmd
}

// An output is the format and the destination of the manifests.
type output struct {
	flag   string
	format string // yaml, json or dir
	path   string // the directory, for the format dir
	check  bool

	pruneAll bool // remove the files of a directory even if none of them is of the specs

	kustomization bool // keep the file that lists the others
	patch         bool // print patches instead of manifests
}

// outputFormats are the values of -o.
var outputFormats = []string{"yaml", "json", "dir=PATH"}

func (o *output) parse() error {
	format, path, valued := strings.Cut(o.flag, "=")
	switch {
	case o.patch && (o.flag != "yaml" || o.check || o.pruneAll || o.kustomization):
		return usageError{fmt.Errorf("sallyport render: --patch prints to standard output: it cannot be combined with -o, --check, --prune-all and --kustomization")}
	case format == "dir" && path == "":
		return usageError{fmt.Errorf("sallyport render: a directory is required: -o dir=PATH")}
	case format == "dir":
	case valued || !slices.Contains(outputFormats, format):
		return usageError{fmt.Errorf("sallyport render: there is no output format %q: %s", o.flag, source.Suggest(format, outputFormats))}
	case o.kustomization:
		return usageError{fmt.Errorf("sallyport render: --kustomization keeps a file of a directory: add -o dir=PATH")}
	case o.pruneAll:
		return usageError{fmt.Errorf("sallyport render: --prune-all removes files of a directory: add -o dir=PATH")}
	case o.check:
		return usageError{fmt.Errorf("sallyport render: --check compares a directory: add -o dir=PATH, or compare a file with diff -u FILE -")}
	}
	o.format, o.path = format, path
	return nil
}

// directory updates a directory, or with --check prints how it differs.
func (o *output) directory(cmd *cobra.Command, args []string, in *input) error {
	dirs := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return !isDirectory(arg) })
	whole := len(dirs) > 0
	if o.pruneAll && !whole {
		return usageError{fmt.Errorf("sallyport render: --prune-all removes the files of specs that are gone from a DIR: a FILE does not say which are gone")}
	}
	d, err := openDirectory(o.path, whole, in.specs)
	if err != nil {
		return err
	}
	if whole && len(in.specs) == 0 {
		in.found = o.withoutSpecs(d, in.found)
	}
	in.others = slices.DeleteFunc(in.others, d.replaces)
	result := generators.Run(in.specs, in.others)
	if err := in.report(cmd, result.Diagnostics, source.Warning); err != nil {
		return err
	}
	objs := result.AllObjects()
	changes, ds := d.changes(objs)
	if whole && !o.pruneAll {
		ds = append(ds, d.ofOthers(dirs, in.specs, objs)...)
	}
	if !ds.Failed() {
		var found source.Diagnostics
		if changes, found, err = o.kustomize(d, changes, d.fileNames(objs)); err != nil {
			return err
		}
		ds = append(ds, found...)
	}
	ds.Print(cmd.ErrOrStderr(), "")
	if ds.Failed() {
		return errReported
	}
	if !o.check {
		return d.save(cmd.OutOrStdout(), changes)
	}
	patch, ds := d.drift(changes)
	fmt.Fprint(cmd.OutOrStdout(), patch)
	if len(ds) == 0 {
		return nil
	}
	ds.Print(cmd.ErrOrStderr(), "")
	return fmt.Errorf("%s is not up to date: %d files differ; run it without --check to write them", o.path, len(ds))
}

func isDirectory(arg string) bool {
	info, err := os.Stat(arg)
	return err == nil && info.IsDir()
}
