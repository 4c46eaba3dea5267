package provider

import (
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// A Change is what a provider does with the load balancer of a Service when a setting changes. The
// zero value is: it changes in place.
type Change int

// The changes.
const (
	Stays       Change = iota
	Replaced           // there is another load balancer, with another address or name
	Readdressed        // the load balancer gets another address
	Fixed              // the setting is only read when the load balancer is made, or its change is refused
	Unshared           // the Services that share an address must all change
	Retargeted         // the load balancer connects to the pods anew
	Redeployed         // the load balancer is deployed again
	Abandoned          // another controller takes over, and the load balancer stays behind
)

// about says what changes do, for the reference.
var about = []struct {
	change Change
	text   string
}{
	{Replaced, "a change makes another load balancer"},
	{Readdressed, "a change gives another address"},
	{Fixed, "a change has no effect, or is refused"},
	{Unshared, "a change must be made for all Services at once"},
	{Retargeted, "a change ends connections"},
	{Redeployed, "a change deploys it again"},
	{Abandoned, "a change gives it to another controller"},
}

// ChangeOf returns what happens when the value of an annotation, or of a label, changes in a Service
// with a load balancer. A provider ignores keys that are not its own, so that the key tells who it is.
func ChangeOf(key string, isLabel bool) Change {
	for _, p := range All {
		for _, k := range p.Keys {
			if k.Name == key && k.Label == isLabel {
				return k.Change
			}
		}
	}
	return Stays
}

// Writes reports whether a provider writes an annotation, or a label, into Services by itself.
func Writes(key string, isLabel bool) bool {
	for _, p := range All {
		for _, k := range p.Keys {
			if k.Name == key && k.Label == isLabel && k.Written {
				return true
			}
		}
	}
	return false
}

// FieldChangeOf returns what happens when spec.loadBalancerIP changes in a Service. The class or an
// annotation tells whose it is.
func FieldChangeOf(class string, annotations map[string]string) Change {
	for _, p := range All {
		reads := func(k Key) bool { _, ok := annotations[k.Name]; return ok && !k.Label }
		if p.FieldChange != Stays && (slices.ContainsFunc(p.Keys, reads) || class != "" && slices.Contains(p.Name.Row().Classes, class)) {
			return p.FieldChange
		}
	}
	return Readdressed
}

// Requested returns the IP addresses that a Service requests with its annotations.
func Requested(annotations map[string]string) []string {
	var out []string
	for _, p := range All {
		for _, k := range p.Keys {
			if k.Of != "address" || annotations[k.Name] == "" {
				continue
			}
			for a := range strings.SplitSeq(annotations[k.Name], ",") {
				if a = strings.TrimSpace(a); plan.IsIP(a) && !slices.Contains(out, a) {
					out = append(out, a)
				}
			}
		}
	}
	return out
}

// NodePool returns the pool of nodes at whose addresses the load balancer of a Service listens, where
// its provider has such pools; "": all nodes.
func NodePool(labels map[string]string) string {
	for _, p := range All {
		for _, k := range p.Keys {
			if p.Name.Row().OnNodes && k.Label && k.Of == "addressPool" && labels[k.Name] != "" {
				return labels[k.Name]
			}
		}
	}
	return ""
}

// changes lists the settings that do not change in place, by what their change does.
func (p *Provider) changes() []Fact {
	var out []Fact
	if p.Name == v1alpha1.ProviderNone {
		return nil
	}
	for _, c := range about {
		var names []string
		for _, k := range p.Keys {
			name := k.Of
			if name == "" {
				name = "annotation " + k.Name
			}
			if k.Change == c.change && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if p.InField != nil && p.fieldChange() == c.change && !slices.Contains(names, "address") {
			names = append(names, "address")
		}
		if c.change == Fixed && len(p.Name.Row().Classes) > 0 {
			names = append(names, "class")
		}
		if len(names) > 0 {
			out = append(out, Fact{c.text, strings.Join(names, ", ")})
		}
	}
	return out
}

func (p *Provider) fieldChange() Change {
	if p.FieldChange == Stays {
		return Readdressed
	}
	return p.FieldChange
}
