package fn

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/fn/tree"
	"sallyport.dev/generators"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// scalars returns the scalars of a tree.
func scalars(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.ScalarNode {
		return []*yaml.Node{n}
	}
	var out []*yaml.Node
	for _, c := range n.Content {
		out = append(out, scalars(c)...)
	}
	return out
}

// TestComparer checks that an object is the same as its own tree, and not the same as one with another
// scalar, or with an entry less; and that the next object is compared after any of them.
func TestComparer(t *testing.T) {
	compared := 0
	for seed := range randspec.Seeds() {
		docs, _ := source.Parse("spec.yaml", []byte(randspec.New(seed)))
		specs, others, _ := generators.Read(docs)
		objs := generators.Run(specs, others).AllObjects()
		var b bytes.Buffer
		if err := encode.JSON(&b, slices.Values(objs)); err != nil {
			t.Fatal(err)
		}
		own, altered, shorter := newComparer(b.Bytes()), newComparer(b.Bytes()), newComparer(b.Bytes())
		for i, o := range objs {
			n := nodeOf(o)
			other, less := tree.Clone(n), tree.Clone(n)
			all := scalars(other)
			all[(int(seed)*7+i)%len(all)].Value += "0"
			less.Content = less.Content[2:]
			is, isAltered, isShorter := own.same(n), altered.same(other), shorter.same(less)
			if !is || isAltered || isShorter {
				t.Fatalf("seed %d: same %v, altered %v, shorter %v: %s", seed, is, isAltered, isShorter, text(t, n))
			}
			compared++
		}
	}
	if compared < 100 {
		t.Errorf("only %d objects were compared", compared)
	}
}

func text(t *testing.T, n *yaml.Node) string {
	t.Helper()
	out, err := yaml.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestNothingChanges checks that a second run warns about no change, as nothing changes, and that one
// without the spec names what is gone.
func TestNothingChanges(t *testing.T) {
	fewer := 0
	for seed := range randspec.Seeds() {
		spec := randspec.New(seed)
		if seed%4 != 0 || strings.Contains(spec, "\n---\n") {
			continue
		}
		list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + strings.ReplaceAll(strings.TrimSpace(spec), "\n", "\n  ") + "\n"
		var first, second, stderr bytes.Buffer
		if ok, err := Run(list, &first, &stderr); !ok || err != nil {
			continue // it is for a cluster, and not for a package alone
		}
		stderr.Reset()
		if ok, err := Run(first.String(), &second, &stderr); !ok || err != nil || strings.Contains(stderr.String(), "[LiveChange]") {
			t.Fatalf("seed %d: %v %v\n%s\n%s", seed, ok, err, stderr.String(), spec)
		}
		without := strings.Replace(first.String(), "kind: ExternalAccess\n", "kind: ExternalAccessProfile\n", 1)
		stderr.Reset()
		if ok, _ := Run(without, &second, &stderr); ok && strings.Contains(stderr.String(), "the removal of Service ") {
			fewer++
		}
	}
	if fewer < int(randspec.Seeds())/20 {
		t.Errorf("only %d runs without the spec warned", fewer)
	}
}
