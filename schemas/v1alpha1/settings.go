package v1alpha1

import (
	"slices"

	"sallyport.dev/schemas/source"
)

// A setting is a row of the table that says which Services can use a field of Access or Own. It
// follows what the API server, kube-proxy and the providers do with the field.
type setting struct {
	path   source.Path
	usable func(*Target) bool
	reason string // why a Service cannot use it
	byKey  bool   // a map, in which a nearer key overrides only the same key
}

// wayOut is how the setting becomes usable.
func (s setting) wayOut() string {
	if s.reason == needsBalancer {
		return "take it out, or write type: LoadBalancer"
	}
	return "take it out, or change what it needs"
}

func at(fields ...string) source.Path { return source.Path{}.Field(fields...) }

// Why a Service cannot use a setting.
const (
	needsBalancer = "only a Service of type LoadBalancer has one"
	needsAddress  = "a headless Service has no address of its own, ExternalName is an alias, and the types HostPort and PodIP make no Service"
	needsService  = "the types HostPort and PodIP make no Service"
	needsDNS      = "external-dns only publishes hosts under a domain, of a LoadBalancer or NodePort Service or of a Headless entry with externalDNS.enabled: true; with by: DNSEndpoint also those of the types HostPort and PodIP, and of ClusterIP with a target or externalIPs"
	needsHost     = "a headless Service has no aliases, and the types HostPort and PodIP make no Service for all of them"
)

// settings lists which Services can use which fields. A setting of the user that none of the
// Services below it can use is an error. The sources are validateService in
// k8s.io/kubernetes/pkg/apis/core/validation and the documentation of the providers.
var settings = append([]setting{
	{at("type"), (*Target).HasType, needsAddress, false},
	{at("domain"), (*Target).HasHost, "only a Service that clients outside can reach, and a Headless entry with externalDNS.enabled: true, has a host under a domain", false},
	{at("host"), (*Target).HasOwnHost, "a headless Service has no host without externalDNS.enabled: true, because clients look up the pods, and the types HostPort and PodIP make no Service for all of them", false},
	{at("aliases"), (*Target).HasAliases, needsHost, false},
	{at("annotations"), (*Target).IsService, needsService, true},
	{at("labels"), (*Target).IsService, needsService, true},
	{at("nodeAddressType"), (*Target).ThroughNodes, "only the types NodePort and HostPort advertise the address of a node", false},
	{at("externalTrafficPolicy"), (*Target).HasExternalPolicy, "only a Service of type LoadBalancer or NodePort, or with externalIPs, takes traffic from outside", false},
	{at("internalTrafficPolicy"), (*Target).HasAddress, needsAddress, false},
	{at("externalIPs"), takesExternalIPs, needsAddress + "; a route gets its traffic from the Gateway", false},
	{at("ipFamilies"), (*Target).HasFamilies, needsAddress, false},
	{at("ipFamilyPolicy"), (*Target).HasFamilies, needsAddress, false},
	{at("publishNotReadyAddresses"), (*Target).PublishesPods, "it is about pods, and a Service without a selector has none", false},
	{at("sessionAffinity"), (*Target).HasAddress, needsAddress, false},
	{at("trafficDistribution"), (*Target).Distributes, "only a Service for all pods can choose among them, and policy Local leaves no choice", false},
	{at("healthCheckNodePort"), (*Target).HasHealthCheck, "only a Service of type LoadBalancer with externalTrafficPolicy Local has one", false},
	{at("loadBalancer", "provider"), (*Target).Balanced, needsBalancer, false},
	{at("loadBalancer", "provider"), hasPods, "the provider only supports Services with pods", false},
	{at("loadBalancer", "class"), (*Target).Balanced, needsBalancer, false},
	{at("loadBalancer", "address"), addressed, needsBalancer + ", and a provider that takes an address", false},
	{at("loadBalancer", "addresses"), listed,
		"it has one address for each pod of a PerPod entry of type LoadBalancer, whose provider takes an address; a single Service or pod uses address", false},
	{at("loadBalancer", "sourceRanges"), (*Target).Balanced, needsBalancer, false},
	{at("loadBalancer", "allocateNodePorts"), (*Target).Balanced, needsBalancer, false},
	{at("externalDNS", "by"), hasWay, "external-dns only publishes hosts under a domain, of the types LoadBalancer and NodePort; with by: DNSEndpoint also of HostPort, PodIP and routes, and of ClusterIP with a target or externalIPs; it publishes the pods of Headless entries by annotations alone", false},
	{at("externalDNS", "enabled"), mayBeInDNS, needsDNS, false},
	{at("externalDNS", "ttl"), published, needsDNS + "; and none with externalDNS.enabled: false", false},
	{at("externalDNS", "prefixes"), byAnnotations, "it is for hosts that external-dns publishes under a domain, by: Annotations and not with enabled: false", false},
	{at("externalDNS", "target"), takesTarget, "it is for the hosts that external-dns publishes under a domain: those of LoadBalancer and NodePort Services, and with by: DNSEndpoint of all but Headless entries", false},
	{at("externalDNS", "access"), pointsAtNodes, "it is for the hosts of NodePort Services that external-dns publishes under a domain, by: Annotations and without a target", false},
}, slices.Concat(gatewaySettings(), providerSettings())...)

