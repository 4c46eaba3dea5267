package decide

import (
	"fmt"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// What comes out, at most.
const (
	// maxConfigMap is what a ConfigMap may weigh, in bytes: MaxSecretSize in
	// k8s.io/kubernetes/pkg/apis/core, which counts values. We count keys as well, for etcd
	// does not take an object of more than 1.5 MiB in all.
	maxConfigMap = 1 << 20

	// maxAnnotations is what all annotations of an object may weigh, keys and values
	// together: TotalAnnotationSizeLimitB in k8s.io/apimachinery/pkg/api/validation. For
	// labels there is no such number; we take the same.
	maxAnnotations = 256 << 10

	// maxServices is how many Services a spec may ask for: our own limit, twenty times what
	// Kubernetes' scalability tests put into a cluster (SIG Scalability's thresholds).
	maxServices = 200_000

	// maxSettings is what the settings of all Services of a spec may weigh together, in
	// bytes: our own limit, more than a kilobyte for each of as many as there may be.
	maxSettings = 256 << 20
)

// tooMuch reports a spec whose pods, entries and settings multiply to more than anybody
// wants, before they do.
func (d *decider) tooMuch() bool {
	services, size := int64(0), int64(0)
	for _, c := range d.components {
		for _, e := range c.Spec.Services {
			if e.Mode == v1alpha1.PerPod && c.Enabled {
				services += int64(len(c.Pods))
				size += int64(len(c.Pods)) * int64(settingsSize(e.Access))
			}
		}
	}
	switch at := specField("components"); {
	case services > maxServices:
		d.found.Errorf(source.NumberRange, at, "make fewer pods or PerPod entries, or several specs of it",
			"all pods and PerPod entries together come to %d Services, and %d is the limit", services, maxServices)
	case size > maxSettings:
		d.found.Errorf(source.NumberRange, at, "make fewer pods, or shorter lists of settings",
			"labels, annotations, addresses and ranges of %d Services come to %d bytes, and %d is the limit", services, size, maxSettings)
	default:
		return false
	}
	return true
}

// settingsSize is what access settings weigh in each Service, about.
func settingsSize(a v1alpha1.Access) int {
	size := weightOf(a.Annotations) + weightOf(a.Labels)
	for _, list := range [][]string{a.ExternalIPs, a.LoadBalancer.SourceRanges} {
		for _, s := range list {
			size += len(s)
		}
	}
	return size + len(a.ExternalIPs)*claimSize
}

// claimSize is what it takes to know that an address and port are taken.
const claimSize = 100

// weigh reports labels or annotations that are more than an object may have.
func (d *decider) weigh(field string, size int, levels v1alpha1.Levels) bool {
	if size <= maxAnnotations {
		return true
	}
	d.found.ErrorOnce(source.NumberRange, d.found.Where(levels, plan.Setting(field)), "make them fewer or shorter",
		"the %s of one object have %d bytes together, and %d is the limit", field, size, maxAnnotations)
	return false
}

// weighAnnotations weighs what a Service ends up with: what was written, and what settings
// add.
func (d *decider) weighAnnotations(s *plan.Service) {
	size := sizeOf(s.Annotations)
	if s.Announced && size+len(s.Access.ExternalDNS.Prefixes)*announcementSize > maxAnnotations {
		for key, value := range s.Announcement(&d.dns) {
			size += len(key) + len(value)
		}
	}
	d.weigh("annotations", size, s.Levels)
}

// weightOf is what a map weighs as it was written.
func weightOf(m v1alpha1.StringMap) int {
	size := 0
	for k, v := range m {
		size += len(k) + len(*v)
	}
	return size
}

// announcementSize is what one prefix adds at most: two keys of 253 characters and a name,
// a host of 253 and a number.
const announcementSize = 1 << 10

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
