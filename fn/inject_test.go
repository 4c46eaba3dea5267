package fn_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"sallyport.dev/fn"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// TestInjectThenTakeBack checks, for random StatefulSets in random styles, that a second run
// changes nothing, and that removing the option restores every byte of a text in block
// style. Changes that the user has made in between stay.
func TestInjectThenTakeBack(t *testing.T) {
	conflicts := 0
	for seed := range randspec.Seeds() {
		r := rand.New(rand.NewPCG(seed, 0))
		set, spec := randomSet(r), injecting[r.IntN(len(injecting))]
		once, ok := through(t, set, spec, true)
		if !ok {
			conflicts++
			continue
		}
		for _, must := range []string{"sallyport.dev/injected", "name: sallyport"} {
			if !strings.Contains(once, must) {
				t.Fatalf("seed %d: nothing is injected:\n%s", seed, once)
			}
		}
		if again, _ := through(t, once, spec, true); again != once {
			t.Fatalf("seed %d: a second time (-first +second):\n%s", seed, cmp.Diff(once, again))
		}
		if back, _ := through(t, once, spec, false); back != set {
			t.Fatalf("seed %d: taken back (-want +got):\n%s", seed, cmp.Diff(set, back))
		}
		if other := injecting[r.IntN(len(injecting))]; other != spec {
			moved, _ := through(t, once, other, true)
			if direct, ok := through(t, set, other, true); ok {
				equalValues(t, seed, "another spec", direct, moved)
			}
		}
		back, _ := through(t, edited(t, once), spec, false)
		equalValues(t, seed, "taken back from what the user has added to", edited(t, set), back)
	}
	if conflicts > int(randspec.Seeds())/4 {
		t.Errorf("%d conflicts teach nothing", conflicts)
	}
}

// injecting are components that inject all that can be injected, alone and together.
var injecting = []string{
	"  - name: a\n    workload: db\n    replicas: 2\n    ports: [{name: sql, containerPort: 5432}]\n    config: {files: {a.conf: $(pod)}, container: db}\n",
	"  - name: a\n    workload: db\n    replicas: 2\n    ports: [{name: sql, containerPort: 5432}]\n    config: {env: {MODE: a, LEVEL: b}, files: {a.conf: x, b.conf: y}, container: db, mountPath: /etc/b}\n",
	"  - name: a\n    workload: db\n    replicas: 2\n    type: HostPort\n    ports: [{name: sql, containerPort: 5432}, {name: web, containerPort: 80}]\n    services: [{name: sql, mode: PerPod, ports: [{name: sql}, {name: web, hostPort: 8080}]}]\n    config: {files: {a.conf: $(pod)}, container: db}\n",
	"  - name: a\n    workload: db\n    replicas: 2\n    type: NodePort\n    nodeAddressType: ExternalIP\n    ports: [{name: sql, containerPort: 5432}]\n    services: [{name: sql, mode: PerPod}]\n    config: {files: {a.conf: \"$(host:sql):$(port:sql)\"}, container: db, discovery: {image: k}}\n",
}

// through sends a StatefulSet through the filter and returns it without the new objects.
func through(t *testing.T, set, components string, inject bool) (string, bool) {
	t.Helper()
	spec := "apiVersion: sallyport.dev/v1alpha1\nkind: ExternalAccess\nmetadata: {name: db, namespace: x}\nspec:\n  inject: true\n  components:\n" + components
	if !inject {
		spec = strings.Replace(spec, "inject: true", "inject: false", 1)
	}
	docs, ds := source.Parse("spec", []byte(spec))
	var out bytes.Buffer
	ds, err := fn.Filter(&out, "", set, docs, ds)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ds.AtLeast(source.Error) {
		if d.Code != source.InjectConflict {
			t.Fatalf("%s\n%s", d, set)
		}
	}
	kept := out.String()
	for _, first := range []string{"v1", "rbac.authorization.k8s.io/v1"} {
		kept, _, _ = strings.Cut(kept, "---\napiVersion: "+first+"\n")
	}
	return kept, !ds.Failed()
}

// A style is a way to write YAML.
type style struct {
	*rand.Rand
	eol  string
	step string // of a mapping
	wide bool   // lists are indented more
}

