package importer

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
)

// mutations are values in the place of others.
var mutations = []string{"null", "x", "1", "-1", "2147483648", `"$(pod)"`, `""`, "[]", "[x]", "{}", "{x: y}", "[{x: y}]", "true", "1.5", `"a\nb"`, "{{ .x }}"}

// TestMutations replaces values of the cases of sources by others. Nothing may stop the program, and
// either there are errors or a spec.
func TestMutations(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../testdata/import/*.txtar")
	const each = 8 // per file; 400 found nothing more
	for _, file := range files {
		if name := filepath.Base(file); !slices.ContainsFunc([]string{"strimzi", "pravega-cluster", "values", "dklb"}, func(s string) bool { return strings.HasPrefix(name, s) }) {
			continue
		}
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Namespace: "n"}
		for _, f := range ar.Files {
			if args := strings.Fields(string(f.Data)); f.Name == "args" {
				o.Values = strings.TrimPrefix(args[1], "bitnami/")
			}
		}
		r := rand.New(rand.NewPCG(1, uint64(len(file))))
		for _, f := range ar.Files {
			if !strings.HasSuffix(f.Name, ".yaml") {
				continue
			}
			for range each {
				docs, _ := source.Parse("in.yaml", f.Data)
				if len(docs) == 0 {
					continue
				}
				doc := docs[r.IntN(len(docs))]
				path := mutate(r, doc.Node())
				result := Run(source.Unlisted(docs), o)
				if result.Diagnostics.Failed() == (len(result.Specs) > 0) {
					t.Errorf("%s: %s: %d specs, and %v", file, path, len(result.Specs), result.Diagnostics)
				}
			}
		}
	}
}

// mutate replaces a value in a tree, and returns which.
func mutate(r *rand.Rand, n *yaml.Node) string {
	for {
		if n.Kind == yaml.ScalarNode || len(n.Content) == 0 || r.IntN(8) == 0 {
			var doc yaml.Node
			text := mutations[r.IntN(len(mutations))]
			if err := yaml.Unmarshal([]byte(text), &doc); err == nil && len(doc.Content) == 1 {
				line := n.Line
				*n = *doc.Content[0]
				n.Line = line
			}
			return text
		}
		i := r.IntN(len(n.Content))
		if n.Kind == yaml.MappingNode {
			i |= 1
		}
		n = n.Content[i]
	}
}
