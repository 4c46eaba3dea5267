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

// TestEveryProviderHasAGolden checks that a golden has each key that a row writes, and that a mistake is
// made with each provider.
func TestEveryProviderHasAGolden(t *testing.T) {
	golden, bad := "", ""
	for _, file := range glob(t, "testdata", "golden", "*.txtar") {
		_, out, _ := strings.Cut(string(read(t, file)), "\n-- out --\n")
		golden += out
	}
	for _, file := range glob(t, "testdata", "bad", "*.txtar") {
		bad += string(read(t, file))
	}
	for _, p := range provider.All {
		for _, k := range p.Keys {
			if k.Value != nil && !strings.Contains(golden, "    "+k.Name+": ") {
				t.Errorf("%s: no golden has %s", p.Name, k.Name)
			}
		}
		if !strings.Contains(bad, "provider: "+string(p.Name)) && p.Name != "None" {
			t.Errorf("no mistake is made with provider %s", p.Name)
		}
	}
}
