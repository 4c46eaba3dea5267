package main

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// TestEveryMessageHasACase holds that every error, warning and info that the code can
// give stands in a golden file, and so that each can be reached: the texts that come to the
// Message of a Diagnostic, through whatever functions and variables, are looked for in what
// the cases say.
func TestEveryMessageHasACase(t *testing.T) {
	t.Parallel()
	said := casesText(t)
	p := load(t)
	found := p.follow("sallyport.dev/schemas/source.Diagnostic.Message")
	given := map[string]bool{}
	for _, text := range found.texts {
		ok, tried := given[text.pattern]
		if !tried {
			ok = regexp.MustCompile(text.pattern).MatchString(said)
			given[text.pattern] = ok
		}
		if !ok {
			t.Errorf("%s: no case gives %s", text.at, text.pattern)
		}
	}
	for _, e := range found.lost {
		if source := p.source(e.Expr); others[source] == "" {
			t.Errorf("%s: this test cannot tell which messages come of %s", p.fset.Position(e.Pos()), source)
		}
	}
	for slot, whole := range found.seen {
		f, _, _ := strings.Cut(slot, "#")
		if at := p.taken[f]; whole && len(at) > 0 {
			t.Errorf("%s: this test cannot tell which messages come to %s", p.fset.Position(at[0]), f)
		}
		if whole && len(p.edges[slot]) == 0 {
			t.Errorf("this test cannot tell which messages come to %s", slot)
		}
	}
	if len(given) < 250 {
		t.Errorf("only %d messages found in the source", len(given))
	}
}

// others are expressions whose texts are not ours, and which test has them.
var others = map[string]string{
	`yamlLine.ReplaceAllString(err.Error(), "")`: "the YAML library's; TestYAMLErrors",
}

// TestEveryCodeHasACase holds the same for the codes.
func TestEveryCodeHasACase(t *testing.T) {
	said := casesText(t)
	tree, err := parser.ParseFile(token.NewFileSet(), root("schemas", "source", "codes.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(tree, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			found++
			if code := spec.Names[0].Name; !strings.Contains(said, "["+code+"]") && !strings.Contains(said, "code: "+code) {
				t.Errorf("no case gives code %s", code)
			}
		}
		return true
	})
	if found < 25 {
		t.Errorf("only %d codes found", found)
	}
}

// casesText is everything that golden files and scripts say, and what TestLimits expects of
// input that is too large for a file.
func casesText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range []string{"golden", "bad", "fn", "filter", "conformance", "script"} {
		for _, file := range glob(t, "testdata", dir, "*.txtar") {
			b.Write(read(t, file))
		}
	}
	b.Write(read(t, "limits_test.go"))
	return b.String()
}

var verbs = regexp.MustCompile(`%[sdvqw]`)

// pattern turns a text into a regular expression; what is not a constant is anything.
// A text without constants has none.
func pattern(e flow) string {
	text := literal(e)
	if strings.Trim(text, ".*") == "" {
		return ""
	}
	return text
}

func literal(e flow) string {
	if v := e.info.Types[e.Expr].Value; v != nil && v.Kind() == constant.String {
		return strings.ReplaceAll(verbs.ReplaceAllString(regexp.QuoteMeta(constant.StringVal(v)), ".*"), "%%", "%")
	}
	if b, ok := e.Expr.(*ast.BinaryExpr); ok {
		return literal(flow{b.X, e.info}) + literal(flow{b.Y, e.info})
	}
	return ".*"
}
