package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// A function fits a screen, and a type does one thing.
const (
	maxLines   = 50
	maxMethods = 25
)

// TestShape counts the lines of each function and the methods of each type, tests included.
func TestShape(t *testing.T) {
	t.Parallel()
	files, methods := 0, map[string]int{}
	err := filepath.WalkDir(root(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "bin" || strings.HasPrefix(d.Name(), ".") && path != root()) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		files++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if lines := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1; lines > maxLines {
				t.Errorf("%s: %s has %d lines, more than %d", path, f.Name, lines, maxLines)
			}
			if f.Recv != nil {
				methods[filepath.Dir(path)+" "+receiver(f)]++
			}
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Fatalf("%d files, %v", files, err)
	}
	for of, n := range methods {
		if n > maxMethods {
			t.Errorf("%s has %d methods, more than %d", of, n, maxMethods)
		}
	}
}

func receiver(f *ast.FuncDecl) string {
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if generic, ok := typ.(*ast.IndexExpr); ok {
		typ = generic.X
	}
	return fmt.Sprint(typ)
}
