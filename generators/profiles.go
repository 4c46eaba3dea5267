package generators

import (
	"reflect"
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// readProfiles decodes the profiles of the input, gives them to the specs and checks that each has
// a name of its own, lies on a profile that exists, and is used.
func readProfiles(docs []*source.Document, specs []*v1alpha1.Spec) source.Diagnostics {
	c := profileChecker{first: map[string]first{}, depth: map[string]int{}, builtIn: profiles.Names()}
	for _, doc := range slices.SortedStableFunc(slices.Values(docs), compareDocuments) {
		if p, found := v1alpha1.DecodeProfile(doc); p != nil && p.Name != "" {
			c.add(p, found)
		} else {
			c.found = append(c.found, found...)
		}
	}
	byName := make(map[string]*v1alpha1.Profile, len(c.first))
	for name, f := range c.first {
		byName[name] = f.Profile
	}
	c.all = v1alpha1.NewProfiles(byName)
	for _, name := range c.all.Names() {
		c.checkBase(c.all.Named(name))
		c.checkDepth(name)
	}
	for _, s := range specs {
		s.Profiles = c.all
	}
	if !c.found.Failed() {
		c.checkUsed(specs)
	}
	return c.found
}

func compareDocuments(a, b *source.Document) int {
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return 0
}

// A profileChecker checks the profiles of the input.
type profileChecker struct {
	all     v1alpha1.Profiles
	found   source.Diagnostics
	first   map[string]first // by name
	depth   map[string]int   // by name, how many profiles of the input lie on one another
	builtIn []string
}

// A first is the first profile of a name with its diagnostics.
type first struct {
	*v1alpha1.Profile
	found source.Diagnostics
}

// report collects what a function reports about a profile.
func (c *profileChecker) report(p *v1alpha1.Profile, check func(*source.Reporter)) {
	r := source.NewReporter(p.Doc)
	check(r)
	c.found = append(c.found, r.Diagnostics()...)
}

// add adds a profile whose name nobody else has. Of two with the same content, the first counts.
func (c *profileChecker) add(p *v1alpha1.Profile, found source.Diagnostics) {
	at := source.Path{}.Field("metadata", "name")
	before, again := c.first[p.Name]
	builtIn := slices.Contains(c.builtIn, p.Name)
	c.found = append(c.found, notIn(found, before.found)...)
	c.report(p, func(r *source.Reporter) {
		switch {
		case builtIn:
			r.Errorf(source.NameClash, at, "choose another name; to change the built-in one, name it in spec.profile",
				"%s is a built-in profile: specs that name it would get other Services", p.Name)
		case again && !reflect.DeepEqual(before.Spec, p.Spec):
			r.Errorf(source.SpecConflict, at, "rename one of them, or take one out", "profile %s occurs again in %s, with a different content", p.Name, placeOf(before.Doc, "another item"))
		case again && before.Doc.Before(p.Doc):
			r.Warnf(source.SpecCopy, at, "take one out", "the same profile %s is in %s, and is read from there", p.Name, placeOf(before.Doc, "another item"))
		}
	})
	if !builtIn && !again {
		c.first[p.Name] = first{p, found}
	}
}

var baseField = source.Path{}.Field("spec", "profile")

// checkBase checks that the profile exists that a profile names.
func (c *profileChecker) checkBase(p *v1alpha1.Profile) {
	base := p.Spec.Profile
	if base == "" || c.all.Named(base) != nil || slices.Contains(c.builtIn, base) {
		return
	}
	c.report(p, func(r *source.Reporter) {
		r.Errorf(source.UnknownName, baseField, "", "there is no profile %q", base).OneOf(base, c.all.Known(c.builtIn))
	})
}

// checkDepth checks how many profiles lie under one, and whether it lies under itself. Each profile
// is visited once, whatever number of others lies on it.
func (c *profileChecker) checkDepth(name string) {
	var path []string
	on := map[string]int{}
	for p := c.all.Named(name); p != nil && c.depth[p.Name] == 0; p = c.all.Named(p.Spec.Profile) {
		if i, again := on[p.Name]; again {
			c.reportCircle(path[i:])
			break
		}
		on[p.Name], path = len(path), append(path, p.Name)
	}
	for _, name := range slices.Backward(path) {
		if c.depth[name] > 0 {
			continue // in the circle
		}
		p := c.all.Named(name)
		if c.depth[name] = c.depth[p.Spec.Profile] + 1; c.depth[name] == v1alpha1.MaxProfiles+1 {
			c.report(p, func(r *source.Reporter) {
				r.Errorf(source.NumberRange, baseField, "merge some of them", "more than %d profiles are based on one another, which is the limit", v1alpha1.MaxProfiles)
			})
		}
	}
}

// reportCircle reports profiles that lie under each other, at the first by name.
func (c *profileChecker) reportCircle(names []string) {
	at := slices.Index(names, slices.Min(names))
	names = slices.Concat(names[at:], names[:at+1])
	for _, name := range names {
		c.depth[name] = 1
	}
	c.report(c.all.Named(names[0]), func(r *source.Reporter) {
		r.Errorf(source.Contradiction, baseField, "let one of them name no profile, or another one", "the profiles are based on each other: %s", strings.Join(names, " -> "))
	})
}

// checkUsed reports profiles that no spec is merged with.
func (c *profileChecker) checkUsed(specs []*v1alpha1.Spec) {
	used := map[string]bool{}
	for _, s := range specs {
		if s.Access != nil {
			chain, _, _ := c.all.Chain(s.Access.Spec.Profile)
			for _, p := range chain {
				used[p.Name] = true
			}
		}
	}
	for _, name := range c.all.Names() {
		if p := c.all.Named(name); !used[name] && len(specs) > 0 {
			c.report(p, func(r *source.Reporter) {
				r.Infof(source.UnusedProfile, source.Path{}.Field("metadata", "name"), "write profile: "+name+" in a spec", "no spec of the input is merged with profile %s", name)
			})
		}
	}
}
