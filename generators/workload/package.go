package workload

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	kjson "sigs.k8s.io/json"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Package is what stands beside the specs, as far as it says something about their pods.
type Package struct {
	Sets     []*StatefulSet
	Scalers  []*Scaler
	Policies []*Policy
	Targets  Targets

	patches        []*StatefulSet // those of StatefulSets, such as the output of render --patch
	kustomizations []*source.Document
	issuers        map[string][]*Issuer // by name
	gateways       map[gatewayKey][]*Gateway
	grants         []*source.Document                 // ReferenceGrants
	objects        map[source.Object]*source.Document // those of kinds that are looked up by their names
}

// named are the kinds of objects that others name, and workloads.
var named = append([]string{"Service", "ServiceAccount", "Namespace", "GatewayClass"}, Kinds...)

// A Scaler is an object that decides the replicas of a workload: a HorizontalPodAutoscaler or
// KEDA's ScaledObject.
type Scaler struct {
	Doc    *source.Document
	Target string // the name of the workload
	Max    int32  // the most replicas that it makes
}

// A Policy is a NetworkPolicy.
type Policy struct {
	networkingv1.NetworkPolicy
	Doc *source.Document
}

// ReadPackage reads the documents that are not specs. What cannot be read is left out, but for
// StatefulSets: whoever applies it gets the error.
func ReadPackage(docs []*source.Document) *Package {
	p := &Package{objects: map[source.Object]*source.Document{}, gateways: map[gatewayKey][]*Gateway{}, issuers: map[string][]*Issuer{}, Targets: Targets{pods: map[types.NamespacedName]bool{}}}
	p.Sets, p.patches = readWithPatches(docs)
	for _, doc := range docs {
		o := doc.Object().Unversioned()
		if _, ok := p.objects[o]; !ok && slices.Contains(named, o.Kind) {
			p.objects[o] = doc
		}
		switch {
		case o.Kind == "Kustomization" || o == source.Object{}:
			p.kustomizations = append(p.kustomizations, doc)
		case o.Kind == "HorizontalPodAutoscaler" && o.APIVersion == "autoscaling":
			p.addScaler(doc, "maxReplicas", 0)
		case o.Kind == "ScaledObject" && o.APIVersion == "keda.sh":
			p.addScaler(doc, "maxReplicaCount", kedaMax)
		case o.APIVersion == v1alpha1.CertManager && (o.Kind == v1alpha1.KindIssuer || o.Kind == v1alpha1.KindClusterIssuer):
			p.addIssuer(doc)
		case o.Kind == "NetworkPolicy" && o.APIVersion == networkingv1.GroupName:
			policy := &Policy{Doc: doc}
			if unmarshal(doc, &policy.NetworkPolicy) == nil {
				p.Policies = append(p.Policies, policy)
			}
		case o.Kind == "ReferenceGrant" && o.APIVersion == gatewayv1.GroupName:
			p.grants = append(p.grants, doc)
		case o.APIVersion == gatewayv1.GroupName:
			p.addGateway(doc)
		case o.APIVersion == awsGateway:
			p.Targets.add(doc)
		}
	}
	p.followNames()
	return p
}

// kedaMax is what a ScaledObject without maxReplicaCount makes at most (KEDA's documentation of
// ScaledObject).
const kedaMax = 100

// addScaler adds an autoscaler of a StatefulSet. The field of its spec has the most replicas that
// it makes. Without the field, these are otherwise.
func (p *Package) addScaler(doc *source.Document, field string, otherwise int32) {
	var scaler struct {
		Spec map[string]any
	}
	if doc.ReadInto(&scaler) != nil {
		return
	}
	target, _ := scaler.Spec["scaleTargetRef"].(map[string]any)
	name, _ := target["name"].(string)
	if kind, _ := target["kind"].(string); kind != Kind || name == "" {
		return
	}
	if n, ok := scaler.Spec[field].(int); ok && n > 0 {
		otherwise = int32(min(n, 1<<30))
	}
	p.Scalers = append(p.Scalers, &Scaler{doc, name, otherwise})
}

