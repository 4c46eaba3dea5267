package decide

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// profileFits reports StatefulSets with the image of an engine that has a built-in profile, if neither the spec nor
// the StatefulSet configures the addresses that clients are given. Then the pods would advertise their defaults.
func profileFits(d *decider, spec v1alpha1.ExternalAccessSpec) {
	if spec.Profile != "" || len(spec.Exports) > 0 || d.found.DecodeFailedAt(specField("profile")) {
		return
	}
	for _, c := range d.components {
		if !c.Enabled || len(c.PerPod) == 0 || c.Spec.Config != nil || len(c.Spec.Exports)+len(c.Spec.Requires) > 0 {
			continue
		}
		for _, s := range d.seen.sets[c.Spec.Name] {
			names := fitting(s, exposed(c))
			if len(names) == 0 {
				continue
			}
			of := "profile " + names[0] + " generates"
			if len(names) > 1 {
				of = "one of the profiles " + strings.Join(names, ", ") + " generates"
			}
			d.found.WarnOnce(source.ProfileFits, c.Path, "let sallyport init --profile "+names[0]+" -f FILE write the spec for the StatefulSet, or write profile: "+names[0]+" into this one; or accept the warning if the pods are configured in another way",
				"neither the spec nor StatefulSet %s configures the addresses that clients are given: for the image at %s, %s that", s.Name, s.Place("spec", "template", "spec", "containers"), of)
		}
	}
}

// exposed returns the numbers of the ports with a PerPod entry.
func exposed(c *component) []int32 {
	var out []int32
	for _, p := range c.Spec.Ports {
		if len(c.PerPod[p.Name]) > 0 {
			out = append(out, p.ContainerPort)
		}
	}
	return out
}

// fitting returns the built-in profiles that would configure the pods of a StatefulSet for the ports that are
// exposed. There are none if it may configure them itself.
func fitting(s *workload.StatefulSet, exposed []int32) []string {
	if s.Err != nil || configures(s.Spec.Template.Spec) {
		return nil
	}
	var images []string
	var numbers []int32
	for _, c := range s.Spec.Template.Spec.Containers {
		images = append(images, c.Image)
		for _, p := range c.Ports {
			numbers = append(numbers, p.ContainerPort)
		}
	}
	names := profiles.ByImages(images)
	fits := func(name string) bool {
		return profiles.Misread(name, images) == "" && exposesPorts(name, numbers, exposed)
	}
	if len(names) == 0 || !fits(names[0]) { // the others are for other modes of the engine
		return nil
	}
	return slices.DeleteFunc(names, func(name string) bool { return !fits(name) })
}

// exposesPorts reports whether a profile has a configuration for the ports of pods. A single port can have any
// number, but several are those of the engine, and those of a mode that not every engine of the name has must all
// be there. If the pods have the port that the profile exposes, it is one that is exposed.
func exposesPorts(profile string, numbers, exposed []int32) bool {
	spec, _, _ := profiles.Lookup(profile)
	mode := strings.Contains(strings.TrimPrefix(profile, profiles.Bitnami+"-"), "-")
	for _, c := range spec.Components {
		i := slices.IndexFunc(c.Services, func(e v1alpha1.Service) bool { return e.Mode == v1alpha1.PerPod })
		if i < 0 || c.Config == nil {
			continue
		}
		var perPod, all []int32
		for _, p := range c.Ports {
			all = append(all, p.ContainerPort)
			if len(c.Services[i].Ports) == 0 || slices.ContainsFunc(c.Services[i].Ports, func(sp v1alpha1.ServicePort) bool { return sp.Name == p.Name }) {
				perPod = append(perPod, p.ContainerPort)
			}
		}
		missing := func(n int32) bool { return !slices.Contains(numbers, n) }
		hidden := func(n int32) bool { return !missing(n) && !slices.Contains(exposed, n) }
		switch {
		case slices.ContainsFunc(perPod, hidden):
		case mode && slices.ContainsFunc(all, missing):
		case len(perPod) == 1, !slices.ContainsFunc(perPod, missing):
			return true
		}
	}
	return false
}

// advertises matches words for addresses of their own that engines give to clients.
var advertises = source.Pattern(`(?i)advertise|announce|broadcast|publish|horizon|public.?addr|hostname|domain|--config|include|<<|\bsh\b|\.(?:conf|cnf|ya?ml|properties|ini|json|toml)\b`)

// configures reports whether containers may have a configuration with addresses: in a file, or in their variables and
// arguments.
func configures(pod corev1.PodSpec) bool {
	for _, v := range pod.Volumes {
		if v.ConfigMap != nil || v.Secret != nil || v.Projected != nil || v.CSI != nil {
			return true
		}
	}
	for _, c := range slices.Concat(pod.InitContainers, pod.Containers) {
		words := slices.Concat(c.Command, c.Args)
		for _, e := range c.Env {
			words = append(words, e.Name, e.Value)
		}
		if len(c.EnvFrom) > 0 || slices.ContainsFunc(words, advertises().MatchString) {
			return true
		}
	}
	return false
}
