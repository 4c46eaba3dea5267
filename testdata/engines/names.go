package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// hostsInside is /etc/hosts of a pod: its own name, the names of the pods by headless Services
// that publish pods before they are ready, and what anyone can resolve.
func (c *cluster) hostsInside(p *pod) string {
	text := p.ip + " " + p.name + "\n"
	for _, q := range c.pods {
		for _, name := range c.domains(q) {
			text += q.ip + " " + name + "\n"
		}
	}
	return text + c.hostsOutside()
}

// domains returns the names that a pod has inside the cluster.
func (c *cluster) domains(p *pod) []string {
	var all []string
	for _, s := range c.services {
		if s.Spec.ClusterIP == corev1.ClusterIPNone && s.Spec.PublishNotReadyAddresses && slices.Contains(c.selected(s), p) {
			all = append(all, fmt.Sprintf("%s.%s.%s.svc.cluster.local", p.name, s.Name, s.Namespace))
		}
	}
	if c.headless != "" {
		all = append(all, p.name+"."+c.headless)
	}
	return all
}

// hostsOutside is /etc/hosts of the client: what external-dns publishes, the names that a cloud
// gives its load balancers, names of routes, and the user's name of all nodes.
func (c *cluster) hostsOutside() string {
	text := ""
	for _, s := range c.services {
		var to []string
		switch ip := c.balancers[s.Name]; {
		case ip != "":
			to = []string{ip}
			if c.elb {
				text += ip + " " + elbName(s.Name) + "\n"
			}
		case s.Spec.Type == corev1.ServiceTypeNodePort:
			for _, p := range c.pods {
				to = append(to, p.nodeIP)
			}
		}
		names := cmp.Or(s.Annotations["external-dns.kubernetes.io/hostname"], s.Annotations["external-dns.alpha.kubernetes.io/hostname"])
		for name := range strings.SplitSeq(names, ",") {
			for _, ip := range to {
				if name != "" {
					text += ip + " " + strings.TrimSuffix(strings.TrimSpace(name), ".") + "\n"
				}
			}
		}
	}
	for _, name := range c.hostnames { // those without a route too, as a wildcard record does
		text += doorIP + " " + name + "\n" + doorIP + " " + replaceGroup(regexp.MustCompile(numberOfName), name, alterNumber) + "\n"
	}
	if c.frontIP != c.front {
		text += c.frontIP + " " + c.front + "\n"
	}
	return text
}
