package importer

import (
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// Adopt returns, as comments, the ways in which the objects that came in become those of the spec: commands for a
// cluster, the annotation in files of a directory, and patches for the kustomization that has them.
func (s *Spec) Adopt() string {
	var b strings.Builder
	line := func(format string, args ...any) {
		b.WriteString(source.Visible("# "+fmt.Sprintf(format, args...)) + "\n")
	}
	byKind := map[string][]string{}
	var kinds []string
	for _, doc := range s.Came {
		o := doc.Object()
		if byKind[o.Kind] == nil {
			kinds = append(kinds, o.Kind)
		}
		byKind[o.Kind] = append(byKind[o.Kind], o.Name)
	}
	if len(kinds) == 0 {
		return ""
	}
	line("To hand the objects in a cluster over to the spec:")
	namespace := ""
	if s.Object.Namespace != "" {
		namespace = " -n " + s.Object.Namespace
	}
	for _, kind := range kinds {
		for names := range slices.Chunk(byKind[kind], 20) {
			line("  kubectl annotate --overwrite%s %s %s \\", namespace, strings.ToLower(kind), strings.Join(names, " "))
			line("    %s=%s", plan.OwnerAnnotation, s.Owner())
		}
	}
	line("To hand files of a directory over, write this into each of these objects there:")
	line("  metadata:")
	line("    annotations: {%s: %s}", plan.OwnerAnnotation, s.Owner())
	line("Then sallyport render SPEC -o dir=DIRECTORY puts files of its own in their place.")
	line("To hand the objects in a kustomization over, until the spec is rendered in their place:")
	line("  patches:")
	for _, kind := range kinds {
		for names := range slices.Chunk(byKind[kind], 20) {
			line("  - target: {kind: %s, name: %s}", kind, strings.Join(names, "|"))
			line("    patch: |-")
			line("      apiVersion: %s", apiVersionOf(s.Came, kind))
			line("      kind: %s", kind)
			line("      metadata:")
			line("        name: any")
			line("        annotations: {%s: %s}", plan.OwnerAnnotation, s.Owner())
		}
	}
	return b.String()
}

func apiVersionOf(docs []*source.Document, kind string) string {
	i := slices.IndexFunc(docs, func(d *source.Document) bool { return d.Object().Kind == kind })
	return docs[i].Object().APIVersion
}
