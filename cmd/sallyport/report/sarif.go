package report

import (
	"io"
	"net/url"
	"path/filepath"
	"slices"

	"sallyport.dev/schemas/source"
)

// The part of SARIF 2.1.0 that findings need. The libraries for it have all of the format, which is ten
// times as much as this program has for reports.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               source.Code   `json:"id"`
		ShortDescription *sarifMessage `json:"shortDescription,omitempty"`
	}
	sarifResult struct {
		RuleID    source.Code     `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
)

func (r Report) sarif(w io.Writer) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "sallyport", Version: r.Version, Rules: []sarifRule{}}}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	rules := map[source.Code]int{}
	for _, d := range r.Findings {
		rules[d.Code] = 0
	}
	for code := range rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, r.rule(code))
	}
	slices.SortFunc(run.Tool.Driver.Rules, func(a, b sarifRule) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	for i, rule := range run.Tool.Driver.Rules {
		rules[rule.ID] = i
	}
	for _, d := range r.Findings {
		level := levels[d.Severity]
		if d.Severity == source.Info {
			level = "note"
		}
		run.Results = append(run.Results, sarifResult{RuleID: d.Code, RuleIndex: rules[d.Code], Level: level, Message: sarifMessage{message(d, "\n")}, Locations: locations(d)})
	}
	return write(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func (r Report) rule(code source.Code) sarifRule {
	out := sarifRule{ID: code}
	if text := r.Means(code); text != "" {
		out.ShortDescription = &sarifMessage{text}
	}
	return out
}

func locations(d source.Diagnostic) []sarifLocation {
	var l sarifLocation
	if d.File != "" {
		l.Physical = &sarifPhysical{Artifact: sarifArtifact{uri(d.File)}}
		if d.Line > 0 {
			l.Physical.Region = &sarifRegion{d.Line, d.Column}
		}
	}
	if w := where(d); w != "" {
		l.Logical = []sarifLogical{{w}}
	}
	if l.Physical == nil && l.Logical == nil {
		return nil
	}
	return []sarifLocation{l}
}

// uri returns the reference to a file: relative, or with a scheme.
func uri(file string) string {
	u := url.URL{Path: file}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
	}
	return u.String()
}
