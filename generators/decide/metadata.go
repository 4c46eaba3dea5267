package decide

import (
	"slices"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// metadata returns the labels or annotations of a Service, ours among them.
func (d *decider) metadata(field string, m v1alpha1.StringMap, s scope, levels v1alpha1.Levels) map[string]string {
	out := make(map[string]string, len(m)+1)
	if !d.weigh(field, weightOf(m), levels) {
		return out
	}
	for k, v := range m {
		at := d.found.Where(levels, plan.Setting(field).MapKey(k))
		value, _ := d.names.expand(*v, s, at)
		d.names.meta(field, k, value, at)
		out[k] = value
	}
	if field == "labels" {
		out[plan.ManagedByLabel] = plan.ManagedBy
	} else {
		out[plan.OwnerAnnotation] = d.plan.Owner
	}
	return out
}

// selector returns the labels by which a Service selects its pods.
func (d *decider) selector(m v1alpha1.StringMap, s scope, at source.Path) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		at := at.MapKey(k)
		out[k], _ = d.names.expand(*v, s, at)
		d.names.meta("labels", k, out[k], at)
	}
	return out
}

// agree reports an annotation of the user's that says something else than settings do.
func (d *decider) agree(s *plan.Service, key, value, why, wayOut string) {
	if old, ok := s.Annotations[key]; ok && old != value {
		d.found.ErrorOnce(source.ReservedKey, d.found.Where(s.Levels, plan.Setting("annotations").MapKey(key)), wayOut, "%s, as %q for Service %s", why, value, s.Name)
	}
}

// announce holds that the user gives external-dns nothing else for the host.
func (d *decider) announce(s *plan.Service) {
	if len(s.Annotations) == 1 {
		return // the owner: there is none of the user's
	}
	for key, value := range s.Announcement(&d.dns) {
		d.agree(s, key, value, "externalDNS writes it", "take it out, or set externalDNS.enabled to false")
	}
}

// addAnnotations adds annotations that settings make, without changing a map that
// other Services share.
func (d *decider) addAnnotations(s *plan.Service, more map[string]string, why, wayOut string) {
	out := make(map[string]string, len(s.Annotations)+len(more))
	for k, v := range s.Annotations {
		out[k] = v
	}
	for k, v := range more {
		d.agree(s, k, v, why, wayOut)
		out[k] = v
	}
	s.Annotations = out
}

// An entryCache keeps what is the same for all pods of an entry: expanded maps, places, the
// ports as long as nothing counts.
type entryCache struct {
	maps  map[string]map[string]string
	at    *places
	ports []plan.Port

	domain     string // as it was found to be right
	domainUsed bool
}

// keepPorts returns a list that lasts, one for all pods that have the same.
func (c *entryCache) keepPorts(ports []plan.Port) []plan.Port {
	if !slices.Equal(ports, c.ports) {
		c.ports = slices.Clone(ports)
	}
	return c.ports
}

// keep returns what was kept under a name, or makes it. It is made anew for each pod
// where a value depends on the pod.
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

// places are where what a Service is made of was written, or would be.
type places struct {
	levels v1alpha1.Levels

	entry, serviceName, domain, host source.Path
}

// places returns those of an entry, or of the one pod that has something otherwise.
func (c *entryCache) places(w v1alpha1.Written, component, entry, pod string) *places {
	if c.at == nil {
		levels := v1alpha1.LevelsOf(component, entry, pod)
		at := levels.Entry()
		c.at = &places{
			levels:      levels,
			entry:       at,
			serviceName: at.Field("serviceName"),
			domain:      w.Where(levels, plan.Setting("domain")),
			host:        w.Where(levels.Own(), plan.Setting("host")),
		}
	}
	return c.at
}
