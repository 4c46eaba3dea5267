package patch

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// The volumes of a patch, and the folders of the init container.
const (
	volumeConfig = "sallyport"       // the ConfigMap
	volumeFiles  = "sallyport-files" // what discovery makes of it
	volumeToken  = "sallyport-token" // for the init container alone

	folderIn  = "/sallyport/in"
	folderOut = "/sallyport/out"
	// folderToken is where clients of the API look for it (rest.InClusterConfig).
	folderToken = "/var/run/secrets/kubernetes.io/serviceaccount"
)

func (o *podPatch) discovers() bool {
	return o.c.ConfigMap.Need.Any() && *o.c.Spec.Config.Discovery.By == v1alpha1.ByScript
}

// shared are the files that all pods have alike.
func (o *podPatch) shared() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(o.c.Spec.Config.Files)), func(name string) bool {
		return slices.Contains(o.c.ConfigMap.PerPod, name)
	})
}

// env are the variables of the config, each by its key: envFrom would make variables of
// the files too. A pod that mounts files of its own needs to know its name.
func (o *podPatch) env() []corev1.EnvVar {
	var out []corev1.EnvVar
	if len(o.c.ConfigMap.PerPod) > 0 && !o.discovers() {
		out = append(out, downward("POD_NAME", "metadata.name"))
	}
	for _, key := range slices.Sorted(maps.Keys(o.c.Spec.Config.Env)) {
		if _, ok := o.c.ConfigMap.Data[key]; ok { // an empty value leaves the key out
			out = append(out, corev1.EnvVar{Name: key, ValueFrom: &corev1.EnvVarSource{
				ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: o.c.ConfigMap.Name}, Key: key},
			}})
		}
	}
	return out
}

func downward(name, field string) corev1.EnvVar {
	return corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: field}}}
}

// mounts puts each file into mountPath by itself, beside what the image has there.
func (o *podPatch) mounts() []corev1.VolumeMount {
	var out []corev1.VolumeMount
	mount := func(file string, m corev1.VolumeMount) {
		m.MountPath, m.ReadOnly = strings.TrimSuffix(o.c.Spec.Config.MountPath, "/")+"/"+file, true
		out = append(out, m)
	}
	for _, file := range o.c.ConfigMap.PerPod {
		if o.discovers() {
			mount(file, corev1.VolumeMount{Name: volumeFiles, SubPath: file})
		} else {
			mount(file, corev1.VolumeMount{Name: volumeConfig, SubPathExpr: "$(POD_NAME)." + file})
		}
	}
	for _, file := range o.shared() {
		mount(file, corev1.VolumeMount{Name: volumeConfig, SubPath: file})
	}
	return out
}

func (o *podPatch) volumes() {
	if len(o.c.Spec.Config.Files) == 0 {
		return
	}
	o.pod.Volumes = append(o.pod.Volumes, corev1.Volume{Name: volumeConfig, VolumeSource: corev1.VolumeSource{
		ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: o.c.ConfigMap.Name}},
	}})
	if o.discovers() {
		o.pod.Volumes = append(o.pod.Volumes, corev1.Volume{Name: volumeFiles, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
	}
}

// discover adds the init container that runs discover.sh.
func (o *podPatch) discover() {
	if !o.discovers() {
		return
	}
	init := Container{
		Name:    "sallyport-discover",
		Image:   *o.c.Spec.Config.Discovery.Image,
		Command: []string{"sh", folderIn + "/" + plan.ScriptKey, folderIn, folderOut},
		Env:     o.asks(),
		VolumeMounts: []corev1.VolumeMount{
			{Name: volumeConfig, MountPath: folderIn, ReadOnly: true},
			{Name: volumeFiles, MountPath: folderOut},
		},
		// What the script says last is in the pod's status when it fails.
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: new(false),
			Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		},
	}
	if o.c.ConfigMap.Need.API() {
		o.account()
		init.VolumeMounts = append(init.VolumeMounts, corev1.VolumeMount{Name: volumeToken, MountPath: folderToken, ReadOnly: true})
		o.pod.Volumes = append(o.pod.Volumes, tokenVolume())
		if !o.p.EngineReads {
			// The engine itself has nothing to ask, so that the rights of discovery are
			// not within its reach.
			o.pod.AutomountServiceAccountToken = new(false)
		}
	}
	o.pod.InitContainers = []Container{init}
}

// asks are the variables that discover.sh reads.
func (o *podPatch) asks() []corev1.EnvVar {
	need, out := o.c.ConfigMap.Need, []corev1.EnvVar{downward("POD_NAME", "metadata.name")}
	if len(need.Services) > 0 {
		out = append(out, downward("POD_NAMESPACE", "metadata.namespace"))
	}
	if need.Node {
		out = append(out, downward("NODE_NAME", "spec.nodeName"))
	}
	if need.Host {
		out = append(out, downward("HOST_IP", "status.hostIP"))
	}
	return out
}

// tokenVolume is what the kubelet mounts into every container of a pod by itself, for one
// container to mount.
func tokenVolume() corev1.Volume {
	return corev1.Volume{Name: volumeToken, VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
		{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: corev1.ServiceAccountTokenKey}},
		{ConfigMap: &corev1.ConfigMapProjection{
			LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"},
			Items:                []corev1.KeyToPath{{Key: corev1.ServiceAccountRootCAKey, Path: corev1.ServiceAccountRootCAKey}},
		}},
		{DownwardAPI: &corev1.DownwardAPIProjection{Items: []corev1.DownwardAPIVolumeFile{
			{Path: corev1.ServiceAccountNamespaceKey, FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.namespace"}},
		}}},
	}}}}
}
