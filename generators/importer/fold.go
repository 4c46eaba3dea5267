package importer

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// A onePod is what a source says about the Service of one pod. Texts are in the notation of a spec.
type onePod struct {
	name, workload string
	id             int32

	host, address                  string
	port, nodePort, advertisedPort *int32
	annotations, labels            map[string]string
	externalIPs                    []string
}

// literal returns a text as a spec has it where placeholders are replaced.
func literal(text string) string { return strings.ReplaceAll(text, "$(", "$$(") }

// literals returns the values of a map as a spec has them.
func literals(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = literal(v)
	}
	return out
}

// fold writes what the pods of an entry have, as briefly as possible: what they have in common and
// what counts up is of the entry, and the rest is under pods. port names the port that has
// numbers of its own.
func fold(e *v1alpha1.Service, port string, pods []onePod) {
	own := make([]v1alpha1.Pod, len(pods))
	for i, p := range pods {
		own[i].Pod = p.name
	}
	foldHosts(e, own, pods)
	foldAddresses(e, own, pods)
	foldIPs(e, own, pods)
	if p := entryPort(e, port); p != nil {
		foldNumbers(p, counts(e, pods), own, pods)
	}
	foldMap(&e.Annotations, own, pods, func(p onePod) map[string]string { return p.annotations },
		func(p *v1alpha1.Pod) *v1alpha1.StringMap { return &p.Annotations })
	foldMap(&e.Labels, own, pods, func(p onePod) map[string]string { return p.labels },
		func(p *v1alpha1.Pod) *v1alpha1.StringMap { return &p.Labels })
	for _, p := range own {
		if isSet(p) {
			e.Pods = append(e.Pods, p)
		}
	}
}

// isSet reports whether a pod has settings of its own.
func isSet(p v1alpha1.Pod) bool {
	return p.Host != nil || p.LoadBalancer != nil || p.ExternalIPs != nil || len(p.Ports) > 0 || p.Annotations != nil || p.Labels != nil
}

func entryPort(e *v1alpha1.Service, name string) *v1alpha1.ServicePort {
	for i := range e.Ports {
		if e.Ports[i].Name == name {
			return &e.Ports[i]
		}
	}
	return nil
}

func foldHosts(e *v1alpha1.Service, own []v1alpha1.Pod, pods []onePod) {
	hosts := valuesOf(pods, func(p onePod) string { return p.host })
	common, _ := commonText(hosts, pods)
	if common != "" {
		e.Host = new(common)
	}
	for i, h := range hosts {
		if expand(common, pods[i]) != expand(h, pods[i]) {
			own[i].Host = new(h) // "": none
		}
	}
}

func foldIPs(e *v1alpha1.Service, own []v1alpha1.Pod, pods []onePod) {
	same := func(p onePod) bool { return slices.Equal(p.externalIPs, pods[0].externalIPs) }
	if allPods(pods, same) {
		e.ExternalIPs = pods[0].externalIPs
		return
	}
	for i, p := range pods {
		own[i].ExternalIPs = p.externalIPs
	}
}

// foldAddresses writes addresses of load balancers: as a list, if each pod has one of its own.
func foldAddresses(e *v1alpha1.Service, own []v1alpha1.Pod, pods []onePod) {
	addresses := valuesOf(pods, func(p onePod) string { return p.address })
	given := slices.DeleteFunc(slices.Clone(addresses), func(a string) bool { return a == "" })
	switch {
	case len(given) == 0:
	case len(given) == len(pods) && distinct(given) && dense(pods):
		balancer(&e.Access).Addresses = ranges(given)
	case len(given) == len(pods) && len(slices.Compact(slices.Clone(given))) == 1:
		balancer(&e.Access).Address = new(given[0])
	default:
		for i, a := range addresses {
			if a != "" {
				balancer(&own[i].Access).Address = new(a)
			}
		}
	}
}

// balancer returns the settings for load balancers, and makes them if there are none.
func balancer(a *v1alpha1.Access) *v1alpha1.LoadBalancerSettings {
	if a.LoadBalancer == nil {
		a.LoadBalancer = &v1alpha1.LoadBalancerSettings{}
	}
	return a.LoadBalancer
}

func distinct(texts []string) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(texts)))) == len(texts)
}

