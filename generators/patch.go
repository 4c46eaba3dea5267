package generators

import (
	"io"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

const (
	appsVersion     = "apps/v1"
	kindStatefulSet = "StatefulSet"
)

// A Patch is what a spec has to say about a StatefulSet that somebody else writes: a
// strategic merge patch. Kubernetes' own types serve where they print no more than they
// say; those with fields that are always there, such as resources, have a part here.
type Patch struct {
	APIVersion string        `json:"apiVersion"`
	Kind       string        `json:"kind"`
	Metadata   PatchMetadata `json:"metadata"`
	Spec       PatchSpec     `json:"spec"`

	From      *v1alpha1.Spec   `json:"-"` // whose it is
	Component source.Path      `json:"-"` // and the component's, in that spec
	Target    *source.Document `json:"-"` // the StatefulSet, where it is in the input
}

// PatchMetadata says which StatefulSet. It has no labels and no owner: the StatefulSet is
// not ours.
type PatchMetadata struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

// PatchSpec is the part of a StatefulSet's spec that is patched.
type PatchSpec struct {
	Template struct {
		Spec PatchPod `json:"spec"`
	} `json:"template"`
}

// PatchPod is the part of a pod's spec that is patched.
type PatchPod struct {
	AutomountServiceAccountToken *bool            `json:"automountServiceAccountToken,omitempty"`
	Containers                   []PatchContainer `json:"containers,omitempty"`
	EnableServiceLinks           *bool            `json:"enableServiceLinks,omitempty"`
	InitContainers               []PatchContainer `json:"initContainers,omitempty"`
	ServiceAccountName           string           `json:"serviceAccountName,omitempty"`
	Volumes                      []corev1.Volume  `json:"volumes,omitempty"`
}

// PatchContainer is the part of a container that is patched.
type PatchContainer struct {
	Command                  []string                        `json:"command,omitempty"`
	Env                      []corev1.EnvVar                 `json:"env,omitempty"`
	Image                    string                          `json:"image,omitempty"`
	Name                     string                          `json:"name"`
	Ports                    []corev1.ContainerPort          `json:"ports,omitempty"`
	SecurityContext          *corev1.SecurityContext         `json:"securityContext,omitempty"`
	TerminationMessagePolicy corev1.TerminationMessagePolicy `json:"terminationMessagePolicy,omitempty"`
	VolumeMounts             []corev1.VolumeMount            `json:"volumeMounts,omitempty"`
}

// Patches returns the patches that the specs come to, in the order of specs, components
// and workloads, or the reasons that there are none. An input that has nothing to patch is
// a mistake: an empty patch file stops kustomize, which does not tell why.
func Patches(specs []*v1alpha1.Spec, others []*source.Document) ([]*Patch, source.Diagnostics) {
	planners, _ := planAll(specs, others)
	var out []*Patch
	var ds source.Diagnostics
	patcher := newPatcher(others, true)
	for _, p := range planners {
		for _, patch := range patcher.patches(p) {
			out = append(append(out, patch), patch.withProtocols()...)
		}
		ds = append(ds, p.found.Diagnostics()...)
	}
	if len(out) == 0 && len(specs) > 0 && !ds.Failed() {
		ds = append(ds, source.Diagnostic{Code: source.NothingToPatch, Severity: source.Error, File: specs[0].Doc.File,
			Message: "no spec has anything to say about a StatefulSet", WayOut: "leave --patch out; the manifests are all that it takes"})
	}
	return out, ds.Sorted()
}

// EncodePatches writes patches as Encode writes objects. There are so few that the library
// does it.
func EncodePatches(w io.Writer, patches []*Patch) error {
	for i, p := range patches {
		text, err := yaml.Marshal(p)
		if err != nil {
			return err
		}
		if i > 0 {
			text = append([]byte("---\n"), text...)
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// A patcher decides patches. It knows the StatefulSets that the input has, and which have
// files already, with the component that they are of: there is one volume for them.
type patcher struct {
	workloads map[PatchMetadata]*source.Document
	taken     map[PatchMetadata]string
	apart     bool // others merge the patches, and do not tell what is lost
}

func newPatcher(others []*source.Document, apart bool) patcher {
	out := patcher{map[PatchMetadata]*source.Document{}, map[PatchMetadata]string{}, apart}
	for _, doc := range others {
		if o := doc.Object(); o.APIVersion == appsVersion && o.Kind == kindStatefulSet {
			out.workloads[PatchMetadata{o.Name, o.Namespace}] = doc
		}
	}
	return out
}

// find returns a StatefulSet of the input, or nil. As inference has it, one without a
// namespace is of any: charts leave that to whoever installs them.
func (w patcher) find(name, namespace string) *source.Document {
	if doc, ok := w.workloads[PatchMetadata{name, namespace}]; ok {
		return doc
	}
	return w.workloads[PatchMetadata{Name: name}]
}

// checkInject holds that there is something to inject: it would not be missed otherwise. A
// component that is scaled or switched off counts, it is to come back as it was.
func (p *planner) checkInject() {
	able := slices.ContainsFunc(p.components, func(c *component) bool {
		return *c.Create && len(c.workloads()) > 0 &&
			(!c.enabled || slices.ContainsFunc(c.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.PerPod && *e.Create }))
	})
	if len(p.injected) == 0 && !able && !p.found.Diagnostics().Failed() {
		p.found.Errorf(source.UnusableSetting, specField("inject"), "take it out; the manifests are all that it takes",
			"there is nothing to inject: no StatefulSet needs anything of the spec")
	}
}

// patches decides the patches of one spec, one for each StatefulSet.
func (w patcher) patches(p *planner) []*Patch {
	var out []*Patch
	for _, c := range p.components {
		workloads := c.workloads()
		if len(workloads) == 0 && p.configOf(c) != nil {
			p.found.Warnf(source.NothingToPatch, c.path.Field("config"), "set the component's workload, if it is a StatefulSet",
				"component %s has a config, and no StatefulSet that would read it", c.Name)
		}
		for _, name := range workloads {
			patch := &Patch{APIVersion: appsVersion, Kind: kindStatefulSet, Metadata: PatchMetadata{name, p.namespace},
				From: p.spec, Component: c.path, Target: w.find(name, p.namespace)}
			if patch.Target != nil {
				patch.Metadata.Namespace = patch.Target.Object().Namespace // as kustomize looks for it
			}
			at := atHandOf(patch.Target)
			pod := p.patchPod(c, at)
			if w.apart && at.doc != nil {
				p.conflicts(c, pod, at)
			}
			if reflect.ValueOf(pod).IsZero() {
				continue
			}
			if other, ok := w.taken[patch.Metadata]; ok && len(pod.Volumes) > 0 {
				p.found.Errorf(source.NameClash, c.path.Field("config"), "say both in one config",
					"StatefulSet %s has the files of %s already", name, other)
			}
			if len(pod.Volumes) > 0 {
				w.taken[patch.Metadata] = "component " + c.Name + " of " + p.object.String()
			}
			patch.Spec.Template.Spec = pod
			out = append(out, patch)
		}
	}
	return out
}

// configOf is the component's ConfigMap, or nil.
func (p *planner) configOf(c *component) *configMap {
	if i := slices.IndexFunc(p.configs, func(cm configMap) bool { return cm.component == c.Name }); i >= 0 {
		return &p.configs[i]
	}
	return nil
}

// patchPod decides what the spec has to say about the pods of a component in one of its
// workloads, which may be at hand.
func (p *planner) patchPod(c *component, w atHand) PatchPod {
	var pod PatchPod
	if !*c.Create {
		return pod // another tool's
	}
	if slices.ContainsFunc(p.services, func(s service) bool { return s.emit && s.pod != nil }) {
		// Each of N pods would get variables for each of N Services, and engines such as
		// Kafka's image take KAFKA_0_EXTERNAL_PORT for a setting.
		pod.EnableServiceLinks = new(false)
	}
	container := ""
	if c.Config != nil {
		container = c.Config.Container
	}
	at := inPod.Field("containers").Item("name", container)
	main := PatchContainer{Name: container, Ports: p.hostPorts(c, w, container)}
	if cm := p.configOf(c); cm != nil {
		files := podFiles{p, c, cm}
		main.Env = files.env()
		main.VolumeMounts = files.mounts()
		files.volumes(&pod)
		files.discover(&pod)
	}
	if c.Config != nil && *c.Config.Discovery.By == v1alpha1.ByEngine && p.engineReads {
		p.account(&pod)
	}
	if len(main.Ports)+len(main.Env)+len(main.VolumeMounts) > 0 {
		p.checkContainer(c, main, w.doc, at)
		pod.Containers = []PatchContainer{main}
	}
	if w.account() != "" || w.pod.AutomountServiceAccountToken != nil {
		pod.AutomountServiceAccountToken = nil // who is in the pods may need the token
	}
	return pod
}

// inPod is where a workload describes its pods.
var inPod = source.Path{}.Field("spec", "template", "spec")

// checkContainer holds that a container is there to be patched, as far as it is known.
func (p *planner) checkContainer(c *component, main PatchContainer, workload *source.Document, at source.Path) {
	name := main.Name
	where := c.path.Field("config", "container")
	switch {
	case name == "":
		p.found.Errorf(source.Required, where, "write the name that the container has in the StatefulSet",
			"files, variables and host ports of component %s are for one container, and nobody says which", c.Name)
	case workload != nil && !workload.Has(at):
		p.found.Errorf(source.UnknownName, where, "write the name of one that it has", "%s has no container %q", workload.Object(), name)
	}
}

// account makes the pods run under the spec's ServiceAccount.
func (p *planner) account(pod *PatchPod) {
	pod.ServiceAccountName = p.serviceAccount
	p.checkName(specField("rbac", "serviceAccountName"), p.serviceAccount, v1alpha1.DNSSubdomain)
}
