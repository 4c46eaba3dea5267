package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// wantArchives are the platforms, with the extensions of their archives.
var wantArchives = map[string]string{
	"darwin_amd64": ".tar.gz", "darwin_arm64": ".tar.gz",
	"linux_amd64": ".tar.gz", "linux_arm64": ".tar.gz",
	"windows_amd64": ".zip",
}

// testDist opens the files that users download.
func testDist(t *testing.T, dir string) {
	files := tree(t, dir)
	want, sums := []string{"SHA256SUMS"}, ""
	schema := bomSchema(t)
	for _, p := range slices.Sorted(maps.Keys(wantArchives)) {
		base := "sallyport_" + testVersion + "_" + p
		archive, bom := base+wantArchives[p], base+".cdx.json"
		for _, name := range []string{bom, archive} {
			want = append(want, name)
			sums += fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(files[name])), name)
		}
		t.Run(p, func(t *testing.T) {
			binary := testArchive(t, base, wantArchives[p], files[archive])
			testBOM(t, schema, files[bom], binary)
			if arch, ok := strings.CutPrefix(p, "linux_"); ok && binary != imageBinary(t, filepath.Join(dir, "..", "image", "oci"), arch) {
				t.Error("the image has another program")
			}
		})
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(maps.Keys(files))); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(sums, files["SHA256SUMS"]); diff != "" {
		t.Errorf("SHA256SUMS (-want +got):\n%s", diff)
	}
}

// testArchive returns the program in the archive.
func testArchive(t *testing.T, base, ending, data string) string {
	files, exe := map[string]string{}, base+"/sallyport"
	if ending == ".zip" {
		files, exe = unzip(t, data), exe+".exe"
	} else {
		zr, err := gzip.NewReader(strings.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for name, f := range untar(t, zr) {
			files[name] = f.data
			if (f.Mode&0o111 != 0) != (name == exe) || !f.ModTime.Equal(epoch) {
				t.Errorf("%s has mode %o and is from %v", name, f.Mode, f.ModTime)
			}
		}
	}
	for name := range files {
		if !strings.HasPrefix(name, base+"/") {
			t.Errorf("%s is not in the folder %s", name, base)
		}
	}
	for _, name := range []string{"LICENSE", "README.md"} {
		if files[base+"/"+name] != read(t, filepath.Join("../..", name)) {
			t.Errorf("%s is not that of the repository", name)
		}
	}
	testLicenses(t, base, files, files[exe])
	return files[exe]
}

// testLicenses checks that the license of every module is included.
func testLicenses(t *testing.T, base string, files map[string]string, binary string) {
	for _, m := range append(modules(t, binary), "std") {
		path, _, _ := strings.Cut(m, "@")
		if !slices.ContainsFunc(slices.Collect(maps.Keys(files)), func(name string) bool {
			return strings.HasPrefix(name, base+"/licenses/"+path+"/") && files[name] != ""
		}) {
			t.Errorf("module %s has no license in the archive", path)
		}
	}
}

// modules are the modules in a program according to Go, as path@version.
func modules(t *testing.T, binary string) []string {
	t.Helper()
	info, err := buildinfo.Read(strings.NewReader(binary))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range info.Deps {
		all = append(all, m.Path+"@"+m.Version)
	}
	if len(all) == 0 {
		t.Fatal("the program is made of no modules")
	}
	return all
}

// testBOM checks that a bill of materials is valid by CycloneDX's own schema, lists the
// modules in the program, and has the dependencies that lead to each.
func testBOM(t *testing.T, schema *jsonschema.Schema, data, binary string) {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
	var bom cdx.BOM
	if err := json.Unmarshal([]byte(data), &bom); err != nil {
		t.Fatal(err)
	}
	if bom.SerialNumber != "" || bom.Metadata.Timestamp != "" {
		t.Error("it has a serial number or a time: it is another in each build")
	}
	main := bom.Metadata.Component
	if got, want := (*main.Hashes)[0].Value, fmt.Sprintf("%x", sha256.Sum256([]byte(binary))); got != want || main.Version != testVersion {
		t.Errorf("it is for version %s with hash %s, want %s and %s", main.Version, got, testVersion, want)
	}
	var got []string
	for _, c := range *bom.Components {
		if c.Name != "std" {
			got = append(got, c.Name+"@"+c.Version)
		}
	}
	if diff := cmp.Diff(modules(t, binary), got); diff != "" {
		t.Errorf("modules (-in the program +in the bill):\n%s", diff)
	}
	if reached := reach(bom, main.BOMRef); len(reached) != len(got)+2 {
		t.Errorf("%d parts are needed by somebody, of %d", len(reached), len(got)+2)
	}
}

// reach follows the dependencies.
func reach(bom cdx.BOM, from string) map[string]bool {
	needs := map[string][]string{}
	for _, d := range *bom.Dependencies {
		if d.Dependencies != nil {
			needs[d.Ref] = *d.Dependencies
		}
	}
	reached := map[string]bool{from: true}
	for todo := []string{from}; len(todo) > 0; todo = todo[1:] {
		for _, ref := range needs[todo[0]] {
			if !reached[ref] {
				reached[ref] = true
				todo = append(todo, ref)
			}
		}
	}
	return reached
}

// bomSchema is the schema of CycloneDX, from the module of its library.
func bomSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	for name, file := range map[string]string{
		"bom-1.6.schema.json":  "bom-1.6.schema.json",
		"spdx.schema.json":     "spdx.schema.json",
		"jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(read(t, filepath.Join(strings.TrimSpace(string(dir)), "schema", file))))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource("http://cyclonedx.org/schema/"+name, value); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// imageBinary is the program in the image for Linux and an architecture.
func imageBinary(t *testing.T, dir, arch string) string {
	t.Helper()
	index := imageIndex(t, dir)
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(manifest.Manifests, func(d v1.Descriptor) bool { return d.Platform.Architecture == arch })
	if at < 0 {
		t.Fatalf("there is no image for %s", arch)
	}
	img, err := index.Image(manifest.Manifests[at].Digest)
	if err != nil {
		t.Fatal(err)
	}
	return untar(t, mutate.Extract(img))["sallyport"].data
}

func unzip(t *testing.T, data string) map[string]string {
	t.Helper()
	zr, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if _, err := io.Copy(&out, r); err != nil {
			t.Fatal(err)
		}
		if !f.Modified.Equal(epoch) {
			t.Errorf("%s is from %v", f.Name, f.Modified)
		}
		files[f.Name] = out.String()
	}
	return files
}
