package services

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// A group is the Services of single pods that become one entry, by the ordinals of their pods.
type group struct {
	services []*service
	pods     []Pod
	template string // of the names of the Services
}

// shape is what Services of one entry have in common, but for their names.
func (p *podSet) shape(s *service) string {
	var parts []string
	t := p.targets[s]
	parts = append(parts, string(s.Spec.Type), t.key, t.rest, draft.DigitsAs(s.Name))
	for i := range s.Spec.Ports {
		port := &s.Spec.Ports[i]
		parts = append(parts, port.Name, string(protocolOf(port)), appOf(port))
	}
	return strings.Join(parts, "\x00")
}

// groups sorts the Services of single pods into entries. What fits into none is left.
func (b *builder) groups() (out []*group, left []*service) {
	var order []string
	byShape := map[string][]*service{}
	for _, s := range b.set.each {
		shape := b.set.shape(s)
		if byShape[shape] == nil {
			order = append(order, shape)
		}
		byShape[shape] = append(byShape[shape], s)
	}
	for _, shape := range order {
		rest := byShape[shape]
		for n := 0; len(rest) > 0 && n < 16; n++ {
			g, others := b.group(rest)
			if g == nil {
				left = append(left, rest[0])
				others = rest[1:]
			} else {
				out = append(out, b.bySeries(g)...)
			}
			rest = others
		}
		left = append(left, rest...)
	}
	return out, left
}

// group returns the Services whose names are of one template, and the others.
func (b *builder) group(all []*service) (*group, []*service) {
	first := b.podOf(all[0])
	best, most := "", 0
	for _, template := range first.templates(all[0].Name) {
		n := 0
		for _, s := range all {
			if b.podOf(s).Expand(template) == s.Name {
				n++
			}
		}
		if n > most {
			best, most = template, n
		}
	}
	if best == "" {
		return nil, nil
	}
	g := &group{template: best}
	var others []*service
	for _, s := range all {
		if b.podOf(s).Expand(best) == s.Name {
			g.services = append(g.services, s)
		} else {
			others = append(others, s)
		}
	}
	g.sort(b)
	return g, others
}

func (b *builder) podOf(s *service) Pod { return PodOf(b.set.workload, b.set.targets[s].ordinal) }

func (g *group) sort(b *builder) {
	slices.SortFunc(g.services, func(x, y *service) int { return cmp.Compare(b.set.targets[x].ordinal, b.set.targets[y].ordinal) })
	g.pods = nil
	for _, s := range g.services {
		g.pods = append(g.pods, b.podOf(s))
	}
}

// bySeries splits a group where the pods do not listen on numbers that count up evenly.
func (b *builder) bySeries(g *group) []*group {
	even := true
	byTargets := map[string]*group{}
	var order []*group
	for i := range g.services[0].Spec.Ports {
		targets, nth := b.targets(g, i), b.nth(g)
		if s, n := seriesOf(targets, nth); n < len(targets) || s.base < 1 {
			even = false
		}
	}
	if even {
		return []*group{g}
	}
	for _, s := range g.services {
		var key []string
		for i := range s.Spec.Ports {
			key = append(key, fmt.Sprint(b.target(s, i)))
		}
		k := strings.Join(key, " ")
		if byTargets[k] == nil {
			byTargets[k] = &group{template: g.template}
			order = append(order, byTargets[k])
		}
		byTargets[k].services = append(byTargets[k].services, s)
	}
	for _, part := range order {
		part.sort(b)
	}
	return order
}

func (b *builder) targets(g *group, i int) []int32 {
	out := make([]int32, len(g.services))
	for n, s := range g.services {
		out[n] = b.target(s, i)
	}
	return out
}

// nth returns the positions of the pods among those of the component.
func (b *builder) nth(g *group) []int32 {
	out := make([]int32, len(g.pods))
	for i, p := range g.pods {
		out[i] = p.Ordinal - b.start
	}
	return out
}

// perPod adds an entry for the Services of single pods.
func (b *builder) perPod(g *group) {
	e := v1alpha1.Service{Mode: v1alpha1.PerPod, Type: typeOf(g.services[0]), ServiceName: g.template}
	b.nameEntry(&e, g)
	e.Selector = b.podSelector(g)
	readings := make([]reading, len(g.services))
	for i, s := range g.services {
		readings[i] = s.Read(b.how.plain)
	}
	addresses := addressesOf(readings, len(g.pods) == int(b.highest-b.start)+1 && b.start == b.lowest)
	withTemplates(g.pods, readings)
	shortHosts(readings, func(int) string { return "$(pod)" })
	health, checks := healthChecks(readings, b.nth(g))
	each := settle(&e, g.pods, readings, addresses)
	if health != 0 {
		e.HealthCheckNodePort = &health
	}
	for i, ports := range b.entryPorts(&e, g, readings) {
		each[i].HealthCheckNodePort, each[i].Ports = checks[i], ports
	}
	e.Pods = withSettings(each)
	if len(g.pods) < int(b.highest-b.lowest)+1 || b.start != b.lowest {
		for _, p := range g.pods {
			e.Only = append(e.Only, p.PodName)
		}
	}
	b.out = append(b.out, e)
}

