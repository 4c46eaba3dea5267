package provider

// eksAuto is the load balancing of EKS Auto Mode. Source: the page "Use Service Annotations to configure
// Network Load Balancers" of the user guide of EKS, which says that not all annotations of the AWS Load
// Balancer Controller are supported. These are.
var eksAuto = Provider{
	Name: "EKSAuto",
	Keys: []Key{
		{Of: "internal", Name: nlbPrefix + "scheme", Value: internal("internal", "internet-facing"), Change: Replaced},
		{Of: "allocateNodePorts", Name: nlbPrefix + "nlb-target-type", Value: targetIP, Change: Retargeted},
		{Of: "subnets", Name: nlbPrefix + "subnets", Value: subnets, Change: Readdressed},
	},
	MaxPorts:      50,
	IgnoresRanges: nlbIgnoresRanges,
	Sharing:       "none: a load balancer for each Service",
}
