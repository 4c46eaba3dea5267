package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestGolden runs every case of testdata/golden. The files are the input directory, "out" is
// the output of render, "err" the messages of validate. Every case runs twice, and once with
// its documents in another order. A section "patch" is the output of render --patch, and
// "patch.err" its messages; "out" can then be left out.
func TestGolden(t *testing.T) {
	for _, file := range glob(t, "testdata", "golden", "*.txtar") {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			dir := t.TempDir()
			writeInputs(t, dir, ar, asWritten)
			t.Chdir(dir)
			out, _, status := sallyport("", "render", ".")
			_, stderr, _ := sallyport("", "validate", ".")
			if status != 0 && out != "" {
				t.Errorf("status %d, and this on stdout:\n%s", status, out)
			}
			want := map[string]string{"out": out, "err": stderr}
			patched := section(ar, "patch") || section(ar, "patch.err")
			if patched {
				want["patch"], want["patch.err"], _ = sallyport("", "render", "--patch", ".")
				if !section(ar, "out") {
					delete(want, "out") // the case is about the patch
				}
			}
			compare(t, file, ar, want)
			again, _, _ := sallyport("", "render", ".")
			equal(t, "second run", out, again)
			writeInputs(t, dir, ar, shuffled)
			again, _, _ = sallyport("", "render", ".")
			equal(t, "documents in another order", out, again)
			if patched {
				again, _, _ = sallyport("", "render", "--patch", ".")
				equal(t, "patch, with documents in another order", want["patch"], again)
			}
		})
	}
}

// writeInputs writes the YAML files of a case to a directory, changed by a function, and returns how
// many there are.
func writeInputs(t *testing.T, dir string, ar *txtar.Archive, change func([]byte) []byte) int {
	t.Helper()
	n := 0
	for _, f := range ar.Files {
		if !strings.HasSuffix(f.Name, ".yaml") {
			continue
		}
		file := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, file, change(f.Data))
		n++
	}
	return n
}

func asWritten(text []byte) []byte { return text }

func section(ar *txtar.Archive, name string) bool {
	return slices.ContainsFunc(ar.Files, func(f txtar.File) bool { return f.Name == name })
}

// TestBad runs every input of testdata/bad separately: NAME.yaml is the input, NAME.err the
// messages of render. There must be no output.
func TestBad(t *testing.T) {
	for _, file := range glob(t, "testdata", "bad", "*.txtar") {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			t.Chdir(t.TempDir())
			got := map[string]string{}
			for _, f := range ar.Files {
				name, ok := strings.CutSuffix(f.Name, ".yaml")
				if !ok {
					continue
				}
				writeFile(t, f.Name, f.Data)
				out, stderr, status := sallyport("", "render", f.Name)
				if status != 1 || out != "" {
					t.Errorf("%s: status %d, and this on stdout: %q", f.Name, status, out)
				}
				got[name+".err"] = stderr
				if out, _, status := sallyport("", "render", "--patch", f.Name); status != 1 || out != "" {
					t.Errorf("%s, --patch: status %d, and this on stdout: %q", f.Name, status, out)
				}
				everyWayOut(t, f.Name, stderr)
			}
			compare(t, file, ar, got)
		})
	}
}

// everyWayOut checks that every error and warning has a second line with the way out.
func everyWayOut(t *testing.T, name, stderr string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "    ") && (i+1 == len(lines) || !strings.HasPrefix(lines[i+1], "    ")) {
			t.Errorf("%s: no way out of %s", name, line)
		}
	}
}

// TestPlan runs every case of testdata/plan: spec.yaml is the input, and each section is the
// address table in one of the formats.
func TestPlan(t *testing.T) {
	for _, file := range glob(t, "testdata", "plan", "*.txtar") {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			got := map[string]string{}
			for _, f := range ar.Files[1:] {
				out, stderr, status := sallyport(string(ar.Files[0].Data), "plan", "-o", f.Name)
				if status != 0 {
					t.Fatalf("%s: %s", f.Name, stderr)
				}
				got[f.Name] = style.ReplaceAllLiteralString(out, "<style></style>")
				again, _, _ := sallyport(string(shuffled(ar.Files[0].Data)), "plan", "-o", f.Name)
				equal(t, "documents in another order", out, again)
			}
			compare(t, file, ar, got)
		})
	}
}

// style is the part of a page that goldens leave out.
var style = regexp.MustCompile(`(?s)<style>.*</style>`)

