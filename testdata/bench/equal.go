package main

import (
	"bytes"
	"fmt"
	"reflect"

	"sigs.k8s.io/yaml"
)

// An object is a parsed object.
type object = map[string]any

// checkEqual checks that all contenders generate the same objects, so that their times can be
// compared.
func checkEqual(cs []contender, replicas int) error {
	var want map[string]object
	for _, c := range cs {
		if !c.objects {
			continue
		}
		out, err := output(c.stdin, c.argv...)
		if err != nil {
			return err
		}
		got, err := parse(out)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		if len(got) != replicas {
			return fmt.Errorf("%s makes %d objects, want %d", c.name, len(got), replicas)
		}
		if want == nil {
			want = got
		}
		for name := range want {
			if !reflect.DeepEqual(got[name], want[name]) {
				return fmt.Errorf("%s makes of %s\n%v, want\n%v", c.name, name, got[name], want[name])
			}
		}
	}
	return nil
}

// parse reads a stream of objects, or a ResourceList with them, by name.
func parse(data []byte) (map[string]object, error) {
	found := map[string]object{}
	for _, doc := range bytes.Split(append([]byte("\n"), data...), []byte("\n---\n")) {
		var o object
		if err := yaml.Unmarshal(doc, &o); err != nil {
			return nil, err
		}
		list, ok := o["items"].([]any)
		if !ok && o != nil {
			list = []any{o}
		}
		for _, item := range list {
			enter(found, item.(object))
		}
	}
	return found, nil
}

// enter leaves out the spec, which a function passes on, and the annotations of orchestrators.
func enter(into map[string]object, o object) {
	meta := o["metadata"].(object)
	if o["kind"] == "ExternalAccess" {
		return
	}
	for _, key := range []string{"config.kubernetes.io/index", "internal.config.kubernetes.io/index"} {
		delete(meta["annotations"].(object), key)
	}
	into[fmt.Sprint(o["kind"], " ", meta["namespace"], "/", meta["name"])] = o
}
