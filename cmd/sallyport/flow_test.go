package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A program is the source of our packages, with its types, and where its values go.
type program struct {
	fset     *token.FileSet
	edges    map[string][]flow // by slot: what is put there
	own      map[types.Object]string
	literals map[types.Object]*types.Signature // functions that variables are
	taken    map[string][]token.Pos            // functions that are used as values
	core     []flow                            // the formats of fmt.Errorf in the core, which become messages
	errors   []string                          // the slots of what Error returns in the core
}

// A flow is an expression that is put into a slot. A slot is a parameter, a result, a
// variable or a field of a struct: "(*a/b.T).F#2", "a/b.F!0", "a/b.T.Field", or a position.
type flow struct {
	ast.Expr
	info *types.Info
}

// A listed package is what go list says of one.
type listed struct{ path, export, dir, files string }

// load type-checks our packages. What they import comes from the build cache.
func load(t *testing.T) *program {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}\t{{.Dir}}\t{{join .GoFiles \",\"}}", "./schemas/...", "./generators/...", "./fn/...", "./cmd/sallyport")
	cmd.Dir, cmd.Stderr = root(), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		all = append(all, listed{f[0], f[1], f[2], f[3]})
		exports[f[0]] = f[1]
	}
	p := &program{fset: token.NewFileSet(), edges: map[string][]flow{}, own: map[types.Object]string{},
		literals: map[types.Object]*types.Signature{}, taken: map[string][]token.Pos{}}
	imports := importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for _, l := range all {
		if strings.HasPrefix(l.path, "sallyport.dev/") {
			p.check(t, l, imports)
		}
	}
	return p
}

func (p *program) check(t *testing.T, l listed, imports types.Importer) {
	t.Helper()
	var files []*ast.File
	for _, name := range strings.Split(l.files, ",") {
		file, err := parser.ParseFile(p.fset, filepath.Join(l.dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	if _, err := (&types.Config{Importer: imports}).Check(l.path, p.fset, files, info); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		called := map[*ast.Ident]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				called[nameOf(call.Fun)] = true
				if isCore(l.path) && len(call.Args) > 0 && slices.Contains([]string{"fmt.Errorf", "errors.New"}, fullName(info, call)) {
					p.core = append(p.core, flow{call.Args[0], info})
				}
			}
			if id, ok := n.(*ast.Ident); ok && !called[id] {
				if f, ok := info.Uses[id].(*types.Func); ok {
					p.taken[f.Origin().FullName()] = append(p.taken[f.Origin().FullName()], id.Pos())
				}
			}
			p.note(n, info)
			return true
		})
	}
}

// isCore reports whether all errors of a package become messages.
func isCore(path string) bool {
	return strings.HasPrefix(path, "sallyport.dev/schemas") || strings.HasPrefix(path, "sallyport.dev/generators")
}

// note notes what a node puts where.
func (p *program) note(n ast.Node, info *types.Info) {
	switch n := n.(type) {
	case *ast.FuncDecl:
		p.noteFunction(n, info)
	case *ast.CallExpr:
		p.noteCall(n, info)
	case *ast.CompositeLit:
		p.noteLiteral(n, info)
	case *ast.AssignStmt:
		if n.Tok == token.ADD_ASSIGN {
			p.put(p.slot(n.Lhs[0], info), &ast.BinaryExpr{X: n.Lhs[0], Y: n.Rhs[0]}, info)
			return
		}
		for i, to := range n.Lhs {
			if name, ok := to.(*ast.Ident); ok && i < len(n.Rhs) {
				if lit, ok := n.Rhs[i].(*ast.FuncLit); ok {
					p.literals[info.ObjectOf(name)] = info.TypeOf(lit).(*types.Signature)
				}
			}
			p.assign(p.slot(to, info), n.Rhs, i, info)
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			p.assign(p.slot(name, info), n.Values, i, info)
		}
	}
}

// noteFunction notes what a function returns, and which of its variables are parameters and
// results.
func (p *program) noteFunction(f *ast.FuncDecl, info *types.Info) {
	object := info.Defs[f.Name].(*types.Func)
	for i := range object.Signature().Params().Len() {
		p.own[object.Signature().Params().At(i)] = fmt.Sprintf("%s#%d", object.FullName(), i)
	}
	for i := range object.Signature().Results().Len() {
		p.own[object.Signature().Results().At(i)] = fmt.Sprintf("%s!%d", object.FullName(), i)
	}
	if f.Recv != nil && f.Name.Name == "Error" && isCore(object.Pkg().Path()) {
		p.errors = append(p.errors, object.FullName()+"!0")
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			for i := range object.Signature().Results().Len() {
				p.assign(fmt.Sprintf("%s!%d", object.FullName(), i), r.Results, i, info)
			}
		}
		_, inner := n.(*ast.FuncLit) // what that returns, its caller gets
		return !inner
	})
}

func (p *program) noteCall(call *ast.CallExpr, info *types.Info) {
	f := callee(info, call)
	for i, arg := range call.Args {
		if f != nil {
			p.put(fmt.Sprintf("%s#%d", f.FullName(), min(i, f.Signature().Params().Len()-1)), arg, info)
		} else if name, ok := call.Fun.(*ast.Ident); ok && p.literals[info.Uses[name]] != nil {
			params := p.literals[info.Uses[name]].Params()
			p.put(p.fset.Position(params.At(min(i, params.Len()-1)).Pos()).String(), arg, info)
		}
	}
}

