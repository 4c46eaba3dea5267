package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// nodes are the platforms of the image.
var nodes = []platform{{"linux", "amd64"}, {"linux", "arm64"}}

// The users in the image. kustomize and kpt run every image as nobody, and reject an image
// without that name. The default user is nonroot, as a number, so that Kubernetes can check
// that it is not root.
const (
	passwd = "nobody:x:65534:65534:nobody:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n"
	group  = "nobody:x:65534:\nnonroot:x:65532:\n"
	user   = "65532:65532"
)

// writeImage writes the image of all platforms as an OCI layout, and the image of each
// platform as a tarball, because docker load only accepts one platform.
func (r release) writeImage(stdout io.Writer) error {
	if err := r.create(); err != nil {
		return err
	}
	ref, err := name.NewTag(r.name + ":" + r.version)
	if err != nil {
		return fmt.Errorf("naming the image: %w", err)
	}
	index := mutate.Annotations(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), r.labels()).(v1.ImageIndex)
	for _, p := range nodes {
		img, err := r.image(p)
		if err != nil {
			return fmt.Errorf("making the image for %s/%s: %w", p.os, p.arch, err)
		}
		file := filepath.Join(r.out, fmt.Sprintf("sallyport-%s-%s.tar", p.os, p.arch))
		if err := tarball.WriteToFile(file, ref, img); err != nil {
			return fmt.Errorf("writing %s: %w", file, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add:        img,
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: p.os, Architecture: p.arch}},
		})
	}
	return r.writeLayout(index, stdout)
}

// writeLayout writes the index with its version as the name, so that oci:DIR:VERSION refers to
// it.
func (r release) writeLayout(index v1.ImageIndex, stdout io.Writer) error {
	dir, err := layout.Write(filepath.Join(r.out, "oci"), empty.Index)
	if err != nil {
		return fmt.Errorf("writing the layout: %w", err)
	}
	named := layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": r.version})
	if err := dir.AppendIndex(index, named); err != nil {
		return fmt.Errorf("writing the layout: %w", err)
	}
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s:%s@%s\n", r.name, r.version, digest)
	return err
}

// image returns an image with one layer: the program, its users, its licenses. It has no
// shell.
func (r release) image(p platform) (v1.Image, error) {
	prog, err := r.build(p)
	if err != nil {
		return nil, err
	}
	docs, err := r.documents(prog, "LICENSE")
	if err != nil {
		return nil, err
	}
	layer, err := newLayer(append([]file{
		{name: "sallyport", data: prog.binary, exec: true},
		{name: "etc/passwd", data: []byte(passwd)},
		{name: "etc/group", data: []byte(group)},
	}, docs...))
	if err != nil {
		return nil, err
	}
	img, err := mutate.ConfigFile(ociImage(), r.config(p))
	if err != nil {
		return nil, err
	}
	img, err = mutate.Append(img, mutate.Addendum{
		Layer:   layer,
		History: v1.History{Created: v1.Time{Time: epoch}, CreatedBy: "make image"},
	})
	if err != nil {
		return nil, err
	}
	return mutate.Annotations(img, r.labels()).(v1.Image), nil
}

func ociImage() v1.Image {
	return mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
}

// config returns the configuration. The entrypoint has no arguments, and kustomize and kpt
// pass none either: without arguments the program is a KRM function.
func (r release) config(p platform) *v1.ConfigFile {
	return &v1.ConfigFile{
		OS:           p.os,
		Architecture: p.arch,
		Created:      v1.Time{Time: epoch},
		RootFS:       v1.RootFS{Type: "layers", DiffIDs: []v1.Hash{}},
		Config:       v1.Config{User: user, Entrypoint: []string{"/sallyport"}, WorkingDir: "/", Labels: r.labels()},
	}
}

// labels describe the image. They are in the configuration, where Docker reads them, and
// annotations of the manifests and the index, where registries read them.
func (r release) labels() map[string]string {
	labels := map[string]string{
		"org.opencontainers.image.title":       "sallyport",
		"org.opencontainers.image.description": "Manifests for reaching workloads across the edge of a Kubernetes cluster; a KRM function",
		"org.opencontainers.image.source":      r.source,
		"org.opencontainers.image.version":     r.version,
		"org.opencontainers.image.licenses":    "Apache-2.0",
	}
	if r.revision != "" {
		labels["org.opencontainers.image.revision"] = r.revision
	}
	return labels
}

func newLayer(files []file) (v1.Layer, error) {
	var out bytes.Buffer
	if err := writeTar(&out, files); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(out.Bytes())), nil }
	return tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer), tarball.WithCompressedCaching)
}
