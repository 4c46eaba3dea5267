package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A row is a running test, with its own directory and environment.
type row struct {
	dir  string
	path []string // directories that come before the user's PATH
	env  []string
	note string // a remark on a row that passes
}

type (
	failure string
	skip    string
)

// run runs a row and prints its result.
func run(c rowCase) (verdict, why string) {
	dir, err := os.MkdirTemp("", "sallyport-e2e-")
	if err != nil {
		return "FAIL", err.Error()
	}
	defer os.RemoveAll(dir)
	r := &row{dir: dir, env: []string{"HOME=" + dir, "GOCACHE=" + goEnv("GOCACHE"), "GOMODCACHE=" + goEnv("GOMODCACHE")}}
	defer func() {
		switch p := recover().(type) {
		case nil:
		case failure:
			verdict, why = "FAIL", string(p)
		case skip:
			verdict, why = "SKIP", string(p)
		default:
			panic(p)
		}
	}()
	r.path = []string{filepath.Dir(sallyport(r))}
	c.run(r)
	return "ok", r.note
}

func (r *row) failf(format string, args ...any) { panic(failure(fmt.Sprintf(format, args...))) }
func (r *row) skipf(format string, args ...any) { panic(skip(fmt.Sprintf(format, args...))) }

func (r *row) check(err error) {
	if err != nil {
		r.failf("%v", err)
	}
}

// A result is the outcome of a program.
type result struct {
	stdout, stderr string
	status         int
	cpu            time.Duration
}

// try runs a program in a directory.
func (r *row) try(dir, stdin, name string, args ...string) result {
	path := strings.Join(append(slices.Clone(r.path), os.Getenv("PATH")), string(os.PathListSeparator))
	if !strings.Contains(name, "/") {
		name = r.lookup(name)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "PATH="+path), r.env...)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.failf("%v", err)
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode(), cpu}
}

func (r *row) lookup(name string) string {
	for _, dir := range r.path {
		if file := filepath.Join(dir, name); exists(file) {
			return file
		}
	}
	file, err := exec.LookPath(name)
	if err != nil {
		r.skipf("there is no %s on the PATH", name)
	}
	return file
}

// ok runs a program that must succeed, and returns what it prints.
func (r *row) ok(dir, stdin, name string, args ...string) string {
	res := r.try(dir, stdin, name, args...)
	if res.status != 0 {
		r.failf("%s %s: status %d\n%s", filepath.Base(name), strings.Join(args, " "), res.status, res.stderr)
	}
	return res.stdout
}

// fails checks that a program fails with a reason and prints nothing.
func (r *row) fails(res result, says string) {
	switch {
	case res.status == 0:
		r.failf("it succeeds, and must not")
	case strings.TrimSpace(res.stdout) != "":
		r.failf("it fails, and prints\n%s", res.stdout)
	case !strings.Contains(res.stderr, says):
		r.failf("it does not report %q, but\n%s", says, res.stderr)
	}
}

func (r *row) equal(what, want, got string) {
	if diff := cmp.Diff(want, got); diff != "" {
		r.failf("%s (-want +got):\n%s", what, diff)
	}
}

// example copies a directory of examples.
func (r *row) example(name string) string {
	dir := filepath.Join(r.dir, name)
	r.check(os.CopyFS(dir, os.DirFS(filepath.Join("examples", name))))
	return dir
}

func (r *row) write(file, text string) {
	r.check(os.MkdirAll(filepath.Dir(file), 0o755))
	r.check(os.WriteFile(file, []byte(text), 0o644))
}

// script writes a program.
func (r *row) script(file, text string) {
	r.write(file, "#!/bin/sh\n"+text)
	r.check(os.Chmod(file, 0o755))
}

func (r *row) read(file string) string {
	data, err := os.ReadFile(file)
	r.check(err)
	return string(data)
}

// edit replaces a text that must exist.
func (r *row) edit(file, before, after string) {
	text := r.read(file)
	if !strings.Contains(text, before) {
		r.failf("%s has no %q", file, before)
	}
	r.write(file, strings.ReplaceAll(text, before, after))
}

// files returns all files below a directory, with their texts.
func (r *row) files(dir string) map[string]string {
	all := map[string]string{}
	r.check(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			all[name] = r.read(path)
		}
		return err
	}))
	return all
}

// changes lists how files differ: "+" for a new file, "-" for a removed one, "!" for a
// different text.
func changes(before, after map[string]string) string {
	var all []string
	for name, text := range before {
		if now, ok := after[name]; !ok {
			all = append(all, "-"+name)
		} else if now != text {
			all = append(all, "!"+name)
		}
	}
	for name := range maps.Keys(after) {
		if _, ok := before[name]; !ok {
			all = append(all, "+"+name)
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// render returns the output of the program itself.
func (r *row) render(args ...string) string {
	return r.ok(".", "", "sallyport", append([]string{"render"}, args...)...)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// sortedLines returns the lines of texts in a fixed order.
func sortedLines(all []string) string {
	all = slices.Clone(all)
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	slices.Sort(all)
	return strings.Join(all, "\n---\n")
}

func count(text, part string) string { return fmt.Sprint(strings.Count(text, part)) }
