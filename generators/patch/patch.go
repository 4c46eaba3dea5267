// Package patch decides what a plan changes in StatefulSets that others write: as strategic
// merge patches for kustomize, or injected into a StatefulSet in the input.
package patch

import (
	"io"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Patch is what a spec changes in a StatefulSet that others write: a strategic merge patch.
// It uses the types of Kubernetes, except those that would print empty fields, such as
// resources.
type Patch struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   Metadata `json:"metadata"`
	Spec       Spec     `json:"spec"`

	From      *v1alpha1.Spec   `json:"-"` // the spec that it is for
	Component source.Path      `json:"-"` // the path of the component in that spec
	Target    *source.Document `json:"-"` // the StatefulSet, if it is in the input
}

// Metadata identifies the StatefulSet. It has no labels and no owner, because Sallyport does
// not own the StatefulSet.
type Metadata struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
}

// Spec is the part of a StatefulSet's spec that is patched.
type Spec struct {
	Template struct {
		Metadata *TemplateMetadata `json:"metadata,omitempty"`
		Spec     Pod               `json:"spec"`
	} `json:"template"`
}

// TemplateMetadata is the part of the metadata of pods that is patched.
type TemplateMetadata struct {
	Annotations map[string]string `json:"annotations"`
}

// Pod is the part of a pod's spec that is patched.
type Pod struct {
	AutomountServiceAccountToken *bool           `json:"automountServiceAccountToken,omitempty"`
	Containers                   []Container     `json:"containers,omitempty"`
	EnableServiceLinks           *bool           `json:"enableServiceLinks,omitempty"`
	InitContainers               []Container     `json:"initContainers,omitempty"`
	ServiceAccountName           string          `json:"serviceAccountName,omitempty"`
	Volumes                      []corev1.Volume `json:"volumes,omitempty"`
}

// Container is the part of a container that is patched.
type Container struct {
	Command                  []string                        `json:"command,omitempty"`
	Env                      []corev1.EnvVar                 `json:"env,omitempty"`
	Image                    string                          `json:"image,omitempty"`
	Name                     string                          `json:"name"`
	Ports                    []corev1.ContainerPort          `json:"ports,omitempty"`
	Resources                *Resources                      `json:"resources,omitempty"`
	SecurityContext          *corev1.SecurityContext         `json:"securityContext,omitempty"`
	TerminationMessagePolicy corev1.TerminationMessagePolicy `json:"terminationMessagePolicy,omitempty"`
	VolumeMounts             []corev1.VolumeMount            `json:"volumeMounts,omitempty"`
}

// Resources are the resources of a container, as the spec writes them.
type Resources struct {
	Limits   v1alpha1.StringMap `json:"limits,omitempty"`
	Requests v1alpha1.StringMap `json:"requests,omitempty"`
}

// Encode writes patches as a stream of YAML documents. There are few, so sigs.k8s.io/yaml is
// fast enough.
func Encode(w io.Writer, patches []*Patch) error {
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

// A Patcher decides patches. It knows the StatefulSets of the input, and which of them have a
// config already, since a StatefulSet can have only one.
type Patcher struct {
	sets            map[Metadata]*workload.StatefulSet
	configs         map[Metadata]string
	certificates    map[Metadata]string
	reportConflicts bool // the tool that merges the patches does not report what it loses
}

// NewPatcher returns a Patcher for the StatefulSets of an input. If another tool merges the
// patches, reportConflicts makes it report what the merge would lose.
func NewPatcher(sets []*workload.StatefulSet, reportConflicts bool) Patcher {
	out := Patcher{map[Metadata]*workload.StatefulSet{}, map[Metadata]string{}, map[Metadata]string{}, reportConflicts}
	for _, s := range sets {
		o := s.Doc.Object()
		if out.sets[Metadata{o.Name, o.Namespace}] == nil || o.APIVersion == workload.APIVersion {
			out.sets[Metadata{o.Name, o.Namespace}] = s
		}
	}
	return out
}

// find returns a StatefulSet of the input, or nil. One without a namespace matches any
// namespace: charts leave the namespace to the installation.
func (w Patcher) find(name, namespace string) *workload.StatefulSet {
	if s, ok := w.sets[Metadata{name, namespace}]; ok {
		return s
	}
	return w.sets[Metadata{Name: name}]
}

// CheckInject checks that there is something to inject. A component that is disabled or has no
// pods counts, because it may be enabled again.
func CheckInject(p *plan.Plan, found *finding.Findings, injected []*Patch) {
	able := slices.ContainsFunc(p.Components, func(c *plan.Component) bool {
		return *c.Spec.Create && len(c.Workloads) > 0 &&
			(!c.Enabled || slices.ContainsFunc(c.Spec.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.PerPod && *e.Create }))
	})
	if len(injected) == 0 && !able && !found.Diagnostics().Failed() {
		found.Errorf(source.UnusableSetting, source.Path{}.Field("spec", "inject"), "take it out, and apply the manifests alone",
			"there is nothing to inject: the spec changes nothing in a StatefulSet")
	}
}

