// Package emit makes Kubernetes objects of plans: one file for each kind, and one row of
// Kinds. It decides nothing. Objects are made one after the other, so that ten thousand
// take the memory of one.
package emit

import (
	"cmp"
	"iter"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// Kinds is the whole of what a plan comes to, in the order in which kustomize writes the
// kinds (legacy order): what must exist first comes first.
var Kinds = []Kind{
	serviceAccounts,
	roles,
	clusterRoles,
	roleBindings,
	clusterRoleBindings,
	configMaps,
	endpoints,
	services,
	endpointSlices,
}

// A Kind is a kind of objects that a plan comes to. No object is made of one that does not
// have its name here, so that whoever looks for names sees them all.
type Kind struct {
	schema.GroupVersionKind
	Cluster bool // the kind is outside all namespaces

	// Names numbers and names a plan's objects of the kind, in their order.
	Names func(*plan.Plan) iter.Seq2[int, string]

	// Written is where the name of one was written or made, and what to do where it is taken.
	Written func(*plan.Plan, int) (source.Path, string)

	objects func(*plan.Plan) iter.Seq[encode.Object]
}

// A row is what Kind asks of a kind of which a plan has items of type T.
type row[T any] struct {
	group, version, kind string
	cluster              bool

	items   func(*plan.Plan) iter.Seq[T]
	name    func(*plan.Plan, T) string
	written func(T) (source.Path, string)

	// object makes the object of an item, but for its type, name and namespace. It may make
	// one in the memory of the last.
	object func() func(*plan.Plan, T) encode.Object
}

func (r row[T]) Kind() Kind {
	gvk := schema.GroupVersionKind{Group: r.group, Version: r.version, Kind: r.kind}
	return Kind{
		GroupVersionKind: gvk,
		Cluster:          r.cluster,
		Names: func(p *plan.Plan) iter.Seq2[int, string] {
			return func(yield func(int, string) bool) {
				n := 0
				for item := range r.items(p) {
					if !yield(n, r.name(p, item)) {
						return
					}
					n++
				}
			}
		},
		Written: func(p *plan.Plan, n int) (source.Path, string) {
			for item := range r.items(p) {
				if n == 0 {
					return r.written(item)
				}
				n--
			}
			panic("emit: no such " + r.kind)
		},
		objects: func(p *plan.Plan) iter.Seq[encode.Object] {
			return func(yield func(encode.Object) bool) {
				object := r.object()
				for item := range r.items(p) {
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
			}
		},
	}
}

// Objects returns the objects of all plans by kind, then by namespace. Within these they
// stay in the order of the plans: spec, component, entry, pod by id, so that p-2 comes
// before p-10. Each is made when it is asked for, and is good until the next one is.
func Objects(plans []*plan.Plan) iter.Seq[encode.Object] {
	byNamespace := slices.Clone(plans)
	slices.SortStableFunc(byNamespace, func(a, b *plan.Plan) int { return cmp.Compare(a.Namespace, b.Namespace) })
	return func(yield func(encode.Object) bool) {
		for _, k := range Kinds {
			ps := byNamespace
			if k.Cluster {
				ps = plans
			}
			for _, p := range ps {
				for o := range k.objects(p) {
					if !yield(o) {
						return
					}
				}
			}
		}
	}
}

// fresh is for kinds of which a plan has so few objects that each may have its own memory.
func fresh[T any](object func(*plan.Plan, T) encode.Object) func() func(*plan.Plan, T) encode.Object {
	return func() func(*plan.Plan, T) encode.Object { return object }
}

// list is for kinds of which a plan has its items in a list.
func list[T any](items func(*plan.Plan) []T) func(*plan.Plan) iter.Seq[T] {
	return func(p *plan.Plan) iter.Seq[T] { return slices.Values(items(p)) }
}

// meta is the metadata of an object that has no labels or annotations but ours.
func meta(p *plan.Plan) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Labels:      map[string]string{plan.ManagedByLabel: plan.ManagedBy},
		Annotations: map[string]string{plan.OwnerAnnotation: p.Owner},
	}
}

// renamedSpec is for objects that are called as the spec is.
func renamedSpec() (source.Path, string) {
	return source.Path{}.Field("metadata", "name"), "rename the spec"
}
