package decide

import (
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
)

// configUsed warns if a StatefulSet of the package does not read the ConfigMap of its component: the pods then run
// without the configuration. Injection mounts it, and so does a patch beside the StatefulSet.
func configUsed(d *decider, c *component, configMap string, at source.Path) {
	if d.plan.Inject || d.found.Wrong((source.Path{}).Field("spec", "inject")) {
		return
	}
	for _, s := range d.seen.sets[c.Spec.Name] {
		if s.Err == nil && !s.Reads(configMap) && !d.seen.pkg.Patched(s, configMap) {
			d.found.WarnOnce(source.ConfigUnused, at, "write inject: true, or apply what render --patch prints",
				"no container reads the generated configuration: StatefulSet %s does not mount ConfigMap %s, at %s", s.Name, configMap, s.Doc.Place(workload.InPod.Field("volumes")))
		}
	}
}
