package generators

import (
	"cmp"
	"slices"
)

// kinds are in the order in which kustomize writes them (legacy order): what must
// exist first comes first.
var kinds = []string{
	"ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding",
	"ConfigMap", "Endpoints", "Service", "EndpointSlice",
}

// order sorts by kind, then by namespace. Within these the objects stay in the order
// of the plans: spec, component, entry, pod by id, so that p-2 comes before p-10.
func order(objs []Object) {
	slices.SortStableFunc(objs, func(a, b Object) int {
		return cmp.Or(
			cmp.Compare(kindRank(a), kindRank(b)),
			cmp.Compare(a.GetNamespace(), b.GetNamespace()),
		)
	})
}

func kindRank(o Object) int { return slices.Index(kinds, o.GetObjectKind().GroupVersionKind().Kind) }
