package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"sallyport.dev/schemas/v1alpha1/profiles"
)

// setting matches a line of the output of init with a setting that is commented out.
var setting = regexp.MustCompile(`^( *)# (- \{|[a-z][A-Za-z]*: )`)

// TestInit checks that the output of init is valid for every kind and profile and for a
// StatefulSet, and that it is also valid with each setting that is commented out.
func TestInit(t *testing.T) {
	sts := string(parseCase(t, root("testdata", "script", "init-statefulset.txtar")).Files[0].Data)
	for _, args := range initArgs() {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			text, stderr, status := sallyport(sts, args...)
			if status != statusFine || stderr != "" {
				t.Fatalf("status %d: %s", status, stderr)
			}
			if !strings.HasPrefix(text, "# yaml-language-server: $schema=external") {
				t.Errorf("no modeline on the first line:\n%s", text)
			}
			valid(t, text)
			lines := strings.Split(text, "\n")
			settings := 0
			for i, line := range lines {
				if !setting.MatchString(line) {
					continue
				}
				settings++
				lines[i] = setting.ReplaceAllString(line, "$1$2")
				valid(t, strings.Join(lines, "\n"))
				lines[i] = line
			}
			if settings == 0 {
				t.Error("no settings are commented out")
			}
		})
	}
}

func initArgs() [][]string {
	all := [][]string{{"init"}, {"init", "--kind", "ExternalEndpoints"}, {"init", "-f", "-"}}
	for _, name := range profiles.Names() {
		all = append(all, []string{"init", "--profile", name})
	}
	return all
}

// valid checks that validate reports neither errors nor warnings for a spec.
func valid(t *testing.T, spec string) {
	t.Helper()
	out, stderr, status := sallyport(spec, "validate")
	if status != statusFine || !strings.Contains(out, ": ok, ") || strings.Contains(stderr, ": warning: ") {
		t.Errorf("status %d: %s\n%s", status, stderr, spec)
	}
}

// profileLine matches the profile of an example.
var profileLine = regexp.MustCompile(`(?m)^  profile: (\S+)$`)

// TestInitWithProfile makes a spec from the StatefulSet of each example and its profile. It must fit the
// StatefulSet.
func TestInitWithProfile(t *testing.T) {
	for _, set := range glob(t, "examples", "*", "statefulset.yaml") {
		dir := filepath.Dir(set)
		if files, _ := filepath.Glob(filepath.Join(dir, "spec.yaml")); len(files) == 0 {
			continue
		}
		m := profileLine.FindStringSubmatch(string(read(t, filepath.Join(dir, "spec.yaml"))))
		if m == nil {
			continue
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			spec, stderr, status := sallyport("", "init", "--profile", m[1], "-f", set)
			if status != statusFine || strings.Contains(stderr, ": error: ") {
				t.Fatalf("status %d: %s", status, stderr)
			}
			if _, stderr, status := sallyport(spec, "validate", "-", set); status != statusFine {
				t.Errorf("status %d: %s\n%s", status, stderr, spec)
			}
			alone, _, _ := sallyport(string(read(t, set)), "init", "--profile", m[1], "-f", "-")
			if out, stderr, status := sallyport(alone, "render"); status != statusFine || !strings.Contains(out, "kind: Service\n") {
				t.Errorf("status %d: %s\n%s", status, stderr, out)
			}
			if out, stderr, status := sallyport(spec, "render", "-", set); status != statusFine || !strings.Contains(out, "kind: Service\n") {
				t.Errorf("status %d: %s\n%s", status, stderr, out)
			}
		})
	}
}

// portName matches the name of a container's port in an example.
var portName = regexp.MustCompile(`\{name: ([a-z-]+), containerPort: `)

// TestInitWithOtherPortNames is TestInitWithProfile for StatefulSets that have other names of ports.
func TestInitWithOtherPortNames(t *testing.T) {
	n := 0
	for _, set := range glob(t, "examples", "*", "statefulset.yaml") {
		spec, _ := os.ReadFile(filepath.Join(filepath.Dir(set), "spec.yaml"))
		m := profileLine.FindSubmatch(spec)
		renamed := portName.ReplaceAll(read(t, set), []byte("{name: ${1}x, containerPort: "))
		if m == nil || string(renamed) == string(read(t, set)) {
			continue
		}
		n++
		t.Run(filepath.Base(filepath.Dir(set)), func(t *testing.T) {
			t.Chdir(t.TempDir())
			writeFile(t, "statefulset.yaml", renamed)
			spec, stderr, status := sallyport("", "init", "--profile", string(m[1]), "-f", "statefulset.yaml")
			if status != statusFine || stderr != "" {
				t.Fatalf("status %d: %s", status, stderr)
			}
			if _, stderr, status := sallyport(spec, "plan", "-", "statefulset.yaml"); status != statusFine || stderr != "" {
				t.Errorf("status %d: %s\n%s", status, stderr, spec)
			}
		})
	}
	if n < 10 {
		t.Errorf("%d examples", n)
	}
}

// TestInitFromServices makes specs from the Services of the examples. They generate Services with the same
// names, types, selectors and ports.
func TestInitFromServices(t *testing.T) {
	n := 0
	for _, file := range glob(t, "examples", "*", "expected.yaml") {
		want := servicesIn(t, string(read(t, file)))
		if strings.Contains(string(read(t, file)), "kind: StatefulSet\n") || len(want) == 0 {
			continue
		}
		n++
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			spec, stderr, status := sallyport("", "init", "-f", file)
			if status != statusFine {
				t.Fatal(stderr)
			}
			out, stderr, status := sallyport(spec, "render")
			if status != statusFine {
				t.Fatalf("%s\n%s", stderr, spec)
			}
			if diff := cmp.Diff(want, servicesIn(t, out)); diff != "" {
				t.Errorf("(-want +got):\n%s\n%s", diff, spec)
			}
		})
	}
	if n < 30 {
		t.Errorf("%d examples", n)
	}
}

// servicesIn returns what init reads of the Services that select pods, by name.
func servicesIn(t *testing.T, stream string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for doc := range strings.SplitSeq(stream, "\n---\n") {
		if !strings.Contains("\n"+doc, "\nkind: Service\n") {
			continue
		}
		var s corev1.Service
		if err := yaml.Unmarshal([]byte(doc), &s); err != nil {
			t.Fatal(err)
		}
		if len(s.Spec.Selector) == 0 {
			continue
		}
		text := fmt.Sprint(s.Spec.Type, s.Spec.ClusterIP, s.Spec.Selector)
		for _, p := range s.Spec.Ports {
			if s.Spec.Type != corev1.ServiceTypeNodePort {
				p.NodePort = 0
			}
			text += fmt.Sprint(" ", p.Protocol, p.Port, p.TargetPort.IntVal, p.NodePort)
		}
		out[s.Name] = text
	}
	return out
}
