package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// podNameLabel selects a single pod.
const podNameLabel = plan.PodNameLabel

// targetNumber is the port of the pods that a port of a Service leads to, if it has a number.
func targetNumber(p corev1.ServicePort) int32 {
	if p.TargetPort.StrVal == "" && p.TargetPort.IntVal != 0 {
		return p.TargetPort.IntVal
	}
	return p.Port
}

// A served is Services that become one entry: one for all pods, or one for each pod of a StatefulSet.
type served struct {
	workload string // "": they are for all pods
	ordinals []int
	services []*workload.Service
}

// fromServices returns a spec for the Services of a file, and names them.
func (in *initInput) fromServices(o *initOptions) (from, text string, ds source.Diagnostics) {
	groups, ds := in.groups()
	if len(groups) == 0 {
		return "", "", append(ds, source.Diagnostic{Code: source.Required, Severity: source.Error, File: in.file,
			Message: "no Service in the input selects pods", WayOut: "kubectl get services -o yaml prints them; for addresses outside the cluster: sallyport init --kind ExternalEndpoints"})
	}
	first := groups[0].services[0]
	if ds = append(ds, o.place(first.Doc)...); ds.Failed() {
		return "", "", ds
	}
	namespace := cmp.Or(first.Namespace, o.namespace)
	name := cmp.Or(groups[0].workload, first.Spec.Selector["app.kubernetes.io/name"], first.Spec.Selector["app"], first.Name)
	var names []string
	components := ""
	for _, c := range componentsOf(groups) {
		components += c.text()
		for _, g := range c.groups {
			for _, s := range g.services {
				names = append(names, s.Name)
			}
		}
	}
	return "Services " + strings.Join(names, ", "), fmt.Sprintf(initServicesHead, scalar(name), namespaceLine(namespace), namespace, in.file) + components, ds
}

// groups sorts the Services. Those that select no pods are left out. Services of several namespaces are
// an error.
func (in *initInput) groups() ([]*served, source.Diagnostics) {
	var out []*served
	byWorkload := map[string]*served{}
	for _, s := range in.services {
		if len(s.Spec.Selector) == 0 {
			continue
		}
		if len(out) > 0 && out[0].services[0].Namespace != s.Namespace {
			return nil, source.Diagnostics{in.problem(s.Doc, source.Contradiction, "make a spec for each: kubectl get services -n NAMESPACE -o yaml",
				"a spec has one namespace, and the Services have %q and %q", out[0].services[0].Namespace, s.Namespace)}
		}
		name, ordinal, single := podOf(s)
		if !single {
			out = append(out, &served{services: []*workload.Service{s}})
			continue
		}
		key := name + " " + string(s.Spec.Type) + " " + strings.Replace(s.Name, name+"-"+strconv.Itoa(ordinal), podInName, 1)
		if byWorkload[key] == nil {
			byWorkload[key] = &served{workload: name}
			out = append(out, byWorkload[key])
		}
		g := byWorkload[key]
		g.ordinals, g.services = append(g.ordinals, ordinal), append(g.services, s)
	}
	for _, g := range out {
		g.sort()
	}
	return out, nil
}

// podInName stands for the name of the pod in the name of its Service.
const podInName = "$(pod)"

// sort sorts the Services of single pods by ordinals.
func (g *served) sort() {
	if g.workload == "" {
		return
	}
	order := make([]int, len(g.ordinals))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return g.ordinals[a] - g.ordinals[b] })
	sorted := served{workload: g.workload}
	for _, i := range order {
		sorted.ordinals, sorted.services = append(sorted.ordinals, g.ordinals[i]), append(sorted.services, g.services[i])
	}
	*g = sorted
}

// podOf returns the StatefulSet and the ordinal of the only pod that a Service selects.
func podOf(s *workload.Service) (name string, ordinal int, ok bool) {
	pod := s.Spec.Selector[podNameLabel]
	i := strings.LastIndex(pod, "-")
	if i < 1 {
		return "", 0, false
	}
	n, err := strconv.Atoi(pod[i+1:])
	return pod[:i], n, err == nil
}

// A servedComponent is the entries for the same pods.
type servedComponent struct {
	name     string
	workload string            // "": not known
	selector map[string]string // nil: all entries are for single pods
	groups   []*served
	ports    []*servedPort
}

