package v1alpha1

import (
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/source"
)

// A profileValidator compares the names in a spec with those of its profile.
type profileValidator struct{ *validator }

// profileNames checks the names of components, ports and entries that the profile does not
// have: one may be a misspelling of a name that it has.
func (v profileValidator) profileNames(s ExternalAccessSpec) {
	if len(v.Profiles) == 0 {
		return
	}
	var components []profileName
	for _, c := range s.Components {
		p := componentPath(c.Name)
		components = append(components, profileName{c.Name, p, len(c.Ports) > 0 && len(c.Services) > 0 &&
			!slices.ContainsFunc(c.Services, func(e Service) bool { return e.Mode == "" })})
		if !v.inProfile(p) {
			continue
		}
		var ports, entries []profileName
		for _, port := range c.Ports {
			if at := p.Field("ports").Item("name", port.Name); !v.renumbered(c, port) {
				ports = append(ports, profileName{port.Name, at, port.ContainerPort != 0})
			}
		}
		for _, e := range c.Services {
			entries = append(entries, profileName{e.Name, entryPath(c.Name, e.Name), e.Mode != ""})
		}
		v.misspelt("port", ports)
		v.misspelt("entry", entries)
	}
	v.misspelt("component", components)
}

// A profileName is a name of the profile or of the user.
type profileName struct {
	name     string
	at       source.Path
	complete bool // it can be something new
}

func (v profileValidator) misspelt(what string, all []profileName) {
	var known, unused []string
	places := map[string]source.Path{}
	for _, n := range all {
		if v.inProfile(n.at) {
			if known = append(known, n.name); !v.User.Has(n.at) {
				unused = append(unused, n.name)
			}
			places[n.name] = n.at
		}
	}
	for _, n := range all {
		if v.inProfile(n.at) || !v.User.Has(n.at) || len(known) == 0 {
			continue
		}
		at, near := n.at.Field("name"), source.Meant(n.name, unused)
		malformed, _ := DNSLabel.Problem(n.name)
		switch {
		case near != "" && (!n.complete || malformed != ""):
			v.Errorf(source.UnknownName, at, "did you mean "+strconv.Quote(near)+"?", "profile %s has no %s %q", v.profile(), what, n.name).
				Propose(source.String(near))
			v.Silence(n.at, places[near])
		case !n.complete && len(unused) > 0 && !v.WrongIn(n.at):
			v.Errorf(source.UnknownName, at, "", "profile %s has no %s %q", v.profile(), what, n.name).OneOf(n.name, known)
			v.Silence(n.at)
			for _, name := range unused {
				v.Silence(places[name])
			}
		case near != "":
			v.Warnf(source.UnknownName, at, "did you mean "+strconv.Quote(near)+"? If not, accept the warning or choose another name",
				"%q is a new %s, and profile %s has %q", n.name, what, v.profile(), near)
		default:
			v.Infof(source.NotInProfile, at, "to change one of the profile's, use its name",
				"%q is a new %s: profile %s has %s", n.name, what, v.profile(), strings.Join(known, ", "))
		}
	}
}

// inherited reports whether a port is the profile's alone.
func (v profileValidator) inherited(c Component, port Port) bool {
	p := componentPath(c.Name).Field("ports").Item("name", port.Name)
	return v.inProfile(p) && !v.User.Has(p)
}

// renumbered reports whether a port of the user's has the number of one of the profile's,
// which is reported as such.
func (v profileValidator) renumbered(c Component, port Port) bool {
	for _, other := range c.Ports {
		if other.Name != port.Name && other.ContainerPort == port.ContainerPort && other.Protocol == port.Protocol && v.inherited(c, other) {
			return true
		}
	}
	return false
}
