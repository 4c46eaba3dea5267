package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

var transitionRows = []rowCase{
	{"apiserver/transitions", transitions},
}

// A transition is a case of testdata/diff as this row reads it.
type transition struct {
	r          *row
	old, fresh string // streams of objects

	missing  int
	problems []string
}

func (t *transition) problem(format string, args ...any) {
	t.problems = append(t.problems, fmt.Sprintf(format, args...))
}

// A difference is what diff reports of an object.
type difference struct {
	Kind, Namespace, Name, Change string
	Findings                      []struct{ Class, Rule string }
}

func (d difference) has(class string) bool {
	for _, f := range d.Findings {
		if f.Class == class || f.Rule == class {
			return true
		}
	}
	return false
}

// transitions applies both sides of every case of testdata/diff: what diff calls refused is refused
// by the API server, and everything else is accepted. What the server adds to objects is no difference.
func transitions(r *row) {
	cluster(r)
	all, err := filepath.Glob("testdata/diff/*.txtar")
	r.check(err)
	refused, accepted, missing := 0, 0, 0
	var problems []string
	for _, file := range all {
		t := readTransition(r, file)
		if t == nil {
			continue // it is about what a cluster has made already
		}
		bad, good := t.run(file)
		refused, accepted, missing = refused+bad, accepted+good, missing+t.missing
		problems = append(problems, t.problems...)
	}
	if len(problems) > 0 {
		r.failf("%s", strings.Join(problems, "\n"))
	}
	if refused < 10 || accepted < 20 {
		r.failf("only %d refused and %d accepted changes", refused, accepted)
	}
	r.note = fmt.Sprintf("%d refused, %d accepted, %d left out because the cluster lacks their kind", refused, accepted, missing)
}

// readTransition returns the objects of a case, rendered if they are specs.
func readTransition(r *row, file string) *transition {
	ar, err := txtar.ParseFile(file)
	r.check(err)
	t := &transition{r: r}
	for _, f := range ar.Files {
		stream := string(f.Data)
		if strings.Contains(stream, "resourceVersion:") {
			return nil
		}
		if strings.Contains(stream, "kind: ExternalAccess") && strings.HasSuffix(f.Name, ".yaml") {
			spec := filepath.Join(r.dir, "spec.yaml")
			r.write(spec, stream)
			stream = r.render(spec)
		}
		switch f.Name {
		case "old.yaml":
			t.old = stream
		case "new.yaml":
			t.fresh = stream
		}
	}
	return t
}

// compare runs diff, and returns what it reports by kind and name.
func (t *transition) compare(from, to string) map[string]difference {
	t.r.write(filepath.Join(t.r.dir, "old.yaml"), from)
	t.r.write(filepath.Join(t.r.dir, "new.yaml"), to)
	res := t.r.try(t.r.dir, "", "sallyport", "diff", "-o", "json", "old.yaml", "new.yaml")
	var out struct{ Changes, NotJudged []difference }
	if err := json.Unmarshal([]byte(res.stdout), &out); err != nil {
		t.r.failf("diff: %v\n%s", err, res.stderr)
	}
	by := map[string]difference{}
	for _, d := range out.Changes {
		by[d.Kind+" "+d.Name] = d
	}
	return by
}

// run applies OLD, and then each object of NEW.
func (t *transition) run(file string) (refused, accepted int) {
	defer t.r.remove(t.old + "---\n" + t.fresh)
	live := t.applyOld(file)
	expected := t.compare(t.old, t.fresh)
	fromLive := t.compare(live, t.fresh)
	for _, o := range objects(t.r, t.fresh) {
		want, changed := expected[o.heading()]
		if now := fromLive[o.heading()]; now.has("refused") != want.has("refused") {
			t.problem("%s: %s: refused is %t, but %t if OLD is live", file, o.heading(), want.has("refused"), now.has("refused"))
		}
		if !changed {
			continue
		}
		text, err := json.Marshal(o)
		t.r.check(err)
		before := t.get(o)
		res := t.r.tryApply(string(text) + "\n")
		switch missing := strings.Contains(res.stderr, "no matches for kind"); {
		case missing:
			t.missing++
		case want.has("refused") != (res.status != 0):
			t.problem("%s: %s: diff reports %v, and the API server ends with status %d\n%s", file, o.heading(), want.Findings, res.status, res.stderr)
		case res.status != 0:
			refused++
		default:
			accepted++
			t.prove(file, want, before, t.get(o))
		}
	}
	return refused, accepted
}

