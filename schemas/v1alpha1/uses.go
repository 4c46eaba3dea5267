package v1alpha1

import (
	"slices"
	"strconv"

	"sallyport.dev/schemas/source"
)

// Uses knows which settings of a complete spec Services use, for each level at which they can be
// written.
type Uses struct{ used map[string]bool }

// Uses returns which settings the Services can use.
func (e ExternalAccess) Uses() Uses {
	all, _ := e.reaches()
	out := Uses{map[string]bool{}}
	for i := range all {
		r := &all[i]
		keys := each(r.levels, source.Path.String)
		for n, s := range settings {
			if !r.typeless() && !s.usable(&r.Target) {
				continue
			}
			for level, key := range keys {
				if level == 0 || r.inherits(s) {
					out.used[usesKey(key, n)] = true
				}
			}
		}
	}
	return out
}

func usesKey(level string, setting int) string { return strconv.Itoa(setting) + " " + level }

// Has reports whether a Service can use a setting that is written at a level, or the part of it that
// a path leads to. What is not a setting counts as used.
func (u Uses) Has(level, setting source.Path) bool {
	n := settingAt(setting)
	return n < 0 || u.used[usesKey(level.String(), n)]
}

// CanUse reports whether a Service can use a setting, or the part of it that a path leads to. What is
// not a setting can be used.
func CanUse(t *Target, setting source.Path) bool {
	n := settingAt(setting)
	return n < 0 || settings[n].usable(t)
}

// settingAt returns the index of the setting that a path leads to or into, or -1.
func settingAt(p source.Path) int {
	return slices.IndexFunc(settings, func(s setting) bool {
		return len(s.path) <= len(p) && slices.Equal(s.path, p[:len(s.path)])
	})
}
