package main

import (
	"fmt"
	"strings"
	"testing"

	"sallyport.dev/generators/provider"
)

const providersIntro = `# Providers of load balancers

What ` + "`loadBalancer.provider`" + ` can be, made from the rows by ` + "`make generate`." + `
` + "`sallyport providers show NAME`" + ` prints the same in a terminal. Other load balancers: leave
the provider out, and write ` + "`class`" + ` and ` + "`annotations`" + `.
`

// TestProvidersPage checks that the page on providers agrees with their rows.
func TestProvidersPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(providersIntro)
	for _, p := range provider.All {
		fmt.Fprintf(&b, "\n## %s\n\n", p.Name)
		for _, fact := range p.Facts() {
			text := fact.Text
			if strings.HasPrefix(fact.About, "setting ") {
				text = "`" + text + "`"
			}
			b.WriteString(paragraph(fact.About+": "+text, "- ", "  "))
		}
	}
	golden(t, root("examples", "PROVIDERS.md"), []byte(b.String()))
}
