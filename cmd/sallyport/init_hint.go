package main

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// hint names the profiles for the engine of a StatefulSet, if no profile is chosen.
func (d *draft) hint(file string) source.Diagnostics {
	what, names := "image", profiles.ByImages(d.images)
	if len(names) == 0 {
		what, names = "ports", d.profilesByPorts()
	}
	if len(names) == 0 {
		return nil
	}
	for _, name := range names {
		if found := d.misfit(name); found != nil {
			return found
		}
	}
	r := source.NewReporter(d.doc)
	of := "profile " + names[0] + " fits"
	if len(names) > 1 {
		of = "profiles " + strings.Join(names, ", ") + " fit"
	}
	r.Infof(source.ProfileFits, workload.InPod.Field("containers"), "to use it: sallyport init --profile "+names[0]+" -f "+file,
		"built-in %s the %s of the StatefulSet, and would also write the configuration of the engine", of, what)
	return r.Diagnostics()
}

// misfit reports an image that does not read the variables of a profile: it has others.
func (d *draft) misfit(profile string) source.Diagnostics {
	image := profiles.Misread(profile, d.images)
	if image == "" {
		return nil
	}
	r := source.NewReporter(d.doc)
	r.Infof(source.ProfileFits, workload.InPod.Field("containers"), generators.MisreadWayOut(profile, image), "image %s does not read the variables of built-in profile %s, which are those of another image", image, profile)
	return r.Diagnostics()
}

// profilesByPorts returns the profiles that have a component with several ports, all of which the
// StatefulSet has.
func (d *draft) profilesByPorts() []string {
	var out []string
	for _, name := range profiles.Names() {
		spec, _, _ := profiles.Lookup(name)
		for _, c := range spec.Components {
			all := len(c.Ports) > 1 && !strings.HasPrefix(name, profiles.Bitnami)
			for _, p := range c.Ports {
				all = all && slices.ContainsFunc(d.ports, func(own corev1.ContainerPort) bool { return own.ContainerPort == p.ContainerPort })
			}
			if all {
				out = append(out, name)
			}
		}
	}
	return slices.Compact(out)
}
