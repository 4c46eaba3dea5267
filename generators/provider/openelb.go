package provider

// openELB serves Services with its annotation. It assigns an address of an Eip, and one that several
// Services ask for to all of them. Sources: pkg/constant/constant.go and pkg/controllers/ipam of OpenELB.
var openELB = Provider{
	Name: "OpenELB",
	Keys: []Key{
		{Of: "provider", Name: "lb.kubesphere.io/v1alpha1", Value: constant("openelb"), Change: Abandoned},
		{Of: "addressPool", Name: "eip.openelb.kubesphere.io/v1alpha2", Value: pool, Change: Readdressed},
		{Name: "eip.openelb.kubesphere.io/v1alpha2", Label: true, Written: true},
	},
	InField: always,
	Sharing: "all Services ask for one address",
}
