package patch

import (
	"cmp"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// conflicts reports fields that both the patch and the StatefulSet set, with different values.
// In a merge, the value of the StatefulSet would be lost, or partly kept, without a warning.
func (o *podPatch) conflicts() {
	pod, doc := o.template(), o.set.Doc
	if mine, theirs := o.pod.ServiceAccountName, o.set.Account(); mine != "" && theirs != "" && mine != theirs {
		o.found.Errorf(source.Contradiction, source.Path{}.Field("spec", "rbac", "serviceAccountName"),
			"write "+theirs+": the Role is bound to it, and if another tool makes the account, it is not made",
			"the pods would change their ServiceAccount to %s, and lose the permissions of %s, which is set at %s", mine, theirs, doc.Place(workload.InPod.Field("serviceAccountName")))
	}
	for _, v := range o.pod.Volumes {
		if old, ok := byKey(pod.Volumes, v.Name, func(v corev1.Volume) string { return v.Name }); ok && !sameSource(old, v) {
			o.found.Errorf(source.NameClash, o.c.Path.Field(section(v.Name)), "rename the other one",
				"the volume %s would be merged into another volume of that name, at %s", v.Name, doc.Place(workload.InPod.Field("volumes").Item("name", v.Name)))
		}
	}
	name := func(c corev1.Container) string { return c.Name }
	for _, i := range o.pod.InitContainers {
		switch old, ok := byKey(pod.InitContainers, i.Name, name); {
		case ok && i.Image == "":
			o.containerConflicts(i, old, initContainerPath(i.Name))
		case ok && !slices.Equal(old.Command, i.Command):
			o.found.Errorf(source.NameClash, o.c.Path.Field("config"), "rename the other one",
				"the init container %s would be merged into another init container of that name, at %s", i.Name, doc.Place(initContainerPath(i.Name)))
		}
	}
	for _, main := range o.pod.Containers {
		if old, ok := byKey(pod.Containers, main.Name, name); ok {
			o.containerConflicts(main, old, containerPath(main.Name))
		}
	}
	o.hostPortConflicts()
}

// containerConflicts reports conflicts of variables and mounts.
func (o *podPatch) containerConflicts(main Container, old corev1.Container, at source.Path) {
	doc := o.set.Doc
	for _, v := range main.Env {
		was, ok := byKey(old.Env, v.Name, func(v corev1.EnvVar) string { return v.Name })
		if ok && (v.Value != was.Value || was.ValueFrom != nil && (v.ValueFrom == nil || !sameVariable(*was.ValueFrom, *v.ValueFrom))) {
			o.found.Errorf(source.Contradiction, o.c.Path.Field("config", envField(v)).MapKey(v.Name), "take it out of one of the two",
				"container %s already sets the variable %s, at %s", main.Name, v.Name, doc.Place(at.Field("env").Item("name", v.Name)))
		}
	}
	for _, m := range main.VolumeMounts {
		was, ok := byKey(old.VolumeMounts, m.MountPath, func(m corev1.VolumeMount) string { return m.MountPath })
		if ok && !reflect.DeepEqual(was, m) {
			o.found.Errorf(source.Contradiction, o.c.Path.Field(section(m.Name), "mountPath"), "set another mountPath, or take out the other mount",
				"%s already has a mount, at %s", m.MountPath, doc.Place(at.Field("volumeMounts").Item("mountPath", m.MountPath)))
		}
	}
}

// envField is the field of a config that sets a variable.
func envField(v corev1.EnvVar) string {
	if v.ValueFrom == nil {
		return "containerEnv"
	}
	return "env"
}

// EnvField returns the field of a config that sets a variable of the patch.
func (p *Patch) EnvField(name string) string {
	for _, c := range slices.Concat(p.Spec.Template.Spec.InitContainers, p.Spec.Template.Spec.Containers) {
		if v, ok := byKey(c.Env, name, func(v corev1.EnvVar) string { return v.Name }); ok {
			return envField(v)
		}
	}
	return "env"
}

// hostPortConflicts reports conflicts with host ports that the StatefulSet itself has.
func (o *podPatch) hostPortConflicts() {
	for _, open := range o.c.Openings {
		for _, container := range o.template().Containers {
			main := slices.ContainsFunc(o.pod.Containers, func(m Container) bool { return m.Name == container.Name })
			for _, old := range container.Ports {
				protocol := cmp.Or(v1alpha1.Protocol(old.Protocol), v1alpha1.TCP)
				inside := main && old.ContainerPort == open.ContainerPort && protocol == open.Protocol
				if old.HostPort == 0 || inside && old.HostPort == open.Host || !inside && (old.HostPort != open.Host || protocol != open.Protocol) {
					continue
				}
				o.found.Errorf(source.PortClash, open.At.Field("hostPort"), "write another hostPort, or take it out of the StatefulSet",
					"port %s would use host port %d, but container %s has port %d with host port %d, at %s", open.Name, open.Host,
					container.Name, old.ContainerPort, old.HostPort, o.set.Doc.Place(containerPath(container.Name).Field("ports")))
			}
		}
	}
}

// sameSource reports whether a volume is unchanged when the other one is merged into it.
func sameSource(old, more corev1.Volume) bool {
	a, b := reflect.ValueOf(old.VolumeSource), reflect.ValueOf(more.VolumeSource)
	for i := range a.NumField() {
		if a.Field(i).IsNil() != b.Field(i).IsNil() {
			return false
		}
	}
	return (old.ConfigMap == nil || old.ConfigMap.Name == more.ConfigMap.Name) &&
		(old.Secret == nil || old.Secret.SecretName == more.Secret.SecretName) &&
		(old.CSI == nil || reflect.DeepEqual(old.CSI, more.CSI))
}

// sameVariable reports whether two sources of a variable are equal. No source is equal to any.
func sameVariable(old, more corev1.EnvVarSource) bool {
	if old.FieldRef != nil {
		ref := *old.FieldRef
		ref.APIVersion, old.FieldRef = "", &ref // the API server's default
	}
	return old == corev1.EnvVarSource{} || reflect.DeepEqual(old, more)
}

// byKey returns the element of a list with a merge key.
func byKey[T any](list []T, key string, of func(T) string) (T, bool) {
	for _, entry := range list {
		if of(entry) == key {
			return entry, true
		}
	}
	return *new(T), false
}
