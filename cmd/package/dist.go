package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
)

// desktops are the platforms that get an archive.
var desktops = []platform{
	{"darwin", "amd64"}, {"darwin", "arm64"},
	{"linux", "amd64"}, {"linux", "arm64"},
	{"windows", "amd64"},
}

// writeDist writes an archive and a bill of materials for each platform, and the checksums of
// all.
func (r release) writeDist(stdout io.Writer) error {
	if err := r.create(); err != nil {
		return err
	}
	all, failed := make([][]file, len(desktops)), make([]error, len(desktops))
	var builds errgroup.Group
	builds.SetLimit(2) // linking and packing use one processor each
	for i, p := range desktops {
		builds.Go(func() error {
			all[i], failed[i] = r.dist(p)
			return nil
		})
	}
	_ = builds.Wait() // the error that is reported does not depend on which is first
	var sums bytes.Buffer
	for i, files := range all {
		if failed[i] != nil {
			return failed[i]
		}
		for _, f := range files {
			fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(f.data), f.name)
			if err := os.WriteFile(filepath.Join(r.out, f.name), f.data, 0o644); err != nil {
				return err
			}
		}
	}
	if err := os.WriteFile(filepath.Join(r.out, "SHA256SUMS"), sums.Bytes(), 0o644); err != nil {
		return err
	}
	_, err := stdout.Write(sums.Bytes())
	return err
}

// dist returns the files for one platform. Everything in the archive is in a folder with its
// name.
func (r release) dist(p platform) ([]file, error) {
	prog, err := r.build(p)
	if err != nil {
		return nil, err
	}
	docs, err := r.documents(prog, "LICENSE", "README.md")
	if err != nil {
		return nil, err
	}
	bom, err := r.bom(prog)
	if err != nil {
		return nil, err
	}
	exe, ending, write := "sallyport", ".tar.gz", writeTarGz
	if p.os == "windows" {
		exe, ending, write = "sallyport.exe", ".zip", writeZip
	}
	base := fmt.Sprintf("sallyport_%s_%s_%s", r.version, p.os, p.arch)
	files := append([]file{{name: exe, data: prog.binary, exec: true}}, docs...)
	for i := range files {
		files[i].name = base + "/" + files[i].name
	}
	var archive bytes.Buffer
	if err := write(&archive, files); err != nil {
		return nil, fmt.Errorf("packing %s: %w", base, err)
	}
	return []file{{name: base + ".cdx.json", data: bom}, {name: base + ending, data: archive.Bytes()}}, nil
}
