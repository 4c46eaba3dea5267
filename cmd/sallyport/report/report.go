// Package report writes findings for other tools: as JSON, as workflow commands of GitHub, as SARIF
// and as JUnit's XML. All formats have the same findings in the same order.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"sallyport.dev/schemas/source"
)

// A Report is what was found, and what is right.
type Report struct {
	Version  string // of the program
	Findings source.Diagnostics
	Fine     []Fine // the specs without errors
	Least    source.Severity
	Means    func(source.Code) string // what a code means
}

// A Fine is a spec, a profile or what was generated, without errors.
type Fine struct{ File, Name, Text string }

// Formats are the names of the formats. The first is for people, and not written here.
var Formats = []string{"text", "json", "github", "sarif", "junit"}

// Write writes a report in one of the formats.
func (r Report) Write(w io.Writer, format string) error {
	switch format {
	case "json":
		return r.json(w)
	case "github":
		return r.github(w)
	case "sarif":
		return r.sarif(w)
	}
	return r.junit(w)
}

// Fails reports whether a finding fails the run.
func (r Report) Fails(d source.Diagnostic) bool {
	return len(source.Diagnostics{d}.AtLeast(r.Least)) > 0
}

// Relative returns the findings with the names of files relative to a directory, if they are in it.
func Relative(ds source.Diagnostics, dir string) source.Diagnostics {
	out := make(source.Diagnostics, len(ds))
	for i, d := range ds {
		d.File = RelativeFile(d.File, dir)
		out[i] = d
	}
	return out
}

// RelativeFile returns the name of a file relative to a directory, if it is in it.
func RelativeFile(file, dir string) string {
	if filepath.IsAbs(file) {
		if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(rel) {
			file = rel
		}
	}
	if file == "" || file == "-" {
		return file
	}
	return filepath.ToSlash(filepath.Clean(file))
}

// A finding is a Diagnostic in JSON.
type finding struct {
	Code     source.Code     `json:"code"`
	Severity source.Severity `json:"severity"`
	File     string          `json:"file,omitempty"`
	Line     int             `json:"line,omitempty"`
	Column   int             `json:"column,omitempty"`
	Object   *object         `json:"object,omitempty"`
	Path     string          `json:"path,omitempty"`
	Message  string          `json:"message"`
	WayOut   string          `json:"wayOut,omitempty"`
	Current  *string         `json:"currentValue,omitempty"`
	Proposed *string         `json:"proposedValue,omitempty"`
}

type object struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name,omitempty"`
}

func (r Report) json(w io.Writer) error {
	all := []finding{}
	for _, d := range r.Findings {
		f := finding{Code: d.Code, Severity: d.Severity, File: d.File, Line: d.Line, Column: d.Column, Path: d.Path, Message: d.Message, WayOut: d.WayOut,
			Current: text(d.Current), Proposed: text(d.Proposed)}
		if o := object(d.Object); o != (object{}) {
			f.Object = &o
		}
		all = append(all, f)
	}
	return write(w, map[string]any{"findings": all})
}

func text(v source.Value) *string {
	if v == (source.Value{}) {
		return nil
	}
	return &v.Text
}

func write(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// where names the object and the field.
func where(d source.Diagnostic) string {
	return source.Visible(strings.TrimSpace(d.Object.String() + " " + d.Path))
}

// message is the message with the object and the field before it, and the way out behind it.
func message(d source.Diagnostic, end string) string {
	out := source.Visible(d.Message)
	if w := where(d); w != "" {
		out = w + ": " + out
	}
	if d.WayOut != "" {
		out += end + source.Visible(d.WayOut)
	}
	return out
}

var levels = map[source.Severity]string{source.Error: "error", source.Warning: "warning", source.Info: "notice"}

// github writes workflow commands (docs.github.com, workflow commands for GitHub Actions).
func (r Report) github(w io.Writer) error {
	for _, d := range r.Findings {
		properties := "title=" + property(string(d.Code))
		if d.File != "" && d.File != "-" {
			position := ""
			if d.Line > 0 {
				position = fmt.Sprintf(",line=%d,col=%d", d.Line, d.Column)
			}
			properties = "file=" + property(d.File) + position + "," + properties
		}
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", levels[d.Severity], properties, data(message(d, "\n"))); err != nil {
			return err
		}
	}
	return nil
}

func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}