// A reach is a Service with the levels of its settings, nearest first.
type reach struct {
	Target
	levels    Levels
	elsewhere bool // another tool makes the Service
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
			t := s.Target()
			add(reach{t, LevelsOf(c.Name, s.Name, ""), !*s.Create})
			t.OnePod = true
			for _, p := range s.Pods {
				t.Access, t.Own = &p.Access, &p.Own
				add(reach{t, LevelsOf(c.Name, s.Name, p.Pod), !*s.Create})
			}
		}
	}
	return all, places
}

// typeless reports whether the type is not known yet, so that any setting may be of use.
func (r *reach) typeless() bool { return r.Type == "" && r.Mode != Headless }

// A useValidator checks that some Service can use each setting of the user.
type useValidator struct{ *validator }

// checkUse reports every setting of the user that no Service can use, and every one that a
// nearer setting of the profile overrides. places are all levels at which a setting can be
// written, including those without Services.
func (v useValidator) checkUse(all []reach, places []source.Path) {
	numbers := map[string]int{} // of levels
	number := func(level source.Path) int {
		key := level.String()
		if _, ok := numbers[key]; !ok {
			numbers[key] = len(numbers)
		}
		return numbers[key]
	}
	levels := each(all, func(r reach) []int { return each(r.levels, number) })
	var written []source.Path
	for _, level := range places {
		if v.User.Has(level) {
			written = append(written, level)
		}
	}
	levelsOfWritten := each(written, number)
	at := make([]int, len(numbers)) // how far a setting comes from each
	for _, s := range settings {
		const reached, used = 1, 2
		clear(at)
		for n := range all {
			r := &all[n]
			usable := r.typeless() || s.usable(&r.Target)
			for i, level := range levels[n] {
				if at[level] = max(at[level], reached); !usable || i > 0 && !r.inherits(s) {
					continue
				}
				if at[level] = used; i > 0 && len(v.Profiles) > 0 {
					v.checkBeaten(s, r.levels[:i], r.levels[i])
				}
			}
		}
		for n, level := range written {
			switch how := at[levelsOfWritten[n]]; {
			case how == used || !v.User.Has(level, s.path) || v.twoAddresses(s, level):
			case how == reached:
				v.Errorf(source.UnusableSetting, join(level, s.path), s.wayOut(),
					"no Service that this applies to can use it: %s", s.reason)
			case !v.Doubtful():
				v.Errorf(source.UnusableSetting, join(level, s.path), "take it out, or add an entry of services", "there is no Service that this applies to")
			}
		}
	}
}

// twoAddresses reports that a level has both address and addresses. validator.access has
// reported that already.
func (v useValidator) twoAddresses(s setting, level source.Path) bool {
	return s.path.Name() == "addresses" && v.User.Has(level, at("loadBalancer", "address"))
}

// checkBeaten reports a setting of the user that a setting of the profile overrides, because
// that one is nearer to the Service.
func (v useValidator) checkBeaten(s setting, nearer []source.Path, level source.Path) {
	if !v.User.Has(level, s.path) {
		return
	}
	var beaten source.Path
	var by *Layer
	for _, l := range nearer {
		if v.User.Has(l, s.path) {
			return
		}
		if by == nil {
			by, beaten = v.layer(l, s.path), join(l, s.path)
		}
	}
	if by != nil && !s.byKey {
		v.Infof(source.ProfileWins, join(level, s.path), "set it there to override the profile",
			"profile %s overrides this at %s", by.Name, beaten)
	}
}
