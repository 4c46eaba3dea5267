package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A said is a finding as a report of any format has it.
type said struct {
	Severity, File string
	Line, Column   int
	Code           string
	Text           string // the object, the field, the message and the way out
}

// TestReports checks for each bad input and each golden case that all formats have the findings of the
// text, with their positions, in its order, and that the exit status is the same.
func TestReports(t *testing.T) {
	schema := sarifSchema(t)
	inputs := 0
	for _, pattern := range []string{"bad", "golden"} {
		for _, file := range glob(t, "testdata", pattern, "*.txtar") {
			t.Run(caseName(file), func(t *testing.T) {
				ar := parseCase(t, file)
				t.Chdir(t.TempDir())
				inputs += writeInputs(t, ".", ar, asWritten)
				reportsAgree(t, schema, ".")
			})
		}
	}
	if inputs < 400 {
		t.Errorf("only %d inputs", inputs)
	}
}

// reportsAgree reads an input once, and prints the report about it in each format. That of the text
// must be what the program prints.
func reportsAgree(t *testing.T, schema *jsonschema.Schema, arg string) {
	t.Helper()
	cmd := newValidate()
	in, err := readInput(cmd, []string{arg})
	if err != nil {
		t.Fatal(err)
	}
	all := in.check()
	write := func(format, failOn string) (stdout, stderr string, status int) {
		var out, errs bytes.Buffer
		cmd.SetOut(&out)
		cmd.SetErr(&errs)
		v, r := validation{format: format, failOn: failOn}, all
		r.Fine = slices.Clone(all.Fine)
		if err := v.finish(cmd, r); errors.Is(err, errReported) {
			status = statusOf(err)
		} else if err != nil {
			t.Fatal(err)
		}
		return out.String(), errs.String(), status
	}
	right, stderr, status := sallyport("", "validate", arg)
	if out, text, again := write("text", "error"); out != right || text != stderr || again != status {
		t.Errorf("status %d, want %d, and not what the program prints:\n%s%s", again, status, out, text)
	}
	_, whole, _ := write("text", "info") // with infos beside errors
	want := ofText(whole)
	for format, parse := range map[string]func(*testing.T, string) []said{
		"json": ofJSON, "github": ofGitHub, "junit": ofJUnit,
		"sarif": func(t *testing.T, text string) []said { return ofSARIF(t, schema, text) },
	} {
		out, more, again := write(format, "error")
		if again != status || more != "" {
			t.Errorf("%s: status %d, want %d, and on standard error: %s", format, again, status, more)
		}
		got := parse(t, out)
		if format == "junit" {
			for i := range got {
				got[i].Column = want[min(i, len(want)-1)].Column // JUnit has none
			}
		}
		equal(t, format, fmt.Sprint(want), fmt.Sprint(got))
	}
	if _, _, got := write("json", "warning"); (got != statusFine) != (status != statusFine || strings.Contains(stderr, ": warning: ")) {
		t.Errorf("--fail-on warning: status %d", got)
	}
}

// ofText reads what validate prints to standard error.
func ofText(text string) []said {
	var out []said
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if way, ok := strings.CutPrefix(line, "    "); ok && len(out) > 0 {
			out[len(out)-1].Text += "\n" + way
			continue
		}
		if line == "" {
			continue
		}
		var s said
		for _, severity := range []string{"error", "warning", "info"} {
			if before, after, ok := strings.Cut(line, severity+": "); ok && (s.Severity == "" || len(before) < len(line)-len(s.Text)-len(s.Severity)-2) {
				place := strings.Split(strings.TrimSuffix(before, ": "), ":")
				s = said{Severity: severity, File: place[0], Text: after}
				if len(place) == 3 {
					_, _ = fmt.Sscan(place[1], &s.Line)
					_, _ = fmt.Sscan(place[2], &s.Column)
				}
			}
		}
		at := strings.LastIndex(s.Text, " [")
		s.Code, s.Text = strings.TrimSuffix(s.Text[at+2:], "]"), s.Text[:at]
		out = append(out, s)
	}
	return out
}

