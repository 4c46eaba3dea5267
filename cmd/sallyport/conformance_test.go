//go:build unix

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"

	"sallyport.dev/generators/plan"
)

// checklist is what a KRM function must do, in the order of the lines that name the
// cases of testdata/conformance: C1 to C14 are the KRM Functions Specification's, the rest
// kpt's. A rule holds for every run of every case, those of testdata/fn and
// testdata/packages included.
var checklist = []struct {
	asks string
	rule func(*testing.T, *functionRun)
}{
	{"a ResourceList in, a ResourceList out", isResourceList},
	{"the versions of the ResourceList", keepsVersion},
	{"results of the specified form", hasValidResults},
	{"field paths that lead to the field", hasTruePaths},
	{"YAML, JSON, and UTF-8 alone", isUTF8},
	{"runs as a container is run: no arguments", nil},
	{"runs as nobody, without an environment, in a folder of another user", nil},
	{"errors on stderr, stdout for the list", reportsOnStderr},
	{"exit status 0 for success alone", hasHonestStatus},
	{"makes, changes and drops items", nil},
	{"comments and values stay", keepsForeign},
	{"internal annotations are left alone", keepsAnnotations},
	{"path and index are left alone", keepsAnnotations},
	{"local-config stays, and stays where it is", keepsLocalConfig},
	{"the same input gives the same output", isDeterministic},
	{"a second run changes nothing", isIdempotent},
	{"opens no file and no socket", nil},
	{"what is new has a path", hasPaths},
	{"items that kpt accepts", pleasesKpt},
	{"versions, and a word about them", nil},
}

// A functionRun is a case, and what the function made of it.
type functionRun struct {
	in, out, stderr string
	status          int
	before, after   functionList
}

// A functionList is a ResourceList as others read it.
type functionList struct {
	APIVersion string              `yaml:"apiVersion"`
	Kind       string              `yaml:"kind"`
	Items      []kyaml.Node        `yaml:"items"`
	Config     kyaml.Node          `yaml:"functionConfig"`
	Results    []*framework.Result `yaml:"results"`
}

func newRun(in string) *functionRun {
	r := &functionRun{in: in}
	r.out, r.stderr, r.status = sallyport(in, "fn")
	_ = kyaml.Unmarshal([]byte(in), &r.before) // some cases are no list
	var named struct {
		Results struct{ Results []*framework.Result }
	}
	if kyaml.Unmarshal([]byte(in), &named) == nil && r.before.Results == nil {
		r.before.Results = named.Results.Results
	}
	_ = kyaml.Unmarshal([]byte(r.out), &r.after)
	return r
}

// ours are the results that the run added.
func (r *functionRun) ours() []*framework.Result {
	return r.after.Results[min(len(r.before.Results), len(r.after.Results)):]
}

func (l functionList) nodes() []*kyaml.RNode {
	var out []*kyaml.RNode
	for i := range l.Items {
		out = append(out, kyaml.NewRNode(&l.Items[i]))
	}
	return out
}

// TestConformance runs the checklist by its numbers: go test -run TestConformance/C05. The
// cases of a number are compared by their bytes, its rule is held against all there are.
func TestConformance(t *testing.T) {
	t.Parallel()
	runs := map[string]*functionRun{}
	for _, dir := range []string{"conformance", "fn"} {
		for _, file := range glob(t, "testdata", dir, "*.txtar") {
			runs[dir+"/"+caseName(file)] = newRun(string(parseCase(t, file).Files[0].Data))
		}
	}
	for _, file := range glob(t, "testdata", "packages", "*.txtar") {
		runs["packages/"+caseName(file)] = newRun(packageList(t, file))
	}
	for i, line := range checklist {
		number := fmt.Sprintf("C%02d", i+1)
		files, err := filepath.Glob(root("testdata", "conformance", number+"*.txtar"))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(number, func(t *testing.T) {
			if len(files) == 0 && programs[number] == nil {
				t.Errorf("%s has no case: %s", number, line.asks)
			}
			for _, file := range files {
				r := runs["conformance/"+caseName(file)]
				compare(t, file, parseCase(t, file), map[string]string{"output.yaml": r.out, "err": r.stderr})
			}
			if run := programs[number]; run != nil {
				run(t)
			}
			for name, r := range runs {
				if line.rule != nil {
					t.Run(name, func(t *testing.T) { line.rule(t, r) })
				}
			}
		})
	}
}

func isResourceList(t *testing.T, r *functionRun) {
	dec := kyaml.NewDecoder(strings.NewReader(r.out))
	var fields map[string]kyaml.Node
	if err := dec.Decode(&fields); err != nil {
		t.Fatal(err)
	}
	for name := range fields {
		if !slices.Contains([]string{"apiVersion", "kind", "items", "functionConfig", "results"}, name) {
			t.Errorf("the list has a %s", name)
		}
	}
	if items := fields["items"]; r.after.Kind != "ResourceList" || items.Kind != kyaml.SequenceNode {
		t.Errorf("not a ResourceList with items:\n%s", r.out)
	}
	if err := dec.Decode(&fields); !errors.Is(err, io.EOF) {
		t.Errorf("more than one document: %v", err)
	}
}

