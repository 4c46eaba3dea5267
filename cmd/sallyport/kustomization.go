package main

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
)

// kustomizationNames are the names that kustomize looks for, in its order. The first one is that of a
// new file.
var kustomizationNames = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// newKustomization is the beginning of a new file.
const newKustomization = `# sallyport render --kustomization keeps the files that it writes in resources.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
`

// A kustomization is the file in a directory that lists the files for kustomize.
type kustomization struct {
	name    string
	old     []byte       // nil: there is no such file
	listed  []*yaml.Node // the entries of resources
	key     *yaml.Node   // resources; nil: the file does not have it
	problem string       // why the file cannot be changed
}

// kustomization reads the file that lists the others.
func (d *directory) kustomization() (*kustomization, error) {
	k := &kustomization{name: kustomizationNames[0]}
	for _, name := range kustomizationNames {
		f := d.exact[name]
		if f == nil {
			continue
		}
		text, err := readLimitedFile(filepath.Join(d.path, name))
		if err != nil {
			return nil, fmt.Errorf("reading the directory: %w", err)
		}
		k.name, k.old = name, []byte(text)
		k.parse()
		break
	}
	return k, nil
}

// parse finds the entries of resources. Only a list with one entry a line can be changed without the rest
// of the text.
func (k *kustomization) parse() {
	var root yaml.Node
	if err := yaml.Unmarshal(k.old, &root); err != nil || len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		k.problem = "it is not a mapping"
		return
	}
	lines := strings.Split(string(k.old), "\n")
	fields := root.Content[0].Content
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i].Value != "resources" {
			continue
		}
		list := fields[i+1]
		k.key, k.listed = fields[i], list.Content
		if list.Tag != "!!null" && (list.Style&yaml.FlowStyle != 0 || list.Kind != yaml.SequenceNode) {
			k.problem = "resources is not a list with one entry a line"
		}
		for _, e := range list.Content {
			if text := strings.TrimSpace(lines[e.Line-1]); e.Kind != yaml.ScalarNode || !strings.HasPrefix(text, "- ") || !strings.Contains(text, e.Value) {
				k.problem = "resources is not a list with one entry a line"
			}
		}
	}
}

// names returns the files in resources.
func (k *kustomization) names() []string {
	var out []string
	for _, e := range k.listed {
		out = append(out, path.Clean(e.Value))
	}
	return out
}

// compare returns the files that resources lacks, and those in it that are gone.
func (k *kustomization) compare(files, gone []string) (missing, stale []string) {
	names := k.names()
	missing = slices.DeleteFunc(slices.Clone(files), func(f string) bool { return slices.Contains(names, f) })
	stale = slices.DeleteFunc(slices.Clone(gone), func(f string) bool { return !slices.Contains(names, f) })
	return missing, stale
}

// change returns the file with the right resources, or nil if it has them.
func (k *kustomization) change(missing, stale []string) *fileChange {
	if len(missing)+len(stale) == 0 {
		return nil
	}
	text := k.old
	if text == nil {
		text = []byte(newKustomization)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	if last := len(lines) - 1; len(lines[last]) > 0 {
		lines[last] = append(slices.Clone(lines[last]), '\n')
	}
	margin, at := "", len(lines)
	if k.key != nil {
		at = k.key.Line
	} else {
		missing = slices.Insert(slices.Clone(missing), 0, "")
	}
	for _, e := range k.listed {
		line := lines[e.Line-1]
		margin = string(line[:bytes.IndexByte(line, '-')])
		at = e.Line
		if slices.Contains(stale, path.Clean(e.Value)) {
			lines[e.Line-1] = nil
		}
	}
	var added []byte
	for _, name := range missing {
		if name == "" {
			added = append(added, "resources:\n"...)
			continue
		}
		added = append(added, margin+"- "+scalar(name)+"\n"...)
	}
	lines = slices.Insert(lines, at, added)
	return &fileChange{name: k.name, old: k.old, new: bytes.Join(lines, nil)}
}

// kustomize returns the change of the file that lists the others, if it is kept. If it is not, a warning
// says what it lacks: kustomize would leave out what is new, and stop at what is gone.
func (o *output) kustomize(d *directory, changes []fileChange, files []string) ([]fileChange, source.Diagnostics, error) {
	k, err := d.kustomization()
	if err != nil {
		return nil, nil, err
	}
	var gone []string
	for _, c := range changes {
		if c.new == nil {
			gone = append(gone, c.name)
		}
	}
	files = slices.Sorted(slices.Values(files))
	missing, stale := k.compare(files, gone)
	var ds source.Diagnostics
	drift := func(message string) {
		ds = append(ds, source.Diagnostic{Code: source.Drift, Severity: source.Warning, File: filepath.Join(d.path, k.name), Message: message,
			WayOut: "add --kustomization, or change its resources"})
	}
	switch {
	case o.kustomization && k.problem != "" && len(missing)+len(stale) > 0:
		return nil, source.Diagnostics{{Code: source.FileInTheWay, Severity: source.Error, File: filepath.Join(d.path, k.name),
			Message: "it cannot be changed: " + k.problem, WayOut: "write resources as a list with one entry a line"}}, nil
	case o.kustomization && (k.old != nil || len(files) > 0):
		if c := k.change(missing, stale); c != nil {
			changes = append(changes, *c)
			slices.SortFunc(changes, func(a, b fileChange) int { return strings.Compare(a.name, b.name) })
		}
	case !o.kustomization && len(missing) > 0 && (len(missing) < len(files) || len(stale) > 0):
		drift("resources does not list " + fileList(missing))
	}
	if !o.kustomization && len(stale) > 0 {
		drift("resources lists files that are removed: " + fileList(stale))
	}
	return changes, ds, nil
}

// maxNamed is the most files that a message names.
const maxNamed = 10

// fileList names the first of many files.
func fileList(files []string) string {
	if len(files) > maxNamed {
		return strings.Join(files[:maxNamed], ", ") + fmt.Sprintf(" and %d more", len(files)-maxNamed)
	}
	return strings.Join(files, ", ")
}
