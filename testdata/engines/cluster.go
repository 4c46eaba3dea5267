package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

// A world is what the user of a spec has, and Sallyport does not generate.
type world struct {
	labels   map[string]string // of pods without a StatefulSet, by workload: "app=kafka,role=broker"; "" is for all others
	front    string            // a name or an address in front of all nodes
	headless string            // the domain of the pods, by a Service that another tool makes
	elb      bool              // load balancers have names, and no addresses
	late     int               // seconds until load balancers have an address
	door     bool              // a Gateway, which is in the spec or beside it
}

// A cluster is what a cluster makes of the generated objects.
type cluster struct {
	world
	namespace    string
	services     []*corev1.Service
	files        map[string]map[string]string     // of ConfigMaps, by name
	workloads    map[string][]*appsv1.StatefulSet // by name: one, or the documents of a patch
	certificates []certificate
	rules        rbac
	gateway      []string // what an implementation of the Gateway API reads
	hostnames    []string // of routes
	rows         []planRow
	boot         map[string]string // bootstrap addresses by "COMPONENT PORT"
	pods         []*pod
	balancers    map[string]string // addresses of load balancers, by Service
	frontIP      string
}

type rbac struct {
	roles        []rbacv1.Role
	bindings     []rbacv1.RoleBinding
	clusterRoles []rbacv1.ClusterRole
	clusterBinds []rbacv1.ClusterRoleBinding
}

// A certificate is what cert-manager reads.
type certificate struct {
	Spec struct {
		SecretName string
		DNSNames   []string
	}
}

// A pod has a node of its own.
type pod struct {
	name, workload, component string
	ordinal                   int
	labels                    map[string]string
	ip                        string
	node, nodeIP              string
	account                   string
	ready                     atomic.Bool
}

// A planRow is a row of sallyport plan.
type planRow struct{ Component, Pod, Service, Type, PortName, Address string }

// newCluster reads what Sallyport prints for a spec. If the user's StatefulSet is beside it, that
// is what sallyport filter makes of both. Otherwise there is the patch alone.
func newCluster(r *row, spec string, w world) *cluster {
	c := &cluster{world: w, files: map[string]map[string]string{}, workloads: map[string][]*appsv1.StatefulSet{}, boot: map[string]string{}, balancers: map[string]string{}}
	if w.door {
		r.check(c.others(spec))
	}
	var stream string
	plan := []string{"plan", spec}
	beside := func(name string) (string, error) {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(spec), name))
		return string(text), err
	}
	if text, err := beside("statefulset.yaml"); err == nil {
		if front, err := beside("gateway.yaml"); err == nil {
			text, plan = text+"---\n"+front, append(plan, filepath.Join(filepath.Dir(spec), "gateway.yaml"))
		}
		stream = r.pipe(text, sallyport, "filter", "-f", spec)
	} else {
		stream = r.ok(sallyport, "render", spec) + "---\n" + r.ok(sallyport, "render", "--patch", spec)
	}
	for doc := range strings.SplitSeq("\n"+stream, "\n---\n") {
		r.check(c.add([]byte(doc)))
	}
	var plans []struct {
		Rows      []planRow
		Bootstrap []struct{ Component, PortName, Addresses string }
	}
	r.check(json.Unmarshal([]byte(r.ok(sallyport, append(plan, "-o", "json")...)), &plans))
	for _, p := range plans {
		c.rows = append(c.rows, p.Rows...)
		for _, b := range p.Bootstrap {
			c.boot[b.Component+" "+b.PortName] = b.Addresses
		}
	}
	c.makePods()
	c.allocate()
	return c
}

// others keeps the objects of the user that are in a file of specs.
func (c *cluster) others(spec string) error {
	text, err := os.ReadFile(spec)
	for doc := range strings.SplitSeq("\n"+string(text), "\n---\n") {
		err = cmp.Or(err, c.add([]byte(doc)))
	}
	return err
}

// add keeps an object of a kind that matters here.
func (c *cluster) add(doc []byte) error {
	var o struct {
		Kind     string
		Metadata struct{ Name, Namespace string }
	}
	if err := yaml.Unmarshal(doc, &o); err != nil {
		return err
	}
	switch o.Kind {
	case "DNSEndpoint":
		var d dnsEndpoint
		err := yaml.Unmarshal(doc, &d)
		for _, e := range d.Spec.Endpoints {
			c.hostnames = append(c.hostnames, e.DNSName)
		}
		return err
	case "Namespace", "Gateway", "TLSRoute", "TCPRoute":
		var r route
		err := yaml.Unmarshal(doc, &r)
		c.hostnames = append(c.hostnames, r.Spec.Hostnames...)
		c.gateway = append(c.gateway, string(doc))
		return err
	case "Service":
		c.gateway = append(c.gateway, string(doc))
		c.namespace = o.Metadata.Namespace
		return appendTo(&c.services, doc)
	case "ConfigMap":
		var m corev1.ConfigMap
		err := yaml.Unmarshal(doc, &m)
		c.files[m.Name] = m.Data
		return err
	case "StatefulSet":
		all := c.workloads[o.Metadata.Name]
		err := appendTo(&all, doc)
		c.workloads[o.Metadata.Name] = all
		return err
	case "Certificate":
		return appendTo(&c.certificates, doc)
	case "Role":
		return appendTo(&c.rules.roles, doc)
	case "RoleBinding":
		return appendTo(&c.rules.bindings, doc)
	case "ClusterRole":
		return appendTo(&c.rules.clusterRoles, doc)
	case "ClusterRoleBinding":
		return appendTo(&c.rules.clusterBinds, doc)
	}
	return nil
}

