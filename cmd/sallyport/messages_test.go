package main

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryMessageHasACase checks that a golden file has each error, warning and info of the
// code, so that each can be reached. It follows the texts that become the Message of a
// Diagnostic through functions and variables, and looks for them in the cases.
func TestEveryMessageHasACase(t *testing.T) {
	t.Parallel()
	cases := casesText(t)
	p := load(t)
	found := p.follow("sallyport.dev/schemas/source.Diagnostic.Message")
	covered := map[string]bool{} // by pattern
	for _, text := range found.texts {
		ok, tried := covered[text.pattern]
		if !tried {
			ok = occurs(text.pattern, cases)
			covered[text.pattern] = ok
		}
		if !ok {
			t.Errorf("%s: no case has the message %s", text.at, text.pattern)
		}
	}
	for _, e := range found.lost {
		if source := p.source(e.Expr); others[source] == "" {
			t.Errorf("%s: this test cannot follow the messages that come from %s", p.fset.Position(e.Pos()), source)
		}
	}
	for slot, whole := range found.seen {
		f, _, _ := strings.Cut(slot, "#")
		if at := p.taken[f]; whole && len(at) > 0 {
			t.Errorf("%s: this test cannot follow the messages that go to %s", p.fset.Position(at[0]), f)
		}
		if whole && len(p.edges[slot]) == 0 {
			t.Errorf("this test cannot follow the messages that go to %s", slot)
		}
	}
	if len(covered) < 250 {
		t.Errorf("only %d messages found in the source", len(covered))
	}
}

// others are expressions with texts of other libraries, and the tests that check those.
var others = map[string]string{
	`yamlLine().ReplaceAllString(err.Error(), "")`: "the YAML library's; TestYAMLErrors",
}

// TestEveryCodeHasACase checks that a golden file has each code.
func TestEveryCodeHasACase(t *testing.T) {
	cases := casesText(t)
	tree, err := parser.ParseFile(token.NewFileSet(), root("schemas", "source", "codes.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(tree, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			found++
			if code := spec.Names[0].Name; !strings.Contains(cases, "["+code+"]") && !strings.Contains(cases, "code: "+code) {
				t.Errorf("no case has the code %s", code)
			}
		}
		return true
	})
	if found < 25 {
		t.Errorf("only %d codes found", found)
	}
}

// casesText returns the text of all golden files and scripts, and of TestLimits, which has the
// input that is too large for a file.
func casesText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range []string{"golden", "bad", "fn", "filter", "conformance", "script", "findings", "import"} {
		for _, file := range glob(t, "testdata", dir, "*.txtar") {
			b.Write(read(t, file))
		}
	}
	b.Write(read(t, "limits_test.go"))
	return b.String()
}

// occurs reports whether a text has a line with the constants of a pattern in their order. It looks
// for the longest of them first, which the fewest lines have.
func occurs(pattern, text string) bool {
	constants := strings.Split(strings.Trim(pattern, gap), gap)
	longest := slices.MaxFunc(constants, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	for {
		at := strings.Index(text, longest)
		if at < 0 {
			return false
		}
		start, end := strings.LastIndexByte(text[:at], '\n')+1, at+len(longest)
		rest, _, _ := strings.Cut(text[end:], "\n")
		if haveInOrder(constants, text[start:end+len(rest)]) {
			return true
		}
		text = text[end+len(rest):]
	}
}

func haveInOrder(constants []string, line string) bool {
	for _, c := range constants {
		_, rest, ok := strings.Cut(line, c)
		if !ok {
			return false
		}
		line = rest
	}
	return true
}

// gap stands in a pattern for any text within a line.
const gap = "…"

var verbs = regexp.MustCompile(`%[sdvqw]`)

// pattern turns a text into a pattern, with gaps for the parts that are not constant. It returns
// "" for a text without constants.
func pattern(e flow) string {
	text := literal(e)
	if strings.Trim(text, gap) == "" {
		return ""
	}
	return text
}

func literal(e flow) string {
	if v := e.info.Types[e.Expr].Value; v != nil && v.Kind() == constant.String {
		return strings.ReplaceAll(verbs.ReplaceAllString(constant.StringVal(v), gap), "%%", "%")
	}
	if b, ok := e.Expr.(*ast.BinaryExpr); ok {
		return literal(flow{b.X, e.info}) + literal(flow{b.Y, e.info})
	}
	return gap
}
