package picture

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// drawn is how many pods of an entry a picture has. If there are more, they are one box.
const drawn = 4

// A lane is a column of the picture.
type lane int

// The lanes, in the order in which connections go through them.
const (
	clients lane = iota
	doors
	services
	targets
	lanes
)

// A box is what connections go through.
type box struct {
	lane  lane
	title string
	lines []string // addresses at which clients reach it
	notes []string
	group *group // of a target

	isService bool
}

// A group is the pods of a component, or the addresses outside the cluster.
type group struct {
	title string
	boxes []*box
}

// An arrow leads from a box to a box, or to all boxes of a group.
type arrow struct {
	from, to *box
	all      *group // in the place of to
	labels   []string
}

// A graph is the picture of a spec.
type graph struct {
	boxes  []*box
	groups []*group
	arrows []*arrow
	named  map[string]*box // by lane and name
	pods   map[string]*box // by component and pod
}

// graphOf draws a spec.
func graphOf(p plan.Page) *graph {
	g := &graph{named: map[string]*box{}, pods: map[string]*box{}}
	sections := sectionsOf(p)
	g.addTargets(p, sections)
	for _, s := range sections {
		paths := s.paths()
		if len(paths) > drawn && s.rank() == 0 {
			paths = []path{joined(paths)}
		}
		for _, way := range paths {
			g.add(s, way)
		}
	}
	return g
}

// box returns the box of a name, and draws it at its first use.
func (g *graph) box(in lane, key, title string) *box {
	key = fmt.Sprint(in, " ", key)
	b := g.named[key]
	if b == nil {
		b = &box{lane: in, title: title}
		g.named[key], g.boxes = b, append(g.boxes, b)
	}
	return b
}

// arrow draws an arrow. A second one from the same box to the same box is the same arrow with more
// labels.
func (g *graph) arrow(from, to *box, all *group, labels []string) {
	i := slices.IndexFunc(g.arrows, func(a *arrow) bool { return a.from == from && a.to == to && a.all == all })
	if i < 0 {
		i, g.arrows = len(g.arrows), append(g.arrows, &arrow{from: from, to: to, all: all})
	}
	g.arrows[i].labels = unique(append(g.arrows[i].labels, labels...))
}

// addTargets draws the pods of the components, or the addresses outside the cluster.
func (g *graph) addTargets(p plan.Page, sections []*section) {
	if len(p.Backends) > 0 || len(sections) > 0 && sections[0].machines {
		g.addMachines(p, sections)
		return
	}
	pods := map[string][]string{}
	for _, s := range sections {
		if _, ok := pods[s.component]; !ok {
			g.groups = append(g.groups, &group{title: s.component})
		}
		of := append(pods[s.component], s.pods...)
		for _, r := range s.rows {
			if r.Pod != "*" {
				of = append(of, r.Pod)
			}
		}
		pods[s.component] = of
	}
	for _, of := range g.groups {
		g.addPods(of, unique(pods[of.title]))
	}
}

// addPods draws the pods of a component.
func (g *graph) addPods(of *group, pods []string) {
	slices.SortStableFunc(pods, func(a, b string) int {
		x, y := numbered(a), numbered(b)
		return cmp.Or(cmp.Compare(x.before, y.before), cmp.Compare(x.number, y.number))
	})
	titles := pods
	if len(pods) == 0 {
		titles = []string{"pods of " + of.title}
	} else if len(pods) > drawn {
		titles = []string{listed(spans(pods))}
	}
	for i, title := range titles {
		b := g.box(targets, of.title+" "+title, title)
		b.group, of.boxes = of, append(of.boxes, b)
		if len(titles) == len(pods) {
			g.pods[of.title+" "+pods[i]] = b
		}
	}
	if len(pods) > drawn {
		of.boxes[0].notes = []string{fmt.Sprintf("%d pods", len(pods))}
		for _, pod := range pods {
			g.pods[of.title+" "+pod] = of.boxes[0]
		}
	}
}

// addMachines draws the addresses outside the cluster.
func (g *graph) addMachines(p plan.Page, sections []*section) {
	of := &group{title: "outside the cluster"}
	g.groups = []*group{of}
	for _, b := range backendsOf(p) {
		title := abridged(b.addresses, "addresses and ranges")
		one := g.box(targets, b.ports+b.traits+title, title)
		one.group, one.notes = of, []string{strings.TrimSpace(b.ports + b.traits)}
		of.boxes = append(of.boxes, one)
	}
	if len(of.boxes) == 0 {
		title := "addresses of " + sections[0].name()
		if first := sections[0].rows[0]; first.Type == externalName {
			title, _, _ = strings.Cut(first.Address, ":")
		}
		of.boxes = []*box{g.box(targets, title, title)}
		of.boxes[0].group = of
	}
}

