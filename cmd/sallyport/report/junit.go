package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"

	"sallyport.dev/schemas/source"
)

// JUnit's XML as Jenkins and GitLab read it. A finding is a test; one that does not fail the run has its
// text as output.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitFailure `xml:"failure"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string      `xml:"message,attr"`
		Type    source.Code `xml:"type,attr"`
		Text    string      `xml:",chardata"`
	}
)

func (r Report) junit(w io.Writer) error {
	suite := junitSuite{Name: "sallyport validate"}
	for _, d := range r.Findings {
		c := junitCase{Class: source.Visible(cmp.Or(d.File, "input")), Name: fmt.Sprintf("%s %s", d.Code, cmp.Or(where(d), "input")), File: source.Visible(d.File), Line: d.Line}
		if text := d.String(); r.Fails(d) {
			c.Failure = &junitFailure{source.Visible(d.Message), d.Code, text}
			suite.Failures++
		} else {
			c.Output = text
		}
		suite.Cases = append(suite.Cases, c)
	}
	for _, f := range r.Fine {
		suite.Cases = append(suite.Cases, junitCase{Class: source.Visible(cmp.Or(f.File, "input")), Name: source.Visible(f.Name), File: source.Visible(f.File), Output: f.Text})
	}
	suite.Tests = len(suite.Cases)
	text, err := xml.MarshalIndent(junitSuites{Suites: []junitSuite{suite}}, "", "  ")
	if err != nil {
		return fmt.Errorf("writing XML: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}
