package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestEveryMessageHasACase holds that every error, warning and info that the code can
// give stands in a golden file, and so that each can be reached: the texts are read off
// the source, and looked for in what the cases say.
func TestEveryMessageHasACase(t *testing.T) {
	said := casesText(t)
	found := 0
	for _, dir := range []string{"schemas", "generators", "fn", "cmd"} {
		for _, file := range goFiles(t, root(dir)) {
			set := token.NewFileSet()
			tree, err := parser.ParseFile(set, file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				for _, text := range messages(n, dir == "schemas" || dir == "generators") {
					found++
					if !regexp.MustCompile(text).MatchString(said) {
						t.Errorf("%s: no case gives %s", set.Position(n.Pos()), text)
					}
				}
				return true
			})
		}
	}
	if found < 90 {
		t.Errorf("only %d messages found in the source", found)
	}
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

func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// reporters are the functions that take a message, and which argument it is.
var reporters = map[string]int{"Errorf": 3, "ErrorOnce": 3, "ErrorOnceFor": 4, "Warnf": 3, "WarnOnce": 3, "Infof": 3, "infof": 3, "fail": 4, "notAList": 0, "unusable": 0, "ruleBroken": 2}

// messages are the patterns of the texts that a node of the source gives. In the core
// an error becomes a diagnostic; elsewhere it is the world's.
func messages(n ast.Node, core bool) []string {
	switch n := n.(type) {
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			name = f.Sel.Name
			if x, ok := f.X.(*ast.Ident); ok && x.Name == "fmt" && name == "Errorf" {
				if core {
					return pattern(n.Args[0])
				}
				return nil
			}
		case *ast.Ident:
			name = f.Name
		}
		if i, ok := reporters[name]; ok && i < len(n.Args) {
			return pattern(n.Args[i])
		}
	case *ast.CompositeLit:
		if t, ok := n.Type.(*ast.Ident); ok && t.Name == "placeholderError" && len(n.Elts) == 2 {
			return pattern(n.Elts[0])
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Message" {
			return pattern(n.Value)
		}
	}
	return nil
}

var verbs = regexp.MustCompile(`%[sdvqw]`)

// pattern turns a string expression into a regular expression; what is not a literal is
// anything. Expressions without a literal have no text of their own.
func pattern(e ast.Expr) []string {
	text := literal(e)
	if strings.Trim(text, ".*") == "" {
		return nil
	}
	return []string{text}
}

func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return strings.ReplaceAll(verbs.ReplaceAllString(regexp.QuoteMeta(text), ".*"), "%%", "%")
	case *ast.BinaryExpr:
		return literal(e.X) + literal(e.Y)
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return literal(e.Args[0])
		}
	}
	return ".*"
}
