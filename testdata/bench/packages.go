package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The sizes of large packages: objects of others, and specs beside them.
var (
	foreignObjects = []int{1000, 10_000, 50_000}
	specsBeside    = []int{1, 10, 100}
)

const (
	reader       = "kyaml's reader alone"
	passthrough  = "a function on kyaml's framework that changes nothing"
	packagedSpec = "---\napiVersion: sallyport.dev/v1alpha1\nkind: ExternalAccess\nmetadata: {name: s%i, namespace: data}\nspec:\n  type: LoadBalancer\n  domain: s%i.example.com\n  components:\n  - name: c\n    workload: w%i\n    replicas: 3\n    selector: {a: b}\n    ports: [{name: p, containerPort: 80}]\n    services: [{name: e, mode: PerPod}]\n"
	foreign      = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c%i\n  namespace: data\ndata:\n  a: b\n"
)

// packages measures what commands take with packages of many objects of others, which pass through.
// It returns the times of the two functions with 10,000 objects and one spec.
func packages(dir string, turns int) (ours, framework cost, err error) {
	fmt.Fprintf(out, "\n%-10s%8s  %-54s%10s%10s%12s%12s%8s%14s\n", "objects of", "specs", "program", "ms of CPU", "us each", "times cat", "times kyaml", "MiB", "MiB/MiB input")
	for _, objects := range foreignObjects {
		for _, specs := range specsBeside {
			found, size, err := onePackage(dir, objects, specs, turns)
			if err != nil {
				return ours, framework, err
			}
			for _, p := range packagePrograms {
				c := found[p.name]
				fmt.Fprintf(out, "%-10d%8d  %-54s%10.1f%10.1f%12.1f%12.2f%8.1f%14.1f\n", objects, specs, p.name, c.cpu, 1000*c.cpu/float64(objects),
					c.cpu/found[cat].cpu, c.cpu/found[reader].cpu, c.mebibytes, c.mebibytes/size)
			}
			if objects == 10_000 && specs == 1 {
				ours, framework = found["sallyport fn"], found[passthrough]
			}
		}
	}
	return ours, framework, nil
}

// packagePrograms are the programs that packages are measured with. Those without a stream read a
// ResourceList.
var packagePrograms = []struct {
	name   string
	stream bool
	argv   []string
}{
	{cat, false, []string{"/bin/cat"}},
	{reader, false, []string{"passthrough", "read"}},
	{passthrough, false, []string{"passthrough"}},
	{"sallyport fn", false, []string{"sallyport", "fn"}},
	{"sallyport filter", true, []string{"sallyport", "filter"}},
	{"sallyport validate", true, []string{"sallyport", "validate"}},
}

// onePackage measures all programs in turns with one package. The size is in MiB.
func onePackage(dir string, objects, specs, turns int) (found map[string]cost, size float64, err error) {
	text := shape{unit: packagedSpec, most: specs}.text(limit) + shape{unit: foreign, most: objects}.text(limit)
	stream, list := filepath.Join(dir, "stream.yaml"), filepath.Join(dir, "resourcelist.yaml")
	asList := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n" + items(text)
	for name, text := range map[string]string{stream: text, list: asList} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return nil, 0, err
		}
	}
	var cs []contender
	for _, p := range packagePrograms {
		c := contender{name: p.name, stdin: list, argv: append([]string(nil), p.argv...)}
		if p.stream {
			c.stdin = stream
		}
		if !strings.HasPrefix(c.argv[0], "/") {
			c.argv[0] = filepath.Join(dir, c.argv[0])
		}
		cs = append(cs, c)
	}
	found, err = inTurns(filepath.Join(dir, "measure"), cs, turns)
	return found, float64(len(asList)) / (1 << 20), err
}
