package main

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// wantLabels are both labels and annotations. None of them depends on the time.
var wantLabels = map[string]string{
	"org.opencontainers.image.title":       "sallyport",
	"org.opencontainers.image.description": "Manifests for reaching workloads across the edge of a Kubernetes cluster; a KRM function",
	"org.opencontainers.image.source":      "https://sallyport.dev",
	"org.opencontainers.image.version":     testVersion,
	"org.opencontainers.image.licenses":    "Apache-2.0",
	"org.opencontainers.image.revision":    testRevision,
}

// testImage reads the layout: one index with an image for each platform. The tarball of that
// platform has the same image.
func testImage(t *testing.T, dir string) {
	index := imageIndex(t, filepath.Join(dir, "oci"))
	if err := validate.Index(index); err != nil {
		t.Error(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantLabels, manifest.Annotations); diff != "" {
		t.Errorf("annotations of the index (-want +got):\n%s", diff)
	}
	var platforms []string
	for _, d := range manifest.Manifests {
		platforms = append(platforms, d.Platform.String())
		img, err := index.Image(d.Digest)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(d.Platform.String(), func(t *testing.T) {
			testConfig(t, img, d.Platform)
			testFiles(t, img, d.Platform)
			testTarball(t, img, filepath.Join(dir, "sallyport-linux-"+d.Platform.Architecture+".tar"))
		})
	}
	if diff := cmp.Diff([]string{"linux/amd64", "linux/arm64"}, platforms); diff != "" {
		t.Errorf("platforms (-want +got):\n%s", diff)
	}
}

// imageIndex is the only index in a layout.
func imageIndex(t *testing.T, dir string) v1.ImageIndex {
	t.Helper()
	all, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := all.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 {
		t.Fatalf("%s has %d indexes, want 1: %v", dir, len(manifest.Manifests), err)
	}
	index, err := all.ImageIndex(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	return index
}

func testConfig(t *testing.T, img v1.Image, p *v1.Platform) {
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	want := v1.Config{User: "65532:65532", Entrypoint: []string{"/sallyport"}, WorkingDir: "/", Labels: wantLabels}
	if diff := cmp.Diff(want, config.Config); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	if config.OS != p.OS || config.Architecture != p.Architecture || !config.Created.Equal(epoch) {
		t.Errorf("made for %s/%s at %v, want %v at %v", config.OS, config.Architecture, config.Created, p, epoch)
	}
	manifest, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantLabels, manifest.Annotations); diff != "" {
		t.Errorf("annotations of the image (-want +got):\n%s", diff)
	}
}

// testFiles checks that the only executable in the image is a program without dependencies,
// which all users can read and none can write.
func testFiles(t *testing.T, img v1.Image, p *v1.Platform) {
	files := untar(t, mutate.Extract(img))
	for name, f := range files {
		if top, _, _ := strings.Cut(name, "/"); !strings.Contains(" sallyport LICENSE etc licenses ", " "+top+" ") {
			t.Errorf("there is %s in the image", name)
		}
		if (f.Mode&0o111 != 0) != (name == "sallyport") || f.Mode&0o444 != 0o444 || f.Mode&0o7022 != 0 || f.Uid != 0 {
			t.Errorf("%s has mode %o and user %d", name, f.Mode, f.Uid)
		}
		if !f.ModTime.Equal(epoch) {
			t.Errorf("%s is from %v", name, f.ModTime)
		}
	}
	if got := files["etc/passwd"].data; !strings.Contains(got, "nobody:x:65534:65534:") || !strings.Contains(got, "nonroot:x:65532:65532:") {
		t.Errorf("/etc/passwd does not know nobody and nonroot:\n%s", got)
	}
	exe, err := elf.NewFile(strings.NewReader(files["sallyport"].data))
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[p.Architecture]; exe.Machine != want {
		t.Errorf("the program is for %v, want %v", exe.Machine, want)
	}
	for _, segment := range exe.Progs {
		if segment.Type == elf.PT_INTERP || segment.Type == elf.PT_DYNAMIC {
			t.Errorf("the program is not static: it has a %v", segment.Type)
		}
	}
}

// testTarball checks that docker load gets the same image as registries.
func testTarball(t *testing.T, img v1.Image, file string) {
	loaded, err := tarball.ImageFromPath(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := img.ConfigName()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := loaded.ConfigName(); got != want || err != nil {
		t.Errorf("%s holds %v, want %v: %v", filepath.Base(file), got, want, err)
	}
	if err := validate.Image(loaded); err != nil {
		t.Error(err)
	}
	manifest, err := tarball.LoadManifest(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(read(t, file))), nil })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"localhost/sallyport:" + testVersion}, manifest[0].RepoTags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

// An entry is a file in a tar archive.
type entry struct {
	*tar.Header
	data string
}

// untar reads all files, without the folders.
func untar(t *testing.T, r io.Reader) map[string]entry {
	t.Helper()
	files := map[string]entry{}
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		var data bytes.Buffer
		if _, err := io.Copy(&data, tr); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeDir {
			files[h.Name] = entry{h, data.String()}
		}
	}
}
