package fn

import (
	"fmt"
	"maps"
	"path"
	"strings"

	"sallyport.dev/fn/ownership"
	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// needsHash is the annotation by which a generator asks kustomize to add a hash to the name
// of a ConfigMap. Pods that refer to it then restart when it changes.
const needsHash = "kustomize.config.k8s.io/needs-hash"

// requestHashes copies the request from the spec to its ConfigMaps. It is for generators
// only: after other functions kustomize adds no hash and leaves the annotation.
func (l *resourceList) requestHashes(items []outputItem) {
	if l.functionConfig.annotation(needsHash) != "true" {
		return
	}
	for i, it := range items {
		if it.object != nil && it.object.GetObjectKind().GroupVersionKind().Kind == "ConfigMap" {
			items[i].object = addAnnotations(it.object, map[string]string{needsHash: "true"})
		}
	}
}

// The annotations with the file of an item, and its index there. The legacy ones are those of kpt
// before v1 and of older tools, and are still written.
const (
	pathAnnotation  = "internal.config.kubernetes.io/path"
	indexAnnotation = "internal.config.kubernetes.io/index"
	legacyPath      = "config.kubernetes.io/path"
	legacyIndex     = "config.kubernetes.io/index"
)

// isOrchestrators reports whether orchestrators keep what they know of an item in the
// annotation of that name.
func isOrchestrators(name string) bool {
	return strings.HasPrefix(name, "internal.config.kubernetes.io/") ||
		strings.HasPrefix(name, "config.k8s.io/") ||
		name == "kustomize.config.k8s.io/id" || name == needsHash ||
		name == legacyPath || name == legacyIndex
}

// keepAnnotations copies the annotations of orchestrators from the item that an object
// replaces: its file, its index, the id by which they bring comments back.
func keepAnnotations(o encode.Object, it inputItem) encode.Object {
	more := map[string]string{}
	for name, value := range it.annotations() {
		if isOrchestrators(name) {
			more[name] = value
		}
	}
	return addAnnotations(o, more)
}

// assignFile gives a new object a file beside its spec's: DIR/SPEC/KIND_NAME.yaml, or a
// longer name if that is taken. For a spec that is not an item but the config, DIR is the
// folder of the package. If no item has a file, as in kustomize, the object gets none.
func (r *reconciler) assignFile(o encode.Object, taken map[string]bool) encode.Object {
	if r.specDocs == nil {
		r.specDocs = map[string]*source.Document{}
		for _, s := range r.specs {
			r.specDocs[s.Owner()] = s.Doc
		}
	}
	doc := r.specDocs[o.GetAnnotations()[plan.OwnerAnnotation]]
	if doc.File == "" && len(taken) == 0 {
		return o
	}
	dir, base := path.Join(path.Dir(doc.File), doc.Object().Name), strings.ToLower(ownership.ObjectOf(o).Kind)+"_"+o.GetName()
	file := path.Join(dir, base+".yaml")
	if taken[file] && o.GetNamespace() != "" {
		base = o.GetNamespace() + "_" + base
		file = path.Join(dir, base+".yaml")
	}
	for n := 2; taken[file]; n++ {
		file = path.Join(dir, fmt.Sprintf("%s_%d.yaml", base, n))
	}
	taken[file] = true
	more := map[string]string{pathAnnotation: file}
	if doc.Scalar("metadata", "annotations", legacyPath) != "" {
		more[legacyPath] = file
	}
	return addAnnotations(o, more)
}

// addAnnotations adds annotations to an object. It does not change the map of its
// annotations, which other objects may share.
func addAnnotations(o encode.Object, more map[string]string) encode.Object {
	if len(more) > 0 {
		all := maps.Clone(o.GetAnnotations())
		maps.Copy(all, more)
		o.SetAnnotations(all)
	}
	return o
}
