package provider

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// A Carrier is a Service of another tool, as far as it carries what is requested of a provider.
type Carrier struct {
	Annotations, Labels map[string]string

	Access v1alpha1.Access // the settings in its fields, such as the policy. Its LoadBalancer has class, sourceRanges, and the address in spec.loadBalancerIP
	Ports  []int32
}

// Reads reports whether the Service has an annotation or a label that carries settings, or a class of
// this provider alone.
func (p *Provider) Reads(c Carrier) bool {
	if class := c.Access.LoadBalancer.Class; class != nil && v1alpha1.OfClass(*class) == p.Name {
		return true
	}
	return len(p.carried(c)) > 0
}

// carried returns the keys of a Service that settings can write.
func (p *Provider) carried(c Carrier) []Key {
	return slices.DeleteFunc(slices.Clone(p.Keys), func(k Key) bool { return k.Value == nil || k.in(c) == "" })
}

func (k Key) in(c Carrier) string {
	if k.Label {
		return c.Labels[k.Name]
	}
	return c.Annotations[k.Name]
}

// Settings returns the settings with which the provider writes what the Service carries, and which of
// the annotations and labels it then writes. It tries out what the texts can mean, so that no
// provider needs a second table. The settings are nil if there are none that write all of them.
func (p *Provider) Settings(c Carrier) (*v1alpha1.LoadBalancerSettings, []Key) {
	carried := p.carried(c)
	for lb := range p.meanings(c, carried) {
		annotations, labels := p.Metadata(serviceOf(c, lb))
		made := Carrier{Annotations: annotations, Labels: labels}
		if !slices.ContainsFunc(carried, func(k Key) bool { return k.in(made) != k.in(c) }) && !p.addsMeaning(made, c) {
			return lb, carried
		}
	}
	return nil, nil
}

// addsMeaning reports whether the provider would write something that the Service does not carry in
// any way: another name of a key that it has is none.
func (p *Provider) addsMeaning(made, c Carrier) bool {
	return slices.ContainsFunc(p.Keys, func(k Key) bool {
		same := func(o Key) bool { return o.Of == k.Of && o.in(c) == k.in(made) }
		inField := k.Of == "address" && c.Access.LoadBalancer.Address != nil && *c.Access.LoadBalancer.Address == k.in(made)
		return k.in(made) != "" && k.Of != "provider" && !inField && !slices.ContainsFunc(p.Keys, same)
	})
}

// meanings yields the settings that the texts of keys can mean, the shortest first.
func (p *Provider) meanings(c Carrier, carried []Key) func(func(*v1alpha1.LoadBalancerSettings) bool) {
	texts := map[string][]string{}
	for _, k := range carried {
		texts[k.Of] = append(texts[k.Of], k.in(c))
	}
	yes, no := true, false
	internals, proxies := []*bool{nil}, []*bool{nil}
	if p.has("internal") {
		internals = append(internals, &yes, &no)
	}
	if p.has("proxyProtocol") {
		proxies = append(proxies, &yes)
	}
	return func(yield func(*v1alpha1.LoadBalancerSettings) bool) {
		for _, in := range internals {
			for _, proxy := range proxies {
				for _, key := range sharingKeys(p, texts) {
					lb := p.meaning(c, texts)
					lb.Internal, lb.ProxyProtocol, lb.SharingKey = in, proxy, key
					if !yield(lb) {
						return
					}
				}
			}
		}
	}
}

func (p *Provider) has(setting string) bool {
	return p.Name.Row().Has(plan.Setting("loadBalancer", setting))
}

// meaning returns the settings whose texts are in annotations as they are.
func (p *Provider) meaning(c Carrier, texts map[string][]string) *v1alpha1.LoadBalancerSettings {
	lb := *c.Access.LoadBalancer
	lb.Provider = new(p.Name)
	if lb.Class != nil && *lb.Class == p.Name.Row().Class {
		lb.Class = nil
	} else if lb.Class == nil && p.Name.Row().Class != "" {
		lb.Class = new("")
	}
	var addresses []string
	for _, text := range texts["address"] {
		for a := range strings.SplitSeq(text, ",") {
			if !slices.Contains(addresses, a) {
				addresses = append(addresses, a)
			}
		}
	}
	if text := strings.Join(addresses, ","); text != "" && (lb.Address == nil || *lb.Address == text) {
		lb.Address = &text
	}
	if all := texts["addressPool"]; len(all) > 0 {
		lb.AddressPool = &all[0]
	}
	if all := texts["name"]; len(all) > 0 {
		lb.Name = &all[0]
	}
	if all := texts["subnets"]; len(all) > 0 {
		lb.Subnets = strings.Split(all[0], ",")
	}
	return &lb
}

// sharingKeys are the values that the sharing key can have: what follows from the address, none, or
// the text.
func sharingKeys(p *Provider, texts map[string][]string) []*string {
	if !p.has("sharingKey") {
		return []*string{nil}
	}
	out := []*string{nil}
	if all := texts["sharingKey"]; len(all) > 0 {
		return append(out, &all[0])
	}
	return append(out, new(""))
}

// serviceOf returns a Service with settings, as far as keys read it.
func serviceOf(c Carrier, lb *v1alpha1.LoadBalancerSettings) *plan.Service {
	access := c.Access
	access.LoadBalancer = lb
	access = access.Complete()
	out := &plan.Service{Target: v1alpha1.Target{Mode: v1alpha1.Shared, Type: v1alpha1.LoadBalancer, Access: &access, Own: &v1alpha1.Own{}, HasPods: true},
		Families: access.IPFamilies, FamilyPolicy: *access.IPFamilyPolicy, Annotations: c.Annotations, Labels: c.Labels}
	b := &plan.Balancer{Name: *access.LoadBalancer.Name}
	if text := *access.LoadBalancer.Address; text != "" {
		b.Addresses = strings.Split(text, ",")
		b.SharingKey = slices.MinFunc(b.Addresses, func(x, y string) int { return cmp.Compare(strings.Count(x, ":"), strings.Count(y, ":")) })
	}
	if lb.SharingKey != nil {
		b.SharingKey = *lb.SharingKey
	}
	if e := access.LoadBalancer.EdgeLB; e != nil {
		b.Pool = *e.Name
	}
	out.Balancer = b
	for _, n := range c.Ports {
		out.Ports = append(out.Ports, plan.Port{Number: n, Advertised: n})
	}
	return out
}