// randomSet returns the text of a StatefulSet with one to three containers.
func randomSet(r *rand.Rand) string {
	s := style{r, []string{"\n", "\n", "\n", "\r\n"}[r.IntN(4)], []string{"  ", "  ", "    "}[r.IntN(3)], r.IntN(2) == 0}
	var b strings.Builder
	b.WriteString(s.any("", "---\n", "# Source: db\n\n", "---\n# Source: db\n"))
	b.WriteString("apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n" + s.step + "name: db\n" + s.any("", s.step+"namespace: x   # here\n"))
	b.WriteString(s.any("", s.step+"annotations: {}\n", s.step+"annotations:\n"+s.step+s.step+"team: 'data'\n", s.step+"annotations:\n"))
	b.WriteString("spec:\n" + s.step + "replicas: 2\n" + s.step + "template:\n")
	pod := s.step + s.step + s.step
	b.WriteString(s.step + s.step + "spec:\n")
	fields := []string{
		s.list(pod, "containers", s.containers()...),
		s.any("", pod+"enableServiceLinks: true   # as ever\n", pod+"enableServiceLinks:\n"),
		s.any("", pod+"automountServiceAccountToken:  true\n"),
		s.any("", pod+"serviceAccountName: db\n", pod+"serviceAccountName: mine\n", pod+"serviceAccountName: \"\"\n", ""),
		s.empty(pod, "volumes", "name: data\nemptyDir: {}\n"),
		s.empty(pod, "initContainers", "name: init\nimage:   init\n"),
		s.any("", pod+"# no affinity\n", pod+"affinity: {}\n\n"),
	}
	r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	b.WriteString(strings.Join(fields, ""))
	b.WriteString(s.any("", s.step+"volumeClaimTemplates: []\n", "# end\n", "\n"))
	return strings.ReplaceAll(b.String(), "\n", s.eol)
}

func (s style) any(from ...string) string { return from[s.IntN(len(from))] }

func (s style) containers() []string {
	var out []string
	for _, name := range []string{"db", "exporter", "log"}[:1+s.IntN(3)] {
		c := s.any("# the one\n", "") + "name: " + name + "\n" + s.any("", "image:   \"db:1\"  # pinned\n", "command: [sh, -c, \"a  b\"]\n")
		c += s.any("", "args:\n- |\n  # no comment\n    more\n- >-\n  folded\n  text\n")
		for _, l := range []string{
			s.empty("", "env", s.any("name: X\nvalue: y\n", "name: POD_NAME\nvalueFrom: {fieldRef: {fieldPath: metadata.name}}\n", "name: MODE\nvalueFrom:\n  fieldRef: {fieldPath: spec.nodeName}\n")),
			s.empty("", "ports", s.any("containerPort: 5432\nname: sql\n", "name: sql\ncontainerPort: 5432   # fixed\nprotocol: TCP\n", "containerPort: 9187\n")),
			s.empty("", "volumeMounts", "name: data\nmountPath: /data\n"),
		} {
			c += l
		}
		out = append(out, c)
	}
	return out
}

// empty returns the text of a list with one entry, of an empty one, or of none.
func (s style) empty(at, name, entry string) string {
	if flow := strings.ReplaceAll(strings.TrimSuffix(entry, "\n"), "\n", ", "); s.IntN(5) == 0 && !strings.ContainsAny(flow, "#") && !strings.Contains(flow, ":,") && !strings.Contains(flow, "  ") {
		return at + name + ": [{" + flow + "}]\n"
	}
	return s.any("", at+name+": []\n", at+name+":\n", s.list(at, name, entry), s.list(at, name, entry))
}

func (s style) list(at, name string, entries ...string) string {
	margin := at
	if s.wide {
		margin += "  "
	}
	out := at + name + ":\n"
	for _, e := range entries {
		lead, rest, ok := strings.Cut(e, "\n")
		if ok && strings.HasPrefix(lead, "#") {
			out += margin + lead + "\n"
			e = rest
		}
		out += margin + "- " + strings.TrimPrefix(indented(e, margin+"  "), margin+"  ")
	}
	return out
}

// equalValues compares the values of StatefulSets, whatever their order.
func equalValues(t *testing.T, seed uint64, what, want, got string) {
	t.Helper()
	if diff := cmp.Diff(lines(t, want), lines(t, got)); diff != "" {
		t.Fatalf("seed %d: %s (-want +got):\n%s", seed, what, diff)
	}
}

// lines counts the lines of the values of a StatefulSet, without their indentation.
func lines(t *testing.T, set string) map[string]int {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(set), &v); err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, line := range strings.Split(string(text), "\n") {
		out[strings.TrimLeft(line, " -")]++
	}
	return out
}

// edited returns a StatefulSet after other tools have added entries to the lists that
// something is injected into, and have written all of it anew.
func edited(t *testing.T, set string) string {
	t.Helper()
	var v map[string]any
	if err := yaml.Unmarshal([]byte(set), &v); err != nil {
		t.Fatal(err)
	}
	pod := v["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
	c := pod["containers"].([]any)[0].(map[string]any)
	add := func(to map[string]any, list string, e map[string]any) {
		entries, _ := to[list].([]any)
		to[list] = append([]any{e}, entries...)
	}
	add(pod, "volumes", map[string]any{"name": "mine", "emptyDir": map[string]any{}})
	add(pod, "initContainers", map[string]any{"name": "mine", "image": "mine"})
	add(c, "env", map[string]any{"name": "MINE", "value": "1"})
	add(c, "volumeMounts", map[string]any{"name": "mine", "mountPath": "/mine"})
	text, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