func ofJSON(t *testing.T, text string) []said {
	t.Helper()
	var in struct {
		Findings []struct {
			Code, Severity, File, Path, Message, WayOut string
			Line, Column                                int
			Object                                      struct{ Kind, Namespace, Name string }
		}
	}
	decodeJSON(t, text, &in)
	var out []said
	for _, f := range in.Findings {
		name := f.Object.Name
		if f.Object.Namespace != "" {
			name = f.Object.Namespace + "/" + name
		}
		s := said{f.Severity, f.File, f.Line, f.Column, f.Code, f.Message}
		if where := strings.TrimSpace(strings.TrimSpace(f.Object.Kind+" "+name) + " " + f.Path); where != "" {
			s.Text = where + ": " + s.Text
		}
		if f.WayOut != "" {
			s.Text += "\n" + f.WayOut
		}
		out = append(out, s)
	}
	return out
}

func decodeJSON(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

func ofGitHub(_ *testing.T, text string) []said {
	plain := strings.NewReplacer("%0A", "\n", "%0D", "\r", "%3A", ":", "%2C", ",", "%25", "%")
	var out []said
	for line := range strings.Lines(text) {
		command, message, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "::"), "::")
		severity, properties, _ := strings.Cut(command, " ")
		s := said{Severity: strings.Replace(severity, "notice", "info", 1), Text: plain.Replace(message)}
		for property := range strings.SplitSeq(properties, ",") {
			key, value, _ := strings.Cut(property, "=")
			switch key {
			case "file":
				s.File = plain.Replace(value)
			case "line":
				_, _ = fmt.Sscan(value, &s.Line)
			case "col":
				_, _ = fmt.Sscan(value, &s.Column)
			case "title":
				s.Code = value
			}
		}
		out = append(out, s)
	}
	return out
}

func ofJUnit(t *testing.T, text string) []said {
	t.Helper()
	var in struct {
		Suites []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Cases    []struct {
				Output  string `xml:"system-out"`
				Failure *struct {
					Type string `xml:"type,attr"`
					Text string `xml:",chardata"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(text), &in); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var out []said
	failures := 0
	for _, c := range in.Suites[0].Cases {
		if c.Failure != nil {
			failures++
			out = append(out, ofText(c.Failure.Text)...)
			if code := out[len(out)-1].Code; code != c.Failure.Type {
				t.Errorf("type %s of a failure with code %s", c.Failure.Type, code)
			}
		} else if !strings.HasPrefix(c.Output, "ok") {
			out = append(out, ofText(c.Output)...)
		}
	}
	if s := in.Suites[0]; s.Tests != len(s.Cases) || s.Failures != failures {
		t.Errorf("%d tests and %d failures, want %d and %d", s.Tests, s.Failures, len(s.Cases), failures)
	}
	return out
}

// sarifSchema is the schema of SARIF 2.1.0.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(root("testdata", "sarif", "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func ofSARIF(t *testing.T, schema *jsonschema.Schema, text string) []said {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("SARIF: %v\n%s", err, text)
	}
	var in struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID, Level string
				RuleIndex     int
				Message       struct{ Text string }
				Locations     []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	decodeJSON(t, text, &in)
	var out []said
	for _, r := range in.Runs[0].Results {
		s := said{Severity: strings.Replace(r.Level, "note", "info", 1), Code: in.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID, Text: r.Message.Text}
		if len(r.Locations) > 0 {
			at := r.Locations[0].PhysicalLocation
			s.File, s.Line, s.Column = at.ArtifactLocation.URI, at.Region.StartLine, at.Region.StartColumn
		}
		if s.Code != r.RuleID {
			t.Errorf("the rule of %s is %s", r.RuleID, s.Code)
		}
		out = append(out, s)
	}
	return out
}
