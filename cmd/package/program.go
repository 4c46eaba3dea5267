package main

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// A platform is a GOOS and a GOARCH.
type platform struct{ os, arch string }

// A program is Sallyport, built for a platform, with its modules.
type program struct {
	platform
	binary   []byte
	info     *buildinfo.BuildInfo
	needs    map[string][]string // the sorted modules that each module imports
	licenses []file
}

// build builds the program. The binary does not depend on the folder or the settings of the
// user: it has no paths, no version control stamp and no C library, and runs on the oldest
// processors.
func (r release) build(p platform) (program, error) {
	dir, err := os.MkdirTemp("", "package-")
	if err != nil {
		return program{}, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "sallyport")
	if _, err := r.goCommand(p, "build", "-ldflags", "-s -w -X main.version="+r.version, "-o", out, "./cmd/sallyport"); err != nil {
		return program{}, err
	}
	prog := program{platform: p}
	if prog.binary, err = os.ReadFile(out); err != nil {
		return program{}, err
	}
	if prog.info, err = buildinfo.Read(bytes.NewReader(prog.binary)); err != nil {
		return program{}, fmt.Errorf("reading the modules of %s: %w", out, err)
	}
	packages, err := r.packages(p)
	if err != nil {
		return program{}, err
	}
	prog.needs = needs(packages)
	prog.licenses, err = licenses(packages)
	return prog, err
}

// goCommand runs the Go toolchain in the repository.
func (r release) goCommand(p platform, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(),
		"GOOS="+p.os, "GOARCH="+p.arch, "CGO_ENABLED=0",
		"GOFLAGS=-trimpath -buildvcs=false", "GOWORK=off",
		"GOAMD64=v1", "GOARM64=v8.0", "GOFIPS140=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s for %s/%s: %w\n%s", args[0], p.os, p.arch, err, stderr.Bytes())
	}
	return out, nil
}

// documents returns files of the repository, and the licenses of the modules in the program.
func (r release) documents(prog program, names ...string) ([]file, error) {
	var files []file
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(r.root, name))
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: name, data: data})
	}
	return append(files, prog.licenses...), nil
}
