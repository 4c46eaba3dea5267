package main

import (
	"regexp"
	"strings"
	"testing"
)

// diagnostic matches the first line of a diagnostic: position, severity, message, code. The
// way out is on the next line.
var diagnostic = regexp.MustCompile(`^(\S+\.yaml)(:[1-9][0-9]*:[1-9][0-9]*)?: (error|warning): (.+) \[([A-Za-z]+)\]$`)

// ofFiles are the codes of errors that are about a whole file.
var ofFiles = regexp.MustCompile(`^(NoSpec|NoFile|InputLimit)$`)

// TestBadInputs checks that there are many inputs with one error and some with many, and that
// each diagnostic has a position, a reason and a way out.
func TestBadInputs(t *testing.T) {
	one, many := 0, 0
	for _, file := range glob(t, "testdata", "bad", "*.txtar") {
		for _, f := range parseCase(t, file).Files {
			if !strings.HasSuffix(f.Name, ".err") {
				continue
			}
			switch errors := strings.Count(string(f.Data), ": error: "); {
			case errors == 1:
				one++
			case errors > 1:
				many++
			default:
				t.Errorf("%s, %s: there is no error", file, f.Name)
			}
			checkDiagnostics(t, caseName(file)+" "+f.Name, strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n"))
		}
	}
	if one < 60 || many < 10 {
		t.Errorf("%d inputs have one error and %d have many, want 60 and 10", one, many)
	}
}

// checkDiagnostics checks the lines that are printed for one input.
func checkDiagnostics(t *testing.T, name string, lines []string) {
	t.Helper()
	for i, line := range lines {
		if strings.HasPrefix(line, "    ") {
			continue
		}
		m := diagnostic.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("%s: not a diagnostic: %s", name, line)
			continue
		}
		if m[2] == "" && !ofFiles.MatchString(m[5]) {
			t.Errorf("%s: no position: %s", name, line)
		}
		if i+1 == len(lines) || !strings.HasPrefix(lines[i+1], "    ") {
			t.Errorf("%s: no way out: %s", name, line)
		}
	}
}
