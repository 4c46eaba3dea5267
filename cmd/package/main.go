// Package builds the releases of Sallyport: an image, without a Docker daemon, and archives
// with checksums and bills of materials. The same sources give the same bytes on every
// machine: it reads no clock, and every list has a fixed order. It is a separate module, so
// that Sallyport does not depend on its dependencies.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
)

// A release is what to build, and where to write it.
type release struct {
	root     string // the repository
	out      string // a directory that is empty or does not exist
	name     string // the name of the image, without the tag
	version  string
	revision string
	source   string
}

// commands are the commands of the program.
var commands = map[string]func(release, io.Writer) error{
	"image": release.writeImage,
	"dist":  release.writeDist,
}

const usage = `usage: package image|dist -o DIR [-root DIR] [-version V] [-revision R] [-source URL] [-name NAME]

image writes an OCI layout for all platforms, DIR/oci, and for each platform a tarball
that podman load and docker load accept. dist writes archives, bills of materials and
SHA256SUMS.
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program. It returns 0 for success, 1 for a failure, 2 if the command line
// is wrong.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 || commands[args[0]] == nil {
		fmt.Fprint(stderr, usage)
		return 2
	}
	r, err := parse(args[1:])
	if err != nil {
		fmt.Fprintf(stderr, "package: %v\n%s", err, usage)
		return 2
	}
	if err := commands[args[0]](r, stdout); err != nil {
		fmt.Fprintf(stderr, "package: %v\n", err)
		return 1
	}
	return 0
}

// tag matches the valid tags of an image. A version must be one.
var tag = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

func parse(args []string) (release, error) {
	var r release
	flags := flag.NewFlagSet("package", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&r.out, "o", "", "")
	flags.StringVar(&r.root, "root", "../..", "")
	flags.StringVar(&r.name, "name", "localhost/sallyport", "")
	flags.StringVar(&r.version, "version", "devel", "")
	flags.StringVar(&r.revision, "revision", "", "")
	flags.StringVar(&r.source, "source", "https://sallyport.dev", "")
	if err := flags.Parse(args); err != nil {
		return release{}, err
	}
	switch {
	case flags.NArg() > 0:
		return release{}, fmt.Errorf("%q is one argument too many", flags.Arg(0))
	case r.out == "":
		return release{}, errors.New("-o is required: the directory to write to")
	case !tag.MatchString(r.version):
		return release{}, fmt.Errorf("-version %q is not a valid tag of an image: use letters and digits, and after the first also . and -", r.version)
	}
	return r, nil
}

// create creates the output directory. It rejects one that has files: old files must not be
// released together with new ones, and they are not ours to delete.
func (r release) create() error {
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(r.out)
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("%s is not empty: remove it first", r.out)
	}
	return err
}
