package v1alpha1

import (
	"sallyport.dev/schemas/source"
)

// A target has the properties of a Service that decide which settings it can use.
type target struct {
	mode       Mode
	typ        ServiceType
	access     Access // complete
	selector   bool   // false for ExternalEndpoints
	isExternal bool   // an ExternalName
	onePod     bool   // the settings of a single pod
}

// isService is false for type HostPort: the pods listen on their nodes.
func (t target) isService() bool { return t.typ != HostPort }

func (t target) hasAddress() bool { return t.mode != Headless && !t.isExternal && t.isService() }

// throughNodes reports whether the address of a node may be advertised.
func (t target) throughNodes() bool {
	return t.mode != Headless && t.selector && (t.typ == NodePort || t.typ == HostPort)
}

func (t target) balanced() bool { return t.hasAddress() && t.typ == LoadBalancer }

func (t target) fromOutside() bool {
	return t.hasAddress() && (t.typ == LoadBalancer || t.typ == NodePort)
}

func (t target) by(p Provider) bool {
	return t.balanced() && *t.access.LoadBalancer.Provider == p
}

func (t target) metalLB() bool { return t.by(ProviderMetalLB) }

func (t target) edgeLB() bool { return t.by(ProviderEdgeLB) && t.selector }

// addressed reports whether a spec can request the address of the load balancer.
func (t target) addressed() bool { return t.balanced() && !t.edgeLB() }

// A setting is a row of the table that says which Services can use a field of Access. It
// follows what the API server, kube-proxy and the providers do with the field.
type setting struct {
	path   source.Path
	usable func(target) bool
	reason string // why a Service cannot use it
	byKey  bool   // a map, in which a nearer key overrides only the same key
}

func at(fields ...string) source.Path { return source.Path{}.Field(fields...) }

const (
	needsBalancer = "only a Service of type LoadBalancer has one"
	needsMetalLB  = "only provider MetalLB has one"
	needsAddress  = "a headless Service has no address of its own, ExternalName is an alias, and HostPort makes no Service"
	needsAsking   = "only a Service of type LoadBalancer has one, and EdgeLB does not assign any"
	needsEdgeLB   = "only provider EdgeLB has pools, and dklb only supports Services with pods"
	needsService  = "pods that listen on their nodes (HostPort) have no Service"
	needsDNS      = "external-dns only publishes a LoadBalancer or NodePort Service under a domain"
)

// settings lists which Services can use which fields (DESIGN 1.2, rule 4). The sources are
// validateService in k8s.io/kubernetes/pkg/apis/core/validation and the documentation of the
// providers.
var settings = []setting{
	{at("type"), func(t target) bool { return t.mode != Headless || t.isExternal }, needsAddress, false},
	{at("domain"), func(t target) bool { return t.hasAddress() && (t.selector || t.fromOutside()) || t.throughNodes() },
		"only a Service that clients outside can reach has a host under a domain", false},
	{at("annotations"), target.isService, needsService, true},
	{at("labels"), target.isService, needsService, true},
	{at("nodeAddressType"), target.throughNodes, "only the types NodePort and HostPort advertise the address of a node", false},
	{at("externalTrafficPolicy"), func(t target) bool {
		return t.fromOutside() || t.hasAddress() && len(t.access.ExternalIPs) > 0
	}, "only a Service of type LoadBalancer or NodePort, or with externalIPs, takes traffic from outside", false},
	{at("internalTrafficPolicy"), target.hasAddress, needsAddress, false},
	{at("externalIPs"), target.hasAddress, needsAddress, false},
	{at("ipFamilies"), func(t target) bool { return !t.isExternal && t.isService() }, needsAddress, false},
	{at("ipFamilyPolicy"), func(t target) bool { return !t.isExternal && t.isService() }, needsAddress, false},
	{at("publishNotReadyAddresses"), func(t target) bool { return t.selector && t.isService() },
		"it is about pods, and a Service without a selector has none", false},
	{at("sessionAffinity"), target.hasAddress, needsAddress, false},
	{at("loadBalancer", "provider"), func(t target) bool { return t.balanced() && (t.selector || !t.by(ProviderEdgeLB)) },
		needsBalancer + ", and EdgeLB only supports Services with pods", false},
	{at("loadBalancer", "class"), target.balanced, needsBalancer, false},
	{at("loadBalancer", "address"), target.addressed, needsAsking, false},
	{at("loadBalancer", "addresses"), func(t target) bool { return t.addressed() && t.mode == PerPod && !t.onePod },
		"it has one address for each pod of a PerPod entry of type LoadBalancer; a single Service or pod uses address", false},
	{at("loadBalancer", "sharingKey"), target.metalLB, needsMetalLB, false},
	{at("loadBalancer", "addressPool"), target.metalLB, needsMetalLB, false},
	{at("loadBalancer", "sourceRanges"), target.balanced, needsBalancer, false},
	{at("loadBalancer", "allocateNodePorts"), target.balanced, needsBalancer, false},
	{at("loadBalancer", "edgeLB", "name"), target.edgeLB, needsEdgeLB, false},
	{at("loadBalancer", "edgeLB", "role"), target.edgeLB, needsEdgeLB, false},
	{at("loadBalancer", "edgeLB", "network"), target.edgeLB, needsEdgeLB, false},
	{at("loadBalancer", "edgeLB", "size"), target.edgeLB, needsEdgeLB, false},
	{at("loadBalancer", "edgeLB", "cpus"), target.edgeLB, needsEdgeLB, false},
	{at("loadBalancer", "edgeLB", "memory"), target.edgeLB, needsEdgeLB, false},
	{at("loadBalancer", "edgeLB", "constraints"), target.edgeLB, needsEdgeLB, false},
	{at("loadBalancer", "edgeLB", "cloudProviderConfiguration"), target.edgeLB, needsEdgeLB, false},
	{at("loadBalancer", "edgeLB", "strategies", "creation"), target.edgeLB, needsEdgeLB, false},
	{at("externalDNS", "enabled"), target.named, needsDNS, false},
	{at("externalDNS", "ttl"), target.named, needsDNS, false},
	{at("externalDNS", "prefixes"), target.named, needsDNS, false},
}

