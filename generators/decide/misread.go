package decide

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/exports"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// misread warns about containers that do not read the variables of a built-in profile: their image has others, or
// their command runs instead of what reads them. There is no warning where a file may refer to the files of the
// profile.
func misread(d *decider) {
	i := slices.IndexFunc(d.found.Profiles, func(l v1alpha1.Layer) bool { return l.BuiltIn })
	if i < 0 {
		return
	}
	profile := d.found.Profiles[i].Name
	for _, c := range d.components {
		names := variablesOf(profile, c)
		if len(names) == 0 {
			continue
		}
		for _, s := range d.seen.sets[c.Spec.Name] {
			r := reader{profile, names, s, readingContainer(s, c.Spec.Config.Container)}
			if r.container != nil && !c.readsOther(s, r.container) {
				r.check(d)
			}
		}
	}
}

// variablesOf returns the variables of a component that a profile has.
func variablesOf(profile string, c *component) []string {
	if c.Spec.Config == nil {
		return nil
	}
	var out []string
	spec, _, _ := profiles.Lookup(profile)
	for _, own := range spec.Components {
		if own.Name != c.Spec.Name || own.Config == nil {
			continue
		}
		for name := range own.Config.ContainerEnv {
			if c.Spec.Config.ContainerEnv[name] != nil {
				out = append(out, name)
			}
		}
	}
	return out
}

// readingContainer returns the container that gets the variables of a component; nil: none is known, or it is an init
// container.
func readingContainer(s *workload.StatefulSet, name string) *corev1.Container {
	named := func(c corev1.Container) bool { return c.Name == name }
	all := s.Spec.Template.Spec.Containers
	i := slices.IndexFunc(all, named)
	if len(all) == 1 && !slices.ContainsFunc(s.Spec.Template.Spec.InitContainers, named) {
		i = 0
	}
	if i < 0 || s.Err != nil {
		return nil
	}
	return &all[i]
}

// readsOther reports whether a container mounts a ConfigMap beside that of the component.
func (c *component) readsOther(s *workload.StatefulSet, container *corev1.Container) bool {
	return slices.ContainsFunc(s.Spec.Template.Spec.Volumes, func(v corev1.Volume) bool {
		own := v.ConfigMap != nil && c.ConfigMap != nil && v.ConfigMap.Name == c.ConfigMap.Name
		return (v.ConfigMap != nil || v.Projected != nil) && !own &&
			slices.ContainsFunc(container.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == v.Name })
	})
}

// A reader is a container that gets the variables of a profile.
type reader struct {
	profile   string
	variables []string
	set       *workload.StatefulSet
	container *corev1.Container
}

// starts matches words for what images start their engine with, and shells, which may do anything.
var starts = source.Pattern(`(?i)entrypoint|docker|startup|\brun\b|\binit\b|\btini\b|(?:^|/)\w*sh$`)

func (r reader) check(d *decider) {
	command, place := slices.Concat(r.container.Command, r.container.Args), r.set.Place("spec", "template", "spec", "containers")
	reads := func(word string) bool {
		return starts().MatchString(word) || slices.ContainsFunc(r.variables, func(name string) bool { return strings.Contains(word, name) })
	}
	switch image := profiles.Misread(r.profile, []string{r.container.Image}); {
	case image != "" && len(command) == 0:
		d.found.WarnOnce(source.ProfileFits, specField("profile"), MisreadWayOut(r.profile, image)+"; or accept the warning if the image is another one than its name says",
			"image %s of StatefulSet %s, at %s, does not read the variables of profile %s, which are those of another image", image, r.set.Name, place, r.profile)
	case image == "" && len(r.container.Command) > 0 && !slices.ContainsFunc(command, reads):
		d.found.WarnOnce(source.ProfileFits, specField("profile"), "take the command out; or write config: {containerEnv: {}} for the component, and let a file of the container refer to the files of the profile; or accept the warning if the command reads the variables",
			"the command of container %s of StatefulSet %s, at %s, runs instead of the entrypoint of the image, which reads the variables of profile %s", r.container.Name, r.set.Name, place, r.profile)
	}
}

// MisreadWayOut says what to do where an image does not read the variables of a profile.
func MisreadWayOut(profile, image string) string {
	if others := profiles.ByImages([]string{image}); strings.HasPrefix(profile, profiles.Bitnami) {
		return "use a profile for the image: " + strings.Join(others, ", ")
	}
	engine, _, _ := strings.Cut(profile, "-")
	out := "let a file of the containers refer to the files of the profile"
	if engine == "kafka" {
		out += ", as examples/kafka-server-properties does"
	}
	if name := profiles.Bitnami + "-" + engine; slices.Contains(exports.Names(), name) {
		out += "; or use Bitnami's chart, with the values that sallyport export " + name + " prints"
	}
	return out
}
