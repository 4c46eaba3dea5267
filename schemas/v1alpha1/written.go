package v1alpha1

import (
	"slices"

	"sallyport.dev/schemas/source"
)

// Written finds where a setting is written: in the user's document, or in the profile that it
// is merged with.
type Written struct {
	User    *source.Document
	Profile *source.Document // nil without a profile
	Name    string           // the profile's

	Inferred map[string]bool // paths whose values were read from the package
}

var specPath = source.Path{}.Field("spec")

func componentPath(c string) source.Path { return specPath.Field("components").Item("name", c) }

func entryPath(c, e string) source.Path {
	return componentPath(c).Field("services").Item("name", e)
}

// Levels are the paths at which a setting of a Service can be written, nearest first: pod,
// entry, component, spec. An ExternalEndpoints only has the spec.
type Levels []source.Path

// LevelsOf returns the Levels of an entry, or of one of its pods if pod is not "".
func LevelsOf(component, entry, pod string) Levels {
	ls := Levels{entryPath(component, entry), componentPath(component), specPath}
	if pod != "" {
		ls = slices.Insert(ls, 0, entryPath(component, entry).Field("pods").Item("pod", pod))
	}
	return ls
}

// Own returns the levels of fields that are not inherited, such as host: the pod and the entry.
func (ls Levels) Own() Levels { return ls[:max(1, len(ls)-2)] }

// Entry returns the path of the entry, or of the spec if there are no entries.
func (ls Levels) Entry() source.Path { return ls[max(0, len(ls)-3)] }

// Component returns the path of the component, or of the spec if there are none.
func (ls Levels) Component() source.Path { return ls[max(0, len(ls)-2)] }

// OnePod reports whether the first level is that of a single pod.
func (ls Levels) OnePod() bool { return len(ls) > 3 }

// Where returns the path of a setting at the nearest level at which the user or the profile
// has written it. If neither has, it returns the path at the nearest level.
func (w Written) Where(ls Levels, setting source.Path) source.Path {
	for _, l := range ls {
		if w.Wrote(l, setting) {
			return join(l, setting)
		}
	}
	return join(ls[0], setting)
}

// Source returns what to add to a message if the profile, and not the user, has written a
// path. Otherwise it returns "".
func (w Written) Source(p source.Path) string {
	if len(p) > 1 && !w.User.Has(p) && w.inProfile(p) {
		return " (set by profile " + w.Name + ")"
	}
	return ""
}

// Wrote reports whether the user, the profile or the package has a value at a path. Like that of
// Document.Has, it can be in parts.
func (w Written) Wrote(parts ...source.Path) bool {
	return w.User.Has(parts...) || w.inProfile(parts...) || len(w.Inferred) > 0 && w.Inferred[slices.Concat(parts...).String()]
}

// inProfile reports whether the profile has a value at a path. The document of a profile is a
// spec without the object around it.
func (w Written) inProfile(parts ...source.Path) bool {
	if w.Profile == nil {
		return false
	}
	parts = slices.Clone(parts)
	parts[0] = parts[0][len(specPath):]
	return w.Profile.Has(parts...)
}

func join(a, b source.Path) source.Path { return append(slices.Clip(a), b...) }