// Patches returns the patches of one spec, one for each StatefulSet.
func (w Patcher) Patches(spec *v1alpha1.Spec, p *plan.Plan, found *finding.Findings) []*Patch {
	var out []*Patch
	for _, c := range p.Components {
		if len(c.Workloads) == 0 && (c.ConfigMap != nil || c.Spec.Config != nil && len(c.Spec.Config.ContainerEnv) > 0) {
			found.Warnf(source.NothingToPatch, c.Path.Field("config"), "set the workload of the component, if it is a StatefulSet",
				"component %s has a config, but no StatefulSet that gets it", c.Spec.Name)
		}
		certificateMissing(podPatch{c: c, found: found})
		for _, name := range c.Workloads {
			pod := podPatch{p: p, c: c, workload: name, found: found, set: w.find(name, p.Namespace), byKustomize: w.reportConflicts}
			patch := &Patch{APIVersion: workload.APIVersion, Kind: workload.Kind, Metadata: Metadata{name, p.Namespace}, From: spec, Component: c.Path}
			if pod.set != nil {
				patch.Target = pod.set.Doc
				o := patch.Target.Object()
				patch.APIVersion, patch.Metadata.Namespace = o.APIVersion, o.Namespace // kustomize finds the StatefulSet by them
			}
			pod.decide()
			if w.reportConflicts && pod.set != nil {
				pod.conflicts()
			}
			if reflect.ValueOf(pod.pod).IsZero() {
				continue
			}
			w.checkMerges(patch, pod)
			w.checkOneConfig(patch, pod)
			w.checkOneCertificate(patch, pod)
			patch.Spec.Template.Spec = pod.pod
			if hash := c.ConfigHash[name]; hash != "" && *c.Spec.Create {
				patch.Spec.Template.Metadata = &TemplateMetadata{map[string]string{workload.HashAnnotation: hash}}
			}
			out = append(out, patch)
		}
	}
	return out
}

// checkMerges checks that the tool that merges the patch knows the keys of its lists. Of kinds
// that it does not know, kustomize replaces whole lists.
func (w Patcher) checkMerges(patch *Patch, pod podPatch) {
	if lists := len(pod.pod.Containers) + len(pod.pod.InitContainers) + len(pod.pod.Volumes); w.reportConflicts && lists > 0 && patch.APIVersion != workload.APIVersion {
		pod.found.Errorf(source.UnusableSetting, pod.c.Path.Field("workload"), "set spec.inject: true, and use the function or sallyport filter",
			"%s is no StatefulSet of %s: kustomize would replace its containers by those of the patch", patch.Target.Object(), workload.APIVersion)
	}
}

// checkOneConfig checks that a StatefulSet has the config of only one component.
func (w Patcher) checkOneConfig(patch *Patch, pod podPatch) {
	if pod.c.ConfigMap == nil && len(pod.c.ContainerEnv[pod.workload]) == 0 {
		return
	}
	if other, ok := w.configs[patch.Metadata]; ok {
		pod.found.Errorf(source.NameClash, pod.c.Path.Field("config"), "merge the two into one config",
			"StatefulSet %s already has the config of %s", patch.Metadata.Name, other)
	}
	w.configs[patch.Metadata] = "component " + pod.c.Spec.Name + " of " + pod.p.Object.String()
}

// A podPatch decides the patch for the pods of one workload of a component.
type podPatch struct {
	p        *plan.Plan
	c        *plan.Component
	workload string // the name of the StatefulSet
	found    *finding.Findings
	set      *workload.StatefulSet // nil: it is not in the input

	byKustomize bool // kustomize merges the patch
	pod         Pod  // the result
}

