package provider

import (
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// A Fact is what there is to know of a provider.
type Fact struct{ About, Text string }

// Facts describes the provider.
func (p *Provider) Facts() []Fact {
	row := p.Name.Row()
	out := []Fact{{"what it is", row.Is}}
	add := func(about, text string) {
		if text != "" {
			out = append(out, Fact{about, text})
		}
	}
	if row.Class != "" {
		add("class", row.Class+", unless the spec sets another one")
	} else {
		add("class", strings.Join(row.Classes, " or "))
	}
	switch inside, outside := row.Private.What, row.Address.What; {
	case row.NoAddress:
		add("address", "none can be asked for")
	case inside == "":
		add("address", outside)
	default:
		add("address, internal: true", inside)
		add("address, else", orNone(outside))
	}
	if row.Has(plan.Setting("loadBalancer", "internal")) {
		add("without internal", map[bool]string{true: "inside the network", false: "from the internet"}[row.IsPrivate])
	}
	add("shared addresses", p.Sharing)
	add("status", map[bool]string{true: "a DNS name"}[row.StatusName])
	add("node ports", map[bool]string{true: "required"}[p.NodePorts])
	if p.MaxPorts > 0 {
		add("ports", fmt.Sprintf("at most %d of %s", p.MaxPorts, map[bool]string{true: "all Services together", false: "a Service"}[p.IsCommon]))
	}
	add("sourceRanges", map[bool]string{true: "ignored, or only obeyed under conditions: a warning says so"}[p.IgnoresRanges != nil])
	add("writes back", p.written())
	out = append(out, p.changes()...)
	return append(out, p.carriers()...)
}

// written is what the provider writes into a Service by itself.
func (p *Provider) written() string {
	var all []string
	for _, k := range p.Keys {
		if k.Written {
			all = append(all, map[bool]string{true: "label ", false: "annotation "}[k.Label]+k.Name)
		}
	}
	if p.Rewrites != "" {
		all = append(all, p.Rewrites)
	}
	return strings.Join(all, " and ")
}

func orNone(text string) string {
	if text == "" {
		return "none can be asked for"
	}
	return text
}

// carriers are the settings with the annotations, labels and fields that carry them.
func (p *Provider) carriers() []Fact {
	var out []Fact
	for _, k := range p.Keys {
		if k.Of == "" {
			continue
		}
		text := k.Name
		if k.Label {
			text = "label " + text
		}
		if k.Value == nil {
			text += " (read from other Services)"
		}
		out = append(out, Fact{"setting " + k.Of, text})
	}
	if p.InField != nil {
		out = append(out, Fact{"setting address", "spec.loadBalancerIP"})
	}
	slices.SortStableFunc(out, func(a, b Fact) int { return strings.Compare(a.About, b.About) })
	return out
}

// Named returns the provider with a name, or nil.
func Named(name string) *Provider {
	i := slices.IndexFunc(All, func(p *Provider) bool { return p.Name == v1alpha1.Provider(name) })
	if i < 0 {
		return nil
	}
	return All[i]
}
