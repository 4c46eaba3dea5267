// Passthrough is a KRM function on kyaml's framework that changes nothing. With the argument read, it
// only reads its input with kyaml's reader.
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "passthrough:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) > 1 {
		_, err := (&kio.ByteReader{Reader: os.Stdin}).Read()
		return err
	}
	return framework.Execute(framework.ResourceListProcessorFunc(func(*framework.ResourceList) error { return nil }), nil)
}
