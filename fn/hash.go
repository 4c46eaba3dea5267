package fn

// needsHash is how a generator asks kustomize for a hash on the name of a ConfigMap, so
// that pods which refer to it restart when it changes.
const needsHash = "kustomize.config.k8s.io/needs-hash"

// hash hands the request on from the spec to its ConfigMaps. It is for generators alone:
// after any other function kustomize leaves the annotation where it is, and adds no hash.
func (l *list) hash(out []entry) {
	if l.functionConfig.annotation(needsHash) != "true" {
		return
	}
	for i, e := range out {
		if e.object != nil && e.object.GetObjectKind().GroupVersionKind().Kind == "ConfigMap" {
			out[i].object = annotated(e.object, map[string]string{needsHash: "true"})
		}
	}
}
