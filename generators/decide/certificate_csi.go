package decide

import (
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// csiPod is what the CSI driver expands to the name of the pod.
const csiPod = "${POD_NAME}"

// csi decides the volume with the certificate of each pod. The pods of a StatefulSet have one
// template, in which the driver only expands the name of the pod.
func (v certificateDecider) csi(out *plan.Certificate) {
	out.CSI = map[string]map[string]string{}
	if len(v.c.Workloads) == 0 {
		v.found.ErrorOnce(source.Required, v.c.Path.Field("workload"), "name the StatefulSet, or write by: Certificate", "workload is required: the CSI volume of component %s is written into a StatefulSet", v.c.Spec.Name)
	}
	for _, workload := range v.c.Workloads {
		names := v.podNames(&plan.Pod{Name: csiPod, Workload: workload})
		out.CSI[workload] = v.attributes(names, workload)
		out.Names = names // those of the last workload: they only differ by $(workload)
	}
}

// podNames returns the names of one pod, which has a variable as its name.
func (v certificateDecider) podNames(pod *plan.Pod) plan.Names {
	names := v.plan.NamesOfPod(v.c.Component, pod.Name)
	inside := *v.spec.Names == v1alpha1.AllNames
	var own, services []string
	for _, e := range v.c.Spec.Services {
		if e.Mode != v1alpha1.PerPod || !v.c.Enabled {
			continue
		}
		v.podsOfOneKind(e)
		scope := v.c.scope.with(map[string]string{"service": e.Name})
		scope.pod = pod
		scope.serviceName = v.expand(e.ServiceName, scope)
		scope.domain = v.expand(*e.Domain, scope)
		for _, template := range append([]string{*e.Host}, e.Aliases...) {
			if name := strings.TrimSuffix(v.expand(template, scope), "."); name != "" && !plan.IsIP(name) {
				own = append(own, name)
			} else if name != "" {
				names.IPs = append(names.IPs, name)
			}
		}
		addresses := slices.Concat(e.ExternalIPs, families(*e.LoadBalancer.Address))
		if t := e.Target(); t.IsRouted() {
			addresses = append(addresses, *e.Gateway.Address)
		}
		for _, ip := range addresses {
			if plan.IsIP(ip) {
				names.IPs = append(names.IPs, ip)
			}
		}
		if inside && e.Type.MakesService() {
			services = append(services, v.plan.ServiceNames(scope.serviceName)...)
		}
	}
	names.DNS, names.IPs = unique(slices.Concat(own, names.DNS, services)), unique(names.IPs)
	for i, name := range names.DNS {
		names.DNS[i] = csiBraces().ReplaceAllString(name, "$$POD_NAME$1")
	}
	return names
}

// csiBraces are braces that the driver does not need, and that Flux would take for one of its own
// variables.
var csiBraces = source.Pattern(`\$\{POD_NAME\}([^A-Za-z0-9_]|$)`)

// expand expands a template. Errors in it have been reported for the Services.
func (v certificateDecider) expand(template string, s scope) string {
	out, _ := s.expand(template)
	return out.string
}

// unique drops what is there a second time.
func unique(all []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(s string) bool {
		again := seen[s]
		seen[s] = true
		return again
	})
}

// podsOfOneKind reports names of an entry that differ from pod to pod in another way than by the
// name of the pod.
func (v certificateDecider) podsOfOneKind(e v1alpha1.Service) {
	levels := v1alpha1.LevelsOf(v.c.Spec.Name, e.Name, "")
	const wayOut = "write hosts that only differ by $(pod), or certificate.by: Certificate"
	differ := func(at source.Path, what string) {
		v.found.ErrorOnce(source.CertificateNames, at, wayOut, "the certificate is in a CSI volume, for which pods only differ by their names: %s", what)
	}
	named := func(template string) bool {
		template = strings.NewReplacer("$(domain)", *e.Domain, "$(serviceName)", e.ServiceName).Replace(template)
		return v1alpha1.Mentions(template, "id", "ordinal")
	}
	if named(*e.Host) {
		differ(v.found.Where(levels.Own(), plan.Setting("host")), "the host "+*e.Host+" has more of the pod than $(pod)")
	}
	for i, alias := range e.Aliases {
		if named(alias) {
			differ(v.found.Where(levels.Own(), plan.Setting("aliases")).Index(i), "the alias "+alias+" has more of the pod than $(pod)")
		}
	}
	if named(e.ServiceName) && *v.spec.Names == v1alpha1.AllNames && e.Type.MakesService() {
		differ(levels.Entry().Field("serviceName"), "the name "+e.ServiceName+" has more of the pod than $(pod)")
	}
	if len(e.LoadBalancer.Addresses) > 0 {
		differ(v.found.Where(levels, plan.Setting("loadBalancer", "addresses")), "each has an address of its own")
	}
	for _, pod := range e.Pods {
		same := *pod.Host == *e.Host && slices.Equal(pod.Aliases, e.Aliases) && slices.Equal(pod.ExternalIPs, e.ExternalIPs) &&
			*pod.Domain == *e.Domain && *pod.LoadBalancer.Address == *e.LoadBalancer.Address
		if !same {
			differ(levels.Entry().Field("pods").Item("pod", pod.Pod), "pod "+pod.Pod+" has a host or an address of its own")
		}
	}
}

// csiPrefix is that of the attributes of the driver.
const csiPrefix = "csi.cert-manager.io/"

// attributes are those of a volume (pkg/apis/v1alpha1 of cert-manager/csi-driver).
func (v certificateDecider) attributes(names plan.Names, workload string) map[string]string {
	s, out := v.spec, map[string]string{}
	set := func(key, value string) {
		if value != "" {
			out[csiPrefix+key] = value
		}
	}
	set("issuer-name", s.IssuerRef.Name)
	set("issuer-kind", s.IssuerRef.Kind)
	set("issuer-group", s.IssuerRef.Group)
	set("dns-names", strings.Join(names.DNS, ","))
	set("ip-sans", strings.Join(names.IPs, ","))
	set("duration", *s.Duration)
	set("renew-before", *s.RenewBefore)
	set("key-usages", strings.Join(namesOf(s.Usages, func(u v1alpha1.KeyUsage) string { return string(u) }), ","))
	set("key-algorithm", string(s.PrivateKey.Algorithm))
	set("key-encoding", string(s.PrivateKey.Encoding))
	if n := s.PrivateKey.Size; n > 0 {
		set("key-size", strconv.Itoa(int(n)))
	}
	if s.PrivateKey.RotationPolicy == v1alpha1.RotateNever {
		set("reuse-private-key", "true")
	}
	if k := s.Keystores; k != nil && k.PKCS12 != nil && k.PKCS12.Password != nil {
		set("pkcs12-enable", "true")
		set("pkcs12-filename", "keystore.p12")
		set("pkcs12-password", *k.PKCS12.Password)
	}
	set("fs-group", v.fsGroup(workload))
	return out
}

// fsGroup is the group that can read the files: the one that is written, or that of the pods.
func (v certificateDecider) fsGroup(workload string) string {
	if n := *v.spec.FSGroup; n > 0 {
		return strconv.Itoa(int(n))
	}
	for _, s := range v.seen.sets[v.c.Spec.Name] {
		if sc := s.Spec.Template.Spec.SecurityContext; s.Name == workload && sc != nil && sc.FSGroup != nil {
			return strconv.FormatInt(*sc.FSGroup, 10)
		}
	}
	return ""
}
