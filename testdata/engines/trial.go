package main

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// A trial is a proof in its lab.
type trial struct {
	*lab
	proof
}

// run proves it, and returns a remark.
func (p proof) run(r *row) string {
	t := trial{newLab(r, newCluster(r, specFile(p.spec), p.world)), p}
	defer t.close()
	t.network()
	version := t.engine.fetch(t.lab)
	var front *door
	if t.door {
		front = newDoor(t.lab)
		front.serve()
	}
	t.serveAPI()
	for _, q := range t.pods {
		t.volumes(q)
	}
	t.initialize(t.pods, isDiscovery)
	t.initialize(t.pods, isUsers)
	for _, q := range t.pods {
		t.start(q)
		if t.ordered(q) {
			t.awaitReady(q)
		}
	}
	for _, q := range t.pods {
		t.awaitReady(q)
	}
	if t.engine.form != nil {
		t.engine.form(t.lab)
	}
	remarks := []string{fmt.Sprintf("%s, %d pods", version, len(t.pods))}
	if front != nil {
		remarks = append(remarks, front.open())
	}
	for _, w := range t.allWays() {
		remarks = append(remarks, t.prove(w, nil))
	}
	if n := t.edge.fromPods; t.inside && len(n) > 0 {
		t.failf("pods connect to each other through the edge: %v", n)
	}
	if t.engine.advertised != "" {
		remarks = append(remarks, t.refute(t.pods[1]))
	}
	return strings.Join(remarks, "; ")
}

// allWays returns the ways into a lab. A plan with one line needs no choice.
func (t trial) allWays() []way {
	ways := slices.Clone(t.ways)
	if len(ways) == 0 {
		if len(t.boot) != 1 {
			t.failf("the plan has %d lines of bootstrap addresses: the proof must name those of its clients", len(t.boot))
		}
		for name := range t.boot {
			ways = append(ways, way{bootstrap: name})
		}
	}
	for i, w := range ways {
		ways[i].bootstrap = t.line(w.bootstrap)
		if w.client == "" {
			ways[i].client = t.engine.client
		}
		if t.engine.options != nil {
			ways[i].options = with(t.engine.options(t.lab, w), w.options)
		}
	}
	return ways
}

// line returns the name of a line of bootstrap addresses. A component that has one line alone
// needs no port.
func (t trial) line(name string) string {
	var found []string
	for line := range t.boot {
		if component, _, _ := strings.Cut(line, " "); line == name || component == name {
			found = append(found, line)
		}
	}
	if len(found) != 1 {
		t.failf("the plan has %d lines of bootstrap addresses of %s", len(found), name)
	}
	return found[0]
}

// ordered reports whether a pod must be ready before the next one starts.
func (t trial) ordered(p *pod) bool {
	s := t.workloads[p.workload]
	return len(s) == 1 && s[0].Spec.Selector != nil && s[0].Spec.PodManagementPolicy != appsv1.ParallelPodManagement
}

func (t trial) awaitReady(p *pod) {
	t.await(p.name, t.servers[p.name][0], t.engine.ready, t.engine.limit)
	p.ready.Store(true)
}

// start runs the containers of a pod: the server of the engine, and others that the StatefulSet
// has. The command of a StatefulSet replaces that of the image.
func (t trial) start(p *pod) {
	server := t.engine.server(t.lab, p)
	all := t.containers(p)
	if len(all) == 0 {
		all = []corev1.Container{{}}
	}
	t.servers[p.name] = nil
	for i, c := range all {
		what, name := server, p.name
		if i > 0 {
			name += "-" + c.Name
		}
		for _, s := range t.workloads[p.workload] {
			if is := s.Spec.Template.Spec.SecurityContext; is != nil && is.RunAsUser != nil && is.RunAsGroup != nil {
				what.user = fmt.Sprintf("%d:%d", *is.RunAsUser, *is.RunAsGroup)
			}
		}
		if len(c.Command) > 0 {
			what.argv, what.files = slices.Concat(c.Command, c.Args), nil
		}
		if len(what.argv) == 0 {
			t.failf("container %s of %s has no command, and that of its image is not known", c.Name, p.name)
		}
		t.servers[p.name] = append(t.servers[p.name], t.spawn(p, name, what, c))
	}
}

// initialize runs one of the init containers of pods, as a kubelet would: with its command, mounts
// and variables.
func (t trial) initialize(pods []*pod, is func(corev1.Container) bool) {
	started := map[*pod]*server{}
	for _, p := range pods {
		if i := slices.IndexFunc(t.initContainers(p), is); i >= 0 {
			c := t.initContainers(p)[i]
			started[p] = t.spawn(p, p.name+"-"+c.Name, t.initProcess(p, c), c)
		}
	}
	for p, s := range started {
		t.finish("the init container of "+p.name, s)
	}
}

func isDiscovery(c corev1.Container) bool { return strings.HasPrefix(c.Name, "sallyport") }

func isUsers(c corev1.Container) bool { return !isDiscovery(c) }

