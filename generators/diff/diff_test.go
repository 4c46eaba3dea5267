package diff_test

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"sallyport.dev/generators"
	"sallyport.dev/generators/diff"
	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
	"sallyport.dev/testdata/randspec"
)

// state renders a spec.
func state(t *testing.T, spec string) diff.State {
	t.Helper()
	docs, _ := source.Parse("spec.yaml", []byte(spec))
	specs, others, _ := generators.Read(docs)
	made := generators.Run(specs, others)
	if made.Diagnostics.Failed() {
		t.Fatalf("%v\n%s", made.Diagnostics.AtLeast(source.Error), spec)
	}
	out := diff.State{Tables: made.Tables()}
	var err error
	if out.Objects, err = diff.Generated(made.Objects(), func(encode.Object) *source.Document { return docs[0] }); err != nil {
		t.Fatal(err)
	}
	return out
}

func compare(t *testing.T, from, to diff.State) *diff.Result {
	t.Helper()
	r, ds := diff.Compare(from, to)
	if ds.Failed() {
		t.Fatal(ds)
	}
	return r
}

// Nothing differs from itself, in any order.
func TestNothingDiffersFromItself(t *testing.T) {
	for seed := range randspec.Seeds() {
		spec := randspec.New(seed)
		other := state(t, spec)
		slices.Reverse(other.Objects)
		if r := compare(t, state(t, spec), other); r.Worst() != "" {
			t.Fatalf("seed %d: %+v\n%s", seed, r, spec)
		}
	}
}

var lastReplicas = regexp.MustCompile(`(?s)^(.*replicas: )(\d+)(.*)$`)

// withoutLists returns the worst class of a result, apart from lists of pods of which diff does not know that pods that
// run need no new entries.
func withoutLists(r *diff.Result) diff.Class {
	rest := *r
	rest.Summary = maps.Clone(r.Summary)
	for _, c := range r.Changes {
		for _, f := range c.Findings {
			if f.Rule == "Voters" || f.Rule == "ListGrows" {
				rest.Summary[f.Class]--
			}
		}
	}
	return rest.Worst()
}

// More replicas are safe apart from such lists, and fewer have the same changes the other way round.
func TestScaleUpIsSafe(t *testing.T) {
	scaled := 0
	for seed := range randspec.Seeds() {
		m := lastReplicas.FindStringSubmatch(randspec.New(seed))
		if m == nil {
			continue
		}
		n, _ := strconv.Atoi(m[2])
		was, is := state(t, m[0]), state(t, m[1]+strconv.Itoa(n+1)+m[3])
		up, down := compare(t, was, is), compare(t, is, was)
		if worst := withoutLists(up); worst != diff.Safe && worst != "" {
			t.Errorf("seed %d: %+v", seed, up)
		}
		if len(up.Changes) != len(down.Changes) {
			t.Errorf("seed %d: %d changes up, %d down", seed, len(up.Changes), len(down.Changes))
		}
		if up.Worst() != "" {
			scaled++
		}
	}
	if scaled < int(randspec.Seeds())/4 {
		t.Errorf("only %d specs have changed", scaled)
	}
}

// No input makes Compare panic, and nothing differs from itself.
func FuzzCompare(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "diff", "*.txtar"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(ar.Files[0].Data), string(ar.Files[1].Data))
	}
	f.Fuzz(func(t *testing.T, from, to string) {
		was, ok := objects(from)
		is, okToo := objects(to)
		if !ok || !okToo {
			return
		}
		r, ds := diff.Compare(diff.State{Objects: was}, diff.State{Objects: is})
		if ds.Failed() != (r == nil) {
			t.Fatalf("a result with errors: %v", ds)
		}
		if r == nil {
			return
		}
		if again, _ := diff.Compare(diff.State{Objects: was}, diff.State{Objects: was}); again.Worst() != "" {
			t.Fatalf("it differs from itself: %+v", again)
		}
		again, _ := diff.Compare(diff.State{Objects: was}, diff.State{Objects: is})
		if one, two := fmt.Sprintf("%+v", r), fmt.Sprintf("%+v", again); one != two {
			t.Fatalf("two runs:\n%s\n%s", one, two)
		}
	})
}

func objects(stream string) ([]diff.Object, bool) {
	docs, ds := source.Parse("f.yaml", []byte(stream))
	var out []diff.Object
	for _, doc := range docs {
		out = append(out, diff.Object{Doc: doc})
	}
	return out, !ds.Failed()
}

func separator(l *v1alpha1.List) string {
	if l.Separator == nil {
		return ""
	}
	return *l.Separator
}

// Of each list over pods in a built-in profile, diff knows what pods that run need of new entries.
func TestListsOfProfiles(t *testing.T) {
	restart := []string{"rocketmq broker.conf namesrvs"} // a broker registers with the name servers that it knows from its start
	for _, name := range profiles.Names() {
		spec, _, _ := profiles.Lookup(name)
		for _, c := range spec.Components {
			if c.Config == nil {
				continue
			}
			for list, l := range c.Config.Lists {
				for file, text := range c.Config.Files {
					if l.Over != v1alpha1.OverPods || l.Limit != nil || text == nil || !strings.Contains(*text, "$(list:"+list+")") {
						continue
					}
					with := func(entries string) diff.State {
						cm := fmt.Sprintf("{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {%q: %q}}", "pod-0."+file, strings.ReplaceAll(*text, "$(list:"+list+")", entries))
						objs, _ := objects(cm)
						return diff.State{Objects: objs}
					}
					got := compare(t, with(l.Item), with(l.Item+cmp.Or(separator(l), ",")+strings.ReplaceAll(l.Item, "$(", "$(other"))).Changes[0].Findings[0].Rule
					if id := name + " " + file + " " + list; (got == "ListGrows" || got == "ConfigChanged") != slices.Contains(restart, id) {
						t.Errorf("%s: %s", id, got)
					}
				}
			}
		}
	}
}
