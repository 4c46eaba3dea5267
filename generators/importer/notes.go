package importer

import (
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/generators/importer/compare"
	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/schemas/source"
)

// notes returns the comments at the end of a spec.
func (t *trial) notes() string {
	var b strings.Builder
	line := func(depth int, format string, args ...any) {
		b.WriteString(source.Visible("#"+strings.Repeat(" ", 1+2*depth)+fmt.Sprintf(format, args...)) + "\n")
	}
	if len(t.Came) > 0 {
		what := fmt.Sprintf("It generates what came in: %s", counted(t.Came))
		if len(t.differences) == 0 {
			line(0, "%s.", what)
		} else {
			line(0, "%s, but for these differences:", what)
			for _, g := range grouped(t.differences) {
				line(1, "%s", g.what())
				line(2, "%s", g.who())
			}
		}
	}
	if t.shortened {
		line(0, "Render it together with what it reads: sallyport render access.yaml %s", strings.Join(filesBeside(t.Draft), " "))
	}
	if len(t.Remarks) > 0 {
		line(0, "What it cannot say of the input:")
		for _, r := range t.Remarks {
			line(1, "%s", r)
		}
	}
	if t.Hint != "" {
		line(0, "%s", t.Hint)
	}
	return b.String()
}

// filesBeside are the files that a spec is rendered with.
func filesBeside(d *draft.Draft) []string {
	var out []string
	for _, doc := range d.Beside {
		if !slices.Contains(out, doc.File) {
			out = append(out, doc.File)
		}
	}
	return out
}

// counted returns how many objects of each kind there are.
func counted(docs []*source.Document) string {
	var kinds []string
	count := map[string]int{}
	for _, doc := range docs {
		kind := doc.Object().Kind
		if count[kind]++; count[kind] == 1 {
			kinds = append(kinds, kind)
		}
	}
	var out []string
	for _, kind := range kinds {
		switch plural := kind + "s"; {
		case count[kind] == 1:
			out = append(out, "1 "+kind)
		case strings.HasSuffix(kind, "s"):
			out = append(out, fmt.Sprintf("%d %s", count[kind], kind))
		default:
			out = append(out, fmt.Sprintf("%d %s", count[kind], plural))
		}
	}
	return strings.Join(out, ", ")
}

// A diffGroup is a difference that several objects have.
type diffGroup struct {
	compare.Difference
	differ bool // the objects have different values
	kinds  []string
	names  map[string][]string // by kind
}

// grouped puts the objects together that have the same difference.
func grouped(all []compare.Difference) []*diffGroup {
	var out []*diffGroup
	index := map[compare.Difference]*diffGroup{}
	for _, d := range all {
		same := d
		same.Object = source.Object{}
		if d.Meant && (strings.HasPrefix(d.Field, "metadata.annotations[") || d.Field == "spec.loadBalancerIP") {
			same.Came, same.Now = present(d.Came), present(d.Now)
		}
		g := index[same]
		if g == nil {
			g = &diffGroup{Difference: d, names: map[string][]string{}}
			index[same] = g
			out = append(out, g)
		}
		g.differ = g.differ || g.Came != d.Came || g.Now != d.Now
		kind := d.Object.Kind
		if g.names[kind] == nil {
			g.kinds = append(g.kinds, kind)
		}
		g.names[kind] = append(g.names[kind], d.Object.Name)
	}
	return out
}

func present(text string) string {
	if text == "" {
		return ""
	}
	return "some"
}

// what returns the field, its two values, and why they differ.
func (g *diffGroup) what() string {
	out, others := g.Now, ""
	if g.differ {
		others = " (each its own)"
	}
	switch {
	case g.Field == "":
	case g.Came == "":
		out = fmt.Sprintf("%s: %s is added%s", g.Field, g.Now, others)
	case g.Now == "":
		out = fmt.Sprintf("%s: %s is gone%s", g.Field, g.Came, others)
	case g.differ:
		out = fmt.Sprintf("%s: %s becomes %s, and so on", g.Field, g.Came, g.Now)
	default:
		out = fmt.Sprintf("%s: %s becomes %s", g.Field, g.Came, g.Now)
	}
	if g.Why != "" {
		out += ": " + g.Why
	}
	return out
}

// who names the objects.
func (g *diffGroup) who() string {
	const few = 4
	var out []string
	for _, kind := range g.kinds {
		names := g.names[kind]
		text := strings.Join(names, ", ")
		if len(names) > few {
			text = fmt.Sprintf("%s and %d more", strings.Join(names[:few-1], ", "), len(names)-few+1)
		}
		out = append(out, kind+" "+text)
	}
	return strings.Join(out, "; ")
}
