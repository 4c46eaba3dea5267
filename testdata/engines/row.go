package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A row is a running proof, with its own directory.
type row struct {
	ctx context.Context
	dir string
}

type (
	failure string
	skip    string
)

// run runs a proof, and returns its result with a remark.
func run(ctx context.Context, p proof) (verdict, why string) {
	dir, err := os.MkdirTemp("", "sallyport-engines-")
	if err != nil {
		return "FAIL", err.Error()
	}
	if err := os.Chmod(dir, 0o755); err != nil { // not all containers run as root
		return "FAIL", err.Error()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &row{ctx: ctx, dir: dir}
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
		if verdict == "FAIL" && os.Getenv("KEEP") != "" {
			why += "\nthe logs are in " + dir + "\n"
			return
		}
		os.RemoveAll(dir)
	}()
	return "ok", p.run(r)
}

func (r *row) failf(format string, args ...any) { panic(failure(fmt.Sprintf(format, args...))) }
func (r *row) skipf(format string, args ...any) { panic(skip(fmt.Sprintf(format, args...))) }

func (r *row) check(err error) {
	if err != nil {
		r.failf("%v", err)
	}
}

// ok runs a program that must succeed, and returns what it prints.
func (r *row) ok(name string, args ...string) string { return r.pipe("", name, args...) }

// pipe does so with a text as standard input.
func (r *row) pipe(stdin, name string, args ...string) string {
	cmd := exec.CommandContext(r.ctx, name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		r.failf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, stderr.String())
	}
	return stdout.String()
}

func (r *row) write(file, text string) {
	r.check(os.MkdirAll(filepath.Dir(file), 0o755))
	r.check(os.WriteFile(file, []byte(text), 0o644))
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
