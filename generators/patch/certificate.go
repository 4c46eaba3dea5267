package patch

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
)

// volumeTLS is the volume with the files of the certificate.
const volumeTLS = "sallyport-tls"

// csiDriver is cert-manager's.
const csiDriver = "csi.cert-manager.io"

// addCertificate mounts the files of the certificate into the container that reads them.
func (o *podPatch) addCertificate() {
	cert := o.c.Certificate
	if !cert.Mounted() {
		return
	}
	volume := corev1.Volume{Name: volumeTLS}
	if cert.CSI != nil {
		volume.CSI = &corev1.CSIVolumeSource{Driver: csiDriver, ReadOnly: new(true), VolumeAttributes: cert.CSI[o.workload]}
	} else {
		volume.Secret = &corev1.SecretVolumeSource{SecretName: cert.Secret}
	}
	o.pod.Volumes = append(o.pod.Volumes, volume)
	name := o.tlsContainer()
	o.checkContainer(name, "certificate")
	mount := corev1.VolumeMount{Name: volumeTLS, MountPath: *cert.Spec.MountPath, ReadOnly: true}
	at := func(list []Container) int {
		return slices.IndexFunc(list, func(c Container) bool { return c.Name == name })
	}
	if o.initContainer(name) != nil {
		if at(o.pod.InitContainers) < 0 {
			o.addToInitContainer(Container{Name: name})
		}
		init := &o.pod.InitContainers[at(o.pod.InitContainers)]
		init.VolumeMounts = append(init.VolumeMounts, mount)
		return
	}
	if at(o.pod.Containers) < 0 {
		o.pod.Containers = append(o.pod.Containers, Container{Name: name})
	}
	main := &o.pod.Containers[at(o.pod.Containers)]
	main.VolumeMounts = append(main.VolumeMounts, mount)
}

// tlsContainer is the container that reads the files of the certificate: the one that the spec
// names, the only one of the StatefulSet, or that of the config if it goes on running; "" if it is
// not known.
func (o *podPatch) tlsContainer() string {
	if name := o.c.Certificate.Spec.Container; name != "" {
		return name
	}
	if name := o.listening(); name != "" {
		return name
	}
	name := o.container()
	if init := o.initContainer(name); init != nil && init.RestartPolicy == nil {
		return ""
	}
	return name
}

// section is the field of a component that a volume belongs to.
func section(volume string) string {
	if volume == volumeTLS {
		return "certificate"
	}
	return "config"
}

// MountField returns the field of a component that a mount of the patch belongs to.
func (p *Patch) MountField(mountPath string) string {
	for _, c := range slices.Concat(p.Spec.Template.Spec.InitContainers, p.Spec.Template.Spec.Containers) {
		if m, ok := byKey(c.VolumeMounts, mountPath, func(m corev1.VolumeMount) string { return m.MountPath }); ok {
			return section(m.Name)
		}
	}
	return "config"
}

// checkOneCertificate checks that a StatefulSet has the certificate of only one component.
func (w Patcher) checkOneCertificate(patch *Patch, pod podPatch) {
	if !pod.c.Certificate.Mounted() {
		return
	}
	if other, ok := w.certificates[patch.Metadata]; ok {
		pod.found.Errorf(source.NameClash, pod.c.Path.Field("certificate", "mountPath"), "write one certificate for both, or mount one of them in the StatefulSet itself",
			"StatefulSet %s already has the certificate of %s", patch.Metadata.Name, other)
	}
	w.certificates[patch.Metadata] = "component " + pod.c.Spec.Name + " of " + pod.p.Object.String()
}

// certificateMissing reports a component whose certificate nothing mounts, because it names no
// StatefulSet.
func certificateMissing(o podPatch) {
	if len(o.c.Workloads) == 0 && o.c.Certificate.Mounted() {
		o.found.Warnf(source.NothingToPatch, o.c.Path.Field("certificate", "mountPath"), "set the workload of the component, if it is a "+workload.Kind+"; or take it out",
			"component %s has a certificate to mount, but no StatefulSet that gets it", o.c.Spec.Name)
	}
}
