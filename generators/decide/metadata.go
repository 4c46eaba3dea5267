package decide

import (
	"maps"
	"slices"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// metadata returns the labels or annotations of a Service, including Sallyport's own and those of
// all objects that it does not override.
func (d *decider) metadata(field string, m v1alpha1.StringMap, s scope, svc *plan.Service) map[string]string {
	common := d.plan.Common(field)
	out := make(map[string]string, len(common)+len(m)+1)
	if !d.checkSize(field, templateSize(m)+mapSize(common), svc.Levels) {
		return out
	}
	levels := inherited(svc, field)
	for k, v := range common {
		if !d.found.Overrides(levels, field, k) {
			out[k] = v
		}
	}
	for k, v := range m {
		at := d.found.Where(svc.Levels, plan.Setting(field).MapKey(k))
		value, _ := d.names.expand(*v, s, at)
		d.names.checkMetadata(field, k, value, at)
		out[k] = value
	}
	if field == "labels" {
		out[plan.ManagedByLabel] = plan.ManagedBy
	} else {
		out[plan.OwnerAnnotation] = d.plan.Owner
	}
	return out
}

// selector returns the labels that select the pods of a Service.
func (d *decider) selector(m v1alpha1.StringMap, s scope, at source.Path) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		at := at.MapKey(k)
		out[k], _ = d.names.expand(*v, s, at)
		d.names.checkMetadata("labels", k, out[k], at)
	}
	return out
}

// checkAnnotation reports an annotation of the user that differs from the one that settings
// make.
func (d balancerDecider) checkAnnotation(s *plan.Service, key, value, why, wayOut string) {
	if old, ok := s.Annotations[key]; ok && old != value {
		d.found.ErrorOnce(source.ReservedKey, d.found.WhereMetadata(s.Levels, "annotations", key), wayOut, "%s: to %q for Service %s", why, value, s.Name)
	}
}

// checkAnnouncement checks that annotations of the user agree with those for external-dns.
func (d balancerDecider) checkAnnouncement(s *plan.Service) {
	if len(s.Annotations) == 1 {
		return // only the owner: the user has no annotations
	}
	for key, value := range s.Announcement(&d.dns) {
		d.checkAnnotation(s, key, value, "externalDNS sets this annotation", "take it out, or set externalDNS.enabled to false")
	}
}

// addAnnotations adds the annotations that settings make. It does not change the map, which
// other Services share.
func (d balancerDecider) addAnnotations(s *plan.Service, more map[string]string, why, wayOut string) {
	if len(more) == 0 {
		return
	}
	out := make(map[string]string, len(s.Annotations)+len(more))
	for k, v := range s.Annotations {
		out[k] = v
	}
	for k, v := range more {
		d.checkAnnotation(s, k, v, why, wayOut)
		out[k] = v
	}
	s.Annotations = out
}

// addLabels adds the labels that settings make, to a map of the Service's own.
func (d balancerDecider) addLabels(s *plan.Service, more map[string]string, wayOut string) {
	if len(more) == 0 {
		return
	}
	out := make(map[string]string, len(s.Labels)+len(more))
	maps.Copy(out, s.Labels)
	for k, v := range more {
		if old, ok := out[k]; ok && old != v {
			d.found.ErrorOnce(source.ReservedKey, d.found.WhereMetadata(s.Levels, "labels", k), wayOut, "loadBalancer sets this label: to %q for Service %s", v, s.Name)
		}
		out[k] = v
	}
	s.Labels = out
}

// An entryCache keeps what is equal for all pods of an entry: expanded maps, paths, the ports
// if nothing is counted up, and the load balancer if pods share it.
type entryCache struct {
	maps  map[string]map[string]string
	at    *entryPaths
	ports []plan.Port

	balancer *plan.Balancer

	domain     string // after validation
	domainUsed bool
}

// keepPorts returns a list of ports that stays valid. Pods with equal ports share a list.
func (c *entryCache) keepPorts(ports []plan.Port) []plan.Port {
	if !slices.Equal(ports, c.ports) {
		c.ports = slices.Clone(ports)
	}
	return c.ports
}

// keepBalancer returns the load balancer with these addresses, pool and name. Pods that request the
// same one share it.
func (c *entryCache) keepBalancer(addresses []string, pool, name string) *plan.Balancer {
	if b := c.balancer; b == nil || b.Pool != pool || b.Name != name || !slices.Equal(b.Addresses, addresses) {
		c.balancer = &plan.Balancer{Addresses: addresses, Pool: pool, Name: name}
	}
	return c.balancer
}

// keep returns the map that is kept for a field, or makes and keeps it. A map with values that
// depend on the pod is not kept.
func (c *entryCache) keep(field string, m v1alpha1.StringMap, expand func() map[string]string) map[string]string {
	if kept, ok := c.maps[field]; ok {
		return kept
	}
	out := expand()
	for _, v := range m {
		if perPod(*v) {
			return out
		}
	}
	if c.maps == nil {
		c.maps = map[string]map[string]string{}
	}
	c.maps[field] = out
	return out
}

// entryPaths are the paths at which the parts of a Service are written, or would be.
type entryPaths struct {
	levels v1alpha1.Levels

	entry, serviceName, domain, host, aliases, target source.Path
}

// paths returns the paths for an entry, or for a pod with settings of its own.
func (c *entryCache) paths(w v1alpha1.Written, component, entry, pod string) *entryPaths {
	if c.at == nil {
		levels := v1alpha1.LevelsOf(component, entry, pod)
		at := levels.Entry()
		c.at = &entryPaths{
			levels:      levels,
			entry:       at,
			serviceName: at.Field("serviceName"),
			domain:      w.Where(levels, plan.Setting("domain")),
			host:        w.Where(levels.Own(), plan.Setting("host")),
			target:      w.Where(levels, plan.Setting("externalDNS", "target")),
			aliases:     w.Where(levels.Own(), plan.Setting("aliases")),
		}
	}
	return c.at
}
