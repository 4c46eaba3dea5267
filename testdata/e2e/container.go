package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

var containerRows = []rowCase{
	{"podman/kustomize", podmanKustomize},
	{"podman/kpt", podmanKpt},
}

const image = "localhost/sallyport:e2e"

// podman finds podman, or installs it from Debian if it may, and loads the image. Each row has
// its own storage.
func podman(r *row) {
	if _, err := exec.LookPath("podman"); err != nil {
		install(r)
	}
	r.write(filepath.Join(r.dir, "containers.conf"), "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n"+
		"[engine]\nruntime = \"runc\"\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\n")
	r.write(filepath.Join(r.dir, "storage.conf"), "[storage]\ndriver = \"vfs\"\ngraphroot = \""+r.dir+"/storage\"\nrunroot = \""+r.dir+"/run\"\n")
	r.env = append(r.env, "CONTAINERS_CONF="+r.dir+"/containers.conf", "CONTAINERS_STORAGE_CONF="+r.dir+"/storage.conf")
	if res := r.try(r.dir, "", "podman", "info"); res.status != 0 {
		r.skipf("podman does not run here: %s", lastLine(res.stderr))
	}
	loadImage(r)
}

func install(r *row) {
	if os.Getuid() != 0 || !exists("/etc/debian_version") {
		r.skipf("there is no podman, and installing it takes root and Debian")
	}
	for _, args := range [][]string{{"update"}, {"install", "-y", "--no-install-recommends", "podman", "runc"}} {
		if out, err := exec.Command("apt-get", args...).CombinedOutput(); err != nil {
			r.skipf("apt-get %s: %s", args[0], lastLine(string(out)))
		}
	}
}

// loadImage loads the image that make image builds.
func loadImage(r *row) {
	out := filepath.Join(r.dir, "image")
	r.ok("cmd/package", "", "go", "run", ".", "image", "-o", out, "-version", "e2e")
	r.ok(r.dir, "", "podman", "load", "--input", filepath.Join(out, "sallyport-linux-"+runtime.GOARCH+".tar"))
}

// podmanKustomize puts podman in the place of docker, which is the name that kustomize runs.
func podmanKustomize(r *row) {
	podman(r)
	dir := r.example("dual-stack")
	want := r.render(filepath.Join(dir, "spec.yaml"))
	r.edit(filepath.Join(dir, "spec.yaml"), "exec: {path: sallyport}", "container: {image: "+image+"}")
	r.script(filepath.Join(r.dir, "fake", "docker"), "exec podman \"$@\"\n")
	r.path = []string{filepath.Join(r.dir, "fake")}
	r.equal("kustomize build", want, r.ok(dir, "", kustomize(r), "build", "--enable-alpha-plugins", "."))
}

// podmanKpt runs the image in a pipeline of kpt.
func podmanKpt(r *row) {
	r.lookup("kpt")
	podman(r)
	dir := pkg(r)
	r.edit(filepath.Join(dir, "Kptfile"), "exec: sallyport", "image: "+image)
	r.path, r.env = nil, append(r.env, "KRM_FN_RUNTIME=podman", "KPT_FN_RUNTIME=podman")
	before := r.files(dir)
	r.ok(dir, "", "kpt", "fn", "render", ".", "--image-pull-policy", "Never")
	r.path = []string{filepath.Dir(sallyport(r))}
	made(r, dir, before)
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
