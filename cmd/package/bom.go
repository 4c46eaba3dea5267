package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"runtime/debug"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// bom returns the bill of materials of a program, as CycloneDX in JSON: the modules in the
// binary according to Go, and their dependencies. It omits the optional serial number and
// time, because they would differ between builds.
func (r release) bom(prog program) ([]byte, error) {
	ours := prog.info.Main.Path
	sum := sha256.Sum256(prog.binary)
	main := component(ours, r.version)
	main.Type = cdx.ComponentTypeApplication
	main.Licenses = &cdx.Licenses{{License: &cdx.License{ID: "Apache-2.0"}}}
	main.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}}
	main.Properties = &[]cdx.Property{{Name: "goos", Value: prog.os}, {Name: "goarch", Value: prog.arch}}

	goVersion, _, _ := strings.Cut(strings.TrimPrefix(prog.info.GoVersion, "go"), " ")
	parts := []cdx.Component{component(std, goVersion)}
	for _, m := range prog.info.Deps {
		part := component(m.Path, m.Version)
		hash, err := goSum(m)
		if err != nil {
			return nil, err
		}
		part.Hashes = &[]cdx.Hash{hash}
		parts = append(parts, part)
	}

	b := cdx.NewBOM()
	b.Metadata = &cdx.Metadata{Component: &main}
	b.Components = &parts
	b.Dependencies = dependencies(append([]cdx.Component{main}, parts...), prog.needs)
	var out bytes.Buffer
	enc := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	if err := enc.EncodeVersion(b, cdx.SpecVersion1_6); err != nil {
		return nil, fmt.Errorf("writing the bill of materials: %w", err)
	}
	return out.Bytes(), nil
}

// component identifies a module by its package URL, in which a plus means a space.
func component(path, version string) cdx.Component {
	purl := "pkg:golang/" + path + "@" + strings.ReplaceAll(version, "+", "%2B") + "?type=module"
	return cdx.Component{BOMRef: purl, Type: cdx.ComponentTypeLibrary, Name: path, Version: version, PackageURL: purl}
}

// goSum returns the hash of a module in go.sum: the SHA-256 of a list of its files.
// CycloneDX's own tool for Go also reports it as a SHA-256.
func goSum(m *debug.Module) (cdx.Hash, error) {
	if m.Replace != nil {
		return cdx.Hash{}, fmt.Errorf("module %s is replaced: what is released comes from where go.mod says", m.Path)
	}
	sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:"))
	if err != nil || len(sum) != sha256.Size {
		return cdx.Hash{}, fmt.Errorf("module %s has the checksum %q, and not one of go.sum", m.Path, m.Sum)
	}
	return cdx.Hash{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum)}, nil
}

func dependencies(parts []cdx.Component, needs map[string][]string) *[]cdx.Dependency {
	refs := map[string]string{}
	for _, p := range parts {
		refs[p.Name] = p.BOMRef
	}
	var all []cdx.Dependency
	for _, p := range parts {
		on := []string{}
		for _, name := range needs[p.Name] {
			on = append(on, refs[name])
		}
		all = append(all, cdx.Dependency{Ref: p.BOMRef, Dependencies: &on})
	}
	return &all
}