func keepsVersion(t *testing.T, r *functionRun) {
	if v := r.before.APIVersion; strings.HasPrefix(v, "config.kubernetes.io/v1") && r.before.Kind == "ResourceList" {
		equal(t, "apiVersion", v, r.after.APIVersion)
	}
}

func hasValidResults(t *testing.T, r *functionRun) {
	schema, data := new(spec.Schema), map[string]any{}
	if err := yaml.Unmarshal(read(t, root("testdata", "conformance", "resourcelist.yaml")), schema); err != nil {
		t.Fatal(err)
	}
	list := strings.Replace(r.out, "\nitems:"+itemsText(r.out), "\nitems: []\n", 1) // some are too large for this library
	if err := yaml.Unmarshal([]byte(list), &data); err != nil {
		t.Fatal(err)
	}
	if err := validate.AgainstSchema(schema, data, strfmt.Default); err != nil {
		t.Errorf("%v\n%s", err, r.out)
	}
	for _, result := range r.ours() {
		if result.Field != nil && result.ResourceRef == nil {
			t.Errorf("a field of nothing: %v", result)
		}
		if result.Severity == "" || result.Tags["code"] == "" {
			t.Errorf("no severity or no code: %v", result)
		}
	}
}

// hasTruePaths follows the path of each result into the item that it is about.
func hasTruePaths(t *testing.T, r *functionRun) {
	for _, result := range r.ours() {
		if result.Field == nil {
			continue
		}
		if !fieldPath.MatchString(result.Field.Path) {
			t.Errorf("%q is no path", result.Field.Path)
		}
		want, found := fmt.Sprint(result.Field.CurrentValue), result.Field.CurrentValue == nil
		for _, n := range append(r.after.nodes(), kyaml.NewRNode(&r.after.Config)) {
			if n.GetName() == result.ResourceRef.Name && n.GetKind() == result.ResourceRef.Kind {
				found = found || fmt.Sprint(valueAt(n.YNode(), result.Field.Path)) == want
			}
		}
		if len(r.after.Items) > 0 && !found {
			t.Errorf("%s is not %s in any item, nor in the config", result.Field.Path, want)
		}
	}
}

var (
	fieldPath = regexp.MustCompile(`^\w+(\.\w+|\[[^\]]+\])*$`)
	pathStep  = regexp.MustCompile(`\w+|\[[^\]]+\]`)
)

// valueAt is the value at a path.
func valueAt(n *kyaml.Node, path string) any {
	for _, step := range pathStep.FindAllString(path, -1) {
		name := strings.Trim(step, "[]")
		if i, err := strconv.Atoi(name); err == nil && n.Kind == kyaml.SequenceNode && i < len(n.Content) {
			n = n.Content[i]
			continue
		}
		i := slices.IndexFunc(n.Content, func(c *kyaml.Node) bool { return c.Value == name })
		if i < 0 {
			return nil
		}
		n = n.Content[i+1]
	}
	var value any
	_ = n.Decode(&value)
	return value
}

func isUTF8(t *testing.T, r *functionRun) {
	if !utf8.ValidString(r.out) || strings.Contains(r.out, "\ufeff") {
		t.Errorf("not UTF-8, or with a byte order mark:\n%q", r.out)
	}
}

// reportsOnStderr checks that stderr has the errors and warnings of the results.
func reportsOnStderr(t *testing.T, r *functionRun) {
	reported := 0
	for _, result := range r.ours() {
		if result.Severity != framework.Info {
			reported++
			message, _, _ := strings.Cut(result.Message, "; ")
			if !strings.Contains(r.stderr, message) || !strings.Contains(r.stderr, "["+result.Tags["code"]+"]") {
				t.Errorf("not on stderr: %s", result.Message)
			}
		}
	}
	if lines := strings.Count(r.stderr, "sallyport: "); lines != reported {
		t.Errorf("%d messages on stderr and %d results:\n%s", lines, reported, r.stderr)
	}
}

func hasHonestStatus(t *testing.T, r *functionRun) {
	failed := slices.ContainsFunc(r.ours(), func(result *framework.Result) bool { return result.Severity == framework.Error })
	if failed != (r.status == statusInput) || !failed && r.status != statusFine {
		t.Errorf("status %d, and errors: %v", r.status, failed)
	}
}