func (o *podPatch) decide() {
	c, p := o.c, o.p
	if !*c.Spec.Create {
		return // another tool patches it
	}
	if slices.ContainsFunc(p.Components, (*plan.Component).HasServiceOfOnePod) {
		// Each of N pods would get variables for each of N Services. Some engines read them as
		// settings, such as Kafka's image KAFKA_0_EXTERNAL_PORT.
		o.pod.EnableServiceLinks = new(false)
	}
	main := Container{Name: o.container()}
	main.Env = o.env()
	if c.ConfigMap != nil {
		main.VolumeMounts = o.mounts()
		o.volumes()
		o.addInitContainer()
	}
	switch init := o.initContainer(main.Name); {
	case init != nil && init.RestartPolicy != nil: // it goes on running (a native sidecar)
		main.Ports = o.hostPorts(main.Name)
		o.addToInitContainer(main)
		main = Container{}
	case init != nil:
		o.addToInitContainer(main)
		main = Container{Name: o.listening()}
		main.Ports = o.hostPorts(main.Name)
	default:
		main.Ports = o.hostPorts(main.Name)
	}
	if c.Spec.Config != nil && *c.Spec.Config.Discovery.By == v1alpha1.ByEngine && p.EngineReads {
		o.account()
	}
	if len(main.Ports)+len(main.Env)+len(main.VolumeMounts) > 0 {
		o.checkContainer(main.Name, "config")
		o.pod.Containers = []Container{main}
	}
	o.addCertificate()
	if o.set != nil && (o.set.Account() != "" || o.template().AutomountServiceAccountToken != nil) {
		o.pod.AutomountServiceAccountToken = nil // other containers of the pod may need the token
	}
}

// container is the one that has the files and variables: the one that the spec names, or the only
// one of the StatefulSet; "" if it is not known. It may be an init container.
func (o *podPatch) container() string {
	if o.c.Spec.Config != nil && o.c.Spec.Config.Container != "" {
		return o.c.Spec.Config.Container
	}
	return o.listening()
}

// listening is the only container of the StatefulSet; "" if it is not known or not the only one.
func (o *podPatch) listening() string {
	if o.set != nil && len(o.template().Containers) == 1 {
		return o.template().Containers[0].Name
	}
	return ""
}

// initContainer returns an init container of the StatefulSet, or nil. Most make the files of another
// container from those that they get.
func (o *podPatch) initContainer(name string) *corev1.Container {
	if o.set == nil {
		return nil
	}
	all := o.template().InitContainers
	if i := slices.IndexFunc(all, func(c corev1.Container) bool { return c.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// addToInitContainer patches an init container of the StatefulSet. The others are named too:
// kustomize puts those that a patch names in front, and they run in their order.
func (o *podPatch) addToInitContainer(main Container) {
	for _, c := range o.template().InitContainers {
		if c.Name != main.Name {
			o.pod.InitContainers = append(o.pod.InitContainers, Container{Name: c.Name})
		} else {
			o.pod.InitContainers = append(o.pod.InitContainers, main)
		}
	}
}

// template returns the pod template of the StatefulSet in the input.
func (o *podPatch) template() *corev1.PodSpec { return &o.set.Spec.Template.Spec }

// checkContainer checks that the container exists, as far as that is known.
func (o *podPatch) checkContainer(name, section string) {
	where := o.c.Path.Field(section, "container")
	switch {
	case name == "" && section == "certificate":
		o.found.Errorf(source.Required, where, "write the name of the container in the StatefulSet",
			"the container is required: the certificate of component %s is for one container", o.c.Spec.Name)
	case name == "" && o.initContainer(o.container()) != nil:
		o.found.Errorf(source.Contradiction, where, "name the container that listens",
			"host ports are for the container that listens: %s runs before it, and %s has several containers", o.container(), o.set.Doc.Object())
	case name == "":
		o.found.Errorf(source.Required, where, "write the name of the container in the StatefulSet",
			"the container is required: files, variables and host ports of component %s are for one container", o.c.Spec.Name)
	case o.set != nil && !o.set.Doc.Has(containerPath(name)) && (section == "config" || !o.set.Doc.Has(initContainerPath(name))):
		o.found.Errorf(source.UnknownName, where, "", "%s has no container %q", o.set.Doc.Object(), name).OneOf(name, o.containerNames())
	}
}

// containerNames returns the names of the StatefulSet's containers, init containers first.
func (o *podPatch) containerNames() []string {
	var out []string
	for _, c := range slices.Concat(o.template().InitContainers, o.template().Containers) {
		out = append(out, c.Name)
	}
	return out
}

func containerPath(name string) source.Path {
	return workload.InPod.Field("containers").Item("name", name)
}

func initContainerPath(name string) source.Path {
	return workload.InPod.Field("initContainers").Item("name", name)
}

// account sets the ServiceAccount of the spec.
func (o *podPatch) account() {
	o.pod.ServiceAccountName = o.p.ServiceAccount
	if wrong, wayOut := v1alpha1.DNSSubdomain.Problem(o.p.ServiceAccount); wrong != "" {
		o.found.ErrorOnce(source.NameInvalid, source.Path{}.Field("spec", "rbac", "serviceAccountName"), wayOut, "%q (%d characters): %s", o.p.ServiceAccount, len(o.p.ServiceAccount), wrong)
	}
}