// A servedPort is a port of pods.
type servedPort struct {
	name     string
	number   int32
	protocol corev1.Protocol
	guessed  string // the name of a target port whose number is not known
}

// componentsOf sorts entries by the pods that they lead to. If the Services for single pods are of one
// StatefulSet, and the others select by the same labels, these are the same pods.
func componentsOf(groups []*served) []*servedComponent {
	var out []*servedComponent
	for _, g := range groups {
		i := slices.IndexFunc(out, func(c *servedComponent) bool {
			if g.workload != "" {
				return c.workload == g.workload
			}
			return c.selector != nil && maps.Equal(c.selector, g.services[0].Spec.Selector)
		})
		if i < 0 {
			c := &servedComponent{workload: g.workload}
			if g.workload == "" {
				c.selector = g.services[0].Spec.Selector
			}
			i, out = len(out), append(out, c)
		}
		out[i].groups = append(out[i].groups, g)
	}
	if len(out) == 2 && (out[0].workload == "") != (out[1].workload == "") {
		one := &servedComponent{workload: out[0].workload + out[1].workload, groups: append(out[0].groups, out[1].groups...)}
		if one.selector = out[0].selector; one.selector == nil {
			one.selector = out[1].selector
		}
		out = []*servedComponent{one}
	}
	for i, c := range out {
		c.name = "node"
		if len(out) > 1 {
			c.name = cmp.Or(c.workload, c.groups[0].services[0].Name, strconv.Itoa(i))
		}
	}
	return out
}

// port returns the port of the pods that a port of a Service leads to.
func (c *servedComponent) port(p corev1.ServicePort) *servedPort {
	number, protocol := targetNumber(p), cmp.Or(p.Protocol, corev1.ProtocolTCP)
	for _, known := range c.ports {
		if known.number == number && known.protocol == protocol {
			return known
		}
	}
	name := cmp.Or(p.Name, p.TargetPort.StrVal, strings.ToLower(string(protocol))+"-"+strconv.Itoa(int(number)))
	if slices.ContainsFunc(c.ports, func(known *servedPort) bool { return known.name == name }) {
		name += "-" + strconv.Itoa(int(number))
	}
	out := &servedPort{name: name, number: number, protocol: protocol, guessed: p.TargetPort.StrVal}
	c.ports = append(c.ports, out)
	return out
}

// bounds returns the lowest and the highest ordinal of the pods.
func (c *servedComponent) bounds() (first, last int) {
	var all []int
	for _, g := range c.groups {
		all = append(all, g.ordinals...)
	}
	if len(all) == 0 {
		return 0, -1
	}
	return slices.Min(all), slices.Max(all)
}

// text returns the lines of the component.
func (c *servedComponent) text() string {
	var b, entries strings.Builder
	names := map[string]bool{}
	for _, g := range c.groups {
		g.write(&entries, c, names)
	}
	fmt.Fprintf(&b, "  - name: %s\n", scalar(c.name))
	if c.workload != "" {
		first, last := c.bounds()
		fmt.Fprintf(&b, "    workload: %s # the StatefulSet\n    replicas: %d\n", scalar(c.workload), last-first+1)
		if first != 0 {
			fmt.Fprintf(&b, "    ordinals: {start: %d}\n", first)
		}
	}
	if c.selector != nil {
		b.WriteString("    selector:\n" + (&draft{selector: c.selector}).labels())
	}
	b.WriteString("    ports:\n")
	for _, p := range c.ports {
		protocol, remark := "", ""
		if p.protocol != corev1.ProtocolTCP {
			protocol = ", protocol: " + scalar(string(p.protocol))
		}
		if p.guessed != "" {
			remark = " # write the number of the port that the containers call " + p.guessed
		}
		fmt.Fprintf(&b, "    - {name: %s, containerPort: %d%s}%s\n", scalar(p.name), p.number, protocol, remark)
	}
	return b.String() + "    services:\n" + entries.String()
}

