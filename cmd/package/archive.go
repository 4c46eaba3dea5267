package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"io"
	"io/fs"
	"path"
	"slices"
	"time"
)

// epoch is the time of every file: the earliest that a zip archive can have.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// A file is a file in an archive. Files are archived in the given order, readable for all.
type file struct {
	name string
	data []byte
	exec bool
}

func (f file) mode() int64 {
	if f.exec {
		return 0o755
	}
	return 0o644
}

// writeTar writes the files, and each folder before the files in it.
func writeTar(w io.Writer, files []file) error {
	tw := tar.NewWriter(w)
	seen := map[string]bool{}
	for _, f := range files {
		for _, dir := range folders(f.name) {
			if seen[dir] {
				continue
			}
			seen[dir] = true
			if err := tw.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755, ModTime: epoch}); err != nil {
				return err
			}
		}
		if err := tw.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.data)), Mode: f.mode(), ModTime: epoch}); err != nil {
			return err
		}
		if _, err := tw.Write(f.data); err != nil {
			return err
		}
	}
	return tw.Close()
}

// folders returns the folders of a file, the outermost first.
func folders(name string) []string {
	var dirs []string
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		dirs = append(dirs, dir)
	}
	slices.Reverse(dirs)
	return dirs
}

func writeTarGz(w io.Writer, files []file) error {
	zw, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	if err := writeTar(zw, files); err != nil {
		return err
	}
	return zw.Close()
}

func writeZip(w io.Writer, files []file) error {
	zw := zip.NewWriter(w)
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: epoch}
		header.SetMode(fs.FileMode(f.mode()))
		entry, err := zw.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := entry.Write(f.data); err != nil {
			return err
		}
	}
	return zw.Close()
}