// add draws the way to the pods by an entry.
func (g *graph) add(s *section, way path) {
	side := "outside"
	if s.rank() > 0 {
		side = "inside"
	}
	from := g.box(clients, side, "clients "+side+" the cluster")
	last := from
	if way.door != "" {
		door := g.box(doors, way.door, way.doorTitle)
		g.arrow(last, door, nil, way.addresses)
		last = door
	}
	b := g.box(services, way.title, way.title)
	b.isService = way.service != ""
	b.lines = unique(append(b.lines, shortened(way.addresses)...))
	b.notes = unique(append(b.notes, way.notes...))
	labels := way.opened
	if last == from {
		labels = way.addresses
	}
	g.arrow(last, b, nil, labels)
	if to := g.pods[s.component+" "+way.pod]; to != nil {
		g.arrow(b, to, nil, way.ports)
		return
	}
	for _, of := range g.groups {
		if of.title == s.component || s.machines {
			g.toGroup(b, of, way.ports)
		}
	}
}

// toGroup draws an arrow to all boxes of a group.
func (g *graph) toGroup(from *box, of *group, labels []string) {
	if len(of.boxes) == 1 {
		g.arrow(from, of.boxes[0], nil, labels)
	} else {
		g.arrow(from, nil, of, labels)
	}
}

// A path is how clients reach a pod, or all pods, by one Service.
type path struct {
	pod             string // "*": all pods
	service         string // "": none
	title           string // of the Service, or of what clients reach without one
	door, doorTitle string // what leads to the Service; "": nothing
	addresses       []string
	opened          []string // the ports of the door
	ports           []string // of the pods
	notes           []string
}

// paths sorts the rows of a section into paths.
func (s *section) paths() []path {
	var out []path
	for i, r := range s.rows {
		if i == 0 || r.Service != s.rows[i-1].Service || r.Pod != s.rows[i-1].Pod {
			out = append(out, path{pod: r.Pod, service: r.Service, title: cmp.Or(r.Service, without(r.Type, r.Pod))})
		}
		last := &out[len(out)-1]
		last.add(r)
	}
	for i := range out {
		p := &out[i]
		p.notes = []string{s.typ + " " + strings.Join(p.opened, ", ")}
	}
	return out
}

// without names what clients of pods reach if there is no Service.
func without(typ, pods string) string {
	if typ == string(v1alpha1.PodIP) {
		return "address of " + pods
	}
	return "host port of " + pods
}

// add adds a port to a path.
func (p *path) add(r plan.Row) {
	opened := r.Port
	switch r.Type {
	case string(v1alpha1.LoadBalancer):
		p.door, p.doorTitle = "balancer of "+r.Service, "load balancer"
		if r.LoadBalancer != "" {
			p.door, p.doorTitle = "balancer "+r.LoadBalancer, "load balancer "+strings.ReplaceAll(r.LoadBalancer, ",", ", ")
		}
	case string(v1alpha1.NodePort), string(v1alpha1.HostPort):
		p.door, p.doorTitle = "nodes", "nodes of the cluster"
		opened = r.NodePort
	case string(v1alpha1.TLSRoute), string(v1alpha1.TCPRoute), string(v1alpha1.UDPRoute):
		p.door, p.doorTitle = "gateway "+r.Gateway, r.Gateway
		opened = r.ListenerPort
	}
	if opened != 0 {
		p.opened = append(p.opened, number(opened))
	}
	p.addresses = append(p.addresses, r.Address)
	p.ports = append(p.ports, strings.TrimSpace(r.PortName+" "+number(r.Target)))
}

// joined joins the paths of many pods to one.
func joined(paths []path) path {
	out := paths[0]
	var names, pods, opened, addresses, doors, ports []string
	for _, p := range paths {
		names, doors, pods = append(names, p.service), append(doors, p.door), append(pods, p.pod)
		addresses, opened, ports = append(addresses, p.addresses...), append(opened, p.opened...), append(ports, p.ports...)
	}
	typ, _, _ := strings.Cut(out.notes[0], " ")
	out.opened = []string{portRanges(numbers(opened))}
	out.notes = []string{typ + " " + out.opened[0]}
	out.title = without(typ, abridged(unique(pods), "pods"))
	if out.service != "" {
		names = unique(names)
		out.title = abridged(names, "Services")
		out.notes = append(out.notes, fmt.Sprintf("%d Services", len(names)))
	}
	if doors = unique(doors); len(doors) > 1 {
		out.door = strings.Join(doors, " ")
		out.doorTitle = fmt.Sprintf("%d load balancers", len(doors))
	}
	out.addresses, out.ports = addresses, unique(ports)
	return out
}