// dense reports whether the ids of the pods have no holes.
func dense(pods []onePod) bool {
	return int(pods[len(pods)-1].id-pods[0].id) == len(pods)-1
}

// ranges writes three or more addresses that follow each other as a range.
func ranges(addresses []string) []string {
	var out []string
	for i := 0; i < len(addresses); {
		last := i
		for at, err := netip.ParseAddr(addresses[i]); err == nil && last+1 < len(addresses); last++ {
			if at = at.Next(); at.String() != addresses[last+1] {
				break
			}
		}
		if last-i < 2 {
			out, i = append(out, addresses[i]), i+1
			continue
		}
		out, i = append(out, addresses[i]+"-"+addresses[last]), last+1
	}
	return out
}

// A number is one that a port has for each pod.
type number struct {
	of    func(*onePod) *int32
	entry func(*v1alpha1.Numbers) **int32
	step  func(*v1alpha1.Steps) **int32
}

var numbers = []number{
	{func(p *onePod) *int32 { return p.port }, func(n *v1alpha1.Numbers) **int32 { return &n.Port }, func(s *v1alpha1.Steps) **int32 { return &s.Port }},
	{func(p *onePod) *int32 { return p.nodePort }, func(n *v1alpha1.Numbers) **int32 { return &n.NodePort }, func(s *v1alpha1.Steps) **int32 { return &s.NodePort }},
	{func(p *onePod) *int32 { return p.advertisedPort }, func(n *v1alpha1.Numbers) **int32 { return &n.AdvertisedPort }, func(s *v1alpha1.Steps) **int32 { return &s.AdvertisedPort }},
}

// foldNumbers writes the numbers of a port: the first, how far they count up, and the exceptions.
func foldNumbers(p *v1alpha1.ServicePort, counts [3]int32, own []v1alpha1.Pod, pods []onePod) {
	var steps v1alpha1.Steps
	for i, n := range numbers {
		given := make([]*int32, len(pods))
		for j := range pods {
			given[j] = n.of(&pods[j])
		}
		base, step, ok := series(given, pods)
		if ok {
			*n.entry(&p.Numbers) = new(base)
			if len(pods) > 1 && step != counts[i] {
				*n.step(&steps) = new(step)
			}
		}
		for j, v := range given {
			if v != nil && (!ok || *v != base+step*(pods[j].id-pods[0].id)) {
				*n.entry(&podPort(&own[j], p.Name).Numbers) = v
			}
		}
	}
	if steps != (v1alpha1.Steps{}) {
		p.Steps = &steps
	}
}

// counts are how far numbers count up by themselves.
func counts(e *v1alpha1.Service, pods []onePod) [3]int32 {
	port := int32(0)
	if e.LoadBalancer != nil && e.LoadBalancer.Address != nil {
		port = 1
	}
	if e.Type == nil || *e.Type != v1alpha1.NodePort {
		return [3]int32{port, 1, port}
	}
	_, step, ok := series(valuesOf(pods, func(p onePod) *int32 { return p.nodePort }), pods)
	if !ok || len(pods) == 1 {
		step = 1
	}
	return [3]int32{port, 1, step}
}

// podPort returns the port of a pod, and makes it if there is none.
func podPort(p *v1alpha1.Pod, name string) *v1alpha1.PodPort {
	if len(p.Ports) == 0 {
		p.Ports = []v1alpha1.PodPort{{Name: name}}
	}
	return &p.Ports[0]
}

// series returns the number of the first pod and how far numbers count up from id to id, if all pods
// have one and that is right for most of them.
func series(given []*int32, pods []onePod) (base, step int32, ok bool) {
	if slices.Contains(given, nil) {
		return 0, 0, false
	}
	if len(given) == 1 {
		return *given[0], 0, true
	}
	const tried = 4 // pods at the beginning: an exception is rarely in all pairs of them
	most := len(pods) / 2
	for i := range min(len(given), tried) {
		for j := i + 1; j < min(len(given), tried); j++ {
			apart, more := pods[j].id-pods[i].id, *given[j]-*given[i]
			if apart <= 0 || more%apart != 0 || more < 0 {
				continue
			}
			s := more / apart
			b := *given[i] - s*(pods[i].id-pods[0].id)
			n := 0
			for k, v := range given {
				if int64(*v) == int64(b)+int64(s)*int64(pods[k].id-pods[0].id) {
					n++
				}
			}
			if n > most && b > 0 {
				base, step, most, ok = b, s, n, true
			}
		}
	}
	return base, step, ok
}