func appendTo[T any](all *[]T, doc []byte) error {
	var v T
	err := yaml.Unmarshal(doc, &v)
	*all = append(*all, v)
	return err
}

// makePods makes the pods of the plan. They have their labels, an address each, and a node each.
func (c *cluster) makePods() {
	for _, row := range c.rows {
		if row.Pod == "" || row.Pod == "*" || slices.ContainsFunc(c.pods, func(p *pod) bool { return p.name == row.Pod }) {
			continue
		}
		n := len(c.pods)
		i := strings.LastIndex(row.Pod, "-")
		p := &pod{name: row.Pod, workload: row.Pod[:i], component: row.Component,
			ip: fmt.Sprintf("10.244.0.%d", 10+n), node: fmt.Sprintf("node-%d", n), nodeIP: fmt.Sprintf("172.18.0.%d", 10+n)}
		p.ordinal, _ = strconv.Atoi(row.Pod[i+1:])
		p.labels = map[string]string{appsv1.StatefulSetPodNameLabel: p.name, appsv1.PodIndexLabel: strconv.Itoa(p.ordinal)}
		for label := range strings.SplitSeq(cmp.Or(c.labels[p.workload], c.labels[""]), ",") {
			if key, value, ok := strings.Cut(label, "="); ok {
				p.labels[key] = value
			}
		}
		for _, s := range c.workloads[p.workload] {
			maps.Copy(p.labels, s.Spec.Template.Labels)
			p.account = cmp.Or(s.Spec.Template.Spec.ServiceAccountName, p.account)
		}
		c.pods = append(c.pods, p)
	}
}

func (c *cluster) pod(name string) *pod {
	return c.pods[slices.IndexFunc(c.pods, func(p *pod) bool { return p.name == name })]
}

// allocate gives each load balancer an address and each node port that is open a number.
func (c *cluster) allocate() {
	next, nodePort := 10, int32(30086)
	for _, s := range c.services {
		if s.Spec.Type == corev1.ServiceTypeLoadBalancer {
			asked := cmp.Or(s.Annotations["metallb.io/loadBalancerIPs"], s.Annotations["metallb.universe.tf/loadBalancerIPs"], s.Spec.LoadBalancerIP)
			c.balancers[s.Name], _, _ = strings.Cut(cmp.Or(asked, fmt.Sprintf("198.18.0.%d", next)), ",")
			next++
		}
		for i := range s.Spec.Ports {
			if p := &s.Spec.Ports[i]; p.NodePort == 0 && opensNodePorts(s) {
				p.NodePort = nodePort
				nodePort++
			}
		}
	}
	if c.front != "" {
		c.frontIP = "203.0.113.250"
		if isIP(c.front) {
			c.frontIP = c.front
		}
	}
}

func opensNodePorts(s *corev1.Service) bool {
	allocate := s.Spec.AllocateLoadBalancerNodePorts
	return s.Spec.Type == corev1.ServiceTypeNodePort || s.Spec.Type == corev1.ServiceTypeLoadBalancer && (allocate == nil || *allocate)
}

// selected returns the pods of a Service.
func (c *cluster) selected(s *corev1.Service) []*pod {
	var all []*pod
	for _, p := range c.pods {
		matches := len(s.Spec.Selector) > 0
		for key, value := range s.Spec.Selector {
			matches = matches && p.labels[key] == value
		}
		if matches {
			all = append(all, p)
		}
	}
	return all
}

var assigned = regexp.MustCompile(`<([^>]*)>`)

// look replaces what sallyport plan cannot know, such as <address of kafka-0-external>, by what
// a user finds in the cluster.
func (c *cluster) look(address string, p *pod) string {
	return assigned.ReplaceAllStringFunc(address, func(what string) string {
		service, ok := strings.CutPrefix(strings.Trim(what, "<>"), "address of ")
		switch {
		case ok && c.elb:
			return elbName(service)
		case ok:
			return c.balancers[service]
		case strings.HasSuffix(what, "IP of the node>"):
			return p.nodeIP
		}
		return what
	})
}

// nodePort returns the node port of a row of the plan.
func (c *cluster) nodePort(row planRow) int32 {
	for _, s := range c.services {
		for _, p := range s.Spec.Ports {
			if s.Name == row.Service && p.Name == row.PortName {
				return p.NodePort
			}
		}
	}
	return 0
}

func elbName(service string) string { return service + ".elb.example.com" }
