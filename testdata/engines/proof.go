package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
)

// A proof is a spec and the engine that reads what Sallyport generates from it.
type proof struct {
	name   string // GROUP/WHAT
	spec   string // a directory of examples, or a file of specs
	engine engine
	world
	ways   []way  // how clients come in, if not by the only line of bootstrap addresses
	wrong  string // the pod that gets another address, if not the second
	inside bool   // no pod connects to another through the edge
}

// A way is a line of bootstrap addresses with the client that uses it.
type way struct {
	bootstrap string            // COMPONENT PORT, or COMPONENT
	client    string            // a key of clients, if not that of the engine
	options   map[string]string // for the client
	told      string            // the COMPONENT PORT whose addresses clients are told, if another
	any       bool              // one address for all pods: whichever answers
}

// An engine is the recipe of a server.
type engine struct {
	client   string                            // a key of clients
	told     string                            // matches what clients are told, in a file of a pod; its group is a number
	at       string                            // matches the number in an address that changes with it; a port if empty
	ready    string                            // matches the log of a pod that is ready
	limit    time.Duration                     // until it is ready
	fetch    func(*lab) string                 // gets the server, and returns its version
	server   func(*lab, *pod) process          // what runs in a pod
	form     func(*lab)                        // makes a cluster of servers that are ready, or nil
	refresh  func(*lab)                        // makes servers forget what clients were told before, or nil
	identity func(*lab, *pod) string           // what clients call the pod
	options  func(*lab, way) map[string]string // for the client, or nil
}

// run proves it, and returns a remark.
func (p proof) run(r *row) string {
	c := newCluster(r, specFile(p.spec), p.world)
	l := newLab(r, c)
	defer l.close()
	version := p.engine.fetch(l)
	l.serveAPI()
	for _, q := range l.pods {
		l.volumes(q)
	}
	l.discover(p.engine, l.pods)
	for _, q := range l.pods {
		l.start(p.engine, q)
		if l.ordered(q) {
			l.awaitReady(p.engine, []*pod{q})
		}
	}
	l.awaitReady(p.engine, l.pods)
	if p.engine.form != nil {
		p.engine.form(l)
	}
	remarks := []string{fmt.Sprintf("%s, %d pods", version, len(l.pods))}
	for _, w := range p.allWays(l) {
		remarks = append(remarks, l.prove(p, w, ""))
	}
	if n := l.edge.fromPods; p.inside && len(n) > 0 {
		r.failf("pods connect to each other through the edge: %v", n)
	}
	if p.engine.told != "" {
		remarks = append(remarks, l.refute(p))
	}
	return strings.Join(remarks, "; ")
}

func specFile(name string) string {
	if file := filepath.Join("examples", name, "spec.yaml"); exists(file) {
		return file
	}
	return filepath.Join(module, "specs", name+".yaml")
}

// allWays returns the ways into a lab. A plan with one line needs no choice.
func (p proof) allWays(l *lab) []way {
	ways := slices.Clone(p.ways)
	if len(ways) == 0 {
		if len(l.boot) != 1 {
			l.failf("the plan has %d lines of bootstrap addresses: the proof must name those of its clients", len(l.boot))
		}
		for name := range l.boot {
			ways = append(ways, way{bootstrap: name})
		}
	}
	for i, w := range ways {
		ways[i].bootstrap = l.line(w.bootstrap)
		if w.client == "" {
			ways[i].client = p.engine.client
		}
		if p.engine.options != nil {
			ways[i].options = with(p.engine.options(l, w), w.options)
		}
	}
	return ways
}

// line returns the name of a line of bootstrap addresses. A component that has one line alone
// needs no port.
func (l *lab) line(name string) string {
	var found []string
	for line := range l.boot {
		if component, _, _ := strings.Cut(line, " "); line == name || component == name {
			found = append(found, line)
		}
	}
	if len(found) != 1 {
		l.failf("the plan has %d lines of bootstrap addresses of %s", len(found), name)
	}
	return found[0]
}

// ordered reports whether a pod must be ready before the next one starts.
func (l *lab) ordered(p *pod) bool {
	s := l.workloads[p.workload]
	return len(s) == 1 && s[0].Spec.Selector != nil && s[0].Spec.PodManagementPolicy != appsv1.ParallelPodManagement
}

func (l *lab) awaitReady(e engine, pods []*pod) {
	for _, p := range pods {
		l.await(p.name, l.servers[p.name][0], e.ready, e.limit)
		p.ready.Store(true)
	}
}

// refute gives a pod a file with an address that nobody serves. Clients must be told it, and
// reach all other pods.
func (l *lab) refute(p proof) string {
	wrong := l.pods[1]
	if p.wrong != "" {
		wrong = l.pod(p.wrong)
	}
	for _, s := range l.servers[wrong.name] {
		s.stop()
	}
	wrong.ready.Store(false)
	l.discover(p.engine, []*pod{wrong})
	l.alter(p.engine, wrong)
	l.start(p.engine, wrong)
	l.awaitReady(p.engine, []*pod{wrong})
	if p.engine.refresh != nil {
		p.engine.refresh(l)
	}
	var remarks []string
	for _, w := range p.allWays(l) {
		if !w.any && l.address(w, wrong) != "" {
			remarks = append(remarks, l.prove(p, w, wrong.name))
		}
	}
	return fmt.Sprintf("with a wrong address of %s %s", wrong.name, strings.Join(remarks, ", "))
}

// alter changes what clients are told in the files of a pod.
func (l *lab) alter(e engine, p *pod) {
	told, found := regexp.MustCompile(e.told), false
	for _, m := range l.allGenerated(p) {
		data, err := os.ReadFile(m.from)
		l.check(err)
		altered := replaceGroup(told, string(data), alterNumber)
		found = found || altered != string(data)
		l.write(m.from, altered)
	}
	if !found {
		l.failf("no file of %s has %s: the proof cannot fail", p.name, e.told)
	}
}

// alteredAddress is what clients are told after that.
func (e engine) alteredAddress(at string) string {
	return replaceGroup(regexp.MustCompile(cmp.Or(e.at, `:(\d+)$`)), at, alterNumber)
}

// alterNumber returns another port, or another last number of an address.
func alterNumber(text string) string {
	n, _ := strconv.Atoi(text) // the group has digits only
	return strconv.Itoa(n + 77)
}

// replaceGroup replaces the first group of each match.
func replaceGroup(re *regexp.Regexp, text string, by func(string) string) string {
	var b strings.Builder
	last := 0
	for _, at := range re.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[last:at[2]])
		b.WriteString(by(text[at[2]:at[3]]))
		last = at[3]
	}
	return b.String() + text[last:]
}
