package patch

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// The names of the volumes, and the directories of the init container.
const (
	volumeConfig = "sallyport"       // the ConfigMap
	volumeFiles  = "sallyport-files" // the files that discovery completes
	volumeToken  = "sallyport-token" // only for the init container

	folderIn  = "/sallyport/in"
	folderOut = "/sallyport/out"
	// folderToken is where API clients expect the token (rest.InClusterConfig).
	folderToken = "/var/run/secrets/kubernetes.io/serviceaccount"
)

func (o *podPatch) discovers() bool {
	return o.c.ConfigMap.Need.Any() && *o.c.Spec.Config.Discovery.By == v1alpha1.ByScript
}

// sharedFiles returns the files that are equal for all pods.
func (o *podPatch) sharedFiles() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(o.c.Spec.Config.Files)), func(name string) bool {
		return slices.Contains(o.c.ConfigMap.PerPod, name)
	})
}

// env returns the variables of the config, one for each key: envFrom would add the files as
// well. A pod that mounts files of its own needs its name, and so do variables that contain it.
// Kubernetes expands a variable only in those after it.
func (o *podPatch) env() []corev1.EnvVar {
	var out []corev1.EnvVar
	own := o.c.ContainerEnv[o.workload]
	inValues := slices.ContainsFunc(slices.Collect(maps.Values(own)), func(value string) bool { return v1alpha1.Mentions(value, plan.PodNameVariable) })
	if o.c.ConfigMap != nil && len(o.c.ConfigMap.PerPod) > 0 && !o.discovers() || inValues {
		out = append(out, downward(plan.PodNameVariable, "metadata.name"))
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		out = append(out, corev1.EnvVar{Name: name, Value: own[name]})
	}
	if o.c.ConfigMap == nil {
		return out
	}
	for _, key := range slices.Sorted(maps.Keys(o.c.Spec.Config.Env)) {
		if _, ok := o.c.ConfigMap.Data[key]; ok { // an empty value has no key
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

// mounts mounts each file into mountPath separately, so that other files of the image remain.
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
			mount(file, corev1.VolumeMount{Name: volumeConfig, SubPathExpr: o.c.ConfigMap.Key(plan.PodNameInEnv, file)})
		}
	}
	for _, file := range o.sharedFiles() {
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

// addInitContainer adds the init container that runs discover.sh.
func (o *podPatch) addInitContainer() {
	if !o.discovers() {
		return
	}
	init := Container{
		Name:    "sallyport-discover",
		Image:   *o.c.Spec.Config.Discovery.Image,
		Command: []string{"sh", folderIn + "/" + plan.ScriptKey, folderIn, folderOut},
		Env:     o.discoveryEnv(),
		VolumeMounts: []corev1.VolumeMount{
			{Name: volumeConfig, MountPath: folderIn, ReadOnly: true},
			{Name: volumeFiles, MountPath: folderOut},
		},
		Resources: resourcesOf(*o.c.Spec.Config.Discovery.Resources),
		// When the script fails, its last output is in the status of the pod.
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
		SecurityContext: &corev1.SecurityContext{
			// What Pod Security "restricted" requires of each container.
			AllowPrivilegeEscalation: new(false),
			Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			RunAsNonRoot:             new(true),
			SeccompProfile:           &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
	}
	if o.c.ConfigMap.Need.API() {
		o.account()
		init.VolumeMounts = append(init.VolumeMounts, corev1.VolumeMount{Name: volumeToken, MountPath: folderToken, ReadOnly: true})
		o.pod.Volumes = append(o.pod.Volumes, tokenVolume())
		if !o.p.EngineReads {
			// The engine does not use the API, so it does not get the permissions of discovery.
			o.pod.AutomountServiceAccountToken = new(false)
		}
	}
	o.pod.InitContainers = []Container{init}
}

// resourcesOf returns the resources of a container, or nil if there are none.
func resourcesOf(r v1alpha1.Resources) *Resources {
	if len(r.Limits)+len(r.Requests) == 0 {
		return nil
	}
	return &Resources{Limits: r.Limits, Requests: r.Requests}
}

// discoveryEnv returns the variables that discover.sh reads.
func (o *podPatch) discoveryEnv() []corev1.EnvVar {
	need, out := o.c.ConfigMap.Need, []corev1.EnvVar{downward("POD_NAME", "metadata.name")}
	if len(need.Services) > 0 || need.Later {
		out = append(out, downward("POD_NAMESPACE", "metadata.namespace"))
	}
	if need.Node {
		out = append(out, downward("NODE_NAME", "spec.nodeName"))
	}
	if need.Host {
		out = append(out, downward("HOST_IP", "status.hostIP"))
	}
	if need.Pod {
		out = append(out, downward("POD_IP", "status.podIP"))
	}
	return out
}

// tokenVolume returns the volume that the kubelet mounts into all containers of a pod by
// default, so that only one container can mount it.
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
