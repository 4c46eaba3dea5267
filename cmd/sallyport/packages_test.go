package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPackages runs the packages of charts and operators together with a spec. The documents
// of the package must keep their bytes. After them come the objects of the spec, as render
// prints them.
func TestPackages(t *testing.T) {
	for _, file := range glob(t, "testdata", "packages", "*.txtar") {
		t.Run(caseName(file), func(t *testing.T) {
			in := packageList(t, file)
			out, stderr, status := sallyport(in, "fn")
			if status != 0 {
				t.Fatal(stderr)
			}
			kept, made, ok := strings.Cut(out, strings.TrimPrefix(in, listHead))
			if !ok || kept != listHead {
				t.Fatalf("the package has changed (-want +got):\n%s", cmp.Diff(in, out))
			}
			made, _, _ = strings.Cut(made, "results:\n")
			want, _, _ := sallyport(string(parseCase(t, file).Files[1].Data), "render")
			equal(t, "generated objects", want, strings.TrimSuffix(generated(t, "\nitems:\n"+made), "\n"))
			again, _, _ := sallyport(out, "fn")
			equal(t, "second run", itemsText(out), itemsText(again))
			broken, _, status := sallyport(strings.Replace(in, "sallyport.dev/v1alpha1", "sallyport.dev/v1alpha9", 1), "fn")
			kept, _, _ = strings.Cut(in, "- apiVersion: sallyport.dev/")
			if status == 0 || !strings.HasPrefix(broken, kept) {
				t.Errorf("with a broken spec, status %d and:\n%s", status, cmp.Diff(in, broken))
			}
		})
	}
}

const listHead = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"

var documentEnd = regexp.MustCompile(`(?m)^---\r?\n`)

// packageList returns a ResourceList with the documents of the package and the spec.
func packageList(t *testing.T, file string) string {
	t.Helper()
	ar := parseCase(t, file)
	var b strings.Builder
	b.WriteString(listHead)
	for _, f := range ar.Files {
		for _, doc := range documentEnd.Split(string(f.Data), -1) {
			if strings.TrimSpace(doc) != "" {
				b.WriteString(asItem(doc))
			}
		}
	}
	return b.String()
}

// asItem indents a document and adds a dash. Empty lines stay empty.
func asItem(doc string) string {
	var b strings.Builder
	margin := "- "
	for _, line := range strings.SplitAfter(doc, "\n") {
		if strings.TrimSpace(line) != "" {
			line = margin + line
			margin = "  "
		}
		b.WriteString(line)
	}
	return b.String()
}
