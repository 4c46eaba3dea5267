// Package picture prints the address tables of plans for people: as text, as a page, as a picture. It
// only reads the plans. A format has one file here and one row in Formats.
package picture

import (
	"io"

	"sallyport.dev/generators/plan"
)

// A Format is a form of the address tables.
type Format struct {
	Name, For string
	Write     func(io.Writer, []plan.Page) error
}

// Formats lists the formats. The first one is the default.
func Formats() []Format {
	return []Format{
		{"table", "rows by Service, at most 100 columns wide", Table},
		{"wide", "a line for each port, with all columns", Wide},
		{"json", "for programs", JSON},
		{"markdown", "a page for those who open firewalls, publish names in DNS and issue certificates", Markdown},
		{"mermaid", "a picture as Markdown, which GitHub draws", Mermaid},
		{"html", "a page with the picture and the tables, in one file", HTML},
	}
}

// nothing is what is written about a spec without Services.
const nothing = "The spec has nothing that clients reach."
