package v1alpha1

// NetworkPolicy says who may connect to the pods of a component, as one NetworkPolicy of
// Kubernetes. {} has the defaults. Where the package has no policy for the pods, it names every port
// of the component: those that entries expose are open to everybody, or to those that from names;
// the others are open to the pods of all components of the spec, and to those that from names. Where
// the package has a policy for the pods, it only opens what entries expose and what from names:
// policies add up. Headless entries expose ports if external-dns publishes the pods; entries with
// create: false expose theirs; with enabled: false, only Shared entries do.
// loadBalancer.sourceRanges are no part of it: they are checked before the policy is.
type NetworkPolicy struct {
	// Name is the name of the NetworkPolicy. It can contain placeholders. Default:
	// $(name)-$(component).
	Name string `json:"name,omitempty"`

	// From lists who may connect, and to which ports. An exposed port that no item names is open to
	// everybody. Default: everybody, to the exposed ports.
	From []PolicyPeers `json:"from,omitempty"`
}

// PolicyPeers are clients that may connect to ports: those with an address in cidrs, and the pods
// that pods and namespaces select. Without any of the three, they are everybody.
type PolicyPeers struct {
	// Ports are the names of ports of the component. Default: those that entries expose.
	Ports []string `json:"ports,omitempty" example:"[external]"`

	// CIDRs are the addresses of clients. The pods must see them: with externalTrafficPolicy
	// Cluster, they see the address of a node. A load balancer that connects to the pods itself
	// checks their health from addresses of its own.
	CIDRs []string `json:"cidrs,omitempty" example:"[203.0.113.0/24]"`

	// Pods are labels of pods that may connect, in the namespaces, or else in the namespace of the
	// spec. {} means all pods. Values can contain placeholders.
	Pods StringMap `json:"pods,omitempty" example:"{app: client}"`

	// Namespaces are labels of the namespaces of these pods. {} means all namespaces. Without pods,
	// all pods in them may connect. Values can contain placeholders.
	Namespaces StringMap `json:"namespaces,omitempty" example:"{kubernetes.io/metadata.name: monitoring}"`
}

// EgressPolicy lets pods connect to the addresses outside the cluster, by one NetworkPolicy of
// Kubernetes. It also lets them look up names, at port 53 of all addresses. They can connect to
// nothing else, unless another policy lets them.
type EgressPolicy struct {
	// Name is the name of the NetworkPolicy. It can contain placeholders. Default: $(name).
	Name string `json:"name,omitempty"`

	// Pods are labels of the pods that connect, in the namespace of the spec. {} means all pods.
	// Values can contain placeholders.
	Pods StringMap `json:"pods" example:"{app: orders}"`
}

// complete returns a policy with its defaults.
func (n NetworkPolicy) complete() NetworkPolicy {
	if n.Name == "" {
		n.Name = "$(name)-$(component)"
	}
	n.From = each(n.From, func(p PolicyPeers) PolicyPeers {
		p.CIDRs = each(p.CIDRs, Canonical)
		p.Pods, p.Namespaces = cleanIfSet(p.Pods), cleanIfSet(p.Namespaces)
		return p
	})
	return n
}

func (n EgressPolicy) complete() EgressPolicy {
	if n.Name == "" {
		n.Name = "$(name)"
	}
	n.Pods = cleanIfSet(n.Pods)
	return n
}

// cleanIfSet is clean for a selector: without labels it selects everything, and nil selects nothing.
func cleanIfSet(m StringMap) StringMap {
	if m == nil {
		return nil
	}
	return clean(m)
}

// Everybody reports whether the peers are not restricted.
func (p PolicyPeers) Everybody() bool { return len(p.CIDRs) == 0 && !p.SelectsPods() }

// SelectsPods reports whether pods are among the peers.
func (p PolicyPeers) SelectsPods() bool { return p.Pods != nil || p.Namespaces != nil }

// exposes reports whether a complete entry leads clients to its ports: outside the cluster, or inside
// if access is disabled. A headless Service is for the pods themselves, unless their addresses are
// published.
func (e *Service) exposes(enabled bool) bool {
	t := e.Target()
	return e.Mode == Shared || enabled && (e.Mode == PerPod || e.Mode == Headless && t.AnnouncesPods())
}

// Exposed returns the names of the ports of a complete component that entries lead clients to.
func (c *Component) Exposed(enabled bool) []string {
	there := map[string]bool{}
	for i := range c.Services {
		if e := &c.Services[i]; e.exposes(enabled) {
			for _, p := range e.Ports {
				there[p.Name] = true
			}
		}
	}
	var out []string
	for _, port := range c.Ports {
		if there[port.Name] {
			out = append(out, port.Name)
		}
	}
	return out
}

// Opens returns the names of the ports that the peers may connect to, in a component that exposes
// some.
func (p PolicyPeers) Opens(exposed []string) []string {
	if p.Ports != nil {
		return p.Ports
	}
	return exposed
}

// FromOutside reports whether clients outside the cluster come by a complete entry, and not by pods
// that connect in their place. What pods see of the clients is here and in hidesClients alone.
func (e *Service) FromOutside() bool {
	return !e.Type.IsRoute() && *e.Type != ClusterIP || e.Mode == Headless || len(e.ExternalIPs) > 0
}

// hidesClients returns why the pods do not see the addresses of clients outside the cluster that
// come by the Service, and the way out; "": they see them.
func hidesClients(t *Target) (why, wayOut string) {
	switch {
	case t.Balanced() && throughProxy(t):
		return "provider " + string(t.provider().Name) + " connects to the pods itself", "take cidrs out"
	case t.IsRouted():
		return "the Gateway connects to the pods itself", "name its pods or their namespace instead of cidrs"
	case t.HasExternalPolicy() && *t.Access.ExternalTrafficPolicy != PolicyLocal:
		wayOut = "set externalTrafficPolicy: Local there, or take cidrs out"
		if t.Balanced() {
			wayOut += ": loadBalancer.sourceRanges are checked before"
		}
		return "with externalTrafficPolicy Cluster, a node replaces them by its own", wayOut
	}
	return "", ""
}
