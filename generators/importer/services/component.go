package services

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// Services are Services with a selector.
var Services = draft.Source{Name: "Services", Read: readServices}

// readServices makes a spec of the Services of each set of pods.
func readServices(in *draft.Input) []*draft.Draft {
	var all []*service
	for _, doc := range in.Take(draft.IsService) {
		if s := readService(in, doc); s != nil {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b *service) int { return draft.CompareObjects(a.doc, b.doc) })
	w := &worldOfPods{sets: workload.Read(in.All), templates: templatesOf(in.All)}
	var out []*draft.Draft
	for _, p := range w.podSets(all) {
		for _, part := range p.parts(in) {
			out = append(out, part.draft(in, how{}))
		}
	}
	return out
}

// parts splits a set of pods where two entries would open one port of a pod, which has one advertised
// address.
func (p *podSet) parts(in *draft.Input) []*podSet {
	type opening struct {
		ordinal, target int32
		protocol        v1alpha1.Protocol
	}
	b := p.builder(in, how{})
	groups, left := b.groups()
	var out []*podSet
	var taken []map[opening]bool
	for _, g := range groups {
		var opens []opening
		for _, s := range g.services {
			for i := range s.Spec.Ports {
				opens = append(opens, opening{p.targets[s].ordinal, b.target(s, i), protocolOf(&s.Spec.Ports[i])})
			}
		}
		i := slices.IndexFunc(taken, func(m map[opening]bool) bool {
			return !slices.ContainsFunc(opens, func(o opening) bool { return m[o] })
		})
		if i < 0 {
			part := *p
			part.each, part.all = nil, nil
			if len(out) > 0 {
				part.way = g.fixed()
			}
			i, out, taken = len(out), append(out, &part), append(taken, map[opening]bool{})
		}
		out[i].each = append(out[i].each, g.services...)
		for _, o := range opens {
			taken[i][o] = true
		}
	}
	if len(out) == 0 {
		part := *p
		part.each, part.all = nil, nil
		out = append(out, &part)
	}
	out[0].all = append(slices.Clone(p.all), left...)
	for _, part := range out {
		part.claim(in)
	}
	return out
}

// claim names the spec.
func (p *podSet) claim(in *draft.Input) {
	name := p.workload
	if name == "" {
		name = commonName(p.all)
	} else if p.way != "" {
		name += "-" + p.way
	}
	p.name = in.Claim(v1alpha1.KindExternalAccess, cmp.Or(p.namespace, in.Namespace), name)
}

// commonName returns what the names of all Services begin with, or else the first name.
func commonName(all []*service) string {
	common := strings.Split(all[0].Name, "-")
	for _, s := range all[1:] {
		parts := strings.Split(s.Name, "-")
		n := 0
		for n < min(len(common), len(parts)) && common[n] == parts[n] {
			n++
		}
		common = common[:n]
	}
	return cmp.Or(strings.Join(common, "-"), all[0].Name)
}

func (p *podSet) builder(in *draft.Input, h how) *builder {
	b := &builder{in: in, set: p, how: h, name: p.name, names: map[string]bool{}, draft: &draft.Draft{}, lowest: v1alpha1.MaxReplicas}
	for _, s := range p.each {
		o := p.targets[s].ordinal
		b.lowest, b.highest = min(b.lowest, o), max(b.highest, o)
	}
	switch {
	case p.set != nil:
		b.start = min(p.set.Start(), b.lowest)
		b.highest = max(b.highest, p.set.Start()+p.set.Replicas()-1)
		b.lowest = b.start
	case b.lowest == 1 && len(p.each) > 1:
		b.start = 1
	}
	return b
}

