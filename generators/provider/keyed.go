package provider

import (
	"strings"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A keyed provider gives one address to several Services if they have the same sharing key and,
// with externalTrafficPolicy Local, the same selector.
type keyed struct {
	name       string // for messages
	annotation string // with the sharing key

	byLease      bool   // a sharing key without a slash is one of the Service's namespace
	onlyCluster  bool   // it shares no address with policy Local, whatever the selectors are
	oneNamespace string // it shares an address only in a namespace, unless both have this annotation; "": in all
}

func (k keyed) check(found *finding.Findings, s *plan.Service) {
	if !s.Balancer.Shared || *s.Access.ExternalTrafficPolicy != v1alpha1.PolicyLocal {
		return
	}
	at := found.Where(s.Levels, plan.Setting("externalTrafficPolicy"))
	switch {
	case k.onlyCluster:
		k.refuseLocal(found, s)
	case s.Balancer.Later:
		found.WarnOnce(source.SharedLocal, at, "set externalTrafficPolicy: Cluster, or list addresses, one for each pod",
			"from the second replica on, Services would stay pending: with externalTrafficPolicy Local, %s shares an address only among Services with the same selector", k.name)
	case len(s.Balancer.Addresses) == 0 && s.Pod != nil:
		found.WarnOnce(source.SharedLocal, at, "set externalTrafficPolicy: Cluster",
			"the pods do not share an address: with externalTrafficPolicy Local, %s shares one only among Services with the same selector", k.name)
	}
}

func (k keyed) checkSharing(found *finding.Findings, s *plan.Service, by Sharer) {
	key, at := s.Balancer.SharingKey, found.Where(s.Levels, plan.Setting("loadBalancer", "address"))
	switch {
	case by.Key != key || key == "":
		found.ErrorOnce(source.SharedAddress, at, k.wayOut(by, key),
			"%s would stay pending: %s has the same address with the sharing key %q, and its own is %q", s.Name, by.Name, by.Key, key)
	case k.oneNamespace != "" && by.Elsewhere && s.Annotations[k.oneNamespace] == "":
		found.ErrorOnce(source.SharedAddress, at, "give both Services the annotation "+k.oneNamespace+`: "*", or set another address`,
			"%s would stay pending: %s has the same address, and %s only shares one in a namespace", s.Name, by.Name, k.name)
	case k.byLease && by.Elsewhere && !strings.Contains(key, "/"):
		found.ErrorOnce(source.SharedAddress, at, "write sharingKey: NAMESPACE/NAME, the same for both, or set another address",
			"%s has the address of %s, which is in another namespace, and %s elects a node for a key of each namespace", s.Name, by.Name, k.name)
	case k.onlyCluster && isLocal(s):
		k.refuseLocal(found, s)
	case isLocal(s) && by.Local && s.Pods() == by.Pods && !k.onlyCluster:
	case isLocal(s):
		found.ErrorOnce(source.SharedLocal, found.Where(s.Levels, plan.Setting("externalTrafficPolicy")), "set externalTrafficPolicy: Cluster together with the address",
			"%s would stay pending: with externalTrafficPolicy Local, %s shares an address only among Services with the same selector", s.Name, k.name)
	case by.Local && k.onlyCluster && by.IsOurs && s.Balancer.Shared: // reported at the other one
	case by.Local:
		found.ErrorOnce(source.SharedLocal, at, "set externalTrafficPolicy: Cluster for both, or set another address",
			"%s would stay pending: %s has the same address with externalTrafficPolicy Local", s.Name, by.Name)
	}
}

func (k keyed) refuseLocal(found *finding.Findings, s *plan.Service) {
	found.ErrorOnce(source.SharedLocal, found.Where(s.Levels, plan.Setting("externalTrafficPolicy")), "set externalTrafficPolicy: Cluster, or list addresses, one for each pod",
		"%s only shares an address among Services with externalTrafficPolicy Cluster", k.name)
}

// wayOut returns the way in which two Services get the same sharing key.
func (k keyed) wayOut(by Sharer, key string) string {
	switch {
	case by.IsOurs || key == "":
		return "set the same loadBalancer.sharingKey for both"
	case by.Key == "":
		return "give the other one the annotation " + k.annotation + ": " + key
	}
	return "set loadBalancer.sharingKey to that of the other"
}
