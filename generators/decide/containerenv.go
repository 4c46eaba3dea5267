package decide

import (
	"maps"
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// paths returns where pods find the files of a config, by name.
func paths(c v1alpha1.Config) map[string]string {
	out := make(map[string]string, len(c.Files))
	for name := range c.Files {
		out[name] = strings.TrimSuffix(c.MountPath, "/") + "/" + name
	}
	return out
}

// containerEnv decides the variables of the container. A pod template is for all pods of a
// StatefulSet, so that they can only contain what Kubernetes expands: the name of the pod.
func (f *fileWriter) containerEnv() {
	all := f.usableVariables()
	f.c.ContainerEnv = make(map[string]map[string]string, len(f.c.Workloads))
	for _, workload := range f.c.Workloads {
		f.values.variable = &plan.Pod{Name: plan.PodNameInEnv, Workload: workload}
		variables := make(map[string]string, len(all))
		for _, name := range slices.Sorted(maps.Keys(all)) {
			at := f.c.Path.Field("config", "containerEnv").MapKey(name)
			value, _ := f.expand(*all[name], f.values.variable, at)
			if variables[name] = value.string; len(value.open) > 0 {
				f.d.found.ErrorOnce(source.Undetermined, at, "give the Services hosts or addresses, or write it in config.files and let the container read the file at $(path:FILE)",
					"variable %s contains an address that is not known offline, and only files are completed when a pod starts", name)
			}
			f.checkLiteral(value.string, len(value.open), at)
		}
		f.c.ContainerEnv[workload] = variables
	}
}

// usableVariables returns the variables of the container without those of a profile that name a file
// which the spec has removed, and reports these.
func (f *fileWriter) usableVariables() v1alpha1.StringMap {
	config, at, found := f.c.Spec.Config, f.c.Path.Field("config"), f.d.found
	out, lost := maps.Clone(config.ContainerEnv), map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(config.ContainerEnv)) {
		for placeholder := range v1alpha1.Placeholders(*config.ContainerEnv[name]) {
			file, isPath := strings.CutPrefix(placeholder, "path:")
			if isPath && config.Files[file] == nil && found.User.Has(at.Field("files").MapKey(file)) && !found.User.Has(at.Field("containerEnv").MapKey(name)) {
				lost[file] = append(lost[file], name)
				delete(out, name)
			}
		}
	}
	for file, names := range lost {
		found.ErrorOnce(source.Contradiction, at.Field("files").MapKey(file), "write containerEnv: {} to drop the variables of the profile, or null for each of these",
			"variables of the profile name the file that is removed here: %s", strings.Join(names, ", "))
	}
	return out
}
