package edit

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/tree"
)

// parts are lines of items, with what may look like the begin of another one. Not all of them are
// indented as they should.
var parts = []string{
	"k%d: v\n", "k%d: |\n  - a\n\n  # b\n\n", "k%d: |+\n  a\n\n\n", "k%d: |2\n    a\n  b\n", "k%d: >-\n  a\n   - b\n\n  c\n", "k%d: \"a\n\n  - b\n  # c\"\n",
	"k%d: \"a\n- b\"\n", "k%d: 'a\n# b\n- c'\n", "k%d: [a,\n- b]\n", "k%d: {a: b,\n# c\nd: e}\n", "k%d: a\n  b\n   # c\n", "k%d: a\n\n\n", "# a\n", "  # a\n", "\n", "   \n",
	"k%d: &a v\nl%d: *a\n", "l%d: *a\n", "k%d:\n- a\n- - b\n  - c\n# d\n- e\n", "? k%d\n: - v\n", "k%d: !t v\n", "k%d:\n  a:\n  - b\n", "k%d: \"\\\n  a\"\n", "-\n", "- a\n", "--- a\n", "...\n",
}

// Items that are not read again read as their nodes.
func TestUnsure(t *testing.T) {
	cut, sure := 0, 0
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 1))
		text := "items:\n"
		for i := range 1 + r.IntN(5) {
			margin := []string{"", "", "", "  "}[r.IntN(4)]
			item := "a: b\n"
			for range r.IntN(4) {
				item += strings.ReplaceAll(parts[r.IntN(len(parts))], "%d", fmt.Sprint(i))
			}
			first := margin + "- "
			for line := range strings.Lines(item) {
				if r.IntN(12) > 0 && line != "\n" {
					line = first + line
				}
				text += line
				first = margin + "  "
			}
		}
		var doc yaml.Node
		if yaml.Unmarshal([]byte(text), &doc) != nil || doc.Content[0].Kind != yaml.MappingNode {
			continue
		}
		list := tree.Field(doc.Content[0], "items")
		s, ok := Split(text, doc.Content[0])["items"]
		starts := s.starts(list)
		if !ok || list.Kind != yaml.SequenceNode || len(starts) != len(list.Content) {
			continue
		}
		cuts := s.cuts(starts, list.Column)
		var items []Item
		for i, start := range starts {
			items = append(items, Item{Text: s.text(start, cuts[i+1], list.Column)})
		}
		last := len(items) - 1
		unsure, _ := s.unsure(items[:last], list, cuts, starts)
		for i, it := range items[:last] {
			if cut++; slices.Contains(unsure, it) {
				continue
			}
			if sure++; !readAs([]Item{it}, list.Content[i:i+1]) {
				t.Fatalf("seed %d: item %d of\n%s\nis cut as\n%s", seed, i, text, it.Text)
			}
		}
	}
	if sure < cut/4 || sure == cut {
		t.Errorf("%d of %d items are sure", sure, cut)
	}
}
