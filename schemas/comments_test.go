package schemas_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// comments are what the source says: of a type under its name, of a field under
// Type.Field, of an enum's value under Type=value.
type comments map[string]string

// readComments reads the package of the types.
func readComments(t *testing.T) comments {
	t.Helper()
	files, err := filepath.Glob("v1alpha1/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source files: %v", err)
	}
	c := comments{}
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			if decl, ok := d.(*ast.GenDecl); ok {
				c.read(decl)
			}
		}
	}
	return c
}

func (c comments) read(decl *ast.GenDecl) {
	for _, s := range decl.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			c.note(s.Name.Name, s.Doc, decl.Doc)
			if st, ok := s.Type.(*ast.StructType); ok {
				for _, f := range st.Fields.List {
					for _, name := range f.Names {
						c.note(s.Name.Name+"."+name.Name, f.Doc)
					}
				}
			}
		case *ast.ValueSpec:
			typ, ok := s.Type.(*ast.Ident)
			if !ok || len(s.Values) != 1 {
				continue
			}
			if lit, ok := s.Values[0].(*ast.BasicLit); ok {
				value, _ := strconv.Unquote(lit.Value)
				c.note(typ.Name+"="+value, s.Doc, s.Comment)
			}
		}
	}
}

// note keeps the first comment that is there, its lines joined.
func (c comments) note(key string, groups ...*ast.CommentGroup) {
	for _, g := range groups {
		if text := strings.TrimSpace(g.Text()); text != "" {
			c[key] = strings.ReplaceAll(strings.ReplaceAll(text, "\n", " "), "  ", "\n\n")
			return
		}
	}
}
