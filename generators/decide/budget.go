package decide

import (
	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// The limits of what all specs of a run make together. They are Sallyport's own.
const (
	// maxPods is the limit of the pods of all components: ten components of MaxReplicas.
	maxPods = 10 * v1alpha1.MaxReplicas

	// maxEntries is the limit of components, entries of services and pods with settings of their own:
	// what is decided for each of them takes as long as a hundred Services.
	maxEntries = 10_000

	// maxPorts is the limit of the ports of a component or an entry: each of them is compared with the
	// others, for each Service.
	maxPorts = 500

	// maxKeys is the limit of the files of a component, as there are 1 MiB for all of them.
	maxKeys = 10_000

	// maxServices is the limit of Services: ten times those that the scalability tests of
	// Kubernetes put into a cluster (SIG Scalability's thresholds).
	maxServices = 100_000

	// maxSettings is the limit of the settings of all Services in bytes: three hundred for each of
	// maxServices.
	maxSettings = 32 << 20

	// maxAllPassages is the limit of ports and peers of all NetworkPolicies: thirty of the largest.
	maxAllPassages = 30 * maxPassages

	// maxFiles is the limit of all ConfigMaps in bytes: thirty of the largest that there can be.
	maxFiles = 32 << 20
)

// A Budget is what the specs of a run have made so far. Small specs can ask for much, and each of
// many for a little less than the limit.
type Budget struct {
	entries, pods, services, settings, backends, files, passages int
	exceeded                                                     bool // the specs behind it are not planned
}

// An account is what a spec spends of a budget, or nothing without one.
type account struct {
	*Budget
	found *finding.Findings
}

// closed reports whether the budget was exceeded before.
func (a account) closed() bool { return a.Budget != nil && a.exceeded }

// spend adds to a sum of the budget, and reports the field that goes over the limit. what says
// whose number it is. It returns whether planning must stop.
func (a account) spend(sum *int, n, limit int, at source.Path, what, unit, wayOut string) bool {
	if a.exceeded {
		return true
	}
	switch *sum += n; {
	case *sum <= limit:
		return false
	case n > limit:
		a.found.Errorf(source.NumberRange, at, wayOut, "%s %d %s, and %d is the limit", what, n, unit, limit)
	default:
		a.found.Errorf(source.NumberRange, at, "split the input, or "+wayOut,
			"%s %d %s, %d together with the specs and components before, and %d is the limit", what, n, unit, *sum, limit)
	}
	a.exceeded = true
	return true
}

// tooManyEntries reports a spec with more components, entries and settings of pods than there is time and memory for,
// before they are read one by one.
func (a account) tooManyEntries(components []v1alpha1.Component) bool {
	n := len(components)
	for _, c := range components {
		n += len(c.Services)
		for _, e := range c.Services {
			n += len(e.Pods)
		}
	}
	return a.Budget != nil && a.spend(&a.entries, n, maxEntries, specField("components"),
		"the spec has", "components, entries of services and pods with settings", "split the spec")
}

// tooManyParts reports components and entries with more ports or files than there is time for.
func tooManyParts(components []v1alpha1.Component, found *finding.Findings) bool {
	tooMany := false
	over := func(n, limit int, at source.Path, parts, wayOut string) {
		if n > limit {
			found.Errorf(source.NumberRange, at, wayOut, "it has %d %s, and %d is the limit", n, parts, limit)
			tooMany = true
		}
	}
	const severalSpecs = "open a range of ports in several components or specs"
	const ownConfigMap = "put some of them into a ConfigMap of your own"
	for _, c := range components {
		at := componentPath(c.Name)
		over(len(c.Ports), maxPorts, at.Field("ports"), "ports", severalSpecs)
		if c.Config != nil {
			over(len(c.Config.Files), maxKeys, at.Field("config", "files"), "files", ownConfigMap)
			over(len(c.Config.Env), maxKeys, at.Field("config", "env"), "variables", ownConfigMap)
			over(len(c.Config.ContainerEnv), maxKeys, at.Field("config", "containerEnv"), "variables", ownConfigMap)
			over(len(c.Config.Lists), maxKeys, at.Field("config", "lists"), "lists", "write their texts into the files")
		}
		for _, e := range c.Services {
			over(len(e.Ports), maxPorts, at.Field("services").Item("name", e.Name).Field("ports"), "ports", severalSpecs)
		}
	}
	return tooMany
}

// tooManyPods reports components with more pods than there is time and memory for.
func (a account) tooManyPods(components []v1alpha1.Component) bool {
	if a.Budget == nil {
		return false
	}
	n := 0
	for _, c := range components {
		if pods := c.TotalPods(); pods <= v1alpha1.MaxReplicas { // validation reports others
			n += int(pods)
		}
	}
	return a.spend(&a.pods, n, maxPods, specField("components"), "the components have", "pods", "reduce the pods")
}

// tooManyServices reports a spec whose pods, entries and settings multiply to more than the
// limits, before they are expanded.
func (a account) tooManyServices(p *plan.Plan, components []*component) bool {
	if a.Budget == nil {
		return false
	}
	n, size := 0, 0
	common := mapSize(p.CommonLabels) + mapSize(p.CommonAnnotations)
	for _, c := range components {
		for _, e := range c.Spec.Services {
			each := 1
			switch {
			case e.Mode == v1alpha1.PerPod && c.Enabled && len(e.Only) > 0:
				each = min(len(c.Pods), len(e.Only))
			case e.Mode == v1alpha1.PerPod && c.Enabled:
				each = len(c.Pods)
			}
			n, size = n+each, size+each*(settingsSize(e)+common)
		}
	}
	at := specField("components")
	return a.spend(&a.services, n, maxServices, at,
		"the pods and PerPod entries make", "Services", "reduce the pods or PerPod entries") ||
		a.spend(&a.settings, size, maxSettings, at,
			"labels, annotations, ports, addresses and ranges of all Services have", "bytes", "reduce the pods, or shorten the lists in settings")
}

// tooManyBackends reports a spec with more endpoints than the specs may have together, before they
// are validated one by one.
func (a account) tooManyBackends(s v1alpha1.ExternalEndpointsSpec) bool {
	n := s.Backends()
	return a.Budget != nil && n <= v1alpha1.MaxBackends && // validation reports others
		a.spend(&a.backends, n, v1alpha1.MaxBackends, specField("endpoints"),
			"the addresses and their ports make", "endpoints", "reduce the addresses")
}

// tooManyFiles reports a component whose ConfigMap is one too much.
func (a account) tooManyFiles(c *component, size int) bool {
	return a.Budget != nil && a.spend(&a.files, size, maxFiles, c.Path.Field("config"),
		"the files and variables of the component have", "bytes", "reduce the pods, or shorten the files")
}

// tooManyPassages reports the NetworkPolicy of a component that is one too much.
func (a account) tooManyPassages(size int, at source.Path) bool {
	return a.Budget != nil && a.spend(&a.passages, size, maxAllPassages, at,
		"the NetworkPolicy has", "ports and peers", "reduce the components, or the pods")
}
