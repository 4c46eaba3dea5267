package services

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"sallyport.dev/generators/importer/compare"
	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Endpoints are Services without a selector, and their Endpoints and EndpointSlices.
var Endpoints = draft.Source{Name: "Endpoints and EndpointSlices, with their Services", Read: readEndpoints}

// mirrored is the label of EndpointSlices that a controller copies from Endpoints.
const mirrored = "endpointslicemirroring-controller.k8s.io"

// outside is a Service without a selector and what lists its addresses.
type outside struct {
	*service
	docs      []*source.Document // that came in, the Service first
	endpoints *corev1.Endpoints  //nolint:staticcheck // SA1019: it is deprecated, and exists
	slices    []*discoveryv1.EndpointSlice
	copies    []*source.Document // EndpointSlices that a controller has copied from Endpoints
	backends  []*backend
	wrong     bool // a list cannot be read, which is reported
}

// A backend is an address with the ports that it serves, by the names of the Service's ports.
type backend struct {
	address string
	traits  traits
	targets map[string][]int32
}

// traits are what addresses of one entry of endpoints have in common.
type traits struct {
	ready                           bool
	hostname, nodeName, zone, zones string
}

func readEndpoints(in *draft.Input) []*draft.Draft {
	lists := in.Take(func(doc *source.Document) bool {
		o := doc.Object()
		return o.Kind == "Endpoints" && o.APIVersion == "v1" || o.Kind == "EndpointSlice" && strings.HasPrefix(o.APIVersion, "discovery.k8s.io/")
	})
	selecting := map[source.Object]bool{} // Services with a selector, whose addresses a controller lists
	of := map[source.Object]*outside{}
	var all []*outside
	for _, doc := range in.Take(func(doc *source.Document) bool { return draft.IsService(doc) && withoutPods(doc, lists) }) {
		s := &service{doc: doc}
		if !in.Decode(doc, &s.Service) {
			continue
		}
		s.live = s.UID != "" || s.ResourceVersion != ""
		o := &outside{service: s, docs: []*source.Document{doc}}
		of[serviceOf(doc)], all = o, append(all, o)
	}
	for _, doc := range in.All {
		if draft.IsService(doc) && of[serviceOf(doc)] == nil {
			selecting[serviceOf(doc)] = true
		}
	}
	slices.SortStableFunc(lists, func(a, b *source.Document) int { // those of all ports have the first target port of each
		return cmp.Or(cmp.Compare(portsIn(b), portsIn(a)), draft.CompareObjects(a, b))
	})
	for _, doc := range lists {
		addresses(in, doc, of, selecting)
	}
	slices.SortStableFunc(all, func(a, b *outside) int { return draft.CompareObjects(a.doc, b.doc) })
	var out []*draft.Draft
	for _, o := range all {
		if isAPIServer(o.doc) || o.wrong {
			continue
		}
		if d := o.draft(in); d != nil {
			out = append(out, d)
		}
	}
	return out
}

// isAPIServer reports whether a document is of the Service kubernetes, which the API server makes.
func isAPIServer(doc *source.Document) bool {
	o := doc.Object()
	return o.Namespace == "default" && o.Name == "kubernetes"
}

// withoutPods reports whether a Service has no pods: it is an alias, or the input has its addresses.
func withoutPods(doc *source.Document, lists []*source.Document) bool {
	if doc.Scalar("spec", "type") == string(corev1.ServiceTypeExternalName) {
		return true
	}
	selector := source.Path{}.Field("spec", "selector")
	if doc.Has(selector) && !doc.Empty(selector) {
		return false
	}
	return isAPIServer(doc) || slices.ContainsFunc(lists, func(l *source.Document) bool { return serviceOf(l) == serviceOf(doc) })
}

// serviceOf returns the Service that a document is, or lists the addresses of.
func serviceOf(doc *source.Document) source.Object {
	o := doc.Object()
	if o.Kind == "EndpointSlice" {
		o.Name = doc.Scalar("metadata", "labels", discoveryv1.LabelServiceName)
	}
	return source.Object{Kind: "Service", Namespace: o.Namespace, Name: o.Name}
}

// portsIn returns how many ports an EndpointSlice has.
func portsIn(doc *source.Document) int {
	ports := draft.ValueOf(doc.Node(), "ports")
	if ports == nil {
		return 0
	}
	return len(ports.Content)
}

