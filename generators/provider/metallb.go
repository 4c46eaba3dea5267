package provider

var metalLBSharer = keyed{name: "MetalLB", annotation: "metallb.io/allow-shared-ip"}

// metalLB only reads annotations. It rejects an address that spec.loadBalancerIP has as well.
// 0.14.9 renamed its prefix: older versions do not read the new one, newer ones still read the old
// one. Source: website/content/usage and controller/service.go of MetalLB.
var metalLB = Provider{
	Name: "MetalLB",
	Keys: []Key{
		{Of: "address", Name: "metallb.io/loadBalancerIPs", Value: address, Change: Readdressed, Field: true},
		{Of: "address", Name: "metallb.universe.tf/loadBalancerIPs", Value: address, Change: Readdressed, Older: "metallb.io/loadBalancerIPs"},
		{Of: "addressPool", Name: "metallb.io/address-pool", Value: pool, Change: Readdressed},
		{Of: "addressPool", Name: "metallb.universe.tf/address-pool", Value: pool, Change: Readdressed, Older: "metallb.io/address-pool"},
		{Of: "sharingKey", Name: "metallb.io/allow-shared-ip", Value: sharingKey, Change: Unshared},
		{Of: "sharingKey", Name: "metallb.universe.tf/allow-shared-ip", Value: sharingKey, Change: Unshared, Older: "metallb.io/allow-shared-ip"},
	},
	Sharing:      "one address and one sharingKey, with policy Cluster or one selector",
	Check:        metalLBSharer.check,
	CheckSharing: metalLBSharer.checkSharing,
}