// A Service is a Service of the package.
type Service struct {
	corev1.Service
	Doc *source.Document
}

// Services returns the Services of the package that can be read, by namespace and name.
func (p *Package) Services() []*Service {
	var out []*Service
	for o, doc := range p.objects {
		if svc := (&Service{Doc: doc}); o.Kind == "Service" && o.APIVersion == "" && unmarshal(doc, &svc.Service) == nil {
			out = append(out, svc)
		}
	}
	slices.SortFunc(out, func(a, b *Service) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// Service returns a Service by its name, or nil if there is none that can be read.
func (p *Package) Service(namespace, name string) *Service {
	if doc := p.Object("Service", namespace, name); doc != nil {
		if svc := (&Service{Doc: doc}); unmarshal(doc, &svc.Service) == nil {
			return svc
		}
	}
	return nil
}

// Scaler returns what decides the replicas of a StatefulSet; nil: nothing does.
func (p *Package) Scaler(s *StatefulSet) *Scaler {
	for _, scaler := range p.Scalers {
		if scaler.Target == s.Name && Meets(scaler.Doc.Object().Namespace, s.Namespace) {
			return scaler
		}
	}
	return nil
}

// Object returns a Service or ServiceAccount by its name, or nil. If there are two, one in
// the namespace and one without a namespace, it returns the first.
func (p *Package) Object(kind, namespace, name string) *source.Document {
	for _, in := range []string{namespace, ""} {
		if doc, ok := p.objects[source.Object{Kind: kind, Namespace: in, Name: name}]; ok {
			return doc
		}
	}
	return nil
}

// Other returns a workload of another kind than StatefulSet by its name, or nil.
func (p *Package) Other(namespace, name string) *source.Document {
	for _, kind := range Kinds[1:] {
		if doc := p.objects[source.Object{APIVersion: appsv1.GroupName, Kind: kind, Namespace: namespace, Name: name}]; doc != nil {
			return doc
		}
	}
	return nil
}

// Named returns the StatefulSets of a name that may be in a namespace: those that are, else
// those that have none. Without a namespace, all of the name.
func (p *Package) Named(name, namespace string) []*StatefulSet {
	var exact, others []*StatefulSet
	for _, s := range p.Sets {
		switch {
		case s.Name != name:
		case s.Namespace == namespace || namespace == "":
			exact = append(exact, s)
		case s.Namespace == "":
			others = append(others, s)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return others
}

// Near returns a StatefulSet that a spec may mean by a name that none has in its namespace, or
// nil. It tries, in this order: the name in another namespace, the name with a prefix or a suffix,
// a name with almost the same letters. It leaves out the StatefulSets that excluded reports.
func (p *Package) Near(name string, excluded func(*StatefulSet) bool) *StatefulSet {
	sets := slices.DeleteFunc(slices.Clone(p.Sets), excluded)
	same := func(s *StatefulSet) bool { return s.Name == name }
	longer := func(s *StatefulSet) bool {
		return strings.HasSuffix(s.Name, "-"+name) || strings.Contains(s.Name, "-"+name+"-") || strings.HasPrefix(s.Name, name+"-") || strings.HasSuffix(name, "-"+s.Name)
	}
	var names []string
	for _, s := range sets {
		names = append(names, s.Name)
	}
	near := source.Nearest(name, names)
	spelled := func(s *StatefulSet) bool { return s.Name == near }
	for _, is := range []func(*StatefulSet) bool{same, longer, spelled} {
		if i := slices.IndexFunc(sets, is); i >= 0 {
			return sets[i]
		}
	}
	return nil
}

// Meets reports whether an object may be in the namespace of another one: an object without a
// namespace is of any, because charts leave that to whoever installs them.
func Meets(a, b string) bool { return a == b || a == "" || b == "" }

// unmarshal reads a document as the API server does.
func unmarshal(doc *source.Document, into any) error {
	var tree any
	if err := doc.ReadInto(&tree); err != nil {
		return err
	}
	text, err := json.Marshal(tree)
	if err != nil {
		return err
	}
	return kjson.UnmarshalCaseSensitivePreserveInts(text, into)
}
