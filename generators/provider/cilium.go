package provider

var ciliumSharer = keyed{name: "Cilium", annotation: "lbipam.cilium.io/sharing-key", oneNamespace: "lbipam.cilium.io/sharing-cross-namespace"}

// cilium is LB-IPAM. It picks pools by the labels of Services, under keys that the pools choose, so
// there is no addressPool. Sources: pkg/annotation and operator/pkg/lbipam of Cilium.
var cilium = Provider{
	Name: "Cilium",
	Keys: []Key{
		{Of: "address", Name: "lbipam.cilium.io/ips", Value: address, Change: Readdressed, Field: true},
		{Of: "address", Name: "io.cilium/lb-ipam-ips", Change: Readdressed, Older: "lbipam.cilium.io/ips"},
		{Of: "sharingKey", Name: "lbipam.cilium.io/sharing-key", Value: sharingKey, Change: Unshared},
		{Of: "sharingKey", Name: "io.cilium/lb-ipam-sharing-key", Change: Unshared, Older: "lbipam.cilium.io/sharing-key"},
	},
	Sharing:      "one address and one sharingKey in a namespace, with one policy, and one selector with policy Local",
	Check:        ciliumSharer.check,
	CheckSharing: ciliumSharer.checkSharing,
}