// addresses adds a list of addresses to its Service. Those of Services with a selector are made by a
// controller, as are copies of Endpoints.
func addresses(in *draft.Input, doc *source.Document, of map[source.Object]*outside, selecting map[source.Object]bool) {
	svc := serviceOf(doc)
	o := of[svc]
	switch {
	case o == nil && selecting[svc]:
		return
	case o == nil:
		in.Errorf(doc, source.Required, source.Path{}.Field("metadata", "name"), "add the Service to the input: kubectl get services,endpointslices -o yaml",
			"%s lists the addresses of a Service that is not in the input", doc.Object())
		return
	case doc.Object().Kind == "Endpoints":
		e := &corev1.Endpoints{} //nolint:staticcheck // SA1019: see outside
		if o.wrong = !in.Decode(doc, e) || o.wrong; !o.wrong {
			o.endpoints, o.docs = e, append(o.docs, doc)
		}
		return
	}
	if doc.Scalar("metadata", "labels", discoveryv1.LabelManagedBy) == mirrored {
		o.copies = append(o.copies, doc)
		return
	}
	o.slice(in, doc)
}

// slice adds an EndpointSlice.
func (o *outside) slice(in *draft.Input, doc *source.Document) {
	s := &discoveryv1.EndpointSlice{}
	if !in.Decode(doc, s) {
		o.wrong = true
		return
	}
	if s.AddressType == discoveryv1.AddressTypeFQDN {
		in.Errorf(doc, source.Invalid, source.Path{}.Field("addressType"), "make the Service of type ExternalName if it is one name; else list the addresses",
			"kube-proxy ignores the names in an EndpointSlice")
		o.wrong = true
		return
	}
	o.slices, o.docs = append(o.slices, s), append(o.docs, doc)
}

// read collects the addresses: those of EndpointSlices, which kube-proxy reads, or else of Endpoints.
func (o *outside) collect() {
	index := map[string]*backend{}
	add := func(address string, t traits, port string, number int32) {
		k := address + " " + t.key()
		b := index[k]
		if b == nil {
			b = &backend{address, t, map[string][]int32{}}
			index[k], o.backends = b, append(o.backends, b)
		}
		if !slices.Contains(b.targets[port], number) {
			b.targets[port] = append(b.targets[port], number)
		}
	}
	for _, s := range o.slices {
		for _, e := range s.Endpoints {
			for _, a := range e.Addresses {
				for _, p := range s.Ports {
					if p.Port != nil {
						add(a, traitsOf(&e), deref(p.Name), *p.Port)
					}
				}
			}
		}
	}
	if len(o.slices) > 0 || o.endpoints == nil {
		return
	}
	for _, subset := range o.endpoints.Subsets {
		for _, p := range subset.Ports {
			for _, a := range subset.Addresses {
				add(a.IP, traits{ready: true, hostname: a.Hostname, nodeName: deref(a.NodeName)}, p.Name, p.Port)
			}
			for _, a := range subset.NotReadyAddresses {
				add(a.IP, traits{hostname: a.Hostname, nodeName: deref(a.NodeName)}, p.Name, p.Port)
			}
		}
	}
}

