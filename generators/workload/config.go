package workload

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/schemas/source"
)

// Reads reports whether the pods of a StatefulSet read a ConfigMap: by a volume or a variable, or by the
// API, if a command or a variable of a container names it.
func (s *StatefulSet) Reads(configMap string) bool {
	pod := s.Spec.Template.Spec
	for _, v := range pod.Volumes {
		if v.ConfigMap != nil && v.ConfigMap.Name == configMap {
			return true
		}
		if v.Projected != nil && slices.ContainsFunc(v.Projected.Sources, func(p corev1.VolumeProjection) bool { return p.ConfigMap != nil && p.ConfigMap.Name == configMap }) {
			return true
		}
	}
	return slices.ContainsFunc(slices.Concat(pod.InitContainers, pod.Containers), func(c corev1.Container) bool {
		names := func(text string) bool { return strings.Contains(text, configMap) }
		return slices.ContainsFunc(c.EnvFrom, func(e corev1.EnvFromSource) bool { return e.ConfigMapRef != nil && e.ConfigMapRef.Name == configMap }) ||
			slices.ContainsFunc(c.Env, func(e corev1.EnvVar) bool {
				return e.ValueFrom != nil && e.ValueFrom.ConfigMapKeyRef != nil && e.ValueFrom.ConfigMapKeyRef.Name == configMap || names(e.Value)
			}) || slices.ContainsFunc(c.Command, names) || slices.ContainsFunc(c.Args, names)
	})
}

// Patched reports whether the package has a patch by which the pods of a StatefulSet read a ConfigMap: a document
// such as the output of render --patch, or a patch in a kustomization,
// which may have no kind.
func (p *Package) Patched(s *StatefulSet, configMap string) bool {
	for _, patch := range p.patches {
		if patch.Name == s.Name && Meets(patch.Namespace, s.Namespace) && patch.Reads(configMap) {
			return true
		}
	}
	return slices.ContainsFunc(p.kustomizations, func(doc *source.Document) bool { return source.Contains(doc, configMap) })
}

// PodNames returns the names of the pods, in the order of their ordinals.
func (s *StatefulSet) PodNames() []string {
	var out []string
	for n := range min(s.Replicas(), maxNamed) {
		out = append(out, fmt.Sprintf("%s-%d", s.Name, s.Start()+n))
	}
	return out
}

// maxNamed is how many pods are named at most: no spec has more.
const maxNamed = 10_000

// Ordinal returns the ordinal in the name of a pod, and whether it is the name of a pod of the StatefulSet, at any
// number of replicas.
func (s *StatefulSet) Ordinal(pod string) (int, bool) {
	ordinal, ok := strings.CutPrefix(pod, s.Name+"-")
	n, err := strconv.Atoi(ordinal)
	return n, ok && err == nil && n >= 0
}

// A MountedFile is a key of a ConfigMap that a pod mounts as a single file.
type MountedFile struct {
	Pod, Key string
	At       source.Path // of the mount
}

// MountedFiles returns the keys of a ConfigMap that pods of a StatefulSet mount as single files. Paths with other variables than the name of
// the pod are left out, and so are optional volumes and those that rename keys.
func MountedFiles(s *StatefulSet, configMap string) []MountedFile {
	volumes, pod := map[string]bool{}, s.Spec.Template.Spec
	for _, v := range pod.Volumes {
		if v.ConfigMap != nil && v.ConfigMap.Name == configMap && len(v.ConfigMap.Items) == 0 && (v.ConfigMap.Optional == nil || !*v.ConfigMap.Optional) {
			volumes[v.Name] = true
		}
	}
	var out []MountedFile
	for list, containers := range map[string][]corev1.Container{"containers": pod.Containers, "initContainers": pod.InitContainers} {
		for _, c := range containers {
			for i, m := range c.VolumeMounts {
				if !volumes[m.Name] || m.SubPath+m.SubPathExpr == "" {
					continue
				}
				at := InPod.Field(list).Item("name", c.Name).Field("volumeMounts").Index(i)
				for _, name := range s.PodNames() {
					if key, ok := subPath(c, m, name); ok {
						out = append(out, MountedFile{name, key, at})
					}
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b MountedFile) int { return strings.Compare(a.At.String(), b.At.String()) })
	return out
}

// subPath returns the path in a volume that a pod mounts, and whether it is known and the name of a key.
func subPath(c corev1.Container, m corev1.VolumeMount, pod string) (string, bool) {
	key := m.SubPath
	if m.SubPathExpr != "" {
		key = m.SubPathExpr
		for _, e := range c.Env {
			if e.ValueFrom != nil && e.ValueFrom.FieldRef != nil && e.ValueFrom.FieldRef.FieldPath == "metadata.name" {
				key = strings.ReplaceAll(key, "$("+e.Name+")", pod)
			}
		}
	}
	return key, !strings.Contains(key, "$") && !strings.Contains(key, "/")
}
