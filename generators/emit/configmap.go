package emit

import (
	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// configMaps are the files and variables of the pods, one ConfigMap for each component with a
// config.
var configMaps = row[*plan.ConfigMap]{
	version: "v1", kind: "ConfigMap",
	items: func(p *plan.Plan) []*plan.ConfigMap { return p.ConfigMaps },
	name:  func(_ *plan.Plan, c *plan.ConfigMap) string { return c.Name },
	written: func(c *plan.ConfigMap) (source.Path, string) {
		return c.Component.Path.Field("config", "name"), "give the config another name"
	},
	object: fresh(func(p *plan.Plan, c *plan.ConfigMap) encode.Object {
		return &corev1.ConfigMap{ObjectMeta: meta(p), Data: c.Data}
	}),
}.Kind()
