package v1alpha1

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestEnums reads the source of the package. It checks that Values of each type lists the
// constants of the type, in their order. Values without a constant may follow.
func TestEnums(t *testing.T) {
	constants, listed := map[string][]string{}, map[string][]string{}
	files, _ := filepath.Glob("*.go")
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range tree.Decls {
			switch d := decl.(type) {
			case *ast.GenDecl:
				addConstants(constants, d)
			case *ast.FuncDecl:
				if d.Name.Name == "Values" && d.Recv != nil {
					listed[d.Recv.List[0].Type.(*ast.Ident).Name] = identifiers(d.Body)
				}
			}
		}
	}
	// Providers are rows of a table. A constant of one is the name in its row.
	if got := Provider("").Values(); !slices.Contains(got, string(ProviderNone)) || len(constants["Provider"]) != 1 {
		t.Errorf("the constants of Provider are %v, and its rows %v", constants["Provider"], got)
	}
	delete(constants, "Provider")
	for typ, names := range constants {
		if got, ok := listed[typ]; !ok {
			t.Errorf("%s has constants and no method Values", typ)
		} else if !slices.Equal(got, names) {
			t.Errorf("the constants of %s are %v, and Values lists %v", typ, names, got)
		}
	}
	if len(listed) < 14 {
		t.Errorf("only %d enums found", len(listed))
	}
}

// addConstants collects the names of the constants by their types.
func addConstants(to map[string][]string, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.CONST {
			if typ, ok := v.Type.(*ast.Ident); ok {
				to[typ.Name] = append(to[typ.Name], v.Names[0].Name)
			}
		}
	}
}

// identifiers returns the identifiers that a function passes to another one.
func identifiers(body *ast.BlockStmt) (names []string) {
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			for _, arg := range call.Args {
				if id, ok := arg.(*ast.Ident); ok {
					names = append(names, id.Name)
				}
			}
		}
		return true
	})
	return names
}
