package provider

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// DklbAnnotation is the annotation with the configuration object of dklb.
const DklbAnnotation = dklbAnnotation

// ReadDklb returns what a configuration object of dklb requests, and the ports of its frontends by those
// of the Service. It is strict, as dklb is.
func ReadDklb(text string) (*v1alpha1.EdgeLB, map[int32]int32, error) {
	o, err := readDklb(text)
	if err != nil {
		return nil, nil, err
	}
	if o.Name == "" {
		return nil, nil, errors.New("it has no name, and dklb then makes one with a random part: write the name of the pool that exists")
	}
	out := &v1alpha1.EdgeLB{Name: &o.Name, Role: given(o.Role), Network: given(o.Network), Size: given(o.Size), CPUs: given(o.CPUs),
		Memory: given(o.Memory), Constraints: given(o.Constraints), CloudProviderConfiguration: given(o.CloudProviderConfiguration)}
	if o.Strategies != nil {
		out.Strategies = &v1alpha1.EdgeLBStrategies{Creation: given(v1alpha1.EdgeLBCreation(o.Strategies.Creation))}
	}
	frontends := map[int32]int32{}
	for _, f := range o.Frontends {
		frontends[f.ServicePort] = f.Port
	}
	return out, frontends, nil
}

func readDklb(text string) (dklbObject, error) {
	var o dklbObject
	dec := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	dec.KnownFields(true)
	err := dec.Decode(&o)
	var wrong *yaml.TypeError
	if errors.As(err, &wrong) {
		var fields []string
		for _, text := range wrong.Errors {
			if m := unknownField().FindStringSubmatch(text); m != nil {
				fields = append(fields, m[1])
			}
		}
		if len(fields) > 0 {
			err = fmt.Errorf("dklb has no field %s, and rejects the object", strings.Join(fields, " and no field "))
		}
	}
	return o, err
}

// unknownField is what the YAML library says of a field that a struct does not have.
var unknownField = source.Pattern(`field (\S+) not found in type`)

// given returns a value; nil: it is the zero value, which dklb takes for absent.
func given[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// SameDklb reports whether two configuration objects mean the same for a Service with these ports.
func SameDklb(a, b string, ports []int32) bool {
	x, err := readDklb(a)
	y, other := readDklb(b)
	if err != nil || other != nil || x.Name != y.Name || x.Constraints != y.Constraints || x.CloudProviderConfiguration != y.CloudProviderConfiguration {
		return false
	}
	creation := func(o dklbObject) string {
		if o.Strategies == nil || o.Strategies.Creation == "" {
			return "IfNotPresent"
		}
		return o.Strategies.Creation
	}
	return creation(x) == creation(y) && maps.Equal(x.poolTerms(), y.poolTerms()) && slices.Equal(x.frontends(ports), y.frontends(ports))
}
