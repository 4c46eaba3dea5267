package plan

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// A Certificate is the TLS certificate of the pods of a component.
type Certificate struct {
	Component *Component
	Spec      v1alpha1.Certificate // complete

	Name, Secret        string
	Labels, Annotations map[string]string // of the Secret
	Names               Names             // of all pods

	// CSI are the attributes of the volume with a certificate for each pod, by StatefulSet; nil: a
	// Secret has one for all pods.
	CSI map[string]map[string]string
}

// Mounted reports whether patches mount the files of the certificate.
func (c *Certificate) Mounted() bool { return c != nil && *c.Spec.MountPath != "" }

// Names are the names and addresses in a certificate, without duplicates.
type Names struct {
	DNS, IPs []string

	// Listed is a name of a single pod that a wildcard was asked for, and cannot stand for; "":
	// none.
	Listed string
}

// Len is the number of names and addresses.
func (n Names) Len() int { return len(n.DNS) + len(n.IPs) }

// CertificateNames returns the names and addresses at which clients reach the pods of a component:
// first those that are used from outside the cluster, then those of the Services in the cluster,
// then those of the pods, each in the order of the plan. Without a certificate of its own, the
// component has all of them.
func (p *Plan) CertificateNames(c *Component) Names {
	n := p.namesOf(c)
	for i := range c.Pods {
		n.pods = append(n.pods, c.Pods[i].Name)
	}
	if n.wildcard {
		n.pods = []string{"*"}
	}
	n.services(func(*Service) bool { return true })
	n.podNames()
	n.dropCovered()
	return n.Names
}

// NamesOfPod returns the names of a pod that do not depend on its own Services, with the name of the
// pod as it is given.
func (p *Plan) NamesOfPod(c *Component, pod string) Names {
	n := p.namesOf(c)
	n.pods = []string{pod}
	n.services(func(s *Service) bool { return s.Pod == nil })
	n.podNames()
	return n.Names
}

// ServiceNames returns the names of a Service in the cluster.
func (p *Plan) ServiceNames(service string) []string {
	if p.Namespace == "" {
		return []string{service}
	}
	return slices.Compact([]string{service + "." + p.Namespace + ".svc", p.FQDN(service)})
}

// A names collects the names of a component.
type names struct {
	Names
	plan             *Plan
	component        *Component
	inside, wildcard bool
	pods             []string // their names, or "*"
	seen             map[string]bool
}

func (p *Plan) namesOf(c *Component) *names {
	n := &names{plan: p, component: c, inside: true, seen: map[string]bool{}}
	if spec := c.Spec.Certificate; spec != nil {
		n.inside, n.wildcard = *spec.Names == v1alpha1.AllNames, *spec.Wildcard
	}
	return n
}

// services adds the names of the Services of the component.
func (n *names) services(wanted func(*Service) bool) {
	all := n.all(wanted)
	for _, s := range all {
		n.hosts(s)
	}
	for _, s := range all {
		n.inCluster(s)
	}
}

// all lists the Services. A wildcard must not depend on the number of pods, so that it stands for those
// of pods to come as well.
func (n *names) all(wanted func(*Service) bool) []*Service {
	var out []*Service
	for i := range n.plan.Services {
		if s := &n.plan.Services[i]; s.Component == n.component && wanted(s) {
			out = append(out, s)
		}
	}
	if !n.wildcard || len(n.component.Later) == 0 {
		return out
	}
	place := map[string]int{}
	for i, e := range n.component.Spec.Services {
		place[e.Name] = i
	}
	for _, s := range n.component.Later {
		if wanted(s) {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b *Service) int {
		return cmp.Or(cmp.Compare(place[a.Entry], place[b.Entry]), cmp.Compare(podID(a), podID(b)))
	})
	return out
}

// podID returns the id of the single pod, or 0.
func podID(s *Service) int32 {
	if s.Pod == nil {
		return 0
	}
	return s.Pod.ID
}

// hosts adds what clients outside the cluster use.
func (n *names) hosts(s *Service) {
	templates := [][2]string{{s.Hostname, ""}}
	for _, a := range s.Aliases {
		templates = append(templates, [2]string{a, ""})
	}
	if s.Own != nil {
		templates[0][1] = *s.Own.Host
		for i := range min(len(s.Aliases), len(s.Own.Aliases)) {
			templates[i+1][1] = s.Own.Aliases[i]
		}
	}
	for _, t := range templates {
		if t[0] != "" && !IsIP(t[0]) {
			n.host(s, t[0], t[1])
		}
	}
	if s.Mode == v1alpha1.Headless && len(s.Announced) > 0 { // external-dns publishes the pods below it
		n.below(s.Hostname)
	}
	for _, ip := range s.IPs() {
		if !n.seen[ip] {
			n.seen[ip] = true
			n.IPs = append(n.IPs, ip)
		}
	}
}

// host adds a name, or the wildcard that stands for it and for those of other pods.
func (n *names) host(s *Service, name, template string) {
	if !n.wildcard || s.Pod == nil {
		n.dns(name)
		return
	}
	template = strings.ReplaceAll(template, "$(domain)", *s.Access.Domain)
	first, rest, _ := strings.Cut(template, ".")
	_, domain, _ := strings.Cut(name, ".")
	switch {
	case !v1alpha1.DiffersPerPod(template):
		n.dns(name)
	case v1alpha1.DiffersPerPod(first) && !v1alpha1.DiffersPerPod(rest) && strings.Contains(domain, "."):
		n.dns("*." + domain)
	default:
		n.Listed = cmp.Or(n.Listed, name)
		n.dns(name)
	}
}

// inCluster adds the names of a Service in the cluster. A wildcard for those of single pods would
// stand for all Services of the namespace, so that it is added only where clients get such a
// name.
func (n *names) inCluster(s *Service) {
	all := n.plan.ServiceNames(s.Name)
	switch {
	case !n.inside || !s.IsService():
	case !n.wildcard || s.Pod == nil:
		n.dns(all...)
	case slices.Contains(all, s.Host.Text):
		for _, name := range all {
			_, domain, _ := strings.Cut(name, ".")
			n.dns("*." + domain)
		}
	}
}

// podNames adds the names of the pods through the headless Service.
func (n *names) podNames() {
	if n.inside && n.component.PodDomain != "" {
		n.below(n.component.PodDomain)
	}
}

// below adds the name of each pod below a domain.
func (n *names) below(domain string) {
	for _, pod := range n.pods {
		n.dns(pod + "." + domain)
	}
}

func (n *names) dns(all ...string) {
	for _, name := range all {
		if !n.seen[name] {
			n.seen[name] = true
			n.DNS = append(n.DNS, name)
		}
	}
}

// dropCovered drops the names that a wildcard stands for.
func (n *names) dropCovered() {
	n.DNS = slices.DeleteFunc(n.DNS, func(name string) bool {
		first, domain, _ := strings.Cut(name, ".")
		return first != "*" && n.seen["*."+domain]
	})
}
