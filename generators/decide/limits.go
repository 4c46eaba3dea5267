package decide

import (
	"fmt"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// The limits of one object.
const (
	// maxConfigMap is the limit of a ConfigMap in bytes: MaxSecretSize in
	// k8s.io/kubernetes/pkg/apis/core, which counts values. Sallyport counts keys too, because
	// etcd rejects objects over 1.5 MiB.
	maxConfigMap = 1 << 20

	// maxAnnotations is the limit of the annotations of an object in bytes, keys and values
	// together: TotalAnnotationSizeLimitB in k8s.io/apimachinery/pkg/api/validation. Kubernetes
	// has no such limit for labels; Sallyport uses the same.
	maxAnnotations = 256 << 10
)

// settingsSize returns the approximate size of the settings of an entry in each Service.
func settingsSize(e v1alpha1.Service) int {
	size := templateSize(e.Annotations) + templateSize(e.Labels)
	for _, list := range [][]string{e.ExternalIPs, e.LoadBalancer.SourceRanges, e.Aliases} {
		for _, s := range list {
			size += len(s)
		}
	}
	return size + (len(e.ExternalIPs)+len(e.Aliases))*claimSize + len(e.Ports)*portSize
}

// claimSize is the memory that preflight needs for one name, or one address with its port.
const claimSize = 100

// portSize is the memory of a port of a Service.
const portSize = 100

// checkSize reports labels or annotations that are larger than the limit.
func (d *decider) checkSize(field string, size int, levels v1alpha1.Levels) bool {
	if size <= maxAnnotations {
		return true
	}
	sizeError(d.found, field, size, d.found.Where(levels, plan.Setting(field)))
	return false
}

func sizeError(found *finding.Findings, field string, size int, at source.Path) {
	found.ErrorOnce(source.NumberRange, at, "shorten them, or take some out",
		"the %s of one object have %d bytes, and %d is the limit", field, size, maxAnnotations)
}

// checkAnnotationsSize checks the annotations of a Service, including those that settings add.
func (d balancerDecider) checkAnnotationsSize(s *plan.Service) {
	size := mapSize(s.Annotations)
	if announced := len(s.Announced); s.Annotates() && size+len(s.Access.ExternalDNS.Prefixes)*(announced*announcementSize+len(s.DNSTarget)) > maxAnnotations {
		for key, value := range s.Announcement(&d.dns) {
			size += len(key) + len(value)
		}
	}
	d.checkSize("annotations", size, s.Levels)
}

// templateSize returns the size of a map before expansion.
func templateSize(m v1alpha1.StringMap) int {
	size := 0
	for k, v := range m {
		size += len(k) + len(*v)
	}
	return size
}

// announcementSize is what one prefix adds for a name at most, without the target: four keys of 253
// characters each with a name, a host of 253 characters, a number and a word.
const announcementSize = 2 << 10

func mapSize(m map[string]string) int {
	size := 0
	for k, v := range m {
		size += len(k) + len(v)
	}
	return size
}

// tooLong reports a text that is too large for any object, so that its expansion stops.
var tooLong = placeholderError{fmt.Sprintf("with its placeholders expanded, the text is longer than the %d bytes that a ConfigMap takes", maxConfigMap),
	"reduce the pods, or shorten the texts and lists"}
