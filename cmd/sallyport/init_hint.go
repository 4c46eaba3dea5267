package main

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
	"sallyport.dev/schemas/v1alpha1/profiles"
)

// hint names the profiles for the engine of a StatefulSet, if no profile is chosen.
func (d *draft) hint(file string) source.Diagnostics {
	what, names := "image", d.profilesByImage()
	if len(names) == 0 {
		what, names = "ports", d.profilesByPorts()
	}
	if len(names) == 0 {
		return nil
	}
	for _, name := range names {
		if found := d.misfit(name, source.Info); found != nil {
			return found
		}
	}
	r := source.NewReporter(d.doc)
	of := "profile " + names[0] + " fits"
	if len(names) > 1 {
		of = "profiles " + strings.Join(names, ", ") + " fit"
	}
	r.Infof(source.Inferred, workload.InPod.Field("containers"), "to use it: sallyport init --profile "+names[0]+" -f "+file,
		"built-in %s the %s of the StatefulSet, and would also write the configuration of the engine", of, what)
	return r.Diagnostics()
}

// misfit reports an image of Bitnami that does not read the variables of a profile: it has others.
func (d *draft) misfit(profile string, severity source.Severity) source.Diagnostics {
	spec, _, _ := profiles.Lookup(profile)
	writes := slices.ContainsFunc(spec.Components, func(c v1alpha1.Component) bool { return c.Config != nil && len(c.Config.ContainerEnv) > 0 })
	if strings.HasPrefix(profile, bitnami) || !writes {
		return nil
	}
	engine, _, _ := strings.Cut(profile, "-")
	i := slices.IndexFunc(d.images, func(image string) bool { return strings.Contains(image, bitnami) && isEngine(image, engine) })
	if i < 0 {
		return nil
	}
	wayOut := "let a file of the containers refer to the files of the profile"
	if engine == "kafka" {
		wayOut += ", as examples/kafka-server-properties does"
	}
	if name := bitnami + "-" + engine; slices.Contains(exportNames(generators.BuiltInExports()), name) {
		wayOut += "; or use Bitnami's chart, with the values that sallyport export " + name + " prints"
	}
	r := source.NewReporter(d.doc)
	r.Infof(source.EngineRule, workload.InPod.Field("containers"), wayOut, "image %s does not read the variables of built-in profile %s, which are those of another image", d.images[i], profile)
	ds := r.Diagnostics()
	ds[0].Severity = severity
	return ds
}

// bitnami begins the names of profiles for images with that word.
const bitnami = "bitnami"

// profilesByImage returns the profiles whose engine an image of the StatefulSet is named for. Those for
// Bitnami's images come first and alone.
func (d *draft) profilesByImage() []string {
	var own, others []string
	for _, name := range profiles.Names() {
		rest, theirs := strings.CutPrefix(name, bitnami+"-")
		engine, _, _ := strings.Cut(rest, "-")
		for _, image := range d.images {
			switch {
			case !isEngine(image, engine):
			case !theirs:
				others = append(others, name)
			case strings.Contains(image, bitnami):
				own = append(own, name)
			}
		}
	}
	if len(own) > 0 {
		return slices.Compact(own)
	}
	return slices.Compact(others)
}

// editions are words in names of images beside that of the engine.
var editions = []string{"all", "broker", "community", "cp", "enterprise", "server"}

// isEngine reports whether an image is named for an engine: mongodb-community-server is mongodb, and
// kafka-exporter is not kafka.
func isEngine(image, engine string) bool {
	image = image[strings.LastIndex(image, "/")+1:]
	image, _, _ = strings.Cut(image, "@")
	image, _, _ = strings.Cut(image, ":")
	words := slices.DeleteFunc(strings.Split(image, "-"), func(word string) bool { return slices.Contains(editions, word) })
	return len(words) == 1 && strings.TrimSuffix(words[0], "db") == strings.TrimSuffix(engine, "db")
}

// profilesByPorts returns the profiles that have a component with several ports, all of which the
// StatefulSet has.
func (d *draft) profilesByPorts() []string {
	var out []string
	for _, name := range profiles.Names() {
		spec, _, _ := profiles.Lookup(name)
		for _, c := range spec.Components {
			all := len(c.Ports) > 1 && !strings.HasPrefix(name, bitnami)
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
