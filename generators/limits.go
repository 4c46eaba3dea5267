package generators

import (
	"fmt"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// What comes out, at most.
const (
	// maxConfigMap is what the values of a ConfigMap may weigh, in bytes: MaxSecretSize in
	// k8s.io/kubernetes/pkg/apis/core.
	maxConfigMap = 1 << 20

	// maxAnnotations is what all annotations of an object may weigh, keys and values
	// together: TotalAnnotationSizeLimitB in k8s.io/apimachinery/pkg/api/validation. For
	// labels there is no such number; we take the same.
	maxAnnotations = 256 << 10

	// maxServices is how many Services a spec may ask for: our own limit, twenty times what
	// Kubernetes' scalability tests put into a cluster (SIG Scalability's thresholds).
	maxServices = 200_000
)

// tooManyServices reports a spec whose pods and entries multiply to more than anybody
// wants, before they do.
func (p *planner) tooManyServices() bool {
	total := int64(0)
	for _, c := range p.components {
		for _, e := range c.Services {
			if e.Mode == v1alpha1.PerPod && c.enabled {
				total += int64(len(c.pods))
			}
		}
	}
	if total > maxServices {
		p.Errorf(source.NumberRange, specField("components"), "make fewer pods or PerPod entries, or several specs of it",
			"all pods and PerPod entries together come to %d Services, and %d is the limit", total, maxServices)
	}
	return total > maxServices
}

// weigh reports labels or annotations that are more than an object may have.
func (p *planner) weigh(field string, size int, levels v1alpha1.Levels) bool {
	if size <= maxAnnotations {
		return true
	}
	if at := p.Where(levels, setting(field)); p.once(source.NumberRange, at) {
		p.Errorf(source.NumberRange, at, "make them fewer or shorter",
			"the %s of one object have %d bytes together, and %d is the limit", field, size, maxAnnotations)
	}
	return false
}

// weighAnnotations weighs what a Service ends up with: what was written, and what settings
// add.
func (p *planner) weighAnnotations(s *service) {
	size := sizeOf(s.annotations)
	if s.announced {
		for key, value := range s.announcement(&p.keys) {
			size += len(key) + len(value)
		}
	}
	p.weigh("annotations", size, s.levels)
}

// weightOf is what a map weighs as it was written.
func weightOf(m v1alpha1.StringMap) int {
	size := 0
	for k, v := range m {
		size += len(k) + len(*v)
	}
	return size
}

func sizeOf(m map[string]string) int {
	size := 0
	for k, v := range m {
		size += len(k) + len(v)
	}
	return size
}

// tooLong is a text that no object could take, so that nobody needs to finish it.
var tooLong = wrongPlaceholder{fmt.Sprintf("with its placeholders expanded, the text is longer than the %d bytes that a ConfigMap takes", maxConfigMap),
	"make fewer pods, or shorter texts and lists"}
