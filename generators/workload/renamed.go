package workload

import (
	"strings"

	"sallyport.dev/schemas/source"
)

// previousNames is where kustomize lists the names that an object had before prefixes and suffixes.
const previousNames = "internal.config.kubernetes.io/previousNames"

// followNames gives StatefulSets the name that their headless Service has by now. kustomize renames
// the Service before functions run, but writes the new name into serviceName only afterwards.
func (p *Package) followNames() {
	renamed := map[string][]source.Object{} // Services by former name
	for o, doc := range p.objects {
		if o.Kind != "Service" || o.APIVersion != "" {
			continue
		}
		for was := range strings.SplitSeq(doc.Scalar("metadata", "annotations", previousNames), ",") {
			if was != "" && was != o.Name {
				renamed[was] = append(renamed[was], o)
			}
		}
	}
	for _, s := range p.Sets {
		now := map[string]bool{}
		for _, o := range renamed[s.Spec.ServiceName] {
			if Meets(o.Namespace, s.Namespace) {
				now[o.Name] = true
			}
		}
		if len(now) == 1 && p.Object("Service", s.Namespace, s.Spec.ServiceName) == nil {
			for name := range now {
				s.Spec.ServiceName = name
			}
		}
	}
}