// initProcess is the command of an init container. Discovery has a kubectl, and is not root.
func (t trial) initProcess(p *pod, c corev1.Container) process {
	if !isDiscovery(c) {
		what := t.engine.server(t.lab, p)
		what.argv, what.files = slices.Concat(c.Command, c.Args), nil
		return what
	}
	kubectl, _ := goProgram(t.row, "k8s.io/kubectl", "./kubectl", "kubectl")
	return process{
		argv: c.Command, user: "65532:65532",
		env:    map[string]string{"KUBERNETES_SERVICE_HOST": apiServer, "KUBERNETES_SERVICE_PORT": "6443"},
		mounts: []mount{{kubectl, "/usr/local/bin/kubectl"}},
	}
}

// refute gives a pod a file with an address that nobody serves. Servers must advertise it, and clients must
// reach all other pods.
func (t trial) refute(wrong *pod) string {
	for _, s := range t.servers[wrong.name] {
		s.stop()
	}
	wrong.ready.Store(false)
	t.initialize([]*pod{wrong}, isDiscovery)
	t.alter(wrong)
	t.initialize([]*pod{wrong}, isUsers)
	t.start(wrong)
	t.awaitReady(wrong)
	if t.engine.refresh != nil {
		t.engine.refresh(t.lab)
	}
	var remarks []string
	for _, w := range t.allWays() {
		if !w.any && t.address(w, wrong) != "" {
			remarks = append(remarks, t.prove(w, wrong))
		}
	}
	return fmt.Sprintf("with a wrong address of %s %s", wrong.name, strings.Join(remarks, ", "))
}

// alter changes what a pod advertises, in its files.
func (t trial) alter(p *pod) {
	advertised, found := regexp.MustCompile(t.engine.advertised), false
	for _, m := range t.allGenerated(p) {
		data, err := os.ReadFile(m.from)
		t.check(err)
		altered := replaceGroup(advertised, string(data), alterNumber)
		found = found || altered != string(data)
		t.write(m.from, altered)
	}
	if !found {
		t.failf("no file of %s has %s: the proof cannot fail", p.name, t.engine.advertised)
	}
}

// prove lets a client come in by a way until it finds every pod, and all of them but a wrong
// one. It returns the client's remark.
func (t trial) prove(w way, wrong *pod) string {
	what := task{w.client, strings.Split(t.look(t.boot[w.bootstrap], t.pods[0]), ","), w.options}
	for end := time.Now().Add(90 * time.Second); ; time.Sleep(time.Second) {
		found := t.ask(what)
		against := t.judge(w, found, wrong)
		if against == "" {
			return found.Remark
		}
		if time.Now().After(end) {
			t.failf("%s: %s\nthe client began with %s and reports %s", w.bootstrap, against, what.Bootstrap, indent(found))
		}
	}
}

// judge compares a report with what must be found, and says what is against it.
func (t trial) judge(w way, found report, wrong *pod) string {
	if found.Err != "" {
		return found.Err
	}
	if w.any && len(found.Contacts) == 1 {
		return found.Contacts[0].Err
	}
	pods := t.podsOf(w)
	if len(pods) == 0 {
		t.failf("no pod can be found by %s", w.bootstrap)
	}
	if len(found.Contacts) != len(pods) {
		return fmt.Sprintf("%d servers for %d pods", len(found.Contacts), len(pods))
	}
	for _, pod := range pods {
		at := t.address(w, pod)
		if pod == wrong {
			at = t.engine.alteredAddress(at)
		}
		i := slices.IndexFunc(found.Contacts, func(c contact) bool { return c.At == at })
		who := t.engine.identity(t.lab, pod)
		switch {
		case i < 0:
			return fmt.Sprintf("servers do not advertise %s, the address of %s", at, pod.name)
		case pod == wrong && found.Contacts[i].Err == "":
			return fmt.Sprintf("%s is reached at %s, where nobody listens", pod.name, at)
		case pod == wrong:
		case found.Contacts[i].Err != "":
			return fmt.Sprintf("%s is not reached at %s: %s", pod.name, at, found.Contacts[i].Err)
		case found.Contacts[i].Who != who:
			return fmt.Sprintf("%s answers at %s, the address of %s", found.Contacts[i].Who, at, who)
		}
	}
	return ""
}

// podsOf returns the pods that have an address by a way.
func (t trial) podsOf(w way) []*pod {
	var all []*pod
	for _, p := range t.pods {
		if t.address(w, p) != "" {
			all = append(all, p)
		}
	}
	return all
}

// address returns the address of a pod by a way, as sallyport plan has it, or "". If pods share
// a Service, each may have the address of its node.
func (t trial) address(w way, p *pod) string {
	shared := ""
	for _, row := range t.rows {
		if row.Component+" "+row.PortName != cmp.Or(w.learns, w.bootstrap) || row.Component != p.component || row.Type == "Headless" || row.Type == "ClusterIP" {
			continue
		}
		at := strings.Replace(t.look(row.Address, p), "<node port>", fmt.Sprint(t.nodePort(row)), 1)
		switch row.Pod {
		case p.name:
			return at
		case "*":
			shared = at
		}
	}
	return shared
}
