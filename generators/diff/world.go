package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/provider"
	"sallyport.dev/generators/workload"
)

// A world is both sides, for rules that depend on other objects.
type world struct {
	was, is   []*object
	nodePorts map[int][]*object          // the Services of OLD that have a node port
	rows      map[serviceName][]plan.Row // the rows of the address table of OLD, by namespace and Service
	gone      map[podName]bool           // the pods of OLD that NEW does not have
}

type serviceName struct{ namespace, name string }

func newWorld(was, is []*object, tables []plan.Table) *world {
	w := &world{was: was, is: is, nodePorts: map[int][]*object{}, rows: map[serviceName][]plan.Row{}, gone: gonePods(was, is)}
	for _, o := range was {
		for _, n := range nodePortsOf(o) {
			w.nodePorts[n] = append(w.nodePorts[n], o)
		}
	}
	for _, t := range tables {
		_, rest, _ := strings.Cut(t.Spec, "/")
		namespace, _, _ := strings.Cut(rest, "/")
		for _, r := range t.Rows {
			key := serviceName{namespace, r.Service}
			w.rows[key] = append(w.rows[key], r)
		}
	}
	return w
}

// nodePortsOf returns the node ports that a Service names.
func nodePortsOf(o *object) []int {
	if o.Kind != "Service" {
		return nil
	}
	spec := child(o.tree, "spec")
	out := []int{}
	if n := number(spec["healthCheckNodePort"]); n != 0 {
		out = append(out, n)
	}
	for _, p := range list(spec["ports"]) {
		port, _ := p.(map[string]any)
		if n := number(port["nodePort"]); n != 0 {
			out = append(out, n)
		}
	}
	return out
}

// A change is a leaf with everything that rules look at.
type change struct {
	leaf
	was, is *object // nil: there is none
	w       *world
	rule    *Rule
	ports   map[servicePort]bool // that change in the same way; nil: the change is about all
}

// old and new return a field of an object before and after.
func (c *change) old(fields ...string) any { return field(c.was, fields) }
func (c *change) new(fields ...string) any { return field(c.is, fields) }

func field(o *object, fields []string) any {
	if o == nil {
		return nil
	}
	return at(o.tree, fields...)
}

// fill fills the placeholders of a text of a rule.
func (c *change) fill(text string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString(c.value(name))
		text = after
	}
}

// value returns what a placeholder stands for.
func (c *change) value(name string) string {
	switch name {
	case "clients":
		return c.clients()
	case "pods":
		return c.pods()
	case "readers":
		return c.readers()
	case "holder":
		return c.holder()
	case "hosts":
		return c.hosts()
	case "gone":
		return strings.Join(c.gone(), ", ")
	case "key":
		return c.key
	case "unread":
		return strings.Join(c.unread(), ", ")
	case "self":
		return c.subject().Name
	}
	panic("diff: no placeholder " + name)
}

// subject is the object as far as clients know it: that of OLD, if there is one.
func (c *change) subject() *object {
	if c.was != nil {
		return c.was
	}
	return c.is
}

// holder names another Service of OLD that has the node port of the change.
func (c *change) holder() string {
	for _, n := range c.takes() {
		for _, o := range c.w.nodePorts[n] {
			if !sameName(o, c.is) {
				return fmt.Sprintf("%s has node port %d", o.Object, n)
			}
		}
	}
	return ""
}

func sameName(a, b *object) bool {
	return b != nil && a.Name == b.Name && (a.Namespace == b.Namespace || a.Namespace == "" || b.Namespace == "")
}

// takes returns the node ports that the change requests.
func (c *change) takes() []int {
	switch {
	case c.was == nil:
		return nodePortsOf(c.is)
	case c.after == nil:
		return nil
	}
	if n := number(c.after); n != 0 {
		return []int{n}
	}
	port, _ := c.after.(map[string]any)
	return []int{number(port["nodePort"])}
}

// clients names the clients of a Service: of which pods, by which addresses.
func (c *change) clients() string {
	o := c.subject()
	spec := child(o.tree, "spec")
	of := "what is behind " + o.Name
	if selector := child(spec, "selector"); len(selector) > 0 {
		of = "the pods with " + labels(selector)
		if pod := str(selector[plan.PodNameLabel]); pod != "" {
			of = "pod " + pod
		}
	}
	addresses := c.addresses(o)
	if len(addresses) > 3 {
		addresses = append(addresses[:3:3], "...")
	}
	return "clients of " + of + ", by " + strings.Join(addresses, ", ")
}

