package v1alpha1

// Target is the Service of a complete entry.
func (e *Service) Target() Target {
	return Target{Mode: e.Mode, Type: *e.Type, Access: &e.Access, Own: &e.Own, HasPods: true}
}

// A Target has what decides which settings a Service can use. All questions about that are its
// methods.
type Target struct {
	Mode    Mode
	Type    ServiceType
	Access  *Access // complete
	Own     *Own    // complete
	HasPods bool    // false for ExternalEndpoints
	IsAlias bool    // an ExternalName
	OnePod  bool    // of a pod that has settings of its own
}

// IsService is false for pods that clients reach without a Service.
func (t *Target) IsService() bool { return t.Type.MakesService() }

// HasAddress reports whether the Service has an address of its own in the cluster.
func (t *Target) HasAddress() bool { return t.Mode != Headless && !t.IsAlias && t.IsService() }

// HasFamilies reports whether the Service has IP families.
func (t *Target) HasFamilies() bool { return !t.IsAlias && t.IsService() }

// Balanced reports whether the Service has a load balancer.
func (t *Target) Balanced() bool { return t.HasAddress() && t.Type == LoadBalancer }

// FromOutside reports whether clients reach the Service by a load balancer or a node port.
func (t *Target) FromOutside() bool {
	return t.HasAddress() && (t.Type == LoadBalancer || t.Type == NodePort)
}

// OpensHostPorts reports whether the pods open ports on their nodes.
func (t *Target) OpensHostPorts() bool { return t.Mode == PerPod && t.Type == HostPort }

// ThroughNodes reports whether the address of a node may be advertised to clients.
func (t *Target) ThroughNodes() bool {
	return t.Mode != Headless && t.HasPods && (t.Type == NodePort || t.Type == HostPort)
}

// HasExternalPolicy reports whether the API server takes an externalTrafficPolicy.
func (t *Target) HasExternalPolicy() bool {
	return t.FromOutside() || t.HasAddress() && len(t.Access.ExternalIPs) > 0
}

// HasHealthCheck reports whether the nodes have a port that tells a load balancer if they have a
// pod of the Service.
func (t *Target) HasHealthCheck() bool {
	return t.Balanced() && *t.Access.ExternalTrafficPolicy == PolicyLocal
}

// takesExternalIPs reports whether nodes may take traffic for the Service at addresses of their own.
func takesExternalIPs(t *Target) bool { return t.HasAddress() && !t.IsRouted() }

// Distributes reports whether nodes have a choice of addresses for the traffic of the Service.
// With policy Local, they only use those on the node itself.
func (t *Target) Distributes() bool {
	inside := *t.Access.InternalTrafficPolicy != PolicyLocal
	outside := t.HasExternalPolicy() && *t.Access.ExternalTrafficPolicy != PolicyLocal
	return t.HasAddress() && t.Mode == Shared && (inside || outside)
}

// HasHost reports whether a host under the domain is a name of the Service.
func (t *Target) HasHost() bool {
	return t.Mode != Headless && t.HasPods || t.FromOutside() || t.InDNS()
}

// HasOwnHost reports whether the spec can set the host of the Service.
func (t *Target) HasOwnHost() bool { return t.HasAliases() || t.AnnouncesPods() }

// HasAliases reports whether the Service can have more names than its host.
func (t *Target) HasAliases() bool { return t.Mode != Headless && (t.Mode == PerPod || t.IsService()) }

// PublishesPods reports whether it matters to the Service if its pods are ready.
func (t *Target) PublishesPods() bool { return t.HasPods && t.IsService() }

// HasType reports whether the Service can be of another type.
func (t *Target) HasType() bool { return t.Mode != Headless || t.IsAlias }

// provider is the row of the load balancer's provider; that of no provider where the
// Service has no load balancer.
func (t *Target) provider() ProviderRow {
	if !t.Balanced() {
		return ProviderRow{}
	}
	return *t.Access.LoadBalancer.Provider.Row()
}

// throughProxy reports whether the load balancer connects to the pods itself.
func throughProxy(t *Target) bool {
	proxy := t.provider().IsProxy
	return proxy != nil && proxy(t.Access)
}

// hasPods reports whether the provider of a load balancer supports the Service. Without a load balancer there is
// nothing to support.
func hasPods(t *Target) bool { return !t.Balanced() || t.serves(t.provider()) }

func (t *Target) serves(row ProviderRow) bool { return t.HasPods || !row.PodsOnly }

// addressed reports whether a spec can request the address of the load balancer. A provider that
// does not serve the Service is reported as such.
func addressed(t *Target) bool {
	return t.Balanced() && (!t.provider().NoAddress || !t.serves(t.provider()))
}

// listed reports whether a list of addresses, one for each pod, can be asked for.
func listed(t *Target) bool { return addressed(t) && t.Mode == PerPod && !t.OnePod }

// inherits reports whether an entry takes a setting from the levels around it.
// Headless entries take labels and IP families only, and what external-dns needs to publish pods.
func (t *Target) inherits(s setting) bool {
	if t.Mode != Headless {
		return true
	}
	switch s.path[:1].Name() {
	case "labels", "ipFamilies", "ipFamilyPolicy":
		return true
	case "domain", "externalDNS":
		return t.AnnouncesPods() && s.path.Name() != "enabled"
	}
	return false
}

// AdvertisesNodePort reports whether clients connect to the node ports. With external IPs, they
// connect to the ports of the Service at these.
func (t *Target) AdvertisesNodePort() bool {
	return t.Type == NodePort && len(t.Access.ExternalIPs) == 0
}