// settle writes what the pods of an entry have in common, and returns what each has otherwise.
func settle(e *v1alpha1.Service, pods []Pod, all []reading, addresses []string) []v1alpha1.Pod {
	var accesses []v1alpha1.Access
	var owns []v1alpha1.Own
	for _, r := range all {
		accesses, owns = append(accesses, r.Access), append(owns, r.own)
	}
	var podAccess []v1alpha1.Access
	var podOwn []v1alpha1.Own
	e.Access, podAccess = spread(accesses)
	e.Own, podOwn = spread(owns)
	if len(addresses) > 0 {
		balancerOf(&e.Access).Addresses = addresses
	}
	out := make([]v1alpha1.Pod, len(pods))
	for i, p := range pods {
		out[i] = v1alpha1.Pod{Pod: p.PodName, Own: podOwn[i], Access: podAccess[i]}
	}
	return out
}

// balancerOf returns the settings of a load balancer, and makes them if there are none.
func balancerOf(a *v1alpha1.Access) *v1alpha1.LoadBalancerSettings {
	if a.LoadBalancer == nil {
		a.LoadBalancer = &v1alpha1.LoadBalancerSettings{}
	}
	return a.LoadBalancer
}

// withSettings returns the pods that have something of their own.
func withSettings(pods []v1alpha1.Pod) []v1alpha1.Pod {
	var out []v1alpha1.Pod
	for _, p := range pods {
		if !IsZero(p.Own) || !IsZero(p.Access) || len(p.Ports) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// nameEntry names the entry after what the names of the Services have besides the pod.
func (b *builder) nameEntry(e *v1alpha1.Service, g *group) {
	fixed := g.fixed()
	if fixed == "" || fixed == b.set.workload {
		fixed = "each"
		if *e.Type != v1alpha1.ClusterIP {
			fixed = "external"
		}
	}
	e.Name = b.entryName(fixed)
	if e.ServiceName == "$(pod)-"+e.Name {
		e.ServiceName = "" // as it is by default
	}
}

// fixed returns what the names of the Services have besides the pod.
func (g *group) fixed() string {
	return strings.Trim(strings.NewReplacer("$(pod)", "", "$(ordinal)", "").Replace(g.template), "-.")
}

// podSelector returns the selector of the Services; nil: it is the label of the single pod.
func (b *builder) podSelector(g *group) v1alpha1.StringMap {
	s := g.services[0]
	t := b.set.targets[s]
	if t.key == plan.PodNameLabel && t.rest == "" {
		return nil
	}
	out := Literal(textsOf(s.Spec.Selector))
	workload, _, _ := splitPod(s.Spec.Selector[t.key])
	switch workload {
	case b.set.workload:
		out[t.key] = new("$(pod)")
	case "":
		out[t.key] = new("$(ordinal)")
	default:
		out[t.key] = new(Escaped(workload) + "-$(ordinal)")
	}
	return out
}

// withTemplates puts placeholders into the texts that differ from pod to pod.
func withTemplates(pods []Pod, all []reading) {
	t := templater{pods, all}
	t.texts(func(r *reading) **string { return &r.own.Host })
	t.aliases()
	t.keys(func(r *reading) v1alpha1.StringMap { return r.Access.Annotations })
	t.keys(func(r *reading) v1alpha1.StringMap { return r.Access.Labels })
	t.texts(func(r *reading) **string {
		if r.Access.LoadBalancer == nil {
			return new(*string)
		}
		return &r.Access.LoadBalancer.Name
	})
	t.texts(func(r *reading) **string {
		if r.Access.LoadBalancer == nil || r.Access.LoadBalancer.EdgeLB == nil {
			return new(*string)
		}
		return &r.Access.LoadBalancer.EdgeLB.Name
	})
	t.texts(func(r *reading) **string {
		if r.Access.ExternalDNS == nil {
			return new(*string)
		}
		return &r.Access.ExternalDNS.Target
	})
}

// A templater puts placeholders into texts of pods.
type templater struct {
	pods []Pod
	all  []reading
}

func (t templater) texts(get func(*reading) **string) {
	values := make([]*string, len(t.all))
	for i := range t.all {
		values[i] = *get(&t.all[i])
	}
	for i, v := range templated(t.pods, values) {
		*get(&t.all[i]) = v
	}
}

// aliases goes by the place in the list.
func (t templater) aliases() {
	for n := 0; slices.ContainsFunc(t.all, func(r reading) bool { return n < len(r.own.Aliases) }); n++ {
		values := make([]*string, len(t.all))
		for i, r := range t.all {
			if n < len(r.own.Aliases) {
				values[i] = &r.own.Aliases[n]
			}
		}
		for i, v := range templated(t.pods, values) {
			if v != nil {
				t.all[i].own.Aliases[n] = *v
			}
		}
	}
}

// keys goes by the keys of a map.
func (t templater) keys(field func(*reading) v1alpha1.StringMap) {
	keys := map[string]bool{}
	for i := range t.all {
		for k := range field(&t.all[i]) {
			keys[k] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		values := make([]*string, len(t.all))
		for i := range t.all {
			values[i] = field(&t.all[i])[key]
		}
		for i, v := range templated(t.pods, values) {
			if v != nil {
				field(&t.all[i])[key] = v
			}
		}
	}
}

// addressesOf returns the addresses of the load balancers, if each pod has one of its own, and takes
// them out.
func addressesOf(all []reading, gapless bool) []string {
	var out []string
	seen := map[string]bool{}
	for _, r := range all {
		if r.Access.LoadBalancer == nil || r.Access.LoadBalancer.Address == nil || seen[*r.Access.LoadBalancer.Address] {
			return nil
		}
		a := *r.Access.LoadBalancer.Address
		out, seen[a] = append(out, a), true
	}
	if len(out) < 2 || !gapless {
		return nil
	}
	for _, r := range all {
		r.Access.LoadBalancer.Address = nil
	}
	return ranges(out)
}

// healthChecks takes the numbers of health checks out. It returns that of the first pod if those of all
// count up by one, and else those of the pods.
func healthChecks(all []reading, nth []int32) (base int32, own []*int32) {
	own = make([]*int32, len(all))
	counts := true
	for i := range all {
		own[i], all[i].own.HealthCheckNodePort = all[i].own.HealthCheckNodePort, nil
		if own[i] == nil {
			counts = false
		} else if n := *own[i] - nth[i]; i > 0 && n != base || n < v1alpha1.NodePortMin {
			counts = false
		} else {
			base = n
		}
	}
	if counts {
		return base, make([]*int32, len(all))
	}
	return 0, own
}

// entryPorts adds the ports of an entry, and returns those of single pods.
func (b *builder) entryPorts(e *v1alpha1.Service, g *group, all []reading) [][]v1alpha1.PodPort {
	own := make([][]v1alpha1.PodPort, len(g.pods))
	nth := b.nth(g)
	first := g.services[0]
	for i := range first.Spec.Ports {
		p := &first.Spec.Ports[i]
		targets := b.targets(g, i)
		listens, _ := seriesOf(targets, nth)
		if len(targets) == 1 {
			listens = series{targets[0], 0}
		}
		name := b.ports.name(portKey{listens, protocolOf(p), appOf(p)}, b.portName(p, listens.base))
		sp := v1alpha1.ServicePort{Name: name}
		if p.Name != "" && p.Name != name {
			sp.PortName = p.Name
		}
		numbers, nodePorts := make([]int32, len(g.pods)), make([]int32, len(g.pods))
		for n, s := range g.services {
			numbers[n], nodePorts[n] = s.Spec.Ports[i].Port, s.Spec.Ports[i].NodePort
		}
		exact := make([]v1alpha1.PodPort, len(g.pods))
		b.portNumbers(e, &sp, numbers, nth, listens, exact)
		nodePortNumbers(&sp, nodePorts, nth, exact)
		frontends(e, &sp, all, numbers, nth, exact)
		for n := range exact {
			if !IsZero(exact[n].Numbers) {
				exact[n].Name = name
				own[n] = append(own[n], exact[n])
			}
		}
		e.Ports = append(e.Ports, sp)
	}
	return own
}

// portNumbers writes the ports of the Services: the base and the step, and what single pods have
// otherwise.
func (b *builder) portNumbers(e *v1alpha1.Service, sp *v1alpha1.ServicePort, numbers, nth []int32, listens series, exact []v1alpha1.PodPort) {
	shares := *e.Type == v1alpha1.LoadBalancer && e.LoadBalancer != nil && (e.LoadBalancer.Address != nil && *e.LoadBalancer.Address != "" ||
		e.LoadBalancer.Provider != nil && e.LoadBalancer.Provider.Row().OnNodes)
	s, most := seriesOf(numbers, nth)
	follows := listens // as they are by default
	if shares && listens.step == 0 {
		follows.step = 1
	}
	if follows.count(numbers, nth) >= most {
		s = follows
	} else if len(numbers) == 1 && shares {
		s.step = 1
		s.base -= nth[0]
	}
	if s != follows {
		if s.base != listens.base || listens.step != 0 {
			sp.Port = new(s.base)
		}
		byDefault := int32(0)
		if shares {
			byDefault = 1
		}
		if sp.Port == nil {
			byDefault = follows.step
		}
		if s.step != byDefault {
			steps(sp).Port = new(s.step)
		}
	}
	for i, n := range numbers {
		if n != s.at(nth[i]) {
			exact[i].Port = &n
		}
	}
}
