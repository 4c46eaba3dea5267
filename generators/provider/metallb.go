package provider

var metalLBSharer = keyed{name: "MetalLB", annotation: "metallb.io/allow-shared-ip"}

// metalLB only reads annotations. It rejects an address that spec.loadBalancerIP has as well.
// 0.14.9 renamed its prefix: older versions do not read the new one, newer ones still read the old
// one. Source: website/content/usage and internal/allocator of MetalLB.
var metalLB = Provider{
	Name: "MetalLB",
	Keys: []Key{
		{Of: "address", Name: "metallb.io/loadBalancerIPs", Value: address},
		{Of: "address", Name: "metallb.universe.tf/loadBalancerIPs", Value: address},
		{Of: "addressPool", Name: "metallb.io/address-pool", Value: pool},
		{Of: "addressPool", Name: "metallb.universe.tf/address-pool", Value: pool},
		{Of: "sharingKey", Name: "metallb.io/allow-shared-ip", Value: sharingKey},
		{Of: "sharingKey", Name: "metallb.universe.tf/allow-shared-ip", Value: sharingKey},
	},
	Replaced:     []string{"address", "addressPool"},
	Sharing:      "one address and one sharingKey, with policy Cluster or one selector",
	Check:        metalLBSharer.check,
	CheckSharing: metalLBSharer.checkSharing,
}
