package emit_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"sallyport.dev/generators/emit"
)

// validators is where the API server's own validators are run over each kind. It is a module
// of its own, which go test ./... does not see.
var validators = filepath.Join("..", "..", "testdata", "apiserver", "validate_test.go")

// TestEveryKindHasAValidator checks that the function validate there has a case for each kind.
func TestEveryKindHasAValidator(t *testing.T) {
	tree, err := parser.ParseFile(token.NewFileSet(), validators, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	validated := map[string]bool{}
	for _, d := range tree.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "validate" {
			ast.Inspect(f, func(n ast.Node) bool {
				if c, ok := n.(*ast.CaseClause); ok {
					for _, e := range c.List {
						validated[typeName(e)] = true
					}
				}
				return true
			})
		}
	}
	for _, k := range emit.Kinds {
		if !validated[k.Kind] {
			t.Errorf("%s has no case for %s: add one, and run make validators", validators, k.Kind)
		}
	}
}

// typeName is the name of a type, without its package: Service of *corev1.Service.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.Ident:
		return e.Name
	case *ast.BasicLit:
		return strings.Trim(e.Value, `"`)
	}
	return ""
}