// draft makes the spec of a set of pods.
func (p *podSet) draft(in *draft.Input, h how) *draft.Draft {
	b := p.builder(in, h)
	d := b.draft
	d.Access = &v1alpha1.ExternalAccess{APIVersion: v1alpha1.APIVersion, Kind: v1alpha1.KindExternalAccess,
		Metadata: v1alpha1.Metadata{Name: p.name, Namespace: cmp.Or(p.namespace, in.Namespace)}}
	left := slices.Clone(p.all)
	if h.flat {
		left = append(left, p.each...)
	} else {
		groups, more := b.groups()
		for _, g := range groups {
			b.perPod(g)
		}
		left = append(left, more...)
	}
	perPod := b.out
	b.out = nil
	for _, s := range left {
		b.one(s)
	}
	slices.SortStableFunc(b.out, func(x, y v1alpha1.Service) int {
		return compareBool(y.Mode == v1alpha1.Headless, x.Mode == v1alpha1.Headless)
	})
	c := v1alpha1.Component{Name: p.componentName(), Ports: b.ports.ports, Services: append(b.out, perPod...)}
	if len(perPod) > 0 {
		b.pods(&c)
	}
	b.selector(&c)
	DefaultPorts(&c)
	b.origins(append(slices.Clone(p.each), p.all...))
	d.Access.Spec.Components = []v1alpha1.Component{c}
	Hoist(&d.Access.Spec)
	switch next := h; {
	case len(d.Beside) > 0:
		next.alone = true
		d.Simpler = func() *draft.Draft { return p.draft(in, next) }
	case !h.plain:
		next.plain = true
		d.Simpler = func() *draft.Draft { return p.draft(in, next) }
	case !h.flat && len(p.each) > 0:
		next.flat = true
		d.Simpler = func() *draft.Draft { return p.draft(in, next) }
	case len(p.each)+len(p.all) > 1:
		d.Split = func() []*draft.Draft { return p.split(in) }
	}
	return d
}

// split makes a spec of each Service.
func (p *podSet) split(in *draft.Input) []*draft.Draft {
	var out []*draft.Draft
	for _, s := range append(slices.Clone(p.each), p.all...) {
		one := *p
		one.each, one.all, one.workload = nil, []*service{s}, ""
		one.claim(in)
		out = append(out, one.draft(in, how{}))
	}
	return out
}

// componentName names the component after the role of its pods.
func (p *podSet) componentName() string {
	selector := map[string]string{}
	if len(p.all) > 0 {
		selector = p.all[0].Spec.Selector
	}
	for _, name := range []string{selector["app.kubernetes.io/component"], selector["component"], p.workload, p.name} {
		if name != "" && v1alpha1.DNSLabel.Passes(name) {
			return name
		}
	}
	return "pods"
}

// pods writes which pods there are.
func (b *builder) pods(c *v1alpha1.Component) {
	p := b.set
	c.Workload = p.workload
	c.Replicas = new(b.highest - b.start + 1)
	if b.start != 0 {
		c.Ordinals = &v1alpha1.Ordinals{Start: new(b.start)}
	}
	if p.guessed {
		at := source.Path{}.Field("spec", "components").Item("name", c.Name).Field("workload")
		b.draft.Comment(at, "a guess: the StatefulSet is not in the input")
	}
	set := p.set
	if set == nil {
		return
	}
	if engine := profileOf(set); engine != "" && p.way == "" {
		b.draft.Hint = profileHint(engine, *c)
	}
	if has := set.Start() + set.Replicas(); has <= b.highest {
		b.draft.Remark(set.Doc, source.Path{}.Field("spec", "replicas"), "StatefulSet %s has replicas: %d, and there are Services for pods up to %s", set.Name, set.Replicas(), PodOf(p.workload, b.highest).PodName)
		return
	}
	if !b.how.alone && set.Doc.File != "" && set.Doc.File != "-" && set.UID == "" {
		b.draft.Beside = []*source.Document{set.Doc}
		for i, e := range c.Services {
			if e.Mode == v1alpha1.Headless && expand(e.ServiceName, map[string]string{"name": b.name}) == set.Spec.ServiceName {
				c.Services[i].Create = new(true) // or it would be expected from whoever makes the StatefulSet
			}
		}
	}
}

