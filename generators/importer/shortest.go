package importer

import (
	"slices"

	"sallyport.dev/schemas/v1alpha1"
)

// shortest takes fields out of a spec that the documents beside it say, as long as it generates the
// same.
func shortest(t *trial) *trial {
	if t.Access == nil || len(t.Beside) == 0 {
		return t
	}
	for _, cut := range []func(*v1alpha1.Component) bool{
		func(c *v1alpha1.Component) bool { return clearField(&c.Replicas) },
		func(c *v1alpha1.Component) bool { return clearField(&c.Ordinals) },
		func(c *v1alpha1.Component) bool {
			had := len(c.Selector) > 0
			c.Selector = nil
			return had
		},
		func(c *v1alpha1.Component) bool {
			had := len(c.Ports) > 0
			c.Ports = nil
			return had
		},
		func(c *v1alpha1.Component) bool { return usePackagePorts(c, t.Access.Spec.Components[0].Ports) },
	} {
		draft, access := *t.Draft, *t.Access
		access.Spec.Components = slices.Clone(access.Spec.Components)
		draft.Access = &access
		if !cut(&access.Spec.Components[0]) {
			continue
		}
		if shorter := try(&draft); shorter.count() == 0 && slices.Equal(shorter.differences, t.differences) {
			shorter.shortened = true
			t = shorter
		}
	}
	return t
}

func clearField[T any](p **T) bool {
	had := *p != nil
	*p = nil
	return had
}

// usePackagePorts takes the ports of a component out, where entries name those that they open: the
// package may have more ports.
func usePackagePorts(c *v1alpha1.Component, ports []v1alpha1.Port) bool {
	if len(c.Ports) == 0 {
		return false
	}
	c.Ports, c.Services = nil, slices.Clone(c.Services)
	named := false
	for i, e := range c.Services {
		if len(e.Ports) > 0 {
			continue
		}
		named = true
		for _, p := range ports {
			c.Services[i].Ports = append(c.Services[i].Ports, v1alpha1.ServicePort{Name: p.Name})
		}
	}
	return named
}
