package provider

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
)

// A Renaming is what a provider reads of a setting that has another name than before.
type Renaming int

// The renamings.
const (
	Another    Renaming = iota // it reads another value
	Equal                      // it reads the same value
	EqualNewer                 // versions that only know the older name no longer find the value
)

// FieldKey stands for spec.loadBalancerIP among the keys of a provider.
const FieldKey = "spec.loadBalancerIP"

// RenamingOf compares what a provider reads of the setting that a key carries, or FieldKey, in two
// states of a Service. It only vouches for the value if all names of the setting have the same one.
func RenamingOf(key string, was, is Carrier) Renaming {
	for _, p := range All {
		for _, k := range p.Keys {
			if k.Label || k.Name != key && (key != FieldKey || !k.Field) {
				continue
			}
			names := p.namesOf(k)
			before, after := valuesOf(names, was), valuesOf(names, is)
			if len(before) != 1 || !slices.Equal(before, after) {
				continue
			}
			if slices.ContainsFunc(names, func(n Key) bool { return n.Older != "" && n.Value != nil && n.in(was) != "" && n.in(is) == "" }) {
				return EqualNewer
			}
			return Equal
		}
	}
	return Another
}

// namesOf returns the keys that carry the same as a key.
func (p *Provider) namesOf(key Key) []Key {
	first := func(k Key) string { return cmp.Or(k.Older, k.Name) }
	return slices.DeleteFunc(slices.Clone(p.Keys), func(k Key) bool { return k.Label || first(k) != first(key) })
}

// valuesOf returns the values that names of a setting have, each once.
func valuesOf(names []Key, c Carrier) []string {
	var out []string
	add := func(value string) {
		if value != "" && !slices.Contains(out, value) {
			out = append(out, value)
		}
	}
	for _, k := range names {
		value := k.in(c)
		if k.Of == "address" {
			value = strings.Join(strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }), ",")
		}
		add(cmp.Or(k.As[value], value))
		if lb := c.Access.LoadBalancer; k.Field && lb != nil && lb.Address != nil && plan.IsIP(*lb.Address) {
			add(*lb.Address)
		}
	}
	return out
}
