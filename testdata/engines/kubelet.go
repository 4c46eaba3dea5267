package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// A kubelet makes the volumes and variables of containers, as their StatefulSet says.
type kubelet struct {
	*row
	*cluster
	tls *authority
}

// rootCA is the ConfigMap that every namespace of a cluster has.
const rootCA = "kube-root-ca.crt"

// containers returns the containers of a pod, with what all documents of a patch add to them.
// The first one is the server.
func (c *cluster) containers(p *pod) []corev1.Container {
	var all []corev1.Container
	for _, s := range c.workloads[p.workload] {
		for _, add := range s.Spec.Template.Spec.Containers {
			i := slices.IndexFunc(all, func(c corev1.Container) bool { return c.Name == add.Name })
			if i < 0 {
				all = append(all, add)
				continue
			}
			all[i].Env = append(all[i].Env, add.Env...)
			all[i].Ports = append(all[i].Ports, add.Ports...)
			all[i].VolumeMounts = append(all[i].VolumeMounts, add.VolumeMounts...)
		}
	}
	return all
}

// container returns the container of the server.
func (c *cluster) container(p *pod) corev1.Container {
	if all := c.containers(p); len(all) > 0 {
		return all[0]
	}
	return corev1.Container{}
}

func (c *cluster) initContainers(p *pod) []corev1.Container {
	var all []corev1.Container
	for _, s := range c.workloads[p.workload] {
		all = append(all, s.Spec.Template.Spec.InitContainers...)
	}
	return all
}

// generated returns the mounts of generated files.
func (k kubelet) generated(p *pod, c corev1.Container) []mount {
	var all []mount
	for i, m := range k.mounts(p, c) {
		if strings.HasPrefix(c.VolumeMounts[i].Name, "sallyport") {
			all = append(all, m)
		}
	}
	return all
}

// allGenerated returns those of all containers of a pod.
func (k kubelet) allGenerated(p *pod) []mount {
	var all []mount
	for _, c := range slices.Concat(k.initContainers(p), k.containers(p)) {
		if !isDiscovery(c) {
			all = append(all, k.generated(p, c)...)
		}
	}
	return all
}

// environment returns the variables of a container, with those of the downward API.
func (k kubelet) environment(p *pod, c corev1.Container) map[string]string {
	downward := map[string]string{
		"metadata.name": p.name, "metadata.namespace": k.namespace, "metadata.labels['apps.kubernetes.io/pod-index']": p.labels["apps.kubernetes.io/pod-index"],
		"spec.nodeName": p.node, "status.hostIP": p.nodeIP, "status.podIP": p.ip,
	}
	all := map[string]string{}
	for _, e := range c.Env {
		all[e.Name] = e.Value
		if e.ValueFrom != nil && e.ValueFrom.FieldRef != nil {
			value, ok := downward[e.ValueFrom.FieldRef.FieldPath]
			if !ok {
				k.failf("variable %s: no field %s of a pod", e.Name, e.ValueFrom.FieldRef.FieldPath)
			}
			all[e.Name] = value
		}
	}
	return all
}

// A mount shows a file or directory of this machine at a path of a pod.
type mount struct{ from, to string }

// mounts returns what is mounted into a container.
func (k kubelet) mounts(p *pod, c corev1.Container) []mount {
	env := k.environment(p, c)
	var all []mount
	for _, m := range c.VolumeMounts {
		from := k.volumeDir(p, m.Name)
		switch {
		case m.SubPathExpr != "":
			from = filepath.Join(from, expand(m.SubPathExpr, env))
		case m.SubPath != "":
			from = filepath.Join(from, m.SubPath)
		}
		if !exists(from) {
			k.failf("pod %s: volume %s has no file for %s", p.name, m.Name, m.MountPath)
		}
		all = append(all, mount{from, m.MountPath})
	}
	return all
}

// expand replaces $(NAME) as Kubernetes does.
func expand(text string, env map[string]string) string {
	for name, value := range env {
		text = strings.ReplaceAll(text, "$("+name+")", value)
	}
	return text
}

func (k kubelet) volumeDir(p *pod, name string) string {
	return filepath.Join(k.dir, p.name, "volumes", name)
}

// volumes writes the volumes of a pod.
func (k kubelet) volumes(p *pod) {
	for _, s := range k.workloads[p.workload] {
		for _, claim := range s.Spec.VolumeClaimTemplates {
			dir := k.volumeDir(p, claim.Name)
			k.check(os.MkdirAll(dir, 0o755))
			k.check(os.Chmod(dir, 0o777))
		}
		for _, v := range s.Spec.Template.Spec.Volumes {
			dir := k.volumeDir(p, v.Name)
			k.check(os.MkdirAll(dir, 0o755))
			switch {
			case v.ConfigMap != nil:
				k.writeFiles(dir, v.ConfigMap.Name, v.ConfigMap.Items)
			case v.EmptyDir != nil:
				k.check(os.Chmod(dir, 0o777))
			case v.Secret != nil:
				k.secret(p, dir, v.Secret.SecretName)
			case v.Projected != nil:
				k.project(p, dir, v.Projected.Sources)
			}
		}
	}
}

// writeFiles writes keys of a ConfigMap, or all of them.
func (k kubelet) writeFiles(dir, name string, items []corev1.KeyToPath) {
	data, ok := k.files[name]
	if !ok {
		k.failf("there is no ConfigMap %s", name)
	}
	if len(items) == 0 {
		for key := range data {
			items = append(items, corev1.KeyToPath{Key: key, Path: key})
		}
	}
	for _, item := range items {
		k.write(filepath.Join(dir, item.Path), data[item.Key])
	}
}

// secret writes what cert-manager does for a Certificate, with names of the pod if there is none.
func (k kubelet) secret(p *pod, dir, name string) {
	names := k.hosts(p)
	for _, c := range k.certificates {
		if c.Spec.SecretName == name {
			names = c.Spec.DNSNames
		}
	}
	for file, from := range map[string]string{"tls-combined.pem": k.tls.server(p.name, names), "ca.crt": k.tls.file("ca.pem")} {
		text, err := os.ReadFile(from)
		k.check(err)
		k.write(filepath.Join(dir, file), string(text))
	}
}

func (k kubelet) project(p *pod, dir string, sources []corev1.VolumeProjection) {
	for _, s := range sources {
		switch {
		case s.ServiceAccountToken != nil:
			k.write(filepath.Join(dir, s.ServiceAccountToken.Path), token(k.namespace, p.account))
		case s.ConfigMap != nil:
			k.writeFiles(dir, s.ConfigMap.Name, s.ConfigMap.Items)
		case s.DownwardAPI != nil:
			for _, item := range s.DownwardAPI.Items {
				k.write(filepath.Join(dir, item.Path), k.namespace)
			}
		}
	}
}

// token returns the token of a ServiceAccount.
func token(namespace, account string) string { return "token-of-" + namespace + "-" + account }

// data returns a directory that a pod keeps when it is started again.
func (k kubelet) data(p *pod) string {
	dir := filepath.Join(k.dir, p.name, "data")
	k.check(os.MkdirAll(dir, 0o755))
	return dir
}