func deref(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func traitsOf(e *discoveryv1.Endpoint) traits {
	t := traits{ready: e.Conditions.Ready == nil || *e.Conditions.Ready, hostname: deref(e.Hostname), nodeName: deref(e.NodeName), zone: deref(e.Zone)}
	if e.Hints != nil {
		var names []string
		for _, z := range e.Hints.ForZones {
			names = append(names, z.Name)
		}
		t.zones = strings.Join(names, ",")
	}
	return t
}

func (t traits) key() string {
	return strings.Join([]string{map[bool]string{true: "ready"}[t.ready], t.hostname, t.nodeName, t.zone, t.zones}, "\x00")
}

// draft makes the spec of a Service without a selector; nil: there is an error in the input.
func (o *outside) draft(in *draft.Input) *draft.Draft {
	if o.endpoints == nil && len(o.slices) == 0 {
		for _, doc := range o.copies {
			o.slice(in, doc)
		}
	}
	e := &v1alpha1.ExternalEndpoints{APIVersion: v1alpha1.APIVersion, Kind: v1alpha1.KindExternalEndpoints,
		Metadata: v1alpha1.Metadata{Name: o.Name, Namespace: cmp.Or(o.Namespace, in.Namespace)}}
	d := &draft.Draft{Endpoints: e, Came: o.docs}
	s := &e.Spec
	if len(o.copies) > 0 && o.endpoints == nil {
		d.Remark(o.copies[0], source.Path{}.Field("metadata", "labels"), "a copy of Endpoints %s, which are not in the input: import them, or delete them", o.Name)
	}
	o.settings(s)
	for _, p := range o.Spec.Ports {
		port := v1alpha1.EndpointPort{Name: p.Name, Port: p.Port, Protocol: protocolOf(&p)}
		if port.Protocol == v1alpha1.TCP {
			port.Protocol = ""
		}
		if p.NodePort != 0 {
			port.NodePort = &p.NodePort
		}
		if app := appOf(&p); app != "" {
			port.AppProtocol = &app
		}
		s.Ports = append(s.Ports, port)
	}
	if o.Spec.Type == corev1.ServiceTypeExternalName {
		s.ExternalName = &o.Spec.ExternalName
		return d
	}
	if o.Spec.ClusterIP == corev1.ClusterIPNone {
		s.Headless = new(true)
	} else if o.Spec.Type != "" && o.Spec.Type != corev1.ServiceTypeClusterIP {
		s.Type = typeOf(o.service)
	}
	o.collect()
	o.emit(d)
	o.targets(s)
	o.groups(s)
	if o.zonesWithoutHints() {
		for i := range s.Endpoints {
			if e := &s.Endpoints[i]; e.Zone != nil && e.Hints == nil {
				e.Hints = &v1alpha1.EndpointHints{ForZones: []string{}}
			}
		}
	}
	return d
}

// zonesWithoutHints reports whether the hints that follow from zones must be taken out: no address has
// any, and each that is ready would get some.
func (o *outside) zonesWithoutHints() bool {
	hinted := false
	for _, b := range o.backends {
		if b.traits.zones != "" || b.traits.ready && b.traits.zone == "" {
			return false
		}
		hinted = hinted || b.traits.zone != ""
	}
	return hinted && len(o.slices) > 0
}

// emit says which kinds list the addresses.
func (o *outside) emit(d *draft.Draft) {
	s := &d.Endpoints.Spec
	if o.endpoints == nil {
		return
	}
	s.Emit = []v1alpha1.EndpointsKind{v1alpha1.EmitEndpoints}
	if len(o.slices) > 0 {
		s.Emit = []v1alpha1.EndpointsKind{v1alpha1.EmitEndpointSlice, v1alpha1.EmitEndpoints}
		return
	}
	text := "deprecated: EndpointSlice is the default, and the Endpoints can then be deleted"
	if slices.ContainsFunc(o.backends, func(b *backend) bool {
		for _, targets := range b.targets {
			if len(targets) > 1 {
				return true
			}
		}
		return false
	}) {
		text = "the cluster cannot copy these Endpoints into slices: add EndpointSlice"
	}
	d.Comment(source.Path{}.Field("spec", "emit"), text)
}

// settings reads the settings of the Service, and the labels and annotations that all objects have.
func (o *outside) settings(s *v1alpha1.ExternalEndpointsSpec) {
	r := o.Read(false)
	if host := r.own.Host; host != nil {
		if domain, ok := strings.CutPrefix(*host, o.Name+"."); ok && len(r.own.Aliases) == 0 {
			r.Access.Domain = &domain
		} else {
			r = o.Read(true)
		}
	}
	r.Access.IPFamilies, r.Access.IPFamilyPolicy, r.Access.PublishNotReadyAddresses = nil, nil, nil // the addresses say it
	s.CommonLabels, r.Access.Labels = o.common(r.Access.Labels, func(doc *source.Document) map[string]string { return metadataOf(doc, "labels") })
	s.CommonAnnotations, r.Access.Annotations = o.common(r.Access.Annotations, func(doc *source.Document) map[string]string { return metadataOf(doc, "annotations") })
	r.Access.Annotations, r.Access.Labels = Literal(r.Access.Annotations), Literal(r.Access.Labels)
	if len(r.Access.Annotations) == 0 {
		r.Access.Annotations = nil
	}
	if len(r.Access.Labels) == 0 {
		r.Access.Labels = nil
	}
	s.Access = r.Access
}

// ownLabels are the labels of lists of addresses that say what they are.
var ownLabels = []string{discoveryv1.LabelServiceName, discoveryv1.LabelManagedBy, discoveryv1.LabelSkipMirror, corev1.IsHeadlessService, "app.kubernetes.io/managed-by"}

func metadataOf(doc *source.Document, field string) map[string]string {
	var o struct {
		Metadata map[string]any
	}
	out := map[string]string{}
	_ = doc.Node().Decode(&o) // it was read before
	m, _ := o.Metadata[field].(map[string]any)
	for k, v := range m {
		if text, ok := v.(string); ok && !slices.Contains(ownLabels, k) && !compare.IsBookkeeping(k) && !compare.IsServerSet(k, true) {
			out[k] = text
		}
	}
	return out
}

// common returns what all lists of addresses have, and takes out of the Service's what it has of it.
// What the Service does not have is removed there by a null.
func (o *outside) common(own v1alpha1.StringMap, of func(*source.Document) map[string]string) (common, rest v1alpha1.StringMap) {
	var all map[string]string
	for i, doc := range o.docs[1:] {
		m := of(doc)
		if i == 0 {
			all = m
		}
		for k, v := range all {
			if m[k] != v {
				delete(all, k)
			}
		}
	}
	if len(all) == 0 {
		return nil, own
	}
	if own == nil {
		own = v1alpha1.StringMap{}
	}
	common = v1alpha1.StringMap{}
	for k, v := range all {
		common[k] = new(Escaped(v))
		if text, ok := own[k]; ok && *text == v {
			delete(own, k)
		} else if !ok {
			own[k] = nil
		}
	}
	return common, own
}

// targets writes the ports that most addresses have.
func (o *outside) targets(s *v1alpha1.ExternalEndpointsSpec) {
	for i := range s.Ports {
		p := &s.Ports[i]
		count := map[string]int{}
		best := ""
		var most []int32
		for _, b := range o.backends {
			k := textOfPorts(b.targets[p.Name])
			if count[k]++; count[k] > count[best] && len(b.targets[p.Name]) > 0 {
				best, most = k, b.targets[p.Name]
			}
		}
		if !slices.Equal(most, []int32{p.Port}) {
			p.TargetPorts = most
		}
	}
}

func textOfPorts(ports []int32) string {
	text := ""
	for _, p := range ports {
		text += string(rune(p))
	}
	return text
}

// groups writes the addresses: neighbours with the same ports and traits together.
func (o *outside) groups(s *v1alpha1.ExternalEndpointsSpec) {
	last := ""
	machines := map[string]*string{}
	var addresses []string
	flush := func() {
		if len(addresses) > 0 {
			s.Endpoints[len(s.Endpoints)-1].Addresses = ranges(addresses)
		}
		addresses = nil
	}
	for _, b := range o.backends {
		ports := map[string][]int32{}
		k := b.traits.key()
		for _, p := range s.Ports {
			have := b.targets[p.Name]
			k += "\x00" + textOfPorts(have)
			want := p.TargetPorts
			if want == nil {
				want = []int32{p.Port}
			}
			if !slices.Equal(have, want) {
				ports[p.Name] = append([]int32{}, have...)
			}
		}
		if b.traits.hostname != "" { // a machine may have an address of each family
			flush()
			last = ""
			if e, ok := machines[k]; ok {
				i := slices.IndexFunc(s.Endpoints, func(o v1alpha1.Endpoint) bool { return o.Hostname == e })
				one := s.Endpoints[i]
				one.Addresses = append(one.Addresses, compare.Canonical(b.address))
				s.Endpoints = append(slices.Delete(s.Endpoints, i, i+1), one) // behind those that are before either
				continue
			}
		}
		group := k + map[bool]string{true: "6"}[strings.Contains(b.address, ":")]
		if group != last {
			flush()
			e := b.traits.endpoint(ports)
			s.Endpoints = append(s.Endpoints, e)
			machines[k] = e.Hostname
		}
		last, addresses = group, append(addresses, compare.Canonical(b.address))
	}
	flush()
}

func (t traits) endpoint(ports map[string][]int32) v1alpha1.Endpoint {
	var e v1alpha1.Endpoint
	if len(ports) > 0 {
		e.Ports = ports
	}
	if !t.ready {
		e.Ready = new(false)
	}
	if t.hostname != "" {
		e.Hostname = &t.hostname
	}
	if t.nodeName != "" {
		e.NodeName = &t.nodeName
	}
	if t.zone != "" {
		e.Zone = &t.zone
	}
	if t.zones != "" && t.zones != t.zone {
		e.Hints = &v1alpha1.EndpointHints{ForZones: strings.Split(t.zones, ",")}
	}
	return e
}
