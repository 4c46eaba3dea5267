package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// cost measures kustomize build with Sallyport as a generator, and with the generated objects
// as a plain resource. It prints the fastest of seven runs, in seconds, and the processor time
// of that run, including child processes. It checks neither.
func cost(r *row) {
	var notes []string
	for _, replicas := range []int{3, 100, 1000} {
		dir := filepath.Join(r.dir, fmt.Sprint(replicas))
		with, without := filepath.Join(dir, "with"), filepath.Join(dir, "without")
		spec := filepath.Join(with, "spec.yaml")
		r.write(spec, fmt.Sprintf(r.read("testdata/e2e/cost.yaml"), replicas))
		r.write(filepath.Join(with, "kustomization.yaml"), "generators: [spec.yaml]\nsortOptions: {order: fifo}\n")
		r.write(filepath.Join(without, "manifests.yaml"), r.render(spec))
		r.write(filepath.Join(without, "kustomization.yaml"), "resources: [manifests.yaml]\nsortOptions: {order: fifo}\n")
		r.equal("kustomize build", r.build(without), r.build(with))
		notes = append(notes, fmt.Sprintf("%d replicas: %s with us, %s without, render %s", replicas,
			quickest(func() time.Duration { return r.buildCPU(with) }), quickest(func() time.Duration { return r.buildCPU(without) }),
			quickest(func() time.Duration { return r.try(".", "", "sallyport", "render", spec).cpu })))
	}
	r.note = strings.Join(notes, "; ")
}

func (r *row) buildCPU(dir string) time.Duration {
	return r.try(dir, "", kustomize(r), "build", "--enable-alpha-plugins", "--enable-exec", ".").cpu
}

func quickest(run func() time.Duration) string {
	best, cpu := time.Hour, time.Duration(0)
	for range 7 {
		start := time.Now()
		used := run()
		if took := time.Since(start); took < best {
			best, cpu = took, used
		}
	}
	return fmt.Sprintf("%.3f (%.3f)", best.Seconds(), cpu.Seconds())
}
