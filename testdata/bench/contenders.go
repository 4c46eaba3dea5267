package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// An input is the input of the contenders at one size.
type input struct {
	replicas int
	bin      string // the directory of the programs
	spec     string // sallyport's spec
	finished string // the finished manifests
	passed   string // a kustomization with the manifests as a resource
	pulled   string // a kustomization with a generator that prints them
	list     string // the ResourceList that kustomize passes to a generator for the spec
}

const specText = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata:
  name: kafka
  namespace: streaming
  annotations:
    config.kubernetes.io/function: |
      exec: {path: %s}
spec:
  type: LoadBalancer
  domain: kafka.example.com
  components:
  - name: broker
    workload: kafka
    replicas: %d
    ports: [{name: external, containerPort: 9094}]
    services: [{name: external, mode: PerPod}]
`

// prepare writes the input of one size. Everything is made from the spec: the finished
// manifests by sallyport, the list by a generator that saves its input from kustomize.
func prepare(bin string, replicas int) (input, error) {
	dir := filepath.Join(bin, fmt.Sprint(replicas))
	in := input{replicas: replicas, bin: bin, spec: filepath.Join(dir, "spec.yaml"), list: filepath.Join(dir, "list.yaml"),
		finished: filepath.Join(dir, "all.yaml"), passed: dir, pulled: filepath.Join(dir, "pulled")}
	keep := filepath.Join(dir, "keep", "keep.sh")
	for name, text := range map[string]string{
		in.spec: fmt.Sprintf(specText, "sallyport", replicas),
		filepath.Join(in.passed, "kustomization.yaml"):   "resources: [all.yaml]\n",
		filepath.Join(in.pulled, "kustomization.yaml"):   "generators: [spec.yaml]\n",
		filepath.Join(in.pulled, "spec.yaml"):            fmt.Sprintf(specText, "./cat.sh", replicas),
		filepath.Join(in.pulled, "cat.sh"):               "#!/bin/sh\nexec cat out.yaml\n",
		filepath.Join(dir, "keep", "kustomization.yaml"): "generators: [spec.yaml]\n",
		filepath.Join(dir, "keep", "spec.yaml"):          fmt.Sprintf(specText, "./keep.sh", replicas),
		keep:                                             "#!/bin/sh\ncat > ../list.yaml\nprintf 'apiVersion: config.kubernetes.io/v1\\nkind: ResourceList\\nitems: []\\n'\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return in, err
		}
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			return in, err
		}
	}
	if err := save(in.finished, "", in.program("sallyport"), "render", in.spec); err != nil {
		return in, err
	}
	if err := save(os.DevNull, "", append([]string{in.program("kustomize")}, kustomize(filepath.Dir(keep))...)...); err != nil {
		return in, err
	}
	return in, save(filepath.Join(in.pulled, "out.yaml"), in.list, in.program("sallyport"), "fn")
}

func (in input) program(name string) string { return filepath.Join(in.bin, name) }

func kustomize(dir string) []string {
	return []string{"build", "--enable-alpha-plugins", "--enable-exec", dir}
}

// save runs a program and saves its output.
func save(file, stdin string, argv ...string) error {
	out, err := output(stdin, argv...)
	if err != nil {
		return err
	}
	return os.WriteFile(file, out, 0o644)
}

func output(stdin string, argv ...string) ([]byte, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if stdin != "" {
		f, err := os.Open(stdin)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		cmd.Stdin = f
	}
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, &stderr)
	}
	return out, nil
}

// A contender is a program to measure. All that generate objects must generate the same.
type contender struct {
	name    string
	stdin   string
	argv    []string
	objects bool
}

const (
	empty         = "a Go program that prints a line"
	cat           = "cat of the finished manifests"
	copied        = "the same by a Go program"
	render        = "sallyport render"
	helm          = "helm template, a chart with a range loop"
	passed        = "kustomize build, the finished manifests"
	pulled        = "kustomize build, a generator cats them"
	function      = "sallyport fn, kustomize's stdin"
	kyamlFunction = "a function on kyaml's framework, the same stdin"
	compared      = "sallyport diff, the finished manifests and the spec"
	shown         = "sallyport show"
)

var names = []string{empty, cat, copied, render, helm, passed, pulled, function, kyamlFunction, compared, shown}

func contenders(in input) []contender {
	cs := []contender{
		{name: empty, argv: []string{in.program("floor")}},
		{name: cat, argv: []string{"/bin/cat", in.finished}, objects: true},
		{name: copied, argv: []string{in.program("floor"), in.finished}},
		{name: render, argv: []string{in.program("sallyport"), "render", in.spec}, objects: true},
		{name: helm, argv: []string{in.program("helm"), "template", "kafka", "chart", "--set", fmt.Sprint("replicas=", in.replicas)}, objects: true},
		{name: function, stdin: in.list, argv: []string{in.program("sallyport"), "fn"}, objects: true},
		{name: kyamlFunction, stdin: in.list, argv: []string{in.program("framework")}, objects: true},
		{name: compared, argv: []string{in.program("sallyport"), "diff", in.finished, in.spec}},
		{name: shown, argv: []string{in.program("sallyport"), "show", in.spec}},
	}
	if in.replicas <= quadratic {
		cs = append(cs,
			contender{name: passed, argv: append([]string{in.program("kustomize")}, kustomize(in.passed)...), objects: true},
			contender{name: pulled, argv: append([]string{in.program("kustomize")}, kustomize(in.pulled)...), objects: true})
	}
	return cs
}
