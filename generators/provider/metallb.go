package provider

import (
	"cmp"
	"strings"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// MetalLB 0.14.9 renamed its prefix. Older versions do not read the new one, newer ones still
// read the old one.
var metalLBPrefixes = []string{"metallb.io/", "metallb.universe.tf/"}

// The annotations with the addresses and with the sharing key of a Service, by prefix.
var (
	metalLBAddresses = []string{metalLBPrefixes[0] + "loadBalancerIPs", metalLBPrefixes[1] + "loadBalancerIPs"}
	metalLBSharing   = []string{metalLBPrefixes[0] + "allow-shared-ip", metalLBPrefixes[1] + "allow-shared-ip"}
)

// metalLB only reads annotations. It rejects an address that spec.loadBalancerIP has as well.
// Source: website/content/usage and internal/allocator of MetalLB.
var metalLB = Provider{
	Name: "MetalLB",
	Annotations: func(s *plan.Service) map[string]string {
		out := map[string]string{}
		for _, prefix := range metalLBPrefixes {
			for key, value := range map[string]string{
				"loadBalancerIPs": s.Balancer.Address(),
				"address-pool":    *s.Access.LoadBalancer.AddressPool,
				"allow-shared-ip": s.Balancer.SharingKey,
			} {
				if value != "" {
					out[prefix+key] = value
				}
			}
		}
		return out
	},
	Check: func(found *finding.Findings, s *plan.Service) {
		if !s.Balancer.Shared || *s.Access.ExternalTrafficPolicy != v1alpha1.PolicyLocal {
			return
		}
		at := found.Where(s.Levels, plan.Setting("externalTrafficPolicy"))
		switch {
		case s.Balancer.Later:
			found.WarnOnce(source.SharedLocal, at, "set externalTrafficPolicy: Cluster, or list addresses, one for each pod",
				"from the second replica on, Services would stay pending: with externalTrafficPolicy Local, MetalLB shares an address only among Services with the same selector")
		case len(s.Balancer.Addresses) == 0 && s.Pod != nil:
			found.WarnOnce(source.SharedLocal, at, "set externalTrafficPolicy: Cluster",
				"the pods do not share an address: with externalTrafficPolicy Local, MetalLB shares one only among Services with the same selector")
		}
	},
	CheckSharing: func(found *finding.Findings, s *plan.Service, by Sharer) {
		key, at := s.Balancer.SharingKey, found.Where(s.Levels, plan.Setting("loadBalancer", "address"))
		switch {
		case by.Key != key || key == "":
			found.ErrorOnce(source.SharedAddress, at, sharingKeyWayOut(by, key),
				"%s would stay pending: %s has the same address with the sharing key %q, and its own is %q", s.Name, by.Name, by.Key, key)
		case *s.Access.ExternalTrafficPolicy == v1alpha1.PolicyLocal && by.Local && s.Pods() == by.Pods:
		case *s.Access.ExternalTrafficPolicy == v1alpha1.PolicyLocal:
			sharedLocal(found, s)
		case by.Local:
			found.ErrorOnce(source.SharedLocal, at, "set externalTrafficPolicy: Cluster for both, or set another address",
				"%s would stay pending: %s has the same address with externalTrafficPolicy Local", s.Name, by.Name)
		}
	},
	ReadForeign: func(annotations map[string]string, _ []int32) Request {
		var out Request
		for i := range metalLBPrefixes {
			if text := annotations[metalLBAddresses[i]]; text != "" {
				out.Addresses = append(out.Addresses, strings.Split(text, ",")...)
			}
			out.Key = cmp.Or(out.Key, annotations[metalLBSharing[i]])
		}
		return out
	},
}

// sharingKeyWayOut returns the way in which two Services get the same sharing key.
func sharingKeyWayOut(by Sharer, key string) string {
	switch {
	case by.IsOurs || key == "":
		return "set the same loadBalancer.sharingKey for both"
	case by.Key == "":
		return "give the other one the annotation " + metalLBPrefixes[0] + "allow-shared-ip: " + key
	}
	return "set loadBalancer.sharingKey to that of the other"
}

func sharedLocal(found *finding.Findings, s *plan.Service) {
	found.ErrorOnce(source.SharedLocal, found.Where(s.Levels, plan.Setting("externalTrafficPolicy")), "set externalTrafficPolicy: Cluster together with the address",
		"%s would stay pending: with externalTrafficPolicy Local, MetalLB shares an address only among Services with the same selector", s.Name)
}
