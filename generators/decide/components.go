package decide

import (
	"slices"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

func componentName(c *component) string { return c.Spec.Name }

// find returns the component with a name, or nil.
func find(all []*component, name string) *component {
	i := slices.IndexFunc(all, func(c *component) bool { return c.Spec.Name == name })
	if i < 0 {
		return nil
	}
	return all[i]
}

// of returns the component whose pods or listeners a list repeats for, or nil if there is none of
// that name.
func (v *fileValues) of(l *v1alpha1.List) *component {
	if l.Component == "" {
		return v.c
	}
	return find(v.d.components, l.Component)
}

// checkComponent checks that the component of a list exists.
func (v *fileValues) checkComponent(name string, at source.Path) {
	if name != "" && find(v.d.components, name) == nil {
		v.d.found.Errorf(source.UnknownName, at, "", "there is no component %q", name).OneOf(name, namesOf(v.d.components, componentName))
	}
}
