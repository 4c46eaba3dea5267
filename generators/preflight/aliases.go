package preflight

import (
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// aliases are the DNS names that Services of type ExternalName lead to, by the DNS name of the
// Service: NAME.NAMESPACE.
type aliases map[string]string

// inCluster returns the DNS name NAME.NAMESPACE of a Service by one of its longer names. It leaves
// other names as they are. The domain of the cluster is not known, so that only the default counts.
func inCluster(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	return strings.TrimSuffix(strings.TrimSuffix(name, ".cluster.local"), ".svc")
}

func (a aliases) add(name, namespace, target string) {
	if namespace != "" && target != "" {
		a[name+"."+namespace] = inCluster(target)
	}
}

// addAliases records the Services of a spec that lead to other names.
func (t *claims) addAliases(s claimant) {
	for i := range s.Plan.Services {
		t.aliases.add(s.Plan.Services[i].Name, s.Plan.Namespace, s.Plan.Services[i].ExternalName)
	}
}

// checkAlias checks that a Service does not lead to itself by way of others. Validation reports one
// that names itself.
func (t *claims) checkAlias(s claimant, svc *plan.Service) {
	if svc.ExternalName == "" {
		return
	}
	start := svc.Name + "." + s.Plan.Namespace
	if inCluster(svc.ExternalName) == start {
		return
	}
	names := []string{start}
	for at := t.aliases[start]; at != "" && len(names) <= len(t.aliases); at = t.aliases[at] {
		if names = append(names, at); at == start {
			s.Found.ErrorOnce(source.Contradiction, source.Path{}.Field("spec", "externalName"), "let one of them name a host outside the cluster",
				"the name leads to itself: %s", strings.Join(names, " -> "))
			delete(t.aliases, start) // so that the others of the loop do not report it too
			return
		}
	}
}