// applyOld applies OLD and returns what the cluster makes of it, which must not differ from it.
func (t *transition) applyOld(file string) string {
	var live strings.Builder
	for _, o := range objects(t.r, t.old) {
		text, err := json.Marshal(o)
		t.r.check(err)
		res := t.r.tryApply(string(text) + "\n")
		switch {
		case res.status == 0:
			stored, err := json.Marshal(t.get(o))
			t.r.check(err)
			live.WriteString("---\n" + string(stored) + "\n")
		case strings.Contains(res.stderr, "no matches for kind"):
			live.WriteString("---\n" + string(text) + "\n")
		default:
			t.problem("%s: OLD is refused: %s", file, res.stderr)
		}
	}
	for name, d := range t.compare(live.String(), t.old) {
		t.problem("%s: %s differs from what the cluster has of it: %v\n%s", file, name, d, live.String())
	}
	return live.String()
}

// get returns an object of the cluster, or nothing.
func (t *transition) get(o object) object {
	args := []string{"get", o.text("kind"), o.name(), "-o", "yaml", "--ignore-not-found"}
	if ns := o.text("metadata", "namespace"); ns != "" {
		args = append(args, "-n", ns)
	}
	res := t.r.try(t.r.dir, "", "kubectl", args...)
	if all := objects(t.r, res.stdout); len(all) == 1 {
		return all[0]
	}
	return nil
}

// replaced returns what becomes of an object if all of it is replaced, as before the change, by what
// NEW has of it.
func (t *transition) replaced(before, after object) object {
	ns, name := after.text("metadata", "namespace"), after.name()
	for _, o := range objects(t.r, t.fresh) {
		if o.heading() != after.heading() {
			continue
		}
		text, err := json.Marshal(o)
		t.r.check(err)
		spec, err := json.Marshal(at(before, "spec"))
		t.r.check(err)
		t.r.ok(t.r.dir, fmt.Sprintf(`{"apiVersion": "v1", "kind": "Service", "metadata": {"name": %q, "namespace": %q}, "spec": %s}`, name, ns, spec), "kubectl", "replace", "-f", "-")
		t.r.ok(t.r.dir, string(text), "kubectl", "replace", "-f", "-")
	}
	return t.get(after)
}

// prove checks what some rules say that the API server does with a change that it accepts.
func (t *transition) prove(file string, d difference, before, after object) {
	first := func(o object) any {
		for _, p := range list(o, "spec", "ports") {
			return at(p, "nodePort")
		}
		return nil
	}
	is := func(rule string, right bool) {
		if d.has(rule) && !right {
			t.problem("%s: %s does not hold for %s: node port %v, then %v", file, rule, after.heading(), first(before), first(after))
		}
	}
	is("NodePortLost", first(before) != first(after))
	if d.has("PortRenamed") {
		is("PortRenamed", first(before) == first(after)) // by apply
		is("PortRenamed", first(before) != first(t.replaced(before, after)))
	}
	is("NodePortsStay", first(before) == first(after))
	is("Kept", first(before) == first(after))
	is("HeadlessKept", after.text("spec", "clusterIP") == "None")
	is("NodePortsClosed", first(after) == nil)
	is("FamilyDropped", len(list(after, "spec", "clusterIPs")) == 1)
	is("FamilyAdded", len(list(after, "spec", "clusterIPs")) == 2 || d.has("Kept"))
}
