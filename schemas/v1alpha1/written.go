package v1alpha1

import (
	"slices"

	"sallyport.dev/schemas/source"
)

// Written finds where a setting is written: in the user's document, or in the profiles that it
// is merged with.
type Written struct {
	User     *source.Document
	Profiles []Layer // the nearest first

	Inferred map[string]string // where values were read in the package, by path
	Alone    bool              // the package has no StatefulSets to read
	Others   map[string]string // workloads of other kinds that have the name of the StatefulSet, by the component's path
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
	return join(w.Level(ls, setting), setting)
}

// Level returns the nearest level at which the user or the profile has written a setting. If neither
// has, it returns the nearest level.
func (w Written) Level(ls Levels, setting source.Path) source.Path {
	for _, l := range ls {
		if w.Wrote(l, setting) {
			return l
		}
	}
	return ls[0]
}

// A Layer is a profile that a spec is merged with.
type Layer struct {
	Name    string
	Doc     *source.Document
	BuiltIn bool // the document is a spec without the object around it
}

func (l Layer) has(parts ...source.Path) bool {
	if l.BuiltIn {
		parts = slices.Clone(parts)
		parts[0] = parts[0][len(specPath):]
	}
	return l.Doc.Has(parts...)
}

// BuiltInSource returns what to add to a message if a built-in profile, and nobody above it, has
// written a path. Otherwise it returns "".
func (w Written) BuiltInSource(p source.Path) string {
	if l := w.layer(p); l != nil && !l.BuiltIn {
		return ""
	}
	return w.Source(p)
}

// Source returns what to add to a message if a profile, and not the user, has written a path.
// Otherwise it returns "".
func (w Written) Source(p source.Path) string {
	if len(p) < 2 || w.User.Has(p) {
		return ""
	}
	if l := w.layer(p); l != nil {
		return " (set by profile " + l.Name + ")"
	}
	return ""
}

// Wrote reports whether the user, a profile or the package has a value at a path. Like that of
// Document.Has, it can be in parts.
func (w Written) Wrote(parts ...source.Path) bool {
	return w.User.Has(parts...) || w.inProfile(parts...) || len(w.Inferred) > 0 && w.Inferred[slices.Concat(parts...).String()] != ""
}

// An Origin is who has written a value.
type Origin struct {
	Nobody  bool
	Profile string // the name of a profile
	Package string // the place in the package where it was read
}

// Origin returns who has written the value at a path. What was read from the package overrides
// profiles.
func (w Written) Origin(p source.Path) Origin {
	if w.User.Has(p) {
		return Origin{}
	}
	for n := len(p); n > 0 && len(w.Inferred) > 0; n-- {
		if place := w.Inferred[p[:n].String()]; place != "" {
			return Origin{Package: place}
		}
	}
	if l := w.layer(p); l != nil {
		return Origin{Profile: l.Name}
	}
	return Origin{Nobody: true}
}

// layer returns the nearest profile that has a value at a path, or nil.
func (w Written) layer(parts ...source.Path) *Layer {
	for i := range w.Profiles {
		if w.Profiles[i].has(parts...) {
			return &w.Profiles[i]
		}
	}
	return nil
}

func (w Written) inProfile(parts ...source.Path) bool { return w.layer(parts...) != nil }

// profile returns the name of the profile that the user names.
func (w Written) profile() string { return w.Profiles[0].Name }

// documents returns the documents that people write: those of the user and of profiles in the
// input.
func (w Written) documents() []*source.Document {
	out := []*source.Document{w.User}
	for _, l := range w.Profiles {
		if !l.BuiltIn {
			out = append(out, l.Doc)
		}
	}
	return out
}

// emptied reports whether the nearest value at a path that people wrote is empty.
func (w Written) emptied(p source.Path) bool {
	for _, doc := range w.documents() {
		if doc.Has(p) {
			return doc.Empty(p)
		}
	}
	return false
}

func join(a, b source.Path) source.Path { return append(slices.Clip(a), b...) }
