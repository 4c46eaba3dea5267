package main

import (
	"strings"
	"testing"
)

// notOne are the inputs of the newcomer that do not give one error, with the number of errors
// and the reason.
var notOne = map[string]struct {
	errors int
	reason string
}{
	"ext":       {0, "a port that the profile does not have is legal: it is a warning"},
	"mongo-two": {2, "two placeholders are wrong"},
}

// TestNewcomer runs the inputs of testdata/findings/newcomer-*.txtar: mistakes of somebody who
// sees Sallyport for the first time. One mistake gives one error.
func TestNewcomer(t *testing.T) {
	cases := 0
	for _, file := range glob(t, "testdata", "findings", "newcomer-*.txtar") {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			t.Chdir(t.TempDir())
			got := map[string]string{}
			for _, f := range ar.Files {
				name, ok := strings.CutSuffix(f.Name, ".yaml")
				if !ok {
					continue
				}
				cases++
				writeFile(t, f.Name, f.Data)
				_, stderr, status := sallyport("", "render", f.Name)
				got[name+".err"] = stderr
				want := 1
				if except, ok := notOne[name]; ok {
					want = except.errors
				}
				if n := strings.Count(stderr, ": error: "); n != want || (status == 1) != (n > 0) {
					t.Errorf("%s: status %d and %d errors, want %d:\n%s", f.Name, status, n, want, stderr)
				}
				everyWayOut(t, f.Name, stderr)
			}
			compare(t, file, ar, got)
		})
	}
	if cases < 44 {
		t.Errorf("%d inputs, want at least the 44 of the newcomer", cases)
	}
}

// TestCharts filters manifests that were written in the way that charts print them, each with
// a spec. The result is right, or there is an error that says why not. A second run changes
// nothing.
func TestCharts(t *testing.T) {
	files := glob(t, "testdata", "findings", "charts", "*.txtar")
	for _, file := range files {
		t.Run(caseName(file), func(t *testing.T) {
			ar := parseCase(t, file)
			t.Chdir(t.TempDir())
			for _, f := range ar.Files {
				writeFile(t, f.Name, f.Data)
			}
			out, stderr, status := sallyport(string(ar.Files[0].Data), "filter", "-f", "spec.yaml")
			added, kept := strings.CutPrefix(out, string(ar.Files[0].Data))
			switch {
			case status != 0 && out != "":
				t.Errorf("status %d, and this on stdout:\n%s", status, out)
			case status != 0 && !strings.Contains(stderr, ": error: "):
				t.Errorf("status %d without an error", status)
			case status == 0 && !kept && !strings.Contains(string(ar.Files[1].Data), "inject: true"):
				t.Error("the bytes of the chart have changed")
			case status == 0 && kept:
				out = added // the golden output has what is added alone
			}
			compare(t, file, ar, map[string]string{"out": out, "err": stderr})
			if status == 0 {
				first := out
				if kept {
					first = string(ar.Files[0].Data) + added
				}
				again, _, _ := sallyport(first, "filter", "-f", "spec.yaml")
				equal(t, "second run", first, again)
			}
		})
	}
	if len(files) < 12 {
		t.Errorf("%d charts, want 12", len(files))
	}
}
