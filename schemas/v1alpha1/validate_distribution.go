package v1alpha1

import (
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// topologyMode is the annotation for which trafficDistribution is the successor. Where both are
// written, the annotation wins (KEP-4444).
const topologyMode = "service.kubernetes.io/topology-mode"

// distribution warns about a trafficDistribution that Kubernetes deprecates or does not use.
func (v accessValidator) distribution(a Access, where func(...string) source.Path) {
	p := where("trafficDistribution")
	if *a.TrafficDistribution == PreferClose {
		v.Warnf(source.Deprecated, p, "write PreferSameZone; PreferClose is right for clusters before Kubernetes 1.34",
			"Kubernetes deprecates PreferClose, the former name of PreferSameZone")
	}
	if mode := a.Annotations[topologyMode]; *a.TrafficDistribution != "" && mode != nil && strings.EqualFold(*mode, "auto") {
		v.Warnf(source.Contradiction, p, "take one of the two out", "Kubernetes ignores it where a Service has the annotation %s: %s", topologyMode, *mode)
	}
}

// distribution warns about a trafficDistribution that nothing implements: only slices of Services
// with a selector get their hints from the cluster.
func (v endpointsValidator) distribution(s ExternalEndpointsSpec) {
	p := specPath.Field("trafficDistribution")
	switch {
	case *s.TrafficDistribution == "":
	case !slices.Contains(s.Emit, EmitEndpointSlice):
		v.Warnf(source.UnusableSetting, p, "add EndpointSlice to emit, and write the zone of all addresses", "kube-proxy goes by hints in slices, and Endpoints have none")
	case *s.TrafficDistribution == PreferSameNode:
		v.Warnf(source.UnusableSetting, p, "write PreferSameZone", "kube-proxy goes by hints in slices, and here these are for zones only")
	case slices.ContainsFunc(s.Endpoints, func(ep Endpoint) bool { return *ep.Ready && len(ep.Hints.ForZones) == 0 }):
		v.Warnf(source.UnusableSetting, p, "write the zone of all addresses", "kube-proxy goes by hints in slices, which follow from the zones of the addresses here")
	}
}
