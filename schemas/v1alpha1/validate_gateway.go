package v1alpha1

import (
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// The limits of the Gateway API (the schemas of its CRDs, standard channel, 1.6).
const (
	MaxListeners       = 64
	MaxParentRefs      = 32
	MaxHostnames       = 1024
	maxCertificateRefs = 64
)

// gatewayForms are the ways to a listener, of which a Service has one.
var gatewayForms = []string{"parentRefs", "listenerSet", "className"}

// gateway checks the settings of Services that clients reach through a Gateway.
func (v entryValidator) gateway(t Target, ls Levels) {
	if !t.IsRouted() {
		return
	}
	g := t.Access.Gateway
	where := func(fields ...string) source.Path { return v.Where(ls, at(append([]string{"gateway"}, fields...)...)) }
	v.oneForm(ls)
	switch {
	case len(g.ParentRefs) > 0 || *g.ClassName != "":
	case v.Wrote(where("listenerSet")):
		if g.ListenerSet.ParentRef.Name == "" && !v.WrongIn(where("listenerSet")) {
			v.Errorf(source.Required, where("listenerSet", "parentRef"), "write {name: ..., namespace: ...}", "parentRef is required: it names the Gateway")
		}
	case v.DecodeFailedAt(v.gatewayPaths(ls)...):
	case !v.Wrong(v.Level(ls, at("type")).Field("gateway")): // else another entry has the type from there
		v.Errorf(source.Required, v.Level(ls, at("type")).Field("gateway"), "name a Gateway that exists under parentRefs or listenerSet, or set className to make one",
			"gateway is required for type %s", t.Type)
	}
	if *g.ClassName != "" {
		v.form(where("className"), *g.ClassName, DNSSubdomain)
	}
	if *g.Address != "" {
		v.gatewayAddress(*g.Address, where("address"))
	}
	v.parentRefs(t, g.ParentRefs, where("parentRefs"))
	if ref := g.ListenerSet.ParentRef; ref.Name != "" {
		v.reference(where("listenerSet", "parentRef"), ref.Name, ref.Namespace)
	}
	v.certificateRefs(t, where)
}

// gatewayPaths are the paths at which the ways to a listener can be written.
func (v entryValidator) gatewayPaths(ls Levels) []source.Path {
	var out []source.Path
	for _, l := range ls {
		out = append(out, l.Field("gateway"))
		for _, form := range gatewayForms {
			out = append(out, l.Field("gateway", form))
		}
	}
	return out
}

// oneForm reports two ways to a listener at one level.
func (v entryValidator) oneForm(ls Levels) {
	for _, doc := range v.documents() {
		for _, l := range ls {
			var written []string
			for _, form := range gatewayForms {
				if doc.Has(l, at("gateway", form)) {
					written = append(written, form)
				}
			}
			if len(written) > 1 {
				v.Errorf(source.Contradiction, join(l, at("gateway", written[1])), "keep one of the two", "%s and %s exclude each other", written[0], written[1])
			}
		}
	}
}

func (v entryValidator) gatewayAddress(text string, p source.Path) {
	if strings.Contains(text, ":") || endsWithNumber(text) {
		accessValidator(v).address(p, text)
		return
	}
	v.form(p, text, HostName)
}

// reference checks the name and the namespace of another object.
func (v entryValidator) reference(p source.Path, name, namespace string) {
	v.form(p.Field("name"), name, DNSSubdomain)
	if namespace != "" {
		v.form(p.Field("namespace"), namespace, DNSLabel)
	}
}

func (v entryValidator) parentRefs(t Target, refs []ParentRef, p source.Path) {
	if len(refs) > MaxParentRefs {
		v.Errorf(source.NumberRange, p, "name fewer", "a route has at most %d parents, and not %d", MaxParentRefs, len(refs))
	}
	for i, ref := range refs {
		at := p.Index(i)
		v.reference(at, ref.Name, ref.Namespace)
		if slices.Contains(refs[:i], ref) {
			v.Errorf(source.Duplicate, at, "take it out", "the list has this parent already")
		}
		if ref.SectionName != "" && t.Mode == PerPod && t.Type != TLSRoute && !t.OnePod && !MentionsPod(ref.SectionName) {
			v.Errorf(source.Contradiction, at.Field("sectionName"), "use $(pod) or $(id) in the name, and give the Gateway a listener for each pod",
				"all pods would use one listener, and a %s cannot tell them apart", t.Type)
		}
	}
}

// certificateRefs checks the certificates of listeners that are made.
func (v entryValidator) certificateRefs(t Target, where func(...string) source.Path) {
	refs, p := t.Access.Gateway.TLS.CertificateRefs, where("tls", "certificateRefs")
	switch {
	case terminates(&t) && len(refs) == 0:
		v.Errorf(source.Required, p, "name the Secret with the certificate, or use mode Passthrough", "certificateRefs is required for mode Terminate")
	case len(refs) > maxCertificateRefs:
		v.Errorf(source.NumberRange, p, "name fewer", "a listener has at most %d certificates, and not %d", maxCertificateRefs, len(refs))
	}
	for i, ref := range refs {
		if terminates(&t) {
			v.reference(p.Index(i), ref.Name, ref.Namespace)
		}
	}
}

// routed checks what an entry must have for a route to its Services.
func (v entryValidator) routed(c Component, e Service, p source.Path) {
	t := e.Target()
	if !t.IsRouted() {
		return
	}
	if len(e.Ports) > 1 {
		v.Errorf(source.Contradiction, p.Field("ports"), "name one of them, and add an entry for each of the others",
			"type %s leads to one port of a Service, and entry %s has %d", t.Type, e.Name, len(e.Ports))
	}
	for _, port := range e.Ports {
		i := slices.IndexFunc(c.Ports, func(cp Port) bool { return cp.Name == port.Name })
		if i >= 0 && c.Ports[i].Protocol != t.Type.Transport() {
			v.Errorf(source.Contradiction, v.Where(LevelsOf(c.Name, e.Name, ""), at("type")), "use the type of the port's protocol; there is none for SCTP",
				"type %s leads to %s ports, and port %s of component %s is %s", t.Type, t.Type.Transport(), port.Name, c.Name, c.Ports[i].Protocol)
		}
	}
}
