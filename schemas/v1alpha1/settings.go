package v1alpha1

import (
	"sallyport.dev/schemas/source"
)

// A setting is a row of the table of what the API server, kube-proxy and the
// providers do with the fields of Access.
type setting struct {
	path   source.Path
	usable func(*Target) bool
	reason string // why a Service cannot use it
	byKey  bool   // a map, where nearer keys take nothing from the others
}

func at(fields ...string) source.Path { return source.Path{}.Field(fields...) }

// Why a Service cannot use a setting.
const (
	needsBalancer = "only a Service of type LoadBalancer has one"
	needsAddress  = "a headless Service has no address of its own, ExternalName is an alias, and HostPort makes no Service"
	needsService  = "pods that listen on their nodes (HostPort) have no Service"
	needsDNS      = "only a LoadBalancer or NodePort Service under a domain is told to external-dns"
)

// settings is DESIGN 1.2 rule 4: what can use what. Sources: validateService in
// k8s.io/kubernetes/pkg/apis/core/validation, the providers' documentation.
var settings = append([]setting{
	{at("type"), (*Target).HasType, needsAddress, false},
	{at("domain"), (*Target).HasHost, "only a Service that clients outside reach has a host under a domain", false},
	{at("annotations"), (*Target).IsService, needsService, true},
	{at("labels"), (*Target).IsService, needsService, true},
	{at("nodeAddressType"), (*Target).ThroughNodes, "only clients of type NodePort or HostPort are told the address of a node", false},
	{at("externalTrafficPolicy"), (*Target).HasExternalPolicy, "only a Service of type LoadBalancer or NodePort, or with externalIPs, takes traffic from outside", false},
	{at("internalTrafficPolicy"), (*Target).HasAddress, needsAddress, false},
	{at("externalIPs"), (*Target).HasAddress, needsAddress, false},
	{at("ipFamilies"), (*Target).HasFamilies, needsAddress, false},
	{at("ipFamilyPolicy"), (*Target).HasFamilies, needsAddress, false},
	{at("publishNotReadyAddresses"), (*Target).PublishesPods, "it says what the cluster does with pods, and a Service without a selector has none", false},
	{at("sessionAffinity"), (*Target).HasAddress, needsAddress, false},
	{at("loadBalancer", "provider"), (*Target).hasProvider, needsBalancer + ", and " + providersWith(podsOnly) + " takes Services with pods", false},
	{at("loadBalancer", "class"), (*Target).Balanced, needsBalancer, false},
	{at("loadBalancer", "address"), (*Target).addressed, needsBalancer + ", and " + providersWith(noAddress) + " has none to give", false},
	{at("loadBalancer", "addresses"), (*Target).listed,
		"it is a list of one address for each pod, for a PerPod entry of type LoadBalancer; a single Service or pod has an address", false},
	{at("loadBalancer", "sourceRanges"), (*Target).Balanced, needsBalancer, false},
	{at("loadBalancer", "allocateNodePorts"), (*Target).Balanced, needsBalancer, false},
	{at("externalDNS", "enabled"), (*Target).InDNS, needsDNS, false},
	{at("externalDNS", "ttl"), (*Target).InDNS, needsDNS, false},
	{at("externalDNS", "prefixes"), (*Target).InDNS, needsDNS, false},
}, providerSettings()...)

// A reach is a Service and the levels of its settings, nearest first.
type reach struct {
	Target
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
			t := Target{Mode: s.Mode, Type: *s.Type, Access: &s.Access, HasPods: true}
			add(reach{t, LevelsOf(c.Name, s.Name, "")})
			t.OnePod = true
			for _, p := range s.Pods {
				t.Access = &p.Access
				add(reach{t, LevelsOf(c.Name, s.Name, p.Pod)})
			}
		}
	}
	return all, places
}

// typeless tells that nobody knows the type yet, so that any setting may be of use.
func (r *reach) typeless() bool { return r.Type == "" && r.Mode != Headless }

// checkUse reports every setting of the user's that nothing can use, and every one
// that a profile's nearer setting beats. places are all where one may stand, those
// without Services among them.
func (v *validator) checkUse(all []reach, places []source.Path) {
	keys := each(all, func(r reach) []string { return each(r.levels, source.Path.String) })
	for _, s := range settings {
		const reached, used = 1, 2
		at := map[string]int{}
		for n := range all {
			r := &all[n]
			for i, key := range keys[n] {
				if at[key] = max(at[key], reached); !r.typeless() && !s.usable(&r.Target) || i > 0 && !r.inherits(s) {
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
