// Package pravega makes specs of the resources of the Pravega operator.
package pravega

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/generators/importer/fields"
	"sallyport.dev/generators/importer/services"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Source reads PravegaCluster resources. Sources: pravega-operator at 8c48bf7 (v1beta1: api/v1beta1,
// controllers) and v0.4.5 (v1alpha1: pkg/controller/pravega).
var Source = draft.Source{Name: "PravegaCluster of the Pravega operator", Read: readClusters}

const apiGroup = "pravega.pravega.io"

var apiVersions = []string{apiGroup + "/v1alpha1", apiGroup + "/v1beta1"}

// A pravegaCluster is a PravegaCluster that becomes a spec.
type pravegaCluster struct {
	*fields.Fields
	draft   *draft.Draft // without the spec
	written *v1alpha1.ExternalAccess
	name    string
	version string                   // of the API
	spec    *fields.Fields           // its spec
	pods    *fields.Fields           // spec.pravega
	access  *fields.Fields           // spec.externalAccess
	options *fields.Fields           // spec.pravega.options
	named   []string                 // the objects that the operator makes
	made    map[string]services.Made // the Services of components, by their names
}

func readClusters(in *draft.Input) []*draft.Draft {
	var out []*draft.Draft
	for _, doc := range in.Take(func(doc *source.Document) bool {
		o := doc.Object()
		return o.Kind == "PravegaCluster" && strings.HasPrefix(o.APIVersion, apiGroup+"/")
	}) {
		if version := doc.Object().APIVersion; !slices.Contains(apiVersions, version) {
			in.Errorf(doc, source.UnknownKind, source.Path{}.Field("apiVersion"), "write one of these versions", "%s of PravegaCluster is not read: the versions are %s", source.Short(version), strings.Join(apiVersions, " and "))
			continue
		}
		p := &pravegaCluster{Fields: fields.Of(in, doc), draft: &draft.Draft{Of: doc}, version: strings.TrimPrefix(doc.Object().APIVersion, apiGroup+"/"), made: map[string]services.Made{}}
		if p.read() {
			out = append(out, p.settled(false))
		}
	}
	return out
}

// unused is a remark about settings of access without access.
const unused = "without effect in the resource too, because spec.externalAccess.enabled is not true"

// read writes the spec, and reports whether the input can become one.
func (p *pravegaCluster) read() bool {
	if p.name = p.Child("metadata").String("name"); p.name == "" {
		p.Errorf(source.Required, "metadata", "write its name", "the resource has no name")
		return false
	}
	if cmp.Or(p.In.Namespace, p.Doc.Object().Namespace) == "" {
		p.Errorf(source.Required, "metadata", "write metadata.namespace, or sallyport import --namespace", "the resource has no namespace, which the addresses inside the cluster contain")
		return false
	}
	p.written = draft.NewAccess(p.In, p.name, p.Doc.Object().Namespace)
	p.spec = p.Child("spec")
	p.access, p.pods = p.spec.Child("externalAccess"), p.spec.Child("pravega")
	p.options = p.pods.Child("options")
	spec := &p.written.Spec
	spec.Profile = "pravega"
	if p.access.IsOn("enabled") {
		p.outside(spec)
	} else {
		spec.Enabled = new(false)
		p.access.Remark(p.draft, "type", unused)
		p.access.Remark(p.draft, "domainName", unused)
	}
	spec.ReservedPorts = p.spec.Numbers("reservedPortList")
	spec.Components = []v1alpha1.Component{p.controller(), p.segmentStore(), p.bookie()}
	p.remarks()
	p.draft.SortRemarks()
	p.take()
	return true
}

// isPlain reports whether a component has nothing but its name, so that it is the profile's.
func isPlain(c v1alpha1.Component) bool {
	c.Name = ""
	return services.IsZero(c)
}

// outside reads what all Services have, and the account of the pods.
func (p *pravegaCluster) outside(spec *v1alpha1.ExternalAccessSpec) {
	if t := p.serviceType(p.access, "type"); t != "" && t != v1alpha1.LoadBalancer {
		spec.Type = new(t) // the profile has LoadBalancer, as the operator
	}
	if domain := strings.TrimSuffix(strings.TrimSpace(p.access.String("domainName")), "."); domain != "" {
		spec.Domain = new(domain)
	}
	store, controller := p.pods.String("segmentStoreServiceAccountName"), p.pods.String("controllerServiceAccountName")
	switch account := cmp.Or(store, controller); account {
	case "":
		p.draft.Remark(p.Doc, p.Path("spec"), "the pods run as the default account, which may not ask for their addresses: name the account of the profile, pravega-components, in controllerServiceAccountName and segmentStoreServiceAccountName")
	case "pravega-components":
	default:
		spec.RBAC = &v1alpha1.RBAC{ServiceAccountName: new(services.Escaped(account))}
	}
	if store != "" && controller != "" && store != controller {
		p.pods.Remark(p.draft, "controllerServiceAccountName", "a spec has one account, that of the segment stores, which ask for their addresses")
	}
}

// serviceType reads a type of Service; "": it is absent.
func (p *pravegaCluster) serviceType(f *fields.Fields, name string) v1alpha1.ServiceType {
	return v1alpha1.ServiceType(f.OneOf(name, "ClusterIP", "NodePort", "LoadBalancer"))
}

func (p *pravegaCluster) isOutside() bool { return p.written.Spec.Enabled == nil }

// commonType is the type of the spec.
func (p *pravegaCluster) commonType() v1alpha1.ServiceType {
	if t := p.written.Spec.Type; t != nil {
		return *t
	}
	return v1alpha1.LoadBalancer
}

// component reads the type and the annotations of the Services of a component, and the labels of its
// pods, which its Services have and select by.
func (p *pravegaCluster) component(c *v1alpha1.Component, extType, annotations, labels string) services.Made {
	t, notes := p.serviceType(p.pods, extType), p.pods.Pairs(annotations)
	own := services.EscapedAll(p.pods.Pairs(labels))
	delete(own, "component") // the operator's own wins
	services.SetAll(&c.Labels, own)
	services.SetAll(&c.Selector, own)
	var m services.Made
	if p.isOutside() {
		if t != "" && t != p.commonType() {
			c.Type = new(t)
		}
		m.Annotations = notes
	} else {
		p.pods.Remark(p.draft, extType, unused)
		p.pods.Remark(p.draft, annotations, unused)
	}
	m.Spec.Type = corev1.ServiceType(cmp.Or(string(t), string(p.commonType())))
	return m
}

// settled returns the draft with the settings of the components. If plain is set, annotations stay
// annotations.
func (p *pravegaCluster) settled(plain bool) *draft.Draft {
	out := *p.draft
	out.Access = new(*p.written)
	out.Access.Spec.Components = slices.Clone(p.written.Spec.Components)
	for i := range out.Access.Spec.Components {
		c := &out.Access.Spec.Components[i]
		labels := c.Labels
		if m, ok := p.made[c.Name]; ok {
			r := m.Read(plain)
			r.WithoutDNS(m.Annotations) // the domain of the spec publishes names
			c.Access = r.Access
		}
		c.Annotations, c.Labels = services.Literal(c.Annotations), labels
		if c.Name == "segmentstore" && p.isOutside() {
			p.policy(c)
		}
	}
	out.Access.Spec.Components = slices.DeleteFunc(out.Access.Spec.Components, isPlain)
	if !plain {
		out.Simpler = func() *draft.Draft { return p.settled(true) }
	}
	return &out
}

func (p *pravegaCluster) controller() v1alpha1.Component {
	c := v1alpha1.Component{Name: "controller"}
	p.made[c.Name] = p.component(&c, "controllerExtServiceType", "controllerSvcAnnotations", "controllerPodLabels")
	if suffix := p.pods.String("controllerSvcNameSuffix"); suffix != "" && suffix != "pravega-controller" {
		c.Services = []v1alpha1.Service{{Name: "api", ServiceName: p.called("-" + suffix)}}
	}
	p.named = append(p.named, p.name+"-"+cmp.Or(p.pods.String("controllerSvcNameSuffix"), "pravega-controller"))
	return c
}

func (p *pravegaCluster) segmentStore() v1alpha1.Component {
	c := v1alpha1.Component{Name: "segmentstore", Replicas: p.pods.Number("segmentStoreReplicas")}
	m := p.component(&c, "segmentStoreExtServiceType", "segmentStoreSvcAnnotations", "segmentStorePodLabels")
	if !p.isOutside() {
		c.Replicas = nil // nothing is made for each pod
	} else if c.Replicas == nil || *c.Replicas < 1 {
		c.Replicas = new(int32(1)) // the operator's default
	}
	if p.isOutside() {
		m.Spec.LoadBalancerIP = p.pods.String("segmentStoreLoadBalancerIP")
	} else {
		p.pods.Remark(p.draft, "segmentStoreLoadBalancerIP", unused)
		p.pods.Remark(p.draft, "segmentStoreExternalTrafficPolicy", unused)
	}
	p.made[c.Name] = m
	p.storeNames(&c)
	for i, name := range []string{"pravegaservice.service.listener.port", "pravegaservice.admin.listener.port"} {
		port := v1alpha1.Port{Name: []string{"server", "cli"}[i]}
		if n := p.portOption(name); n != 0 && n != []int32{12345, 9999}[i] {
			port.ContainerPort = n
			c.Ports = append(c.Ports, port)
		}
	}
	if p.version == "v1alpha1" {
		server := []v1alpha1.ServicePort{{Name: "server"}}
		c.Services = append(c.Services, v1alpha1.Service{Name: "external", Ports: server})
		entry(&c, "headless").Ports = server
	}
	return c
}

// entry returns the entry of a component, and makes it if there is none.
func entry(c *v1alpha1.Component, name string) *v1alpha1.Service {
	i := slices.IndexFunc(c.Services, func(e v1alpha1.Service) bool { return e.Name == name })
	if i < 0 {
		i, c.Services = len(c.Services), append(c.Services, v1alpha1.Service{Name: name})
	}
	return &c.Services[i]
}

// portOption reads an option whose value is a port; 0: it is absent.
func (p *pravegaCluster) portOption(name string) int32 {
	text := p.options.Text(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		p.options.Errorf(source.NumberRange, name, "write a number from 1 to 65535, in quotes", "%q is not the number of a port", source.Short(text))
		return 0
	}
	return int32(n)
}

// policy writes the policy of the Services of segment stores: the profile has Local, as the operator.
func (p *pravegaCluster) policy(c *v1alpha1.Component) {
	if strings.EqualFold(p.pods.Text("segmentStoreExternalTrafficPolicy"), "Cluster") {
		c.ExternalTrafficPolicy = new(v1alpha1.PolicyCluster)
	}
}

// storeNames reads the names of the StatefulSet and of its Services.
func (p *pravegaCluster) storeNames(c *v1alpha1.Component) {
	suffix := cmp.Or(p.pods.String("segmentStoreStsNameSuffix"), "pravega-segment-store")
	if p.version == "v1alpha1" || isBelow07(p.spec.Text("version")) {
		suffix = "pravega-segmentstore"
	}
	if suffix != "pravega-segmentstore" {
		c.Workload = p.called("-" + suffix)
	}
	headless := cmp.Or(p.pods.String("segmentStoreHeadlessSvcNameSuffix"), "pravega-segmentstore-headless")
	if headless != "pravega-segmentstore-headless" {
		entry(c, "headless").ServiceName = p.called("-" + headless)
	}
	p.named = append(p.named, p.name+"-"+headless)
	if p.isOutside() {
		for i := range min(*c.Replicas, v1alpha1.MaxReplicas) {
			p.named = append(p.named, fmt.Sprintf("%s-%s-%d", p.name, suffix, i))
		}
	}
}

// isBelow07 reports whether a version of Pravega is below 0.7, as the operator reads it: no version is
// the default, which is above.
func isBelow07(version string) bool {
	var major, minor int
	if n, err := fmt.Sscanf(version, "%d.%d", &major, &minor); n != 2 || err != nil {
		return false
	}
	return major == 0 && minor < 7
}

// bookie is made by this operator with v1alpha1, and by that of BookKeeper since v1beta1.
func (p *pravegaCluster) bookie() v1alpha1.Component {
	c := v1alpha1.Component{Name: "bookie"}
	if p.version == "v1beta1" {
		c.Create = new(false)
		return c
	}
	services.SetAll(&c.Selector, map[string]string{"app": "pravega-cluster", "pravega_cluster": p.called("")})
	p.named = append(p.named, p.name+"-bookie-headless")
	return c
}

// called returns the name of an object that begins with that of the cluster.
func (p *pravegaCluster) called(rest string) string {
	if p.written.Metadata.Name == p.name {
		return "$(name)" + services.Escaped(rest)
	}
	return p.name + services.Escaped(rest)
}

// take takes the Services that the operator has made of the resource.
func (p *pravegaCluster) take() {
	p.draft.Came = p.In.Take(func(doc *source.Document) bool {
		o := doc.Object()
		return o.APIVersion == "v1" && o.Kind == "Service" && slices.Contains(p.named, o.Name) && (o.Namespace == "" || o.Namespace == p.Doc.Object().Namespace)
	})
}

// notAccess are the fields of spec.pravega that are not about access.
var notAccess = []string{"controllerReplicas", "maxUnavailableSegmentStoreReplicas", "maxUnavailableControllerReplicas", "debugLogging", "image",
	"controllerjvmOptions", "segmentStoreJVMOptions", "cacheVolumeClaimTemplate", "longtermStorage", "tier2", "controllerResources", "segmentStoreResources",
	"segmentStoreEnvVars", "segmentStoreContainerEnv", "controllerEnvVars", "segmentStoreSecret", "controllerPodAnnotations", "segmentStorePodAnnotations",
	"segmentStoreSecurityContext", "controllerSecurityContext", "controllerPodAffinity", "segmentStorePodAffinity", "rollbacktimeout", "controllerInitContainers",
	"segmentStoreInitContainers", "authImplementations", "influxDBSecret", "controllerProbes", "segmentStoreProbes", "controllerPodTolerations",
	"segmentStorePodTolerations", "segmentStoreContainers", "segmentStoreAdditionalVolumes", "options"}

// remarks are what the spec cannot say of the resource, and the fields that are not known.
func (p *pravegaCluster) remarks() {
	d := p.draft
	p.spec.Under("tls", "static").Remark(d, "segmentStoreSecret", "the certificate must have the names that the segment stores advertise: sallyport export sans prints them")
	p.spec.Under("tls", "static").Remark(d, "controllerSecret", "the certificate must have the names of the controller's Service: sallyport export sans prints them")
	if policy := p.pods.String("segmentStoreExternalTrafficPolicy"); p.isOutside() && policy != "" && !strings.EqualFold(policy, "Cluster") && !strings.EqualFold(policy, "Local") {
		p.pods.Remark(d, "segmentStoreExternalTrafficPolicy", "the operator takes %q for Local, and so does the spec", source.Short(policy))
	}
	p.spec.Skip("zookeeperUri", "tls", "authentication", "version", "bookkeeperUri", "bookkeeper")
	p.pods.Skip(notAccess...)
	p.access.Rest(d, "a spec has no such setting of access")
	p.pods.Rest(d, "a spec has no such setting")
	p.spec.Rest(d, "a spec has no such setting")
	if p.isOutside() {
		d.Remark(p.Doc, p.Path("spec"), "the ConfigMap %s-pravega-segmentstore of the spec has the keys for access alone: beside the operator, which makes one of this name, give config another name and write that in segmentStoreEnvVars", p.name)
	}
}
