package picture

import (
	"encoding/json"
	"io"

	"sallyport.dev/generators/plan"
)

// JSON writes the tables for programs.
func JSON(w io.Writer, pages []plan.Page) error {
	tables := []plan.Table{}
	for _, p := range pages {
		tables = append(tables, p.Table)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(tables)
}
