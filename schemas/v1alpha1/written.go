package v1alpha1

import (
	"slices"

	"sallyport.dev/schemas/source"
)

// Written finds where a setting was made: in the user's document or in the profile
// that lies under it.
type Written struct {
	User    *source.Document
	Profile *source.Document // nil without a profile
	Name    string           // the profile's
}

var specPath = source.Path{}.Field("spec")

func componentPath(c string) source.Path { return specPath.Field("components").Item("name", c) }

func entryPath(c, e string) source.Path {
	return componentPath(c).Field("services").Item("name", e)
}

// Levels are the places where a setting of a Service may stand, nearest first: pod,
// entry, component, spec; or the spec alone, of an ExternalEndpoints.
type Levels []source.Path

// LevelsOf are those of an entry, or of one of its pods where pod is not "".
func LevelsOf(component, entry, pod string) Levels {
	ls := Levels{entryPath(component, entry), componentPath(component), specPath}
	if pod != "" {
		ls = slices.Insert(ls, 0, entryPath(component, entry).Field("pods").Item("pod", pod))
	}
	return ls
}

// Own are the places of what is no access setting, such as host: the pod and the entry.
func (ls Levels) Own() Levels { return ls[:max(1, len(ls)-2)] }

// Entry is the entry's place; the spec's where there are no entries.
func (ls Levels) Entry() source.Path { return ls[max(0, len(ls)-3)] }

// Component is the component's place; the spec's where there are none.
func (ls Levels) Component() source.Path { return ls[max(0, len(ls)-2)] }

// OnePod tells whether one pod has something otherwise, at the first of the places.
func (ls Levels) OnePod() bool { return len(ls) > 3 }

// Where returns the nearest place at which a setting is written, by the user or by
// the profile; failing that the nearest place.
func (w Written) Where(ls Levels, setting source.Path) source.Path {
	for _, l := range ls {
		if p := join(l, setting); w.Wrote(p) {
			return p
		}
	}
	return join(ls[0], setting)
}

// Source says that something at a path is the profile's and not the user's; else "".
func (w Written) Source(p source.Path) string {
	if len(p) > 1 && !w.User.Has(p) && w.inProfile(p) {
		return ", as profile " + w.Name + " has it"
	}
	return ""
}

// Wrote tells whether the user or the profile says something at a path.
func (w Written) Wrote(p source.Path) bool { return w.User.Has(p) || w.inProfile(p) }

// inProfile tells whether the profile says something at a path. A profile's document
// is a spec, without the object around it.
func (w Written) inProfile(p source.Path) bool {
	return w.Profile != nil && w.Profile.Has(p[1:])
}

func join(a, b source.Path) source.Path { return append(slices.Clip(a), b...) }
