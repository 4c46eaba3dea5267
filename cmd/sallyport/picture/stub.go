package picture

import (
	"io"

	"sallyport.dev/generators/plan"
)

func Mermaid(io.Writer, []plan.Page) error { return nil }
func HTML(io.Writer, []plan.Page) error    { return nil }
