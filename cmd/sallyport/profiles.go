package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

func newProfiles() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "List and show profiles",
		Long: `A profile is a partial spec with the ports, Services and files of an engine. A spec that
names a profile is merged with it, and its own fields override those of the profile.

Profiles are built in, or documents of kind ExternalAccessProfile in the input:

  apiVersion: sallyport.dev/v1alpha1
  kind: ExternalAccessProfile
  metadata: {name: acme}
  spec:
    profile: kafka               # may lie on another profile
    domain: acme.example.com

Render, plan, validate, filter and the function find them beside the specs.`,
		Example: `  sallyport profiles list
  sallyport profiles show kafka`,
	}
	onlyCommands(cmd)
	cmd.AddCommand(newProfilesList(), newProfilesShow())
	return cmd
}

func newProfilesList() *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use:   "list [-f FILE|DIR]...",
		Short: "List the profiles",
		Example: `  sallyport profiles list
  sallyport profiles list -f platform.yaml`,
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			own, err := readProfiles(cmd, files)
			if err != nil {
				return err
			}
			given := len(own)
			tab := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, name := range profiles.Names() {
				text, _ := profiles.Text(name)
				own = append(own, profileText{name, text})
			}
			for _, p := range append(own[given:], own[:given]...) {
				fmt.Fprintln(tab, strings.TrimRight(p.name+"\t"+p.about(), "\t"))
			}
			return tab.Flush()
		},
	}
	profileFiles(cmd, &files)
	return cmd
}

func newProfilesShow() *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use:               "show NAME [-f FILE|DIR]...",
		Short:             "Print a profile with its comments",
		Example:           "  sallyport profiles show kafka",
		Args:              usage(cobra.ExactArgs(1)),
		ValidArgsFunction: cobra.FixedCompletions(profiles.Names(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			own, err := readProfiles(cmd, files)
			if err != nil {
				return err
			}
			known := profiles.Names()
			for _, p := range own {
				if known = append(known, p.name); p.name == args[0] {
					return printText(cmd, p.text)
				}
			}
			text, ok := profiles.Text(args[0])
			if !ok {
				return usageError{fmt.Errorf("there is no profile %q: %s", args[0], source.Suggest(args[0], known))}
			}
			return printText(cmd, text)
		},
	}
	profileFiles(cmd, &files)
	return cmd
}

func profileFiles(cmd *cobra.Command, files *[]string) {
	cmd.Flags().StringArrayVarP(files, "file", "f", nil, "a `FILE` or directory with profiles; can be repeated")
}

// A profileText is a profile of a file.
type profileText struct{ name, text string }

// about returns what a profile is for: the beginning of the comment above it.
func (p profileText) about() string {
	var words []string
	for line := range strings.SplitSeq(p.text, "\n") {
		comment, ok := strings.CutPrefix(line, "#")
		if !ok {
			break
		}
		words = append(words, strings.Fields(comment)...)
	}
	text := strings.Join(words, " ") + " "
	if i := strings.IndexAny(text, ":;("); i >= 0 {
		text = text[:i]
	}
	text, _, _ = strings.Cut(text, ". ")
	return source.Visible(strings.TrimSpace(text))
}

// readProfiles reads the profiles in files and directories, and prints what is wrong with them.
func readProfiles(cmd *cobra.Command, args []string) ([]profileText, error) {
	var out []profileText
	var docs []*source.Document
	var ds source.Diagnostics
	for _, arg := range args {
		files, found, err := filesOf(arg)
		if err != nil {
			return nil, err
		}
		ds = append(ds, found...)
		for _, file := range files {
			text, err := readFile(cmd, file)
			if err != nil {
				return nil, err
			}
			more, found := source.ParseText(file, text)
			ds = append(ds, found...)
			for _, doc := range more {
				if v1alpha1.IsProfile(doc) && !slices.ContainsFunc(out, func(p profileText) bool { return p.name == doc.Object().Name }) {
					out = append(out, profileText{doc.Object().Name, documentText([]byte(text), doc.Node().Line)})
				}
			}
			docs = append(docs, slices.DeleteFunc(more, func(doc *source.Document) bool { return !v1alpha1.IsProfile(doc) })...)
		}
	}
	_, _, found := generators.Read(docs)
	if ds = append(ds, found...).Sorted(); ds.Failed() {
		ds.AtLeast(source.Error).Print(cmd.ErrOrStderr(), "")
		return nil, errReported
	}
	return out, nil
}

// documentText returns the document of a stream that has a line, counted from 1, with the comments
// above it.
func documentText(stream []byte, line int) string {
	lines := bytes.SplitAfter(stream, []byte("\n"))
	begin, end := 0, len(lines)
	for i, text := range lines {
		switch {
		case !bytes.HasPrefix(text, []byte("---")):
		case i < line-1:
			begin = i + 1
		case i == line-1:
			begin = i // the document stands behind the marker
		default:
			end = i
		}
		if end == i {
			break
		}
	}
	return strings.TrimSuffix(string(bytes.Join(lines[begin:end], nil)), "\n") + "\n"
}
