package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages lists the pages that people write.
func pages(t *testing.T) []string {
	t.Helper()
	all := slices.Concat(glob(t, "*.md"), glob(t, "examples", "*.md"), glob(t, "examples", "*", "README.md"), glob(t, ".github", "*.md"))
	return slices.DeleteFunc(all, func(file string) bool {
		return slices.Contains([]string{"REFERENCE.md", "CODES.md", "PROVIDERS.md"}, filepath.Base(file))
	})
}

// TestExamplesForm checks that each example answers the same three questions.
func TestExamplesForm(t *testing.T) {
	t.Parallel()
	for _, page := range glob(t, "examples", "*", "README.md") {
		for _, question := range []string{"**Use this when**", "**Change**", "**You get**"} {
			if !strings.Contains(string(read(t, page)), "\n"+question) {
				t.Errorf("%s does not have %s", page, question)
			}
		}
	}
}

var fence = regexp.MustCompile("(?ms)^```.*?^```")

// TestPagesFit checks that lines of text fit into a window of 100 columns. Tables and what programs
// print do not have to.
func TestPagesFit(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		for _, line := range strings.Split(fence.ReplaceAllString(string(read(t, page)), ""), "\n") {
			if len([]rune(line)) > 100 && !strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "    ") {
				t.Errorf("%s: a line of %d columns: %s", page, len([]rune(line)), line)
			}
		}
	}
}

// TestPagesLink checks that what a page links to exists, also the heading within a page.
func TestPagesLink(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(string(read(t, page)), ""), -1) {
			target, heading, _ := strings.Cut(m[1], "#")
			if strings.HasPrefix(target, "http") {
				continue
			}
			file := page
			if target != "" {
				file = filepath.Join(filepath.Dir(page), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %v", page, err)
			} else if heading != "" && !slices.Contains(headings(string(read(t, file))), heading) {
				t.Errorf("%s: %s has no heading #%s", page, file, heading)
			}
		}
	}
}

// headings returns the anchors of a page.
func headings(text string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		words := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		out = append(out, strings.ReplaceAll(words, " ", "-"))
	}
	return out
}

var inShell = regexp.MustCompile("(?:^|[ (`|])sallyport ([a-z]+[^`|)\n]*)")

// TestPagesNameCommands checks that each command on a page exists, with its options.
func TestPagesNameCommands(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		for _, line := range shellLines(string(read(t, page))) {
			if strings.Contains(line, "COPY sallyport") { // a Dockerfile
				continue
			}
			line, _, _ = strings.Cut(line, " # ")
			for _, m := range inShell.FindAllStringSubmatch(line, -1) {
				words, _, _ := strings.Cut(m[1], " >")
				if err := parses(strings.Fields(words)); err != nil {
					t.Errorf("%s: sallyport %s: %v", page, words, err)
				}
			}
		}
	}
}

// shellLines returns the lines of a page that are for a shell: blocks, and what stands between
// backticks.
func shellLines(text string) []string {
	var out []string
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```|^    (.*?)$").FindAllString(text, -1) {
		out = append(out, strings.Split(block, "\n")...)
	}
	return append(out, regexp.MustCompile("`sallyport [^`]*`").FindAllString(fence.ReplaceAllString(text, ""), -1)...)
}

// parses checks a command line without running it.
func parses(args []string) error {
	cmd, rest, err := newRoot(os.Stdout).Find(args)
	if err != nil {
		return err
	}
	if !cmd.HasParent() {
		return noCommand(cmd, args[0])
	}
	return cmd.ParseFlags(slices.DeleteFunc(rest, func(word string) bool { return strings.HasPrefix(word, "[") || word == "-f" }))
}

// TestREADMECommands runs the commands of the README, or checks that make has the target.
func TestREADMECommands(t *testing.T) {
	makefile := string(read(t, root("Makefile")))
	t.Chdir(root())
	ran := 0
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```").FindAllStringSubmatch(string(read(t, "README.md")), -1) {
		for _, line := range strings.Split(strings.TrimSpace(block[1]), "\n") {
			line, _, _ = strings.Cut(line, "  #")
			words := strings.Fields(line)
			ran++
			switch {
			case words[0] == "make" && len(words) == 2:
				if !strings.Contains(makefile, "\n"+words[1]+":") {
					t.Errorf("make has no target %s", words[1])
				}
			case words[0] == "sallyport":
				if out, stderr, status := sallyport("", words[1:]...); status != statusFine || out == "" {
					t.Errorf("%s: status %d, %s", line, status, stderr)
				}
			case strings.HasPrefix(line, "kustomize build --enable-alpha-plugins --enable-exec "):
				if out := kustomize(t, words[4]); !strings.Contains(out, "kind: StatefulSet") {
					t.Errorf("%s:\n%s", line, out)
				}
			default:
				t.Errorf("nothing runs %q", line)
			}
		}
	}
	if ran < 5 {
		t.Errorf("only %d commands", ran)
	}
}

// TestGuideSpec checks the spec in the guide.
func TestGuideSpec(t *testing.T) {
	block := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```").FindStringSubmatch(string(read(t, root("examples", "GUIDE.md"))))
	if _, stderr, status := sallyport(block[1], "validate", "--fail-on", "warning"); status != statusFine {
		t.Error(stderr)
	}
}

// TestMakeHelp checks that make help lists every target.
func TestMakeHelp(t *testing.T) {
	t.Parallel()
	makefile := string(read(t, root("Makefile")))
	_, phony, _ := strings.Cut(makefile, ".PHONY: ")
	for _, target := range strings.Fields(phony) {
		if !regexp.MustCompile(`(?m)^` + target + `:.* ## \S`).MatchString(makefile) {
			t.Errorf("%s has no line in make help", target)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^([a-z0-9-]+):`).FindAllStringSubmatch(makefile, -1) {
		if !slices.Contains(strings.Fields(phony), m[1]) {
			t.Errorf("%s is not phony: a file of its name would stop it", m[1])
		}
	}
}

var (
	numbered    = regexp.MustCompile(`sallyport[:_](\d+\.\d+\.\d+[\w.-]*)`)
	makeVersion = regexp.MustCompile(`(?m)^VERSION \?= \$\(shell sed -n 's/\^var version = "\\\(\.\*\\\)"\$\$/\\1/p' cmd/sallyport/version\.go\)$`)
)

// TestVersion checks that the program, its releases, the list of changes and the examples agree.
func TestVersion(t *testing.T) {
	t.Parallel()
	if out, _, _ := sallyport("", "version"); !strings.HasPrefix(out, "sallyport "+version+", ") && !strings.HasPrefix(out, "sallyport "+version+" (commit ") {
		t.Errorf("version prints %q", out)
	}
	if !makeVersion.Match(read(t, root("Makefile"))) {
		t.Error("make does not take the version of images and archives from version.go")
	}
	if !strings.Contains(string(read(t, root("README.md"))), "Version "+version+": [changes]") {
		t.Error("the README has another version")
	}
	if got := regexp.MustCompile(`(?m)^## (.*)$`).FindSubmatch(read(t, root("CHANGELOG.md"))); got == nil || string(got[1]) != version {
		t.Errorf("CHANGELOG.md begins with version %s", got[1])
	}
	for _, page := range slices.Concat(pages(t), glob(t, "examples", "*", "*.yaml"), glob(t, "examples", "*", "Kptfile")) {
		for _, m := range numbered.FindAllStringSubmatch(string(read(t, page)), -1) {
			if m[1] != version {
				t.Errorf("%s has version %s", page, m[1])
			}
		}
	}
}