func (p *program) noteLiteral(lit *ast.CompositeLit, info *types.Info) {
	t := info.TypeOf(lit)
	s, ok := deref(t).Underlying().(*types.Struct)
	for i, e := range lit.Elts {
		kv, keyed := e.(*ast.KeyValueExpr)
		switch {
		case !ok:
		case keyed:
			p.put(fieldSlot(t, nameOf(kv.Key).Name), kv.Value, info)
		default:
			p.put(fieldSlot(t, s.Field(i).Name()), e, info)
		}
	}
}

// assign puts the i-th of some values, or the i-th result of the one call, into a slot.
func (p *program) assign(slot string, values []ast.Expr, i int, info *types.Info) {
	switch {
	case slot == "" || len(values) == 0:
	case len(values) > i && len(values) > 1 || i == 0:
		p.put(slot, values[i], info)
	default:
		if call, ok := values[0].(*ast.CallExpr); ok && callee(info, call) != nil {
			p.put(slot, &ast.Ident{NamePos: call.Pos(), Name: fmt.Sprintf("%s!%d", callee(info, call).FullName(), i)}, info)
		}
	}
}

func (p *program) put(slot string, e ast.Expr, info *types.Info) {
	p.edges[slot] = append(p.edges[slot], flow{e, info})
}

// slot is where a variable or a field is kept; "": it is neither.
func (p *program) slot(e ast.Expr, info *types.Info) string {
	switch e := e.(type) {
	case *ast.Ident:
		if strings.Contains(e.Name, "!") {
			return e.Name
		}
		object := info.ObjectOf(e)
		if v, ok := object.(*types.Var); ok {
			if slot, ok := p.own[v]; ok {
				return slot
			}
			return p.fset.Position(v.Pos()).String()
		}
	case *ast.SelectorExpr:
		if s := info.Selections[e]; s != nil && s.Kind() == types.FieldVal {
			t := s.Recv()
			for _, i := range s.Index()[:len(s.Index())-1] {
				t = deref(t).Underlying().(*types.Struct).Field(i).Type()
			}
			return fieldSlot(t, e.Sel.Name)
		}
	}
	return ""
}

func fieldSlot(t types.Type, field string) string { return deref(t).String() + "." + field }

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// nameOf is the last name of an expression.
func nameOf(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.IndexExpr:
		return nameOf(e.X)
	}
	return nil
}

// callee is the function that a call names, or nil.
func callee(info *types.Info, call *ast.CallExpr) *types.Func {
	if name := nameOf(call.Fun); name != nil {
		if f, ok := info.Uses[name].(*types.Func); ok {
			return f.Origin()
		}
	}
	return nil
}

func fullName(info *types.Info, call *ast.CallExpr) string {
	if f := callee(info, call); f != nil {
		return f.FullName()
	}
	return ""
}

// A found text can become a message.
type found struct {
	pattern string
	at      token.Position
}

// A follower finds the texts that come to some slots.
type follower struct {
	*program
	seen  map[string]bool // the slots; true: the whole text comes from there
	todo  []string
	texts []found
	lost  []flow // what the follower cannot follow
}

// follow returns the texts that come to a slot, or to the errors of the core, and the
// expressions among them that it cannot follow.
func (p *program) follow(slot string) *follower {
	f := &follower{program: p, seen: map[string]bool{}}
	f.add(slot, true)
	for _, slot := range p.errors {
		f.add(slot, true)
	}
	for _, e := range p.core {
		f.value(e, true)
	}
	for len(f.todo) > 0 {
		slot := f.todo[0]
		f.todo = f.todo[1:]
		for _, e := range p.edges[slot] {
			f.value(e, f.seen[slot])
		}
	}
	return f
}

func (f *follower) add(slot string, whole bool) {
	if before, ok := f.seen[slot]; !ok || whole && !before {
		f.seen[slot] = whole
		f.todo = append(f.todo, slot)
	}
}

// value follows an expression. Part of a text may be a value of the user's, or text of ours:
// that has a space.
func (f *follower) value(e flow, whole bool) {
	if text := pattern(e); text != "" && (whole || strings.Contains(text, " ")) {
		f.texts = append(f.texts, found{text, f.fset.Position(e.Pos())})
	}
	if isConstant(e) {
		return
	}
	switch x := e.Expr.(type) {
	case *ast.ParenExpr:
		f.value(flow{x.X, e.info}, whole)
		return
	case *ast.BinaryExpr:
		for _, part := range []flow{{x.X, e.info}, {x.Y, e.info}} {
			if !isConstant(part) {
				f.value(part, false)
			}
		}
		return
	case *ast.CallExpr:
		if f.call(x, e.info, whole) {
			return
		}
	default:
		if slot := f.slot(x, e.info); slot != "" {
			f.add(slot, whole)
			return
		}
	}
	if whole {
		f.lost = append(f.lost, e)
	}
}

// call follows what a call returns, and reports whether it can.
func (f *follower) call(call *ast.CallExpr, info *types.Info, whole bool) bool {
	name := fullName(info, call)
	switch {
	case info.Types[call.Fun].IsType():
		f.value(flow{call.Args[0], info}, whole)
	case name == "fmt.Sprintf":
		format := flow{call.Args[0], info}
		f.value(format, whole)
		for _, arg := range call.Args[1:] {
			f.value(flow{arg, info}, false)
		}
	case strings.Contains(name, "sallyport.dev/"):
		f.add(name+"!0", whole)
	default:
		return false
	}
	return true
}

func isConstant(e flow) bool {
	v := e.info.Types[e.Expr].Value
	return v != nil && v.Kind() == constant.String
}

// source prints an expression.
func (p *program) source(e ast.Expr) string {
	from, to := p.fset.Position(e.Pos()), p.fset.Position(e.End())
	data, err := os.ReadFile(from.Filename)
	if err != nil || to.Offset > len(data) {
		return "an expression"
	}
	return string(data[from.Offset:to.Offset])
}
