package v1alpha1

import (
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"sallyport.dev/schemas/source"
)

// A derived name is one that the spec's own name is a part of.
type derived struct {
	at       source.Path
	template string
	limit    int
	what     string
}

// nameFits reports metadata.name if it is too long for a name that is made from it by a
// template that the user has not written. It leaves other names to the plan, which reports
// them where their template is written.
func (v *validator) nameFits(e ExternalAccess) {
	name, longest, tightest := e.Metadata.Name, len(e.Metadata.Name), derived{}
	invalid := name != "" && !DNSSubdomain.Passes(name)
	var tooLong []source.Path
	for _, c := range e.Spec.Components {
		for _, d := range c.derived() {
			words := strings.NewReplacer("$(namespace)", e.Metadata.Namespace, "$(component)", c.Name)
			d.template = words.Replace(d.template)
			n := strings.Count(d.template, "$(name)")
			if n > 0 && !invalid && strings.Contains(name, ".") && d.limit < validation.DNS1123SubdomainMaxLength && !v.User.Has(d.at) {
				v.dotted(name, d)
				tooLong = append(tooLong, d.at)
				invalid = true // one error is enough
				continue
			}
			rest := len(d.template) - n*len("$(name)")
			if n == 0 || v.User.Has(d.at) || !invalid && n*len(name)+rest <= d.limit {
				continue
			}
			if fits := (d.limit - rest) / n; fits < longest {
				longest, tightest = fits, d
			}
			tooLong = append(tooLong, d.at)
		}
	}
	if invalid {
		v.Silence(tooLong...) // they have the same invalid characters
		return
	}
	if tightest.limit == 0 || longest < 1 {
		return
	}
	v.Errorf(source.NameInvalid, at("metadata", "name"), "make it shorter, or write "+tightest.at.String(),
		"%q has %d characters and may have %d: the %s is called %s, which may have %d", name, len(name), longest, tightest.what, tightest.template, tightest.limit)
	v.Silence(tooLong...)
}

// dotted reports a name with a dot, of which names are made that may have none.
func (v *validator) dotted(name string, d derived) {
	v.Errorf(source.NameInvalid, at("metadata", "name"), "take the dot out, or write "+d.at.String(),
		"%q has a dot, and the %s is called %s, which may have none", name, d.what, strings.ReplaceAll(d.template, "$(name)", name))
}

// derived lists the templates of the component's names, with the name of the last pod.
func (c Component) derived() []derived {
	last := *c.Ordinals.Start + max(*c.Replicas, 1) - 1
	pod := c.Workload + "-" + strconv.Itoa(int(last))
	out := []derived{{componentPath(c.Name).Field("workload"), c.Workload, maxWorkloadName, "StatefulSet"}}
	if c.Config != nil {
		out = append(out, derived{componentPath(c.Name).Field("config", "name"), c.Config.Name, validation.DNS1123SubdomainMaxLength, "ConfigMap"})
	}
	for _, e := range c.Services {
		template := strings.NewReplacer("$(pod)", pod, "$(workload)", c.Workload, "$(service)", e.Name).Replace(e.ServiceName)
		what := "Service"
		if strings.Contains(e.ServiceName, "$(pod)") {
			what = "Service of a pod"
		}
		out = append(out, derived{entryPath(c.Name, e.Name).Field("serviceName"), template, validation.DNS1035LabelMaxLength, what})
	}
	return out
}
