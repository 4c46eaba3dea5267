package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/generators/diff"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

func newExplain() *cobra.Command {
	kind, recursive := v1alpha1.KindExternalAccess, false
	cmd := &cobra.Command{
		Use:   "explain [FIELD|CODE]",
		Short: "Explain a field of a spec, the code of a message or a rule of diff",
		Long: `Prints the description of a field, its type, its default and its own fields. FIELD is a
path such as spec.components.services.ports, or a path from an error. It can begin with
the kind. Without a FIELD, the kind and the fields of its spec are explained.

CODE is the word in brackets at the end of an error, warning or info, such as NodePortBand.
Explain prints what it means, why it is reported, the way out, and an input that triggers it.
The words in brackets in the output of sallyport diff are rules, such as PortRenamed: explain
prints what a cluster does, who notices, and what to do instead.`,
		Example: `  sallyport explain spec.components.services.ports.nodePort
  sallyport explain NodePortBand
  sallyport explain PortRenamed
  sallyport explain ExternalEndpoints.spec.ports
  sallyport explain 'spec.components[0].services'`,
		Args: usage(cobra.MaximumNArgs(1)),
		ValidArgsFunction: func(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return append(completeFields(kind, word), completeCodes(word)...), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runExplain(cmd, kind, strings.Join(args, ""), recursive)
		},
	}
	cmd.Flags().StringVar(&kind, "kind", kind, "the `KIND` of FIELD")
	cmd.Flags().BoolVar(&recursive, "recursive", false, "print the names and types of all fields below it")
	complete := cobra.FixedCompletions(documented, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc("kind", complete); err != nil {
		panic(err.Error())
	}
	return cmd
}

// runExplain explains a code, or a field of a kind; "": the kind itself.
func runExplain(cmd *cobra.Command, kind, word string, recursive bool) error {
	kind, err := kindNamed(kind)
	if err != nil {
		return err
	}
	if isCode(word) {
		text := explainWord(strings.Trim(word, "[]"))
		if text == "" {
			return usageError{noCode(word)}
		}
		return printText(cmd, text)
	}
	path := ""
	if word != "" {
		kind, path = splitKind(kind, word)
	}
	kind, f, err := findField(kind, path)
	if err != nil {
		return usageError{orCode(word, err)}
	}
	text := explain(kind, path, f, recursive)
	if spec, err := fieldsOf(kind).find("spec"); path == "" && err == nil && !recursive {
		_, fields, _ := strings.Cut(explain(kind, "spec", spec, false), "\nFIELDS:\n")
		text += "\nFIELDS of spec:\n" + fields
	}
	return printText(cmd, text)
}

// findField returns a field of a kind, or of the first other kind that has the path. The error is that of the kind.
func findField(kind, path string) (string, *field, error) {
	f, err := fieldsOf(kind).find(path)
	for _, other := range documented {
		if err == nil {
			break
		}
		if found, not := fieldsOf(other).find(path); not == nil {
			return other, found, nil
		}
	}
	return kind, f, err
}

// splitKind splits a path that begins with a kind. Without one, it returns the given kind.
func splitKind(kind, path string) (string, string) {
	first, rest, _ := strings.Cut(path, ".")
	if k, err := kindNamed(first); err == nil {
		return k, rest
	}
	return kind, path
}

// isCode reports whether a word is a code, or a misspelt one, and not a field: codes are words with a
// capital, and so are the kinds.
func isCode(word string) bool {
	word = strings.Trim(word, "[]")
	_, err := kindNamed(word)
	return err != nil && word != "" && word[0] >= 'A' && word[0] <= 'Z' && !strings.ContainsAny(word, ".[")
}

// orCode returns the error for a word that is not a field: it names the code that the word is in capitals.
func orCode(word string, err error) error {
	for _, code := range codeNames() {
		if strings.EqualFold(strings.Trim(word, "[]"), code) {
			return fmt.Errorf("there is no field %q: did you mean the code %s?", word, code)
		}
	}
	return err
}

// noCode returns the error for a word that is not a code.
func noCode(word string) error {
	if near := source.Nearest(word, append(codeNames(), ruleNames()...)); near != "" {
		return fmt.Errorf("there is no code %q: did you mean %s?", word, near)
	}
	return fmt.Errorf("there is no code %q: use a rule of sallyport diff, or one of: %s", word, strings.Join(codeNames(), ", "))
}

// completeCodes lists the codes and the rules that begin with a word, each with its meaning. Without a word there
// would be too many.
func completeCodes(word string) []string {
	var out []string
	for _, code := range codeNames() {
		if word != "" && strings.HasPrefix(code, word) {
			out = append(out, code+"\t"+strings.TrimSuffix(means(source.Code(code)), "."))
		}
	}
	for _, r := range diff.RulesNamed() {
		if _, isCode := pageOf(source.Code(r.ID)); word != "" && strings.HasPrefix(r.ID, word) && !isCode {
			out = append(out, r.ID+"\t"+r.Why)
		}
	}
	return out
}

// completeFields lists the paths that begin with a word, each with its description.
func completeFields(kind, word string) []string {
	before, _, ok := cutLast(word, ".")
	k, path := splitKind(kind, before)
	if _, err := kindNamed(k); err != nil {
		return nil
	}
	f, err := fieldsOf(k).find(path)
	if err != nil {
		return nil
	}
	var out []string
	for _, p := range f.inner().Properties {
		full := p.name
		if ok {
			full = before + "." + p.name
		}
		if strings.HasPrefix(full, word) {
			out = append(out, full+"\t"+firstSentence(p.Description))
		}
	}
	return out
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

func firstSentence(text string) string {
	first, _, _ := strings.Cut(text, ". ")
	return strings.TrimSuffix(first, ".")
}

// explain returns the text that describes a field.
func explain(kind, path string, f *field, recursive bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "KIND:     %s\nVERSION:  %s\n", kind, v1alpha1.APIVersion)
	if path != "" {
		fmt.Fprintf(&b, "\nFIELD:    %s <%s>\n", plainPath(path), f.typeName())
	}
	fmt.Fprintf(&b, "\nDESCRIPTION:\n%s", wrap(f.prose(), "    "))
	inner := f.inner()
	if inner != f && inner.Description != "" {
		fmt.Fprintf(&b, "\n%s", wrap(inner.Description, "    "))
	}
	if values := f.values(); values != nil {
		fmt.Fprintf(&b, "\nVALUES:\n%s", columns(values))
	}
	if facts := f.facts(); facts != nil {
		b.WriteString("\n")
		for _, fact := range facts {
			fmt.Fprintf(&b, "%-9s %s\n", strings.ToUpper(fact.name)+":", fact.value)
		}
	}
	switch {
	case len(inner.Properties) == 0:
	case recursive:
		fmt.Fprintf(&b, "\nFIELDS:\n%s", tree(inner, "    "))
	default:
		b.WriteString("\nFIELDS:\n")
		for _, p := range inner.Properties {
			about, _, _ := strings.Cut(p.Description, "\n\n") // the rest describes its type, which has a page of its own
			fmt.Fprintf(&b, "    %s\n%s\n", headline(inner, p), wrap(about, "        "))
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// headline returns a field's name and type, and whether it is required.
func headline(owner *field, p property) string {
	text := p.name + " <" + p.typeName() + ">"
	if slices.Contains(owner.Required, p.name) {
		text += " -required-"
	}
	return text
}

// tree lists all fields below a field, indented.
func tree(f *field, indent string) string {
	var b strings.Builder
	for _, p := range f.Properties {
		b.WriteString(indent + headline(f, p) + "\n" + tree(p.inner(), indent+"  "))
	}
	return b.String()
}

// columns prints names and values in two columns.
func columns(values []fact) string {
	width := 0
	for _, v := range values {
		width = max(width, len(v.name))
	}
	var b strings.Builder
	for _, v := range values {
		b.WriteString(strings.TrimRight(fmt.Sprintf("    %-*s  %s", width, v.name, v.value), " ") + "\n")
	}
	return b.String()
}

// wrap breaks the paragraphs of a text into lines of at most 80 characters.
func wrap(text, indent string) string {
	if first, rest, ok := strings.Cut(text, "\n\n"); ok {
		return wrap(first, indent) + "\n" + wrap(rest, indent)
	}
	var b strings.Builder
	line := indent
	for _, word := range strings.Fields(text) {
		switch {
		case line == indent:
			line += word
		case len(line)+1+len(word) > 80:
			b.WriteString(line + "\n")
			line = indent + word
		default:
			line += " " + word
		}
	}
	return b.String() + line + "\n"
}
