package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

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
func (l *lab) generated(p *pod, c corev1.Container) []mount {
	var all []mount
	for i, m := range l.mounts(p, c) {
		if strings.HasPrefix(c.VolumeMounts[i].Name, "sallyport") {
			all = append(all, m)
		}
	}
	return all
}

// allGenerated returns those of all containers of a pod.
func (l *lab) allGenerated(p *pod) []mount {
	var all []mount
	for _, c := range slices.Concat(l.initContainers(p), l.containers(p)) {
		if !isDiscovery(c) {
			all = append(all, l.generated(p, c)...)
		}
	}
	return all
}

// environment returns the variables of a container, with those of the downward API.
func (l *lab) environment(p *pod, c corev1.Container) map[string]string {
	downward := map[string]string{
		"metadata.name": p.name, "metadata.namespace": l.namespace, "metadata.labels['apps.kubernetes.io/pod-index']": p.labels["apps.kubernetes.io/pod-index"],
		"spec.nodeName": p.node, "status.hostIP": p.nodeIP, "status.podIP": p.ip,
	}
	all := map[string]string{}
	for _, e := range c.Env {
		all[e.Name] = e.Value
		if e.ValueFrom != nil && e.ValueFrom.FieldRef != nil {
			value, ok := downward[e.ValueFrom.FieldRef.FieldPath]
			if !ok {
				l.failf("variable %s: no field %s of a pod", e.Name, e.ValueFrom.FieldRef.FieldPath)
			}
			all[e.Name] = value
		}
	}
	return all
}

// A mount shows a file or directory of this machine at a path of a pod.
type mount struct{ from, to string }

// mounts returns what the patch mounts into a container.
func (l *lab) mounts(p *pod, c corev1.Container) []mount {
	env := l.environment(p, c)
	var all []mount
	for _, m := range c.VolumeMounts {
		from := l.volumeDir(p, m.Name)
		switch {
		case m.SubPathExpr != "":
			from = filepath.Join(from, expand(m.SubPathExpr, env))
		case m.SubPath != "":
			from = filepath.Join(from, m.SubPath)
		}
		if !exists(from) {
			l.failf("pod %s: volume %s has no file for %s", p.name, m.Name, m.MountPath)
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

func (l *lab) volumeDir(p *pod, name string) string {
	return filepath.Join(l.dir, p.name, "volumes", name)
}

// volumes writes the volumes of a pod, as its patch lists them.
func (l *lab) volumes(p *pod) {
	for _, s := range l.workloads[p.workload] {
		for _, claim := range s.Spec.VolumeClaimTemplates {
			dir := l.volumeDir(p, claim.Name)
			l.check(os.MkdirAll(dir, 0o755))
			l.check(os.Chmod(dir, 0o777))
		}
		for _, v := range s.Spec.Template.Spec.Volumes {
			dir := l.volumeDir(p, v.Name)
			l.check(os.MkdirAll(dir, 0o755))
			switch {
			case v.ConfigMap != nil:
				l.writeFiles(dir, v.ConfigMap.Name, v.ConfigMap.Items)
			case v.EmptyDir != nil:
				l.check(os.Chmod(dir, 0o777))
			case v.Secret != nil:
				l.secret(p, dir, v.Secret.SecretName)
			case v.Projected != nil:
				l.project(p, dir, v.Projected.Sources)
			}
		}
	}
}

// writeFiles writes keys of a ConfigMap, or all of them.
func (l *lab) writeFiles(dir, name string, items []corev1.KeyToPath) {
	data, ok := l.files[name]
	if !ok {
		l.failf("there is no ConfigMap %s", name)
	}
	if len(items) == 0 {
		for key := range data {
			items = append(items, corev1.KeyToPath{Key: key, Path: key})
		}
	}
	for _, item := range items {
		l.write(filepath.Join(dir, item.Path), data[item.Key])
	}
}

// secret writes what cert-manager does for a Certificate, with names of the pod if there is none.
func (l *lab) secret(p *pod, dir, name string) {
	names := l.hosts(p)
	for _, c := range l.certificates {
		if c.Spec.SecretName == name {
			names = c.Spec.DNSNames
		}
	}
	for file, from := range map[string]string{"tls-combined.pem": l.tls.server(p.name, names), "ca.crt": l.tls.file("ca.pem")} {
		text, err := os.ReadFile(from)
		l.check(err)
		l.write(filepath.Join(dir, file), string(text))
	}
}

func (l *lab) project(p *pod, dir string, sources []corev1.VolumeProjection) {
	for _, s := range sources {
		switch {
		case s.ServiceAccountToken != nil:
			l.write(filepath.Join(dir, s.ServiceAccountToken.Path), token(l.namespace, p.account))
		case s.ConfigMap != nil:
			l.writeFiles(dir, s.ConfigMap.Name, s.ConfigMap.Items)
		case s.DownwardAPI != nil:
			for _, item := range s.DownwardAPI.Items {
				l.write(filepath.Join(dir, item.Path), l.namespace)
			}
		}
	}
}

// token returns the token of a ServiceAccount.
func token(namespace, account string) string { return "token-of-" + namespace + "-" + account }