// selector moves the selector that most entries for all pods have to the component.
func (b *builder) selector(c *v1alpha1.Component) {
	count := map[string]int{}
	best := ""
	textOf := func(m v1alpha1.StringMap) string {
		set := labels.Set{}
		for k, v := range m {
			set[k] = *v
		}
		return set.String()
	}
	for _, e := range c.Services {
		if e.Mode == v1alpha1.PerPod {
			continue
		}
		text := textOf(e.Selector)
		if count[text]++; count[text] > count[best] {
			best, c.Selector = text, e.Selector
		}
	}
	for i, e := range c.Services {
		if e.Mode != v1alpha1.PerPod && textOf(e.Selector) == best {
			c.Services[i].Selector = nil
		}
	}
}

// DefaultPorts takes the ports of entries out that open all ports of the component as they are.
func DefaultPorts(c *v1alpha1.Component) {
	for i, e := range c.Services {
		var names []string
		for _, p := range c.Ports {
			if e.Mode == v1alpha1.PerPod || p.Step == nil {
				names = append(names, p.Name)
			}
		}
		n := -1
		plain := len(e.Ports) == len(names) && !slices.ContainsFunc(e.Ports, func(p v1alpha1.ServicePort) bool {
			n++
			return !IsZero(v1alpha1.ServicePort{PortName: p.PortName, Numbers: p.Numbers, Steps: p.Steps}) || p.Name != names[n]
		})
		if plain {
			c.Services[i].Ports = nil
		}
	}
}

// origins adds the objects that came in, in the order of the input, and what there is to say of them.
func (b *builder) origins(all []*service) {
	b.assigned(all)
	for _, s := range all {
		b.draft.Came = append(b.draft.Came, s.doc)
		b.dklbRemark(s)
		if len(s.Spec.Ports) == 0 {
			b.draft.Remark(s.doc, source.Path{}.Field("spec"), "Service %s has no ports, and an entry has those of the component", s.Name)
		}
		helm := ""
		for key := range s.Annotations {
			if strings.HasPrefix(key, "meta.helm.sh/") {
				helm = s.Annotations["meta.helm.sh/release-name"]
			}
		}
		if helm != "" {
			text := fmt.Sprintf("the Helm release %s has Services of these, and deletes them when its chart no longer does: annotate them with helm.sh/resource-policy: keep first", helm)
			if !slices.ContainsFunc(b.draft.Remarks, func(r draft.Remark) bool { return r.Text == text }) {
				b.draft.Remark(s.doc, source.Path{}.Field("metadata", "annotations"), "%s", text)
			}
		}
	}
	slices.SortStableFunc(b.draft.Came, draft.CompareObjects)
}

// assigned reports the addresses of load balancers that nobody has asked for: they last as long as the
// Services do.
func (b *builder) assigned(all []*service) {
	var addresses []string
	var first *service
	for _, s := range all {
		ingress := s.Status.LoadBalancer.Ingress
		if len(ingress) == 0 || ingress[0].IP == "" || s.Read(false).requests(ingress[0].IP) {
			continue
		}
		addresses = append(addresses, ingress[0].IP)
		first = cmp.Or(first, s)
	}
	if first == nil {
		return
	}
	list := strings.Join(addresses[:min(len(addresses), 4)], ", ")
	if len(addresses) > 4 {
		list += ", ..."
	}
	b.draft.Remark(first.doc, source.Path{}.Field("status", "loadBalancer", "ingress"),
		"the provider has chosen the addresses %s, and they stay as long as the Services do: to ask for them, write loadBalancer.addresses", list)
}

// requests reports whether the settings ask for an address.
func (r reading) requests(address string) bool {
	lb := r.Access.LoadBalancer
	return lb != nil && lb.Address != nil && slices.Contains(strings.Split(*lb.Address, ","), address)
}

// profileOf returns the profile that has the name of an image of the pods; "": there is none. Import does
// not name it in the spec: each also makes a ConfigMap, which did not come in.
func profileOf(set *workload.StatefulSet) string {
	for _, c := range set.Spec.Template.Spec.Containers {
		image := c.Image[strings.LastIndexByte(c.Image, '/')+1:]
		image, _, _ = strings.Cut(image, ":")
		image, _, _ = strings.Cut(image, "@")
		if slices.Contains(profiles.Names(), image) {
			return image
		}
	}
	return ""
}
