package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"sallyport.dev/generators/diff"
	"sallyport.dev/schemas/source"
)

// summary counts the findings of each class, the worst first.
func summary(r *diff.Result) string {
	var out []string
	for _, c := range slices.Backward(diff.Classes) {
		if n := r.Summary[c]; n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, c))
		}
	}
	if n := len(r.Unjudged); n > 0 {
		out = append(out, fmt.Sprintf("%d not judged", n))
	}
	return strings.Join(out, ", ")
}

func arrow(before, after string) string {
	switch {
	case before == "":
		return "+ " + after
	case after == "":
		return "- " + before
	}
	return before + " -> " + after
}

func diffText(r *diff.Result) string {
	var b strings.Builder
	for _, c := range r.Changes {
		fmt.Fprintf(&b, "%s: %s\n", source.Visible(c.Object()), c.Change)
		for _, f := range c.Findings {
			fmt.Fprintf(&b, "  %s: %s [%s]\n", f.Class, source.Visible(f.Why), f.Rule)
			for _, field := range f.Fields {
				fmt.Fprintf(&b, "    %s: %s\n", source.Visible(field.Path), source.Visible(arrow(field.Old, field.New)))
			}
			for _, line := range [][2]string{{"notices", f.Notices}, {"instead", f.Instead}} {
				if line[1] != "" {
					fmt.Fprintf(&b, "    %s: %s\n", line[0], source.Visible(line[1]))
				}
			}
		}
	}
	for _, c := range r.Unjudged {
		fmt.Fprintf(&b, "%s: %s, not judged\n", source.Visible(c.Object()), c.Change)
	}
	spec := ""
	tab := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, a := range r.Addresses {
		if a.Spec != spec {
			spec = a.Spec
			fmt.Fprintf(tab, "addresses of %s:\n", source.Visible(spec))
		}
		fmt.Fprintf(tab, "  %s\t%s\t%s\t%s\t[%s]\n", a.Class, a.Pod, a.PortName, source.Visible(arrow(a.Old, a.New)), a.Rule)
	}
	_ = tab.Flush() // a strings.Builder does not fail
	if text := summary(r); text != "" {
		b.WriteString(text + "\n")
	}
	return b.String()
}

func diffJSON(r *diff.Result) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		panic(err.Error()) // it has only texts and numbers
	}
	return b.String()
}

// markdownText escapes a text for a cell of a table.
var markdownText = strings.NewReplacer("<", "&lt;", ">", "&gt;", "*", `\*`, "|", `\|`, "`", "&#96;", "\n", " ", "\\", `\\`)

func cell(text string) string { return markdownText.Replace(source.Visible(text)) }

// diffMarkdown prints what is not safe as tables, and the rest folded.
func diffMarkdown(r *diff.Result) string {
	var b strings.Builder
	text := summary(r)
	if text == "" {
		return "Nothing differs.\n"
	}
	fmt.Fprintf(&b, "**%s**\n", text)
	var safe []string
	rows := 0
	for _, c := range r.Changes {
		for _, f := range c.Findings {
			if f.Class == diff.Safe {
				safe = append(safe, fmt.Sprintf("- %s: %s%s", cell(c.Object()), cell(f.Why), fieldNames(f)))
				continue
			}
			if rows++; rows == 1 {
				b.WriteString("\n| class | object | change | what happens | who notices | instead |\n|---|---|---|---|---|---|\n")
			}
			fmt.Fprintf(&b, "| **%s** | %s | %s | %s | %s | %s |\n", f.Class, cell(c.Object()), fieldCells(c, f), cell(f.Why), cell(f.Notices), cell(f.Instead))
		}
	}
	if len(r.Addresses) > 0 {
		b.WriteString("\n| class | pod | port | old address | new address |\n|---|---|---|---|---|\n")
		for _, a := range r.Addresses {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", a.Class, cell(a.Pod), cell(a.PortName), cell(a.Old), cell(a.New))
		}
	}
	for _, c := range r.Unjudged {
		safe = append(safe, fmt.Sprintf("- %s: %s, not judged", cell(c.Object()), c.Change))
	}
	if len(safe) > 0 {
		fmt.Fprintf(&b, "\n<details><summary>%d safe or not judged</summary>\n\n%s\n\n</details>\n", len(safe), strings.Join(safe, "\n"))
	}
	return b.String()
}

func fieldNames(f diff.Finding) string {
	var out []string
	for _, field := range f.Fields {
		out = append(out, cell(field.Path))
	}
	if out == nil {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

func fieldCells(c diff.Change, f diff.Finding) string {
	if c.Change != "changed" {
		return c.Change
	}
	var out []string
	for _, field := range f.Fields {
		out = append(out, cell(field.Path+": "+arrow(field.Old, field.New)))
	}
	return strings.Join(out, "<br>")
}

// Escapes of GitHub's workflow commands, for messages and for properties.
var (
	commandText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// diffGitHub prints what is not safe as annotations of a workflow.
func diffGitHub(r *diff.Result) string {
	level := map[diff.Class]string{diff.Disruptive: "warning", diff.Recreate: "error", diff.Refused: "error"}
	var b strings.Builder
	for _, c := range r.Changes {
		for _, f := range c.Findings {
			if f.Class == diff.Safe {
				continue
			}
			text := c.Object() + ": " + f.Why
			for _, field := range f.Fields {
				text += "\n" + field.Path + ": " + arrow(field.Old, field.New)
			}
			for _, line := range [][2]string{{"notices: ", f.Notices}, {"instead: ", f.Instead}} {
				if line[1] != "" {
					text += "\n" + line[0] + line[1]
				}
			}
			fmt.Fprintf(&b, "::%s %stitle=%s::%s\n", level[f.Class], place(f), commandProperty.Replace(string(f.Class)+" "+f.Rule), commandText.Replace(text))
		}
	}
	for _, a := range r.Addresses {
		if a.Class != diff.Safe {
			text := fmt.Sprintf("%s of %s, port %s: %s\n%s", a.Pod, a.Spec, a.PortName, arrow(a.Old, a.New), a.Why)
			fmt.Fprintf(&b, "::%s title=%s::%s\n", level[a.Class], commandProperty.Replace(string(a.Class)+" "+a.Rule), commandText.Replace(text))
		}
	}
	return b.String()
}

// place returns the properties of an annotation with its place, which standard input does not have.
func place(f diff.Finding) string {
	switch {
	case f.File == "" || f.File == "-":
		return ""
	case f.Line == 0:
		return "file=" + commandProperty.Replace(f.File) + ","
	}
	return fmt.Sprintf("file=%s,line=%d,", commandProperty.Replace(f.File), f.Line)
}
