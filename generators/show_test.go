package generators_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// shown returns the specs of a stream as they are understood, and the objects. It fails on an error.
func shown(t *testing.T, stream string) (text, objects string) {
	t.Helper()
	docs, ds := source.Parse("spec.yaml", []byte(stream))
	specs, others, more := generators.Read(docs)
	made := generators.Run(specs, others)
	if all := slices.Concat(ds, more, made.Diagnostics); all.Failed() {
		t.Fatalf("%v\n%s", all.AtLeast(source.Error), stream)
	}
	var out []string
	for _, text := range made.Shown() {
		out = append(out, text)
	}
	return strings.Join(out, "---\n"), yamlOf(t, made.AllObjects())
}

// What show writes is a spec that generates the same objects. To show it again changes comments
// alone.
func TestShowGeneratesTheSame(t *testing.T) {
	for seed := range randspec.Seeds() {
		showsTheSame(t, seed, randspec.New(seed))
	}
}

// It is the same where a profile of the input has the whole spec.
func TestShowWithAProfile(t *testing.T) {
	found := 0
	for seed := range randspec.Seeds() {
		spec := randspec.New(seed)
		if !strings.Contains(spec, "kind: ExternalAccess\n") {
			continue
		}
		head, _, _ := strings.Cut(spec, "spec:\n")
		profile := strings.NewReplacer("kind: ExternalAccess\n", "kind: ExternalAccessProfile\n", "{name: ", "{name: own-").Replace(head)
		stream := strings.Replace(spec, head, profile, 1) + "---\n" + head + "spec: {profile: own-" + nameOf(head) + "}\n"
		if _, ds := generate(stream); ds.Failed() {
			continue // the name of the spec is in the text
		}
		found++
		if text := showsTheSame(t, seed, stream); !strings.Contains(text, "# profile own-") {
			t.Fatalf("seed %d: no comment names the profile\n%s", seed, text)
		}
	}
	if found < int(randspec.Seeds())/4 {
		t.Errorf("only %d specs with a profile", found)
	}
}

var (
	replicasOf = regexp.MustCompile(`(?m)^    replicas: (\d+)\n    selector: \{app: (c\d)\}\n`)
	startOf    = regexp.MustCompile(`(?m)^    ordinals: .*\n`)
	poolsOf    = regexp.MustCompile(`pools: `)
)

// What is read from StatefulSets is in what show writes, which stands alone.
func TestShowWithAPackage(t *testing.T) {
	found := 0
	for seed := range randspec.Seeds() {
		spec := randspec.New(seed)
		if !replicasOf.MatchString(spec) || poolsOf.MatchString(spec) || strings.Contains(spec, "networkPolicy: ") {
			continue // a policy also follows from what the StatefulSet has, and the spec does not
		}
		sets, name := "", nameOf(spec)
		for _, m := range replicasOf.FindAllStringSubmatch(spec, -1) {
			sets += fmt.Sprintf(`---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: %[1]s-%[3]s}
spec:
  replicas: %[2]s
  ordinals: {start: 1}
  serviceName: %[1]s-%[3]s-peers
  selector: {matchLabels: {app: %[3]s}}
  template: {metadata: {labels: {app: %[3]s}}}
`, name, m[1], m[2])
		}
		stream := startOf.ReplaceAllString(replicasOf.ReplaceAllString(spec, ""), "") + sets
		if _, ds := generate(stream); ds.Failed() {
			continue // settings of a pod that there is not
		}
		found++
		if text := showsTheSame(t, seed, stream); !strings.Contains(text, "# spec.yaml:") {
			t.Fatalf("seed %d: no comment names the StatefulSet\n%s", seed, text)
		}
	}
	if found < int(randspec.Seeds())/10 {
		t.Errorf("only %d specs with a package", found)
	}
}

func nameOf(spec string) string {
	_, rest, _ := strings.Cut(spec, "metadata: {name: ")
	name, _, _ := strings.Cut(rest, ",")
	return name
}

// showsTheSame checks what show writes of the spec in a stream, and returns it.
func showsTheSame(t *testing.T, seed uint64, stream string) string {
	t.Helper()
	text, want := shown(t, stream)
	again, got := shown(t, text)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("seed %d (-spec +shown):\n%s\n%s\n%s", seed, diff, stream, text)
	}
	if withoutComments(again) != withoutComments(text) {
		t.Fatalf("seed %d, shown twice: %s", seed, cmp.Diff(withoutComments(text), withoutComments(again)))
	}
	return text
}

// withoutComments takes the comments at the ends of lines out.
func withoutComments(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		line, _, _ = strings.Cut(line, "  # ")
		out = append(out, strings.TrimRight(line, " "))
	}
	return strings.Join(out, "\n")
}