// foldMap writes annotations or labels: keys that all pods have, with values that a template says, are
// those of the entry.
func foldMap(entry *v1alpha1.StringMap, own []v1alpha1.Pod, pods []onePod, of func(onePod) map[string]string, in func(*v1alpha1.Pod) *v1alpha1.StringMap) {
	keys := map[string]bool{}
	for _, p := range pods {
		for k := range of(p) {
			keys[k] = true
		}
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		values := valuesOf(pods, func(p onePod) string { return of(p)[k] })
		common, most := commonText(values, pods)
		if most {
			setKey(entry, k, common)
		}
		for i, p := range pods {
			v, has := of(p)[k]
			switch {
			case !has && most:
				setNullKey(in(&own[i]), k)
			case has && (!most || expand(common, p) != expand(v, p)):
				setKey(in(&own[i]), k, v)
			}
		}
	}
}

func setKey(m *v1alpha1.StringMap, key, value string) {
	setNullKey(m, key)
	(*m)[key] = new(value)
}

func setNullKey(m *v1alpha1.StringMap, key string) {
	if *m == nil {
		*m = v1alpha1.StringMap{}
	}
	(*m)[key] = nil
}

// setAll adds pairs to a map of a spec.
func setAll(m *v1alpha1.StringMap, pairs map[string]string) {
	for k, v := range pairs {
		setKey(m, k, v)
	}
}

func valuesOf[T any](pods []onePod, of func(onePod) T) []T {
	out := make([]T, len(pods))
	for i, p := range pods {
		out[i] = of(p)
	}
	return out
}

func allPods(pods []onePod, is func(onePod) bool) bool {
	return !slices.ContainsFunc(pods, func(p onePod) bool { return !is(p) })
}

// commonText returns the text from which those of most pods follow, and whether there is one: of more
// than half of the pods, so that it is shorter than to write it for each pod.
func commonText(values []string, pods []onePod) (string, bool) {
	best, most := "", len(pods)/2
	tried := map[string]bool{}
	for i, v := range values[:min(len(values), 4)] {
		for _, t := range patterns(v, pods[i]) {
			if v == "" || tried[t] {
				continue
			}
			tried[t] = true
			n := 0
			for j, w := range values {
				if w != "" && expand(t, pods[j]) == expand(w, pods[j]) {
					n++
				}
			}
			if n > most {
				best, most = t, n
			}
		}
	}
	return best, best != ""
}

// patterns returns a text, and what it may be with placeholders of a pod.
func patterns(text string, p onePod) []string {
	withPod := strings.ReplaceAll(text, p.name, "$(pod)")
	out := []string{withPod, text}
	add := func(t string) { out = append(out, t) }
	digits := strconv.Itoa(int(p.id))
	for _, t := range []string{withPod, text} {
		if strings.Contains(t, "$(id)") {
			continue
		}
		places := numberPlaces(t, digits)
		for _, at := range places {
			add(t[:at] + "$(id)" + t[at+len(digits):])
		}
		if len(places) > 1 {
			every := t
			for _, at := range slices.Backward(places) {
				every = every[:at] + "$(id)" + every[at+len(digits):]
			}
			add(every)
		}
	}
	return out
}

// numberPlaces returns where a number stands in a text, not as a part of another one.
func numberPlaces(text, digits string) []int {
	isDigit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	const most = 4
	var out []int
	for i := 0; i+len(digits) <= len(text) && len(out) < most; i++ {
		if text[i:i+len(digits)] == digits && !isDigit(i-1) && !isDigit(i+len(digits)) {
			out = append(out, i)
		}
	}
	return out
}

// expand replaces the placeholders of a pod.
func expand(text string, p onePod) string {
	if !strings.Contains(text, "$") {
		return text
	}
	return strings.NewReplacer("$$(", "$$(", "$(pod)", p.name, "$(id)", strconv.Itoa(int(p.id)), "$(workload)", p.workload).Replace(text)
}
