package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A block is a part of a spec among the examples.
type block struct {
	file, path string // as spec.components[].services[]
	node       *yaml.Node
}

// exampleBlocks lists all mappings of the specs among the examples.
func exampleBlocks(t *testing.T) (out []block) {
	for _, file := range glob(t, "examples", "*", "*.yaml") {
		for dec := yaml.NewDecoder(bytes.NewReader(read(t, file))); ; {
			var doc yaml.Node
			if dec.Decode(&doc) != nil {
				break // the end, or the template of a chart
			}
			if text, err := yaml.Marshal(&doc); err == nil && bytes.Contains(text, []byte("apiVersion: sallyport.dev/")) {
				addBlocks(&out, file, "", doc.Content[0])
			}
		}
	}
	return out
}

func addBlocks(out *[]block, file, at string, n *yaml.Node) {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			addBlocks(out, file, at+"[]", item)
		}
	case yaml.MappingNode:
		*out = append(*out, block{file, at, n})
		for i := 0; i+1 < len(n.Content); i += 2 {
			addBlocks(out, file, strings.TrimPrefix(at+"."+n.Content[i].Value, "."), n.Content[i+1])
		}
	}
}

const exampleLines = 10 // lines of an example in the reference

// example returns a block of an object, in YAML, with a link to its file: the one with the most fields
// that is not long. It returns "" if the examples have none.
func (r *reference) example(f *field) string {
	var patterns []string
	for _, path := range r.paths[f.Title] {
		if strings.Contains(path, ".") || !slices.Contains([]string{"spec", "metadata"}, path) {
			patterns = append(patterns, `(^|\.)`+strings.ReplaceAll(regexp.QuoteMeta(path), `\[NAME\]`, `\.[^.\[]+`)+"$")
		}
	}
	if len(patterns) == 0 {
		return ""
	}
	at, names := regexp.MustCompile(strings.Join(patterns, "|")), f.names()
	best, most := "", 0
	for _, b := range r.blocks {
		if n := len(b.node.Content) / 2; n > most && at.MatchString(b.path) && b.has(names) {
			if text := b.text(); strings.Count(text, "\n") <= exampleLines {
				best, most = "From ["+filepath.Base(filepath.Dir(b.file))+"]("+filepath.Base(filepath.Dir(b.file))+"):\n\n```yaml\n"+text+"```\n", n
			}
		}
	}
	return best
}

// has reports whether all fields of a block have one of these names.
func (b block) has(names []string) bool {
	for i := 0; i < len(b.node.Content); i += 2 {
		if !slices.Contains(names, b.node.Content[i].Value) {
			return false
		}
	}
	return true
}

// text is the block under the last field of its path.
func (b block) text() string {
	key, list := strings.CutSuffix(b.path[strings.LastIndex(b.path, ".")+1:], "[]")
	value := b.node
	if list {
		value = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{b.node}}
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if enc.Encode(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: key}, value}}) != nil {
		return ""
	}
	return out.String()
}
