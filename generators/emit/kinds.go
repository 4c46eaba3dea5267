// Package emit makes Kubernetes objects from plans. Each kind has a file and a row of Kinds.
// Emit decides nothing: it reads the plan. It makes one object at a time, so that ten thousand
// objects need the memory of one.
package emit

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// Kinds lists the kinds of objects that a plan can have, in the order of kustomize (legacy): an
// object comes after the objects that it needs.
var Kinds = []Kind{
	serviceAccounts,
	roles,
	clusterRoles,
	roleBindings,
	clusterRoleBindings,
	configMaps,
	endpoints,
	services,
	certificates,
	endpointSlices,
	dnsEndpoints,
	gateways,
	listenerSets,
	tcpRoutes,
	tlsRoutes,
	udpRoutes,
	networkPolicies,
}

// A Kind is a kind of objects that a plan can have. Its objects get their names from Names, so
// that the search for name collisions sees all of them.
type Kind struct {
	schema.GroupVersionKind
	Cluster bool // the kind is cluster-scoped

	// Names returns the names of a plan's objects of the kind.
	Names func(*plan.Plan) []string

	// Written returns where the name of an object is written or derived from, and how to change
	// it if it collides. The objects are numbered from 0.
	Written func(*plan.Plan, int) (source.Path, string)

	parts func(*plan.Plan) []part // of a plan's objects of the kind
}

// A part is a number of objects of one kind and plan, at most runLength. Each is valid until the next
// one of the part.
type part struct {
	length  int
	objects iter.Seq[encode.Object]
}

// Makes reports whether plans can have objects of a group and kind, of any version.
func Makes(o source.Object) bool {
	group, _, ok := strings.Cut(o.APIVersion, "/")
	if !ok {
		group = ""
	}
	return slices.ContainsFunc(Kinds, func(k Kind) bool { return k.Group == group && k.Kind == o.Kind })
}

// A row describes a kind of which a plan has items of type T. Kind makes a Kind of it.
type row[T any] struct {
	group, version, kind string
	cluster              bool

	items   func(*plan.Plan) []T
	name    func(*plan.Plan, T) string
	written func(T) (source.Path, string)

	// object makes the object of an item without type, name and namespace. It may reuse the
	// memory of the last object.
	object func() func(*plan.Plan, T) encode.Object
}

func (r row[T]) Kind() Kind {
	gvk := schema.GroupVersionKind{Group: r.group, Version: r.version, Kind: r.kind}
	return Kind{
		GroupVersionKind: gvk,
		Cluster:          r.cluster,
		Names: func(p *plan.Plan) []string {
			var out []string
			for _, item := range r.items(p) {
				out = append(out, r.name(p, item))
			}
			return out
		},
		Written: func(p *plan.Plan, n int) (source.Path, string) { return r.written(r.items(p)[n]) },
		parts: func(p *plan.Plan) []part {
			var out []part
			for items := range slices.Chunk(r.items(p), runLength) {
				out = append(out, part{len(items), func(yield func(encode.Object) bool) {
					object := r.object()
					for _, item := range items {
						o := object(p, item)
						o.GetObjectKind().SetGroupVersionKind(gvk)
						o.SetName(r.name(p, item))
						if !r.cluster {
							o.SetNamespace(p.Namespace)
						}
						if !yield(o) {
							return
						}
					}
				}})
			}
			return out
		},
	}
}

// runLength is how many objects a run has, if there are as many: enough that a processor has work for
// longer than it takes to hand it over, and few enough that their text is small.
const runLength = 128

// Runs returns the objects of all plans by kind and namespace, in parts that can be made at the same
// time. Within kinds and namespaces, they keep the order of the plans: spec, component, entry, pod by
// id, so that p-2 comes before p-10. Each object is made on request and is valid until the next one
// of its run is requested.
func Runs(plans []*plan.Plan) []iter.Seq[encode.Object] {
	byNamespace := slices.Clone(plans)
	slices.SortStableFunc(byNamespace, func(a, b *plan.Plan) int { return cmp.Compare(a.Namespace, b.Namespace) })
	var runs []iter.Seq[encode.Object]
	var run []iter.Seq[encode.Object]
	length := 0
	for _, k := range Kinds {
		ps := byNamespace
		if k.Cluster {
			ps = plans
		}
		for _, p := range ps {
			for _, part := range k.parts(p) {
				run = append(run, part.objects)
				if length += part.length; length >= runLength {
					runs = append(runs, inOrder(run))
					run, length = nil, 0
				}
			}
		}
	}
	return append(runs, inOrder(run))
}

// Objects returns the objects of all plans as one sequence.
func Objects(plans []*plan.Plan) iter.Seq[encode.Object] { return inOrder(Runs(plans)) }

// inOrder returns sequences of objects as one.
func inOrder(all []iter.Seq[encode.Object]) iter.Seq[encode.Object] {
	return func(yield func(encode.Object) bool) {
		for _, objs := range all {
			for o := range objs {
				if !yield(o) {
					return
				}
			}
		}
	}
}

// fresh is for kinds with few objects. Each object has memory of its own.
func fresh[T any](object func(*plan.Plan, T) encode.Object) func() func(*plan.Plan, T) encode.Object {
	return func() func(*plan.Plan, T) encode.Object { return object }
}

// meta returns the metadata of an object that has no labels and annotations for itself.
func meta(p *plan.Plan) metav1.ObjectMeta {
	out := metav1.ObjectMeta{
		Labels:      map[string]string{plan.ManagedByLabel: plan.ManagedBy},
		Annotations: map[string]string{plan.OwnerAnnotation: p.Owner},
	}
	maps.Copy(out.Labels, p.CommonLabels)
	maps.Copy(out.Annotations, p.CommonAnnotations)
	return out
}

// renamedSpec is Written for objects that have the name of the spec.
func renamedSpec() (source.Path, string) {
	return source.Path{}.Field("metadata", "name"), "rename the spec"
}