// write writes the entry for Services.
func (g *served) write(b *strings.Builder, c *servedComponent, names map[string]bool) {
	s := g.services[0]
	name, serviceName := "all", s.Name
	mode, typ := "Shared", string(cmp.Or(s.Spec.Type, corev1.ServiceTypeClusterIP))
	switch {
	case g.workload != "":
		mode, serviceName = "PerPod", strings.Replace(s.Name, fmt.Sprintf("%s-%d", g.workload, g.ordinals[0]), podInName, 1)
		name = strings.TrimPrefix(serviceName, podInName+"-")
	case s.Spec.ClusterIP == corev1.ClusterIPNone:
		name, mode = "headless", "Headless"
	case c.workload != "":
		name = strings.TrimPrefix(s.Name, c.workload+"-")
	}
	if wrong, _ := v1alpha1.DNSLabel.Problem(name); wrong != "" {
		name = "external"
	}
	for base, n := name, 2; names[name]; n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	names[name] = true
	fmt.Fprintf(b, "    - name: %s\n      mode: %s\n", name, mode)
	if mode != "Headless" {
		fmt.Fprintf(b, "      type: %s\n", typ)
	}
	if serviceName != podInName+"-"+name {
		fmt.Fprintf(b, "      serviceName: %s\n", scalar(serviceName))
	}
	if first, last := c.bounds(); g.workload != "" && last-first+1 != len(g.ordinals) {
		fmt.Fprintf(b, "      only: [%s]\n", strings.Join(g.pods(), ", "))
	}
	g.writePorts(b, c)
}

func (g *served) pods() []string {
	var out []string
	for _, n := range g.ordinals {
		out = append(out, fmt.Sprintf("%s-%d", g.workload, n))
	}
	return out
}

// writePorts writes the ports of an entry. Numbers that neither are the same for all pods nor count up as
// node ports do are those of the pods.
func (g *served) writePorts(b *strings.Builder, c *servedComponent) {
	first, _ := c.bounds()
	b.WriteString("      ports:\n")
	own := make([][]string, len(g.services))
	for i, p := range g.services[0].Spec.Ports {
		to := c.port(p)
		line := "name: " + scalar(to.name)
		if p.Name != "" && p.Name != to.name {
			line += ", portName: " + scalar(p.Name)
		}
		ports, nodePorts := g.numbers(i)
		together := !differ(ports)
		if together && p.Port != to.number {
			line += fmt.Sprintf(", port: %d", p.Port)
		}
		counted := g.countsUp(nodePorts)
		if counted && nodePorts[0] != 0 {
			line += fmt.Sprintf(", nodePort: %d", int(nodePorts[0])-g.first()+first)
		}
		fmt.Fprintf(b, "      - {%s}\n", line)
		for n := range g.services {
			numbers := ""
			if !together {
				numbers += fmt.Sprintf(", port: %d", ports[n])
			}
			if !counted && nodePorts[n] != 0 {
				numbers += fmt.Sprintf(", nodePort: %d", nodePorts[n])
			}
			if numbers != "" {
				own[n] = append(own[n], "{name: "+scalar(to.name)+numbers+"}")
			}
		}
	}
	g.writeOwn(b, own)
}

// writeOwn writes the numbers of single pods.
func (g *served) writeOwn(b *strings.Builder, own [][]string) {
	if !slices.ContainsFunc(own, func(ports []string) bool { return len(ports) > 0 }) {
		return
	}
	b.WriteString("      pods:\n")
	for n, ports := range own {
		if len(ports) > 0 {
			fmt.Fprintf(b, "      - {pod: %s, ports: [%s]}\n", scalar(g.pods()[n]), strings.Join(ports, ", "))
		}
	}
}

// first returns the lowest ordinal, or 0 for a Service of all pods.
func (g *served) first() int {
	if len(g.ordinals) == 0 {
		return 0
	}
	return g.ordinals[0]
}

// numbers returns the numbers of a port in the Services.
func (g *served) numbers(port int) (ports, nodePorts []int32) {
	for _, s := range g.services {
		var p corev1.ServicePort
		if port < len(s.Spec.Ports) {
			p = s.Spec.Ports[port]
		}
		ports, nodePorts = append(ports, cmp.Or(p.Port, g.services[0].Spec.Ports[port].Port)), append(nodePorts, p.NodePort)
	}
	return ports, nodePorts
}

func differ(numbers []int32) bool {
	return slices.ContainsFunc(numbers, func(n int32) bool { return n != numbers[0] })
}

// countsUp reports whether node ports count up from pod to pod, or are not set.
func (g *served) countsUp(nodePorts []int32) bool {
	for n, number := range nodePorts {
		step := 0
		if nodePorts[0] != 0 && len(g.ordinals) > 0 {
			step = g.ordinals[n] - g.ordinals[0]
		}
		if int(number-nodePorts[0]) != step {
			return false
		}
	}
	return true
}
