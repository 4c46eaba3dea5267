package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"sallyport.dev/generators/diff"
	"sallyport.dev/schemas/source"
)

// codesInSource are the codes and what their comments say.
func codesInSource(t *testing.T) map[string]string {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), root("schemas", "source", "codes.go"), nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(tree, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			out[spec.Names[0].Name] = strings.TrimSpace(spec.Comment.Text())
		}
		return true
	})
	return out
}

// TestCodes checks that every code has a page with what its comment says, and that the input of the
// page triggers it with the message on the page.
func TestCodes(t *testing.T) {
	all := codesInSource(t)
	for _, name := range codeNames() {
		if all[name] == "" {
			t.Errorf("codes/%s.txtar is about no code", name)
		}
	}
	for code, comment := range all {
		t.Run(code, func(t *testing.T) {
			file := filepath.Join(packageDir, "codes", code+".txtar")
			page := parsePage(source.Code(code), read(t, file))
			if first := []rune(flat(page.means)); string(unicode.ToLower(first[0]))+string(first[1:]) != string(unicode.ToLower(rune(comment[0])))+comment[1:]+"." {
				t.Errorf("the page says %q, and the comment of the code %q", page.means, comment)
			}
			if page.why == "" || page.wayOut == "" || len(page.files) == 0 {
				t.Error("why, the way out or the input is missing")
			}
			got := trigger(t, page)
			if *update {
				writePage(t, file, got)
				page.message = got
			}
			if !strings.Contains(got, "["+code+"]") {
				t.Errorf("the input does not trigger it")
			}
			equal(t, "message", page.message, got)
		})
	}
}

// trigger runs the commands of a page, and returns the first message with its code.
func trigger(t *testing.T, page codePage) string {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, f := range page.files {
		if err := os.MkdirAll(filepath.Dir(f.Name), 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, f.Name, f.Data)
	}
	said := ""
	for _, line := range page.commands {
		command, file, _ := strings.Cut(line, " < ")
		words := strings.Fields(command)
		if words[0] == "ln" {
			if err := os.Symlink(words[2], words[3]); err != nil {
				t.Fatal(err)
			}
			continue
		}
		stdin := ""
		if file != "" {
			stdin = string(read(t, file))
		}
		stdout, stderr, status := sallyport(stdin, words[1:]...)
		if status == statusUsage {
			t.Fatalf("%s: %s", line, stderr)
		}
		if said += stderr; words[1] == "fn" {
			said += results(t, stdout)
		}
	}
	lines := strings.SplitAfter(said, "\n")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.HasSuffix(l, "["+string(page.code)+"]\n") })
	if i < 0 {
		return said
	}
	if i+1 < len(lines) && strings.HasPrefix(lines[i+1], "    ") {
		return lines[i] + lines[i+1]
	}
	return lines[i]
}

// results returns the results of a ResourceList as lines.
func results(t *testing.T, list string) string {
	t.Helper()
	var in struct {
		Results []struct {
			Message, Severity string
			Tags              map[string]string
		}
	}
	if err := yaml.Unmarshal([]byte(list), &in); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range in.Results {
		fmt.Fprintf(&b, "results: %s: %s [%s]\n", r.Severity, r.Message, r.Tags["code"])
	}
	return b.String()
}

func writePage(t *testing.T, file, message string) {
	t.Helper()
	ar := txtar.Parse(read(t, file))
	ar.Files = slices.DeleteFunc(ar.Files, func(f txtar.File) bool { return f.Name == messageFile })
	ar.Files = append(ar.Files, txtar.File{Name: messageFile, Data: []byte(message)})
	writeFile(t, file, txtar.Format(ar))
}

const codesIntro = `# Messages

Every error, warning and info ends with a code in brackets. Codes are stable. ` + "`sallyport explain CODE`" + `
prints the same in a terminal. Warnings and infos can be accepted, with a list of codes in the annotation
` + "`" + source.AcceptAnnotation + "`" + ` of the spec.
`

// TestCodesPage checks that the catalogue agrees with the pages.
func TestCodesPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(codesIntro)
	for _, name := range codeNames() {
		page := parsePage(source.Code(name), read(t, filepath.Join(packageDir, "codes", name+".txtar")))
		fmt.Fprintf(&b, "\n## %s\n\n%s %s\n\n%s\n\n", name, flat(page.means), flat(page.why), flat(page.wayOut))
		for _, f := range page.files {
			fmt.Fprintf(&b, "`%s`:\n\n```yaml\n%s```\n\n", f.Name, f.Data)
		}
		b.WriteString("```\n")
		for _, c := range page.commands {
			b.WriteString("$ " + c + "\n")
		}
		b.WriteString(page.message + "```\n")
	}
	b.WriteString(rulesIntro)
	for _, r := range diff.RulesNamed() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.ID, r.Class, ruleKinds(r), r.Why, r.Instead)
	}
	golden(t, root("examples", "CODES.md"), []byte(b.String()))
}

const rulesIntro = `
# Rules of sallyport diff

` + "`sallyport diff`" + ` prints the rule behind each change in brackets. ` + "`sallyport explain RULE`" + ` prints what it is
about, who notices, and what to do instead.

| rule | class | kinds | what happens | instead |
|---|---|---|---|---|
`

// TestEveryRuleIsExplained checks that explain knows each rule of diff, and fills all placeholders.
func TestEveryRuleIsExplained(t *testing.T) {
	for _, r := range slices.Concat(diff.Rules, diff.AddressRules()) {
		for _, word := range []string{r.ID, "[" + r.ID + "]"} {
			stdout, stderr, status := sallyport("", "explain", word)
			if status != statusFine || stderr != "" || !strings.Contains(stdout, "RULE:     "+r.ID+", of sallyport diff\nCLASS:    "+string(r.Class)+"\n") {
				t.Errorf("explain %s: status %d\n%s%s", word, status, stdout, stderr)
			}
			if strings.ContainsAny(explainRule(r.General()), "{}") || r.Why != "" && !strings.Contains(stdout, "\nWHAT HAPPENS:\n") {
				t.Errorf("explain %s prints a placeholder, or no reason:\n%s", word, stdout)
			}
		}
	}
}
