package provider

import (
	"cmp"
	"strings"

	"sallyport.dev/generators/plan"
)

// MetalLB 0.14.9 renamed its prefix. Older versions do not read the new one, newer ones still
// read the old one.
var metalLBPrefixes = []string{"metallb.io/", "metallb.universe.tf/"}

// The annotations with the addresses and with the sharing key of a Service, by prefix.
var (
	metalLBAddresses = []string{metalLBPrefixes[0] + "loadBalancerIPs", metalLBPrefixes[1] + "loadBalancerIPs"}
	metalLBSharing   = []string{metalLBPrefixes[0] + "allow-shared-ip", metalLBPrefixes[1] + "allow-shared-ip"}
)

var metalLBSharer = keyed{"MetalLB", metalLBSharing[0]}

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
	Check:        metalLBSharer.check,
	CheckSharing: metalLBSharer.checkSharing,
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