// keepsForeign checks that items of other tools keep their values and their order, and that
// only comments of generated objects are lost. If something is injected into an item, or
// reverted, only its comments are checked here. TestInject checks the rest.
func keepsForeign(t *testing.T, r *functionRun) {
	const record = "sallyport.dev/injected"
	injected := map[string]bool{}
	r.pairs(func(before, after *kyaml.RNode) {
		injected[valueOf(before)] = before.GetAnnotations()[record] != after.GetAnnotations()[record]
	})
	i := 0
	for _, n := range r.before.nodes() {
		if n.GetAnnotations()[plan.OwnerAnnotation] != "" || isEcho(n) || len(r.after.Items) == 0 {
			continue
		}
		for _, comment := range comments(n.YNode()) {
			if !strings.Contains(r.out, comment) {
				t.Errorf("lost: %s", comment)
			}
		}
		want := valueOf(n)
		ofList := strings.HasSuffix(n.GetKind(), "List") && strings.Contains(want, plan.OwnerAnnotation)
		if injected[want] || ofList { // what is in a List is compared by fn/list
			continue
		}
		for i < len(r.after.Items) && valueOf(r.after.nodes()[i]) != want {
			i++
		}
		if i == len(r.after.Items) {
			t.Fatalf("not there any more, or not in this order:\n%s", want)
		}
	}
}

// comments are the lines of the comments in a tree.
func comments(n *kyaml.Node) []string {
	lines := strings.FieldsFunc(n.HeadComment+"\n"+n.LineComment+"\n"+n.FootComment, func(r rune) bool { return r == '\n' || r == '\r' })
	for _, c := range n.Content {
		lines = append(lines, comments(c)...)
	}
	return lines
}

func isEcho(n *kyaml.RNode) bool {
	a := n.GetAnnotations()
	return a["config.kubernetes.io/local-config"] == "true" && a[kioutil.PathAnnotation] == ""
}

// valueOf is what an item says, without comments and style.
func valueOf(n *kyaml.RNode) string {
	var value any
	if err := n.YNode().Decode(&value); err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%#v", value)
}

// pairs calls f with each item that came in and what became of it.
func (r *functionRun) pairs(f func(before, after *kyaml.RNode)) {
	for _, b := range r.before.nodes() {
		for _, a := range r.after.nodes() {
			if b.GetKind()+b.GetNamespace()+"/"+b.GetName() == a.GetKind()+a.GetNamespace()+"/"+a.GetName() &&
				b.GetAnnotations()[kioutil.PathAnnotation] == a.GetAnnotations()[kioutil.PathAnnotation] {
				f(b, a)
			}
		}
	}
}

func keepsAnnotations(t *testing.T, r *functionRun) {
	r.pairs(func(before, after *kyaml.RNode) {
		if err := kioutil.ConfirmInternalAnnotationUnchanged(before, after); err != nil {
			t.Error(err)
		}
	})
}

const localConfig = "config.kubernetes.io/local-config"

func keepsLocalConfig(t *testing.T, r *functionRun) {
	r.pairs(func(before, after *kyaml.RNode) {
		if after.GetAnnotations()[plan.OwnerAnnotation] == "" {
			equal(t, localConfig, before.GetAnnotations()[localConfig], after.GetAnnotations()[localConfig])
		}
	})
	for _, n := range r.after.nodes() {
		if a := n.GetAnnotations(); a[plan.OwnerAnnotation] != "" && a[localConfig] != "" {
			t.Errorf("%s is marked as being for the client only", n.GetName())
		}
	}
}

func isDeterministic(t *testing.T, r *functionRun) {
	equal(t, "another run", r.out, newRun(r.in).out)
}

func isIdempotent(t *testing.T, r *functionRun) {
	if r.status == statusFine {
		equal(t, "items of the second run", itemsText(r.out), itemsText(newRun(r.out).out))
	}
}

// hasPaths checks that all items have paths if all items of the input have.
func hasPaths(t *testing.T, r *functionRun) {
	without := func(n *kyaml.RNode) bool { return n.GetAnnotations()[kioutil.PathAnnotation] == "" }
	if len(r.before.Items) > 0 && !slices.ContainsFunc(r.before.nodes(), without) && slices.ContainsFunc(r.after.nodes(), without) {
		t.Errorf("an item has no path:\n%s", r.out)
	}
}

// pleasesKpt holds what kpt asks of a function's items, where they were so before.
func pleasesKpt(t *testing.T, r *functionRun) {
	notKRM := func(n *kyaml.RNode) bool { return n.GetKind() == "" || n.GetApiVersion() == "" || n.GetName() == "" }
	if !slices.ContainsFunc(r.before.nodes(), notKRM) && slices.ContainsFunc(r.after.nodes(), notKRM) {
		t.Error("an item is not KRM")
	}
	places := func(nodes []*kyaml.RNode) (twice []string) {
		seen := map[string]bool{}
		for _, n := range nodes {
			a := n.GetAnnotations()
			place := a[kioutil.PathAnnotation] + "#" + cmp.Or(a[kioutil.IndexAnnotation], "0")
			if seen[place] && place != "#0" {
				twice = append(twice, place)
			}
			seen[place] = true
			if strings.HasPrefix(place, "../") {
				t.Errorf("%s is outside of the package", place)
			}
		}
		return twice
	}
	if again := places(r.after.nodes()); len(places(r.before.nodes())) == 0 && len(again) > 0 {
		t.Errorf("two items at %v", again)
	}
}
