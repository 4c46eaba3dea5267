package generators

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// An atHand is a StatefulSet that is at hand. A patch is merged into it entry by entry,
// field by field, and what it says already is lost, or stays in part, without a word.
type atHand struct {
	doc *source.Document
	pod corev1.PodSpec
}

// atHandOf reads a StatefulSet, which need not be at hand. One that cannot be read is taken
// for empty: whoever applies it will be told.
func atHandOf(doc *source.Document) atHand {
	if doc == nil {
		return atHand{}
	}
	var set struct {
		Spec struct{ Template corev1.PodTemplateSpec }
	}
	var tree any
	if doc.Node().Decode(&tree) == nil {
		if text, err := json.Marshal(tree); err == nil {
			_ = json.Unmarshal(text, &set) // as far as it goes
		}
	}
	return atHand{doc, set.Spec.Template.Spec}
}

// account is the ServiceAccount that the pods run under by what the StatefulSet says; ""
// where it says nothing, or the default one.
func (w atHand) account() string {
	name := cmp.Or(w.pod.ServiceAccountName, w.pod.DeprecatedServiceAccount)
	if name == "default" {
		return ""
	}
	return name
}

// ports are those of a container that have a number.
func (w atHand) ports(container string, number int32) []corev1.ContainerPort {
	c, _ := named(w.pod.Containers, container, func(c corev1.Container) string { return c.Name })
	return slices.DeleteFunc(slices.Clone(c.Ports), func(p corev1.ContainerPort) bool { return p.ContainerPort != number })
}

// conflicts reports what the patch and the StatefulSet both say, and not alike.
func (p *planner) conflicts(c *component, patch PatchPod, w atHand) {
	if mine, theirs := patch.ServiceAccountName, w.account(); mine != "" && theirs != "" && mine != theirs {
		p.found.Errorf(source.Contradiction, specField("rbac", "serviceAccountName"),
			"write "+theirs+" here; and create: false, if it exists already, and give it the rights that are rendered without that",
			"the pods would run under %s, and they have the rights of %s at %s", mine, theirs, w.doc.Place(inPod.Field("serviceAccountName")))
	}
	for _, v := range patch.Volumes {
		if old, ok := named(w.pod.Volumes, v.Name, func(v corev1.Volume) string { return v.Name }); ok && !sameSource(old, v) {
			p.found.Errorf(source.NameClash, c.path.Field("config"), "rename that one",
				"the volume %s would be merged into another of that name, at %s", v.Name, w.doc.Place(inPod.Field("volumes").Item("name", v.Name)))
		}
	}
	name := func(c corev1.Container) string { return c.Name }
	for _, i := range patch.InitContainers {
		if old, ok := named(w.pod.InitContainers, i.Name, name); ok && !slices.Equal(old.Command, i.Command) {
			p.found.Errorf(source.NameClash, c.path.Field("config"), "rename that one",
				"the init container %s would be merged into another of that name, at %s", i.Name, w.doc.Place(inPod.Field("initContainers").Item("name", i.Name)))
		}
	}
	for _, main := range patch.Containers {
		if old, ok := named(w.pod.Containers, main.Name, name); ok {
			p.containerConflicts(c, main, old, w.doc)
		}
	}
	p.hostPortConflicts(c, patch, w)
}

// containerConflicts are those of variables and mounts.
func (p *planner) containerConflicts(c *component, main PatchContainer, old corev1.Container, doc *source.Document) {
	at := inPod.Field("containers").Item("name", main.Name)
	for _, v := range main.Env {
		was, ok := named(old.Env, v.Name, func(v corev1.EnvVar) string { return v.Name })
		if ok && (was.Value != "" || was.ValueFrom != nil && !sameVariable(*was.ValueFrom, *v.ValueFrom)) {
			p.found.Errorf(source.Contradiction, c.path.Field("config", "env").MapKey(v.Name), "take it out at one of the places",
				"container %s of %s gives variable %s a value, and a variable has one source", main.Name, doc.Object(), v.Name)
		}
	}
	for _, m := range main.VolumeMounts {
		was, ok := named(old.VolumeMounts, m.MountPath, func(m corev1.VolumeMount) string { return m.MountPath })
		if ok && !reflect.DeepEqual(was, m) {
			p.found.Errorf(source.Contradiction, c.path.Field("config", "mountPath"), "write another, or take the other mount out",
				"something is mounted at %s already, at %s", m.MountPath, doc.Place(at.Field("volumeMounts").Item("mountPath", m.MountPath)))
		}
	}
}

// hostPortConflicts are those with host ports that the StatefulSet has by itself.
func (p *planner) hostPortConflicts(c *component, patch PatchPod, w atHand) {
	for _, o := range c.openings() {
		for _, container := range w.pod.Containers {
			main := slices.ContainsFunc(patch.Containers, func(m PatchContainer) bool { return m.Name == container.Name })
			for _, old := range container.Ports {
				protocol := cmp.Or(v1alpha1.Protocol(old.Protocol), v1alpha1.TCP)
				inside := main && old.ContainerPort == o.ContainerPort && protocol == o.Protocol
				if old.HostPort == 0 || inside && old.HostPort == o.host || !inside && (old.HostPort != o.host || protocol != o.Protocol) {
					continue
				}
				p.found.Errorf(source.PortClash, o.at.Field("hostPort"), "write another, or take it out there",
					"port %s would be on port %d of the nodes, and container %s has port %d on port %d, at %s", o.Name, o.host,
					container.Name, old.ContainerPort, old.HostPort, w.doc.Place(inPod.Field("containers").Item("name", container.Name).Field("ports")))
			}
		}
	}
}

// sameSource tells whether a volume stays what it is when the other is merged into it.
func sameSource(old, more corev1.Volume) bool {
	a, b := reflect.ValueOf(old.VolumeSource), reflect.ValueOf(more.VolumeSource)
	for i := range a.NumField() {
		if a.Field(i).IsNil() != b.Field(i).IsNil() {
			return false
		}
	}
	return old.ConfigMap == nil || old.ConfigMap.Name == more.ConfigMap.Name
}

// sameVariable tells the same of where a variable comes from. Nowhere at all is no source.
func sameVariable(old, more corev1.EnvVarSource) bool {
	if old.FieldRef != nil {
		old.FieldRef.APIVersion = "" // as the API server has it by default
	}
	return old == corev1.EnvVarSource{} || reflect.DeepEqual(old, more)
}

// named finds an entry of a list by its merge key.
func named[T any](list []T, key string, of func(T) string) (T, bool) {
	for _, entry := range list {
		if of(entry) == key {
			return entry, true
		}
	}
	return *new(T), false
}