func (t target) named() bool { return t.fromOutside() && *t.access.Domain != "" }

// inherits reports whether an entry inherits a setting from the levels around it. Headless
// entries only inherit labels and IP families.
func (t target) inherits(s setting) bool {
	switch s.path.String() {
	case "labels", "ipFamilies", "ipFamilyPolicy":
		return true
	}
	return t.mode != Headless
}

// A reach is a Service with the levels of its settings, nearest first.
type reach struct {
	target
	levels Levels
}

// reaches lists the Services of a complete spec, and those of pods that have settings of
// their own. places are all levels at which settings can be written.
func (e ExternalAccess) reaches() (all []reach, places []source.Path) {
	places = append(places, specPath)
	add := func(r reach) {
		all, places = append(all, r), append(places, r.levels[0])
	}
	for _, c := range e.Spec.Components {
		places = append(places, componentPath(c.Name))
		for _, s := range c.Services {
			t := target{mode: s.Mode, typ: *s.Type, access: s.Access, selector: true}
			add(reach{t, LevelsOf(c.Name, s.Name, "")})
			t.onePod = true
			for _, p := range s.Pods {
				t.access = p.Access
				add(reach{t, LevelsOf(c.Name, s.Name, p.Pod)})
			}
		}
	}
	return all, places
}

// typeless reports that the type is not known, so that any setting may be useful.
func (r reach) typeless() bool { return r.typ == "" && r.mode != Headless }

// checkUse reports every setting of the user that no Service can use, and every one that a
// nearer setting of the profile overrides. places are all levels at which a setting can be
// written, including those without Services.
func (v *validator) checkUse(all []reach, places []source.Path) {
	keys := each(all, func(r reach) []string { return each(r.levels, source.Path.String) })
	for _, s := range settings {
		const reached, used = 1, 2
		at := map[string]int{}
		for n, r := range all {
			for i, key := range keys[n] {
				if at[key] = max(at[key], reached); !r.typeless() && !s.usable(r.target) || i > 0 && !r.inherits(s) {
					continue
				}
				if at[key] = used; i > 0 && v.Profile != nil {
					v.checkBeaten(s, r.levels[:i], join(r.levels[i], s.path))
				}
			}
		}
		for _, level := range places {
			p, how := join(level, s.path), at[level.String()]
			switch {
			case how == used || !v.User.Has(p) || v.twoAddresses(s, level):
			case how == reached:
				v.Errorf(source.UnusableSetting, p, "take it out, or change what it needs",
					"no Service that this applies to can use it: %s", s.reason)
			case !v.Doubtful():
				v.Errorf(source.UnusableSetting, p, "take it out, or add an entry of services", "there is no Service that this applies to")
			}
		}
	}
}

// twoAddresses reports that a level has both address and addresses. validator.access has
// reported that already.
func (v *validator) twoAddresses(s setting, level source.Path) bool {
	return s.path.Name() == "addresses" && v.User.Has(join(level, at("loadBalancer", "address")))
}

// checkBeaten reports a setting of the user that a setting of the profile overrides, because
// that one is nearer to the Service.
func (v *validator) checkBeaten(s setting, nearer []source.Path, p source.Path) {
	if !v.User.Has(p) {
		return
	}
	beaten := source.Path(nil)
	for _, l := range nearer {
		near := join(l, s.path)
		if v.User.Has(near) {
			return
		}
		if beaten == nil && v.inProfile(near) {
			beaten = near
		}
	}
	if beaten != nil && !s.byKey {
		v.Infof(source.ProfileWins, p, "set it there to override the profile",
			"profile %s overrides this at %s", v.Name, beaten)
	}
}
