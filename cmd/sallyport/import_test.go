package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// lines are the numbers of lines in the file of an input, which differ with the order of its documents.
var lines = regexp.MustCompile(`\.yaml:\d+`)

// TestImport runs every case of testdata/import. The YAML files are the input directory, "out" is what
// import prints, "err" its messages, "args" further arguments, and "adopt" what import --adopt prints. What is printed renders
// without errors beside the input's other objects, and does not depend on the order of the input.
func TestImport(t *testing.T) {
	for _, file := range glob(t, "testdata", "import", "*.txtar") {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			dir := t.TempDir()
			writeInputs(t, dir, ar, asWritten)
			t.Chdir(dir)
			args := []string{"import", "."}
			for _, f := range ar.Files {
				if f.Name == "args" {
					args = append(args, strings.Fields(string(f.Data))...)
				}
			}
			out, stderr, status := sallyport("", args...)
			if failed := strings.Contains(stderr, "error: "); failed != (status != 0) || failed && out != "" {
				t.Errorf("status %d, and this on stdout:\n%s", status, out)
			}
			if stderr != "" {
				everyWayOut(t, file, stderr)
			}
			want := map[string]string{"out": out, "err": stderr}
			if section(ar, "adopt") {
				want["adopt"], _, _ = sallyport("", "import", "--adopt", ".")
				delete(want, "out")
			}
			if status != 0 {
				delete(want, "out")
			}
			compare(t, file, ar, want)
			if status == 0 {
				if _, stderr, status := sallyport(out, "render", "-"); status != 0 && !strings.Contains(stderr, "Required") {
					t.Errorf("the specs do not render: %s", stderr)
				}
			}
			writeInputs(t, dir, ar, shuffled)
			again, _, _ := sallyport("", args...)
			equal(t, "documents in another order", lines.ReplaceAllString(out, ".yaml"), lines.ReplaceAllString(again, ".yaml"))
		})
	}
}

// The patches of import --adopt hand the objects of a kustomization over: before, a spec beside them is an
// error, and after, it replaces them.
func TestImportAdopt(t *testing.T) {
	ar := parseCase(t, root("testdata", "import", "adopt.txtar"))
	spec, _, _ := sallyport(string(ar.Files[0].Data), "import", "--adopt", "-")
	_, patches, _ := strings.Cut(spec[strings.LastIndex(spec, "---\n"):], "#   patches:\n")
	fs := filesys.MakeFsInMemory()
	write := func(name, text string) {
		if err := fs.WriteFile(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	write("services.yaml", string(ar.Files[0].Data))
	write("kustomization.yaml", "resources: [services.yaml]\npatches:\n"+strings.ReplaceAll(patches, "#   ", ""))
	m, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, ".")
	if err != nil {
		t.Fatal(err)
	}
	adopted, err := m.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	one := spec[strings.LastIndex(spec, "---\n"):]
	if _, stderr, status := sallyport(one+"---\n"+string(ar.Files[0].Data), "filter"); status == 0 || !strings.Contains(stderr, "[NameClash]") {
		t.Errorf("the objects are replaced before they are handed over: %s", stderr)
	}
	out, stderr, status := sallyport(one+"---\n"+string(adopted), "filter")
	if want, _, _ := sallyport(one, "render", "-"); status != 0 || !strings.Contains(sorted(out), "name: mail") || strings.Count(out, "kind: Service\n") != strings.Count(want, "kind: Service\n")+1 {
		t.Errorf("status %d: %s\n%s", status, stderr, out)
	}
}

// The examples of import have its output, what that generates, with kustomize too, and what export prints for it.
func TestImportExample(t *testing.T) {
	for dir, args := range map[string][]string{
		"from-yaml-you-have":  {"services.yaml"},
		"from-strimzi":        {"resource.yaml"},
		"from-bitnami-values": {"values.yaml", "--values", "kafka", "--name", "kafka", "-n", "streaming"},
	} {
		t.Run(dir, func(t *testing.T) {
			t.Chdir(root("examples", dir))
			spec, stderr, status := sallyport("", append([]string{"import"}, args...)...)
			if status != 0 {
				t.Fatal(stderr)
			}
			golden(t, "kafka.yaml", []byte(spec))
			commands := map[string][]string{"expected.yaml": {"render"}, "brokers.yaml": {"export", "strimzi"}, "exported.yaml": {"export", "bitnami-kafka"}}
			for file, command := range commands {
				if file != "expected.yaml" && !exists(file) {
					continue
				}
				out, stderr, status := sallyport("", append(command, "kafka.yaml")...)
				if status != 0 {
					t.Fatal(stderr)
				}
				golden(t, file, []byte(out))
				if file == "expected.yaml" { // kustomize runs the spec as it is
					overlay := t.TempDir()
					writeFile(t, filepath.Join(overlay, "kafka.yaml"), []byte(spec))
					writeFile(t, filepath.Join(overlay, "kustomization.yaml"), []byte("generators: [kafka.yaml]\n"))
					equal(t, "with kustomize", sorted(out), sorted(kustomize(t, overlay)))
				}
			}
		})
	}
}