// addresses returns the addresses at which clients reach a Service: those of the address table, or
// else what the Service says.
func (c *change) addresses(o *object) []string {
	var out []string
	add := func(a string) {
		if a != "" && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	for _, r := range c.w.rows[serviceName{o.Namespace, o.Name}] {
		if c.isAbout(cmp.Or(r.ServicePort, r.PortName), int(r.Port)) {
			add(r.Address)
		}
	}
	if len(out) > 0 {
		return out
	}
	hosts := hostsOf(o)
	for _, p := range list(at(o.tree, "spec", "ports")) {
		port, _ := p.(map[string]any)
		if !c.isAbout(str(port["name"]), number(port["port"])) {
			continue
		}
		for _, h := range hosts {
			add(plan.HostPort(h, text(port["port"])))
		}
		if n := number(port["nodePort"]); n != 0 && str(at(o.tree, "spec", "type")) == "NodePort" {
			add("node port " + strconv.Itoa(n))
		}
	}
	if len(out) == 0 {
		add(strings.TrimSuffix(o.Name+"."+o.Namespace, "."))
	}
	return out
}

// A servicePort is a port of a Service. The name is empty if it has none.
type servicePort struct {
	name   string
	number int
}

// isAboutPort records that a change is about a port.
func (c *change) isAboutPort(port map[string]any) {
	if port == nil {
		return
	}
	if c.ports == nil {
		c.ports = map[servicePort]bool{}
	}
	c.ports[servicePort{str(port["name"]), number(port["port"])}] = true
}

// isAbout reports whether a change is about a port of its Service, which may have no name there.
func (c *change) isAbout(name string, number int) bool {
	return c.ports == nil || c.ports[servicePort{name, number}] || c.ports[servicePort{"", number}]
}

// hostsOf returns the names and addresses that a Service announces.
func hostsOf(o *object) []string {
	annotations := child(o.tree, "metadata", "annotations")
	var out []string
	for _, key := range hostnameKeys {
		for _, host := range commaList(annotations[key]) {
			out = append(out, strings.TrimSuffix(host, "."))
		}
	}
	if len(out) == 0 {
		out = append(out, provider.Requested(texts(annotations))...)
		if ip := str(at(o.tree, "spec", "loadBalancerIP")); ip != "" {
			out = append(out, ip)
		}
		out = append(append(out, strs(at(o.tree, "spec", "externalIPs"))...), o.ingress...)
	}
	return slices.Compact(out)
}

// commaList returns the parts of a list in a text.
func commaList(v any) []string {
	return strings.FieldsFunc(str(v), func(r rune) bool { return r == ',' || r == ' ' })
}

// hosts returns the hostnames of a route.
func (c *change) hosts() string {
	o := c.subject()
	if hosts := strs(at(o.tree, "spec", "hostnames")); len(hosts) > 0 {
		return strings.Join(hosts, ", ")
	}
	return "the listener of " + o.Name
}

// pods names the pods of a workload.
func (c *change) pods() string {
	o := c.subject()
	if o.Kind != "StatefulSet" || o.patch {
		return "the pods of " + o.Kind + " " + o.Name
	}
	start, n := podRange(o)
	switch n {
	case 0:
		return "nobody while there are no replicas"
	case 1:
		return fmt.Sprintf("pod %s-%d", o.Name, start)
	}
	return fmt.Sprintf("pods %s-%d to %s-%d", o.Name, start, o.Name, start+n-1)
}

// readers names what reads a ConfigMap.
func (c *change) readers() string {
	var out []string
	for _, set := range c.w.reading(c.subject()) {
		if name := set.Kind + " " + set.Name; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return "the pods that read it"
	}
	return "the pods of " + strings.Join(out, ", ")
}

// reading returns the workloads of NEW whose pods read a ConfigMap.
func (w *world) reading(config *object) []*object {
	return slices.DeleteFunc(slices.Clone(w.is), func(o *object) bool {
		return !slices.Contains(workloads, o.Kind) || !config.sameNamespace(o) || !mentions(at(o.tree, "spec", "template", "spec"), config.Name)
	})
}

// unread names the generated ConfigMaps of NEW that a workload read in what changes, and that it no longer reads.
// The hash of what pods read goes with it.
func (c *change) unread() []string {
	before, now := c.before, c.reader()
	if c.is == nil && c.was.patch || c.key == workload.HashAnnotation && c.after == nil {
		before = at(c.was.tree, "spec", "template")
	}
	if before == nil || now == nil {
		return nil
	}
	var out []string
	for _, o := range c.w.is {
		if o.Kind == "ConfigMap" && child(o.tree, "metadata", "annotations")[plan.OwnerAnnotation] != nil && o.sameNamespace(c.was) &&
			mentions(before, o.Name) && !slices.ContainsFunc(now, func(tree map[string]any) bool { return mentions(tree, o.Name) }) {
			out = append(out, o.Name)
		}
	}
	return out
}

// reader returns what NEW has of the workload of a change, with what is injected; nil: the workload is removed.
func (c *change) reader() []map[string]any {
	of := func(side []*object) []map[string]any {
		out := []map[string]any{}
		for _, o := range side {
			if o.Kind == c.was.Kind && sameName(o, c.was) {
				out = append(out, o.tree)
			}
		}
		return out
	}
	if c.was == nil {
		return nil
	}
	out := of(c.w.is)
	if len(out) == 0 && (!c.was.patch || !stays(c.w.is, c.w.was, c.was)) {
		return nil
	}
	return out
}

func (o *object) sameNamespace(other *object) bool {
	return o.Namespace == other.Namespace || o.Namespace == "" || other.Namespace == ""
}

// mentions reports whether a pod refers to a ConfigMap, in a volume or a variable.
func mentions(v any, name string) bool {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if m, ok := inner.(map[string]any); ok && slices.Contains([]string{"configMap", "configMapRef", "configMapKeyRef"}, key) && str(m["name"]) == name {
				return true
			}
			if mentions(inner, name) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(inner any) bool { return mentions(inner, name) })
	}
	return false
}

// gone returns what was in a list and no longer is: hostnames, or names of a certificate.
func (c *change) gone() []string {
	now := parts(c.after)
	var out []string
	for _, one := range parts(c.before) {
		if !slices.Contains(now, one) {
			out = append(out, one)
		}
	}
	return out
}

// parts returns the parts of a list, or of the list in a text.
func parts(v any) []string {
	if s, ok := v.(string); ok {
		return commaList(s)
	}
	var out []string
	for _, one := range list(v) {
		out = append(out, text(one))
	}
	return out
}
