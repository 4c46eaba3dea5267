package provider

// openELB serves Services with its annotation. It assigns an address from an Eip, by the protocol of
// another annotation. Source: pkg/constant of OpenELB.
var openELB = Provider{
	Name: "OpenELB",
	Keys: []Key{
		{Of: "provider", Name: "lb.kubesphere.io/v1alpha1", Value: constant("openelb")},
		{Of: "addressPool", Name: "eip.openelb.kubesphere.io/v1alpha2", Value: pool},
	},
	InField:      always,
	Sharing:      "not known",
	Check:        none.Check,
	CheckSharing: none.CheckSharing,
}
