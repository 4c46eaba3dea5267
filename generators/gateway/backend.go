package gateway

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// Backend checks that a Service of the package, to which a route leads, has the port.
func (c Checker) Backend(s *plan.Service) {
	doc := c.Package.Object("Service", c.Namespace, s.Name)
	var svc struct {
		Spec struct {
			Type  v1alpha1.ServiceType
			Ports []struct {
				Port     int32
				Protocol v1alpha1.Protocol
			}
		}
	}
	if doc == nil || doc.ReadInto(&svc) != nil {
		return
	}
	title := doc.Object().String()
	if doc.File != "" {
		title += " in " + doc.File
	}
	if svc.Spec.Type == "ExternalName" {
		c.report(s.Levels.Entry().Field("serviceName"), "name a Service with pods", "%s is of type ExternalName, and no route leads to such a Service", title)
		return
	}
	var has []string
	for _, p := range svc.Spec.Ports {
		has = append(has, fmt.Sprintf("%d/%s", p.Port, cmp.Or(p.Protocol, v1alpha1.TCP)))
	}
	for _, p := range s.Ports {
		if want := fmt.Sprintf("%d/%s", p.Number, p.Protocol); p.Number != 0 && !slices.Contains(has, want) {
			c.report(s.PortPath(c.Found.Written, p.Name, "port"), "write the port of that Service; it has "+strings.Join(has, ", "), "%s has no port %s, to which the route leads", title, want)
		}
	}
}