// TestFn runs every case of testdata/fn: the input is a ResourceList, and the output is
// "output.yaml". A successful case runs again with its own output, which must change nothing,
// and with its items in another order, which must only change their order.
func TestFn(t *testing.T) {
	for _, file := range glob(t, "testdata", "fn", "*.txtar") {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			in := string(ar.Files[0].Data)
			out, stderr, status := sallyport(in, "fn")
			compare(t, file, ar, map[string]string{"output.yaml": out, "err": stderr})
			if status != 0 {
				return
			}
			again, _, _ := sallyport(out, "fn")
			equal(t, "items of the second run", itemsText(out), itemsText(again))
			third, _, _ := sallyport(again, "fn")
			equal(t, "a third run, with the same results", again, third)
			again, _, _ = sallyport(shuffledItems(in), "fn")
			equal(t, "items in another order", sorted(asStream(out)), sorted(asStream(again)))
		})
	}
}

func caseName(file string) string { return strings.TrimSuffix(filepath.Base(file), ".txtar") }

// longest is the limit on the lines of a case.
const longest = 160

func parseCase(t *testing.T, file string) *txtar.Archive {
	t.Helper()
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(bytes.TrimSpace(ar.Comment)) == 0 {
		t.Errorf("%s does not say why it exists", file)
	}
	if n := bytes.Count(txtar.Format(ar), []byte("\n")); n > longest {
		t.Errorf("%s has %d lines, more than %d: split it", file, n, longest)
	}
	return ar
}

func writeFile(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// compare compares the sections of an archive with the results, or writes them. An empty
// section can be left out.
func compare(t *testing.T, file string, ar *txtar.Archive, got map[string]string) {
	t.Helper()
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(got))) {
		text := got[name]
		i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == name })
		if i < 0 && text == "" {
			continue
		}
		if i < 0 {
			i = sectionAfter(ar, name)
		}
		text = abridged(string(ar.Files[i].Data), text)
		if *update {
			ar.Files[i].Data = []byte(text)
		}
		equal(t, name, string(ar.Files[i].Data), text)
	}
	if *update {
		ar.Files = slices.DeleteFunc(ar.Files, func(f txtar.File) bool {
			return len(f.Data) == 0 && !strings.HasSuffix(f.Name, ".yaml")
		})
		writeFile(t, abs(t, file), txtar.Format(ar))
	}
}

// leftOut matches a line of a golden file whose list is left out: it has all profiles,
// providers or fields that there are, and the case is not about which these are.
var leftOut = regexp.MustCompile(`(?m)^(.*(?:one of|fields here): )\.\.\.$`)

// abridged leaves out the lists that a golden file leaves out.
func abridged(golden, got string) string {
	for _, m := range leftOut.FindAllStringSubmatch(golden, -1) {
		list := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(m[1]) + `\S.*$`)
		got = list.ReplaceAllLiteralString(got, m[0])
	}
	return got
}

// sectionAfter inserts an empty section: NAME.err after NAME.yaml, others at the end.
func sectionAfter(ar *txtar.Archive, name string) int {
	input := strings.TrimSuffix(name, ".err") + ".yaml"
	i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == input })
	if i < 0 {
		i = len(ar.Files) - 1
	}
	ar.Files = slices.Insert(ar.Files, i+1, txtar.File{Name: name})
	return i + 1
}

// testDir is the directory in which the tests started, because some change it.
var testDir, _ = os.Getwd()

func abs(t *testing.T, file string) string {
	t.Helper()
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(testDir, file)
}

// shuffled reverses the documents of a stream.
func shuffled(data []byte) []byte {
	docs := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n---\n")
	slices.Reverse(docs)
	return []byte(strings.Join(docs, "\n---\n") + "\n")
}

// sorted sorts the documents of a stream by their texts.
func sorted(stream string) string {
	docs := strings.Split(strings.TrimSuffix(stream, "\n"), "\n---\n")
	slices.Sort(docs)
	return strings.Join(docs, "\n---\n")
}

// itemsText returns the items in the text of a ResourceList.
func itemsText(list string) string {
	_, rest, _ := strings.Cut(list, "\nitems:")
	for _, next := range []string{"\nfunctionConfig:\n", "\nresults:\n"} {
		rest, _, _ = strings.Cut(rest, next)
	}
	return rest
}

// asStream returns the items of a ResourceList as documents.
func asStream(list string) string {
	return strings.TrimPrefix(strings.ReplaceAll(itemsText(list), "\n- ", "\n---\n  "), "\n---\n")
}

// shuffledItems reverses the items of a ResourceList.
func shuffledItems(list string) string {
	body := itemsText(list)
	if strings.TrimSpace(body) == "[]" {
		return list
	}
	text, end := strings.CutSuffix(body, "\n")
	parts := strings.Split(strings.TrimPrefix(text, "\n- "), "\n- ")
	slices.Reverse(parts)
	text = "\n- " + strings.Join(parts, "\n- ")
	if end {
		text += "\n"
	}
	return strings.Replace(list, body, text, 1)
}
