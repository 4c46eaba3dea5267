package provider

import (
	"slices"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

const ociPrefix = "oci-network-load-balancer.oraclecloud.com/"

var ociShared = unshared{"OCI"}

// oci makes network load balancers: those that Oracle makes by default are for HTTP. A public address is
// a reserved one. Sources: pkg/cloudprovider/providers/oci and docs/load-balancer-annotations.md of
// oci-cloud-controller-manager.
var oci = Provider{
	Name: "OCI",
	Keys: []Key{
		{Of: "provider", Name: "oci.oraclecloud.com/load-balancer-type", Value: constant("nlb"), Change: Fixed},
		{Of: "internal", Name: ociPrefix + "internal", Value: internal("true", ""), Change: Fixed},
		{Of: "subnets", Name: ociPrefix + "subnet", Value: subnets, Change: Fixed},
		{Of: "address", Name: ociPrefix + "assigned-private-ipv4", Value: inside(where(isIPv4)), Change: Fixed},
		{Of: "address", Name: ociPrefix + "assigned-ipv6", Value: inside(where(isIPv6)), Change: Fixed},
		{Of: "proxyProtocol", Name: ociPrefix + "is-ppv2-enabled", Value: proxied("true")},
		{Name: "service.beta.kubernetes.io/oci-load-balancer-internal", Change: Fixed},
	},
	InField:       func(s *plan.Service) bool { return !s.Access.LoadBalancer.Inside() },
	FieldChange:   Fixed,
	NodePorts:     true,
	IgnoresRanges: ociIgnoresRanges,
	Sharing:       "none: a load balancer for each Service",
	Check:         pending(ociShared.check, oneSubnetOnly, ociSource),
	CheckSharing:  ociShared.checkSharing,
}

// ociIgnoresRanges: they are rules of security lists, which are not managed for a network load balancer
// unless an annotation says so.
func ociIgnoresRanges(s *plan.Service) string {
	manages := slices.Contains([]string{"All", "Frontend"}, s.Annotations[ociPrefix+"security-list-management-mode"]) ||
		slices.Contains([]string{"SL-All", "SL-Frontend", "NSG"}, s.Annotations["oci.oraclecloud.com/security-rule-management-mode"])
	if manages {
		return ""
	}
	return "write annotations: {" + ociPrefix + "security-list-management-mode: Frontend}, or take it out and write the rules yourself"
}

// ociSource: a node would put its address in the place of the client's.
func ociSource(found *finding.Findings, s *plan.Service) {
	key := ociPrefix + "is-preserve-source"
	if s.Annotations[key] != "" && !isLocal(s) {
		found.ErrorOnce(source.ProviderRule, found.Where(s.Levels, plan.Setting("annotations").MapKey(key)), "set externalTrafficPolicy: Local, or take it out",
			"with externalTrafficPolicy Cluster, OCI refuses the annotation %s", key)
	}
}
