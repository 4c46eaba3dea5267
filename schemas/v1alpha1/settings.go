package v1alpha1

import (
	"sallyport.dev/schemas/source"
)

// A target is a Service as far as it decides which settings it can use.
type target struct {
	mode       Mode
	typ        ServiceType
	access     Access // complete
	selector   bool   // false for ExternalEndpoints
	isExternal bool   // an ExternalName
	onePod     bool   // what one pod has otherwise
}

// isService is false for pods that listen on their nodes.
func (t target) isService() bool { return t.typ != HostPort }

func (t target) hasAddress() bool { return t.mode != Headless && !t.isExternal && t.isService() }

// throughNodes tells whether clients may be told the address of a node.
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

// addressed tells whether the load balancer's address can be asked for.
func (t target) addressed() bool { return t.balanced() && !t.edgeLB() }

// A setting is a row of the table of what the API server, kube-proxy and the
// providers do with the fields of Access.
type setting struct {
	path   source.Path
	usable func(target) bool
	reason string // why a Service cannot use it
	byKey  bool   // a map, where nearer keys take nothing from the others
}

func at(fields ...string) source.Path { return source.Path{}.Field(fields...) }

const (
	needsBalancer = "only a Service of type LoadBalancer has one"
	needsMetalLB  = "only provider MetalLB has one"
	needsAddress  = "a headless Service has no address of its own, ExternalName is an alias, and HostPort makes no Service"
	needsAsking   = "only a Service of type LoadBalancer has one, and EdgeLB has none to give"
	needsEdgeLB   = "only provider EdgeLB has pools, and dklb takes Services with pods only"
	needsService  = "pods that listen on their nodes (HostPort) have no Service"
	needsDNS      = "only a LoadBalancer or NodePort Service under a domain is told to external-dns"
)

// settings is DESIGN 1.2 rule 4: what can use what. Sources: validateService in
// k8s.io/kubernetes/pkg/apis/core/validation, the providers' documentation.
var settings = []setting{
	{at("type"), func(t target) bool { return t.mode != Headless || t.isExternal }, needsAddress, false},
	{at("domain"), func(t target) bool { return t.hasAddress() && (t.selector || t.fromOutside()) || t.throughNodes() },
		"only a Service that clients outside reach has a host under a domain", false},
	{at("annotations"), target.isService, needsService, true},
	{at("labels"), target.isService, needsService, true},
	{at("nodeAddressType"), target.throughNodes, "only clients of type NodePort or HostPort are told the address of a node", false},
	{at("externalTrafficPolicy"), func(t target) bool {
		return t.fromOutside() || t.hasAddress() && len(t.access.ExternalIPs) > 0
	}, "only a Service of type LoadBalancer or NodePort, or with externalIPs, takes traffic from outside", false},
	{at("internalTrafficPolicy"), target.hasAddress, needsAddress, false},
	{at("externalIPs"), target.hasAddress, needsAddress, false},
	{at("ipFamilies"), func(t target) bool { return !t.isExternal && t.isService() }, needsAddress, false},
	{at("ipFamilyPolicy"), func(t target) bool { return !t.isExternal && t.isService() }, needsAddress, false},
	{at("publishNotReadyAddresses"), func(t target) bool { return t.selector && t.isService() },
		"it says what the cluster does with pods, and a Service without a selector has none", false},
	{at("sessionAffinity"), target.hasAddress, needsAddress, false},
	{at("loadBalancer", "provider"), func(t target) bool { return t.balanced() && (t.selector || !t.by(ProviderEdgeLB)) },
		needsBalancer + ", and EdgeLB takes Services with pods", false},
	{at("loadBalancer", "class"), target.balanced, needsBalancer, false},
	{at("loadBalancer", "address"), target.addressed, needsAsking, false},
	{at("loadBalancer", "addresses"), func(t target) bool { return t.addressed() && t.mode == PerPod && !t.onePod },
		"it is a list of one address for each pod, for a PerPod entry of type LoadBalancer; a single Service or pod has an address", false},
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

// inherits tells whether an entry takes a setting from the levels around it.
// Headless entries take labels and IP families only.
func (t target) inherits(s setting) bool {
	switch s.path.String() {
	case "labels", "ipFamilies", "ipFamilyPolicy":
		return true
	}
	return t.mode != Headless
}

// A reach is a Service and the levels of its settings, nearest first.
type reach struct {
	target
	levels Levels
}

// reaches lists the Services of a complete spec, and those of pods that have
// something otherwise; places is where settings may stand.
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

// typeless tells that nobody knows the type yet, so that any setting may be of use.
func (r reach) typeless() bool { return r.typ == "" && r.mode != Headless }

// checkUse reports every setting of the user's that nothing can use, and every one
// that a profile's nearer setting beats. places are all where one may stand, those
// without Services among them.
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
					"no Service that this reaches can use it: %s", s.reason)
			case !v.Doubtful():
				v.Errorf(source.UnusableSetting, p, "take it out, or add an entry of services", "there is no Service that this reaches")
			}
		}
	}
}

// twoAddresses tells that address stands next to addresses, which was told already.
func (v *validator) twoAddresses(s setting, level source.Path) bool {
	return s.path.Name() == "addresses" && v.User.Has(join(level, at("loadBalancer", "address")))
}

// checkBeaten tells that a profile says otherwise, nearer to the Service than the
// user does.
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
		v.Infof(source.ProfileWins, p, "write it there yourself to change that",
			"profile %s decides this for %s", v.Name, beaten)
	}
}
