package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A pkg is a Go package that is linked into the program, as go list reports it.
type pkg struct {
	ImportPath string
	Dir        string
	Root       string // the root of its module, or of Go
	Imports    []string
	Module     *struct{ Path string } // nil in the standard library
}

func (r release) packages(p platform) ([]pkg, error) {
	out, err := r.goCommand(p, "list", "-deps", "-json=ImportPath,Dir,Root,Imports,Module", "./cmd/sallyport")
	if err != nil {
		return nil, err
	}
	var packages []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("reading go list: %w", err)
		}
		packages = append(packages, p)
	}
}

// std is the name of the standard library in bills of materials.
const std = "std"

func (p pkg) module() string {
	if p.Module == nil {
		return std
	}
	return p.Module.Path
}

// needs returns the sorted modules that each module imports in this program. The go.mod files
// list more: also those for tests and other platforms.
func needs(packages []pkg) map[string][]string {
	modules := map[string]string{}
	for _, p := range packages {
		modules[p.ImportPath] = p.module()
	}
	needs := map[string]map[string]bool{}
	for _, p := range packages {
		from := p.module()
		if needs[from] == nil {
			needs[from] = map[string]bool{}
		}
		for _, i := range p.Imports {
			if to, ok := modules[i]; ok && to != from {
				needs[from][to] = true
			}
		}
	}
	sorted := map[string][]string{}
	for from, to := range needs {
		sorted[from] = slices.Sorted(maps.Keys(to))
	}
	return sorted
}

// license matches the names of files that must be distributed with the code.
var license = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|copyright)([-._].*)?$`)

// licenses returns the license files of all linked modules, including Go's own. It also
// returns those in the folders above a linked package, for code that a module has copied from
// elsewhere.
func licenses(packages []pkg) ([]file, error) {
	found := map[string]string{} // file by name in the archive
	for _, p := range packages {
		// The packages that Go vendors are not in its Root, and have Go's license.
		if p.module() == "sallyport.dev" || !strings.HasPrefix(p.Dir, p.Root) {
			continue
		}
		for dir := p.Dir; len(dir) >= len(p.Root); dir = filepath.Dir(dir) {
			if err := licensesIn(dir, p, found); err != nil {
				return nil, err
			}
		}
	}
	var files []file
	for _, name := range slices.Sorted(maps.Keys(found)) {
		data, err := os.ReadFile(found[name])
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: name, data: data})
	}
	return files, nil
}

func licensesIn(dir string, p pkg, found map[string]string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	rel := filepath.ToSlash(strings.TrimPrefix(dir, p.Root))
	for _, e := range entries {
		if e.Type().IsRegular() && license.MatchString(e.Name()) && filepath.Ext(e.Name()) != ".go" {
			found["licenses/"+p.module()+rel+"/"+e.Name()] = filepath.Join(dir, e.Name())
		}
	}
	return nil
}
