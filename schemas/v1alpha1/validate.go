package v1alpha1

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/util/validation"

	"sallyport.dev/schemas/source"
)

// A validator checks one spec. The plan checks what depends on expanded placeholders or on
// other Services.
type validator struct {
	*source.Reporter
	Written
}

// Validate reports every error in a complete spec, each at the field that has it.
func (e ExternalAccess) Validate(r *source.Reporter, w Written) {
	v := &validator{r, w}
	v.metadata(e.Metadata)
	s := e.Spec
	v.form(specPath.Field("clusterDomain"), *s.ClusterDomain, DNSSubdomain)
	if s.RBAC != nil {
		v.rbac(*s.RBAC)
	}
	for i, n := range s.ReservedPorts {
		v.portNumber(specPath.Field("reservedPorts").Index(i), n)
	}
	if len(s.Components) == 0 {
		v.Errorf(source.Required, specPath.Field("components"), "name a profile, or list the sets of pods",
			"there is nothing to expose")
	}
	v.profileNames(s)
	v.nameFits(e)
	for _, c := range s.Components {
		v.component(c, *s.Enabled)
	}
	all, places := e.reaches()
	for i := range all {
		if r := &all[i]; !r.elsewhere {
			v.addressesFit(&r.Target, stackOf(r.Access.IPFamilies, *r.Access.IPFamilyPolicy), r.levels)
		}
	}
	v.checkUse(all, places)
}

func (v *validator) metadata(m Metadata) {
	p := source.Path{}.Field("metadata")
	if m.Name == "" {
		v.Errorf(source.Required, p.Field("name"), "write metadata: {name: ...}", "the object needs a name")
	} else {
		v.form(p.Field("name"), m.Name, DNSSubdomain)
	}
	if m.Namespace != "" {
		v.form(p.Field("namespace"), m.Namespace, DNSLabel)
	}
	v.accepted()
}

// form reports a value that does not pass a check.
func (v *validator) form(p source.Path, value string, c Check) {
	if wrong, wayOut := c.Problem(value); wrong != "" {
		v.Errorf(source.Invalid, p, wayOut, "%q: %s", value, wrong)
	}
}

func (v *validator) portNumber(p source.Path, n int32) {
	if errors := validation.IsValidPortNum(int(n)); len(errors) > 0 {
		v.Errorf(source.NumberRange, p, "stay within that range", "%d: %s", n, strings.Join(errors, "; "))
	}
}

func (v *validator) rbac(r RBAC) {
	p := specPath.Field("rbac")
	for name, rules := range map[string][]PolicyRule{"rules": r.Rules, "clusterRules": r.ClusterRules} {
		for i, rule := range rules {
			at := p.Field(name).Index(i)
			v.listed(at.Field("apiGroups"), rule.APIGroups, `list the groups; the core group is ""`)
			v.listed(at.Field("resources"), rule.Resources, "list them in the plural, such as pods")
			v.listed(at.Field("verbs"), rule.Verbs, "list them, such as get")
		}
	}
}

func (v *validator) listed(p source.Path, list []string, wayOut string) {
	if len(list) == 0 {
		v.Errorf(source.Required, p, wayOut, "%s is required: the API server rejects a rule without it", p.Name())
	}
}

func (v *validator) component(c Component, enabled bool) {
	p := componentPath(c.Name)
	v.form(p.Field("name"), c.Name, DNSLabel)
	v.notEmpty(p.Field("workload"))
	v.pods(c, enabled, p)
	if len(c.Ports) == 0 {
		v.Errorf(source.Required, p.Field("ports"), "list the ports that the pods listen on", "component %s has no ports", c.Name)
	}
	for _, port := range c.Ports {
		v.port(c, port, p.Field("ports").Item("name", port.Name))
	}
	for _, e := range c.Services {
		v.entry(c, e)
	}
	v.onePerPod(c)
	if c.Config != nil {
		v.config(*c.Config, p.Field("config"))
	}
}

var duration = regexp.MustCompile(`^([0-9]{1,2}h)?([0-9]{1,4}m)?([0-9]{1,5}s)?$`)

func (v *validator) config(c Config, p source.Path) {
	for k, text := range c.Env {
		v.form(p.Field("env").MapKey(k), k, EnvName)
		v.text(*text, p.Field("env").MapKey(k))
	}
	for k, text := range c.Files {
		v.form(p.Field("files").MapKey(k), k, ConfigMapKey)
		v.text(*text, p.Field("files").MapKey(k))
	}
	for k, l := range c.Lists {
		if !word.MatchString(k) {
			v.Errorf(source.Invalid, p.Field("lists").MapKey(k), "use letters, digits, '_', '-' and '.', a letter first", "%q is not a name for a list: files refer to it as $(list:NAME)", k)
		}
		v.text(l.Item, p.Field("lists").MapKey(k).Field("item"))
		v.text(*l.Separator, p.Field("lists").MapKey(k).Field("separator"))
		if at := p.Field("lists").MapKey(k); l.Over == "" {
			v.Errorf(source.Required, at.Field("over"), "write Listeners, Advertised or Pods", "over is required in list %s", k)
		}
		if l.Item == "" {
			v.Errorf(source.Required, p.Field("lists").MapKey(k).Field("item"), "write the text for one, such as $(pod)", "item is required in list %s", k)
		}
	}
	if t := *c.Discovery.Timeout; t == "" || !duration.MatchString(t) {
		v.Errorf(source.Invalid, p.Field("discovery", "timeout"), "write 90s, 5m or 1h30m", "%q is not a duration", t)
	}
	if image := *c.Discovery.Image; strings.ContainsFunc(image, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		v.Errorf(source.Invalid, p.Field("discovery", "image"), "write it as registry.example/kubectl:1.36", "%q is not the name of an image", image)
	}
	if !strings.HasPrefix(c.MountPath, "/") || strings.Contains(c.MountPath, ":") || strings.ContainsFunc(c.MountPath, unicode.IsControl) {
		v.Errorf(source.Invalid, p.Field("mountPath"), "write it as /etc/sallyport", "%q is not an absolute path", c.MountPath)
	}
	if c.Container != "" {
		v.form(p.Field("container"), c.Container, DNSLabel)
	}
}

// text checks that a shell and the environment of a process can hold a text.
func (v *validator) text(s string, p source.Path) {
	if strings.ContainsRune(s, 0) {
		v.Errorf(source.Invalid, p, "take it out", "the text contains a NUL character, at which an environment or a shell would cut it off")
	}
}

// word is the form of listener names and protocols. It has no character that means something
// in a properties file, a shell or JSON.
var word = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*$`)

func (v *validator) listener(l Listener, p source.Path) {
	for field, value := range map[string]string{"name": *l.Name, "protocol": *l.Protocol} {
		if (value != "" || field == "name") && !word.MatchString(value) {
			v.Errorf(source.Invalid, p.Field(field), "use letters, digits, '_', '-' and '.', a letter first", "%q cannot be used in configuration files", value)
		}
	}
}

func (v *validator) port(c Component, port Port, p source.Path) {
	v.form(p.Field("name"), port.Name, DNSLabel)
	if v.User.Empty(p.Field("containerPort")) {
		v.portNumber(p.Field("containerPort"), 0)
	} else if port.ContainerPort == 0 {
		v.Errorf(source.Required, p.Field("containerPort"), "write containerPort: ...", "port %s needs the number that the container listens on", port.Name)
	} else {
		v.portNumber(p.Field("containerPort"), port.ContainerPort)
	}
	if *port.AppProtocol != "" {
		v.form(p.Field("appProtocol"), *port.AppProtocol, QualifiedName)
	}
	if port.Listener != nil {
		v.listener(*port.Listener, p.Field("listener"))
	}
	for _, other := range c.Ports {
		if other.Name == port.Name {
			break
		}
		if other.ContainerPort == port.ContainerPort && other.Protocol == port.Protocol && port.ContainerPort > 0 {
			if v.inherited(c, other) && v.User.Has(p) {
				v.Errorf(source.Duplicate, p.Field("name"), "write name: "+other.Name, "profile %s calls the port %d %s", v.Name, port.ContainerPort, other.Name).
					Propose(source.String(other.Name))
				continue
			}
			v.Errorf(source.Duplicate, p.Field("containerPort"), "give each port its own number, or open one port in several entries",
				"ports %s and %s cannot both listen on %d/%s", other.Name, port.Name, port.ContainerPort, port.Protocol)
		}
	}
}

// notEmpty reports an empty value of a field that must have one. Without this check the value
// of a profile or the default would silently be used instead.
func (v *validator) notEmpty(p source.Path) {
	if v.User.Empty(p) {
		v.Errorf(source.Required, p, "write a value, or leave the field out", "%s must not be empty", p.Name())
	}
}

// pods checks the fields that determine which pods there are.
func (v *validator) pods(c Component, enabled bool, p source.Path) {
	v.count(p, *c.Replicas, *c.Ordinals.Start, *c.IDOffset)
	for _, pool := range c.Pools {
		at := p.Field("pools").Item("workload", pool.Workload)
		if pool.Workload == "" {
			v.Errorf(source.Required, at.Field("workload"), "name the StatefulSet", "a pool of component %s has no workload", c.Name)
		}
		if pool.Workload == c.Workload && c.Workload != "" {
			v.Errorf(source.Duplicate, at.Field("workload"), "name another StatefulSet, or raise the component's replicas",
				"%s is the component's own StatefulSet", c.Workload)
		}
		v.count(at, *pool.Replicas, *pool.Ordinals.Start, *pool.IDOffset)
	}
	if total := c.TotalPods(); len(c.Pools) > 0 && total > MaxReplicas {
		v.Errorf(source.NumberRange, p.Field("pools"), "use fewer pods, or split them into several components",
			"all pools together have %d pods, and %d is the limit", total, MaxReplicas)
	}
	if !slices.ContainsFunc(c.Services, func(e Service) bool { return e.Mode == PerPod }) {
		return
	}
	if c.Workload == "" {
		v.Errorf(source.Required, p.Field("workload"), "name the StatefulSet: its pods are WORKLOAD-0, WORKLOAD-1, ...",
			"workload is required: component %s has a PerPod entry", c.Name)
	}
	if !enabled && (c.Config == nil || len(c.Config.Files) == 0) {
		return
	}
	v.replicas(p.Field("replicas"), "component "+c.Name)
	for _, pool := range c.Pools {
		v.replicas(p.Field("pools").Item("workload", pool.Workload).Field("replicas"), "pool "+pool.Workload)
	}
}

// MaxReplicas is how many pods a component may have, including those of its pools. MaxOffset
// keeps ids well within 32 bits.
const (
	MaxReplicas = 100_000
	MaxOffset   = 1_000_000_000
)

// TotalPods returns how many pods a complete component has. It ignores numbers that are out
// of range.
func (c Component) TotalPods() int64 {
	total := int64(0)
	for _, p := range append([]Pool{{Replicas: c.Replicas}}, c.Pools...) {
		if n := *p.Replicas; n > 0 && n <= MaxReplicas {
			total += int64(n)
		}
	}
	return total
}

// count checks the numbers of a StatefulSet's pods.
func (v *validator) count(p source.Path, replicas, start, offset int32) {
	between := func(p source.Path, n, lowest, highest int32) {
		if n < lowest || n > highest {
			v.Errorf(source.NumberRange, p, "stay within that range", "%d is not between %d and %d", n, lowest, highest)
		}
	}
	between(p.Field("replicas"), replicas, 0, MaxReplicas)
	between(p.Field("ordinals", "start"), start, 0, MaxReplicas)
	between(p.Field("idOffset"), offset, -MaxOffset, MaxOffset)
}

// replicas checks that the number of pods is known where something is generated for each of
// them. Zero is a number of pods; an absent field is not.
func (v *validator) replicas(p source.Path, what string) {
	if !v.Wrote(p) {
		v.Errorf(source.Required, p, "write how many pods the StatefulSet has",
			"replicas is required: there is something to generate for each pod of %s", what)
	}
}

func (v *validator) entry(c Component, e Service) {
	p := entryPath(c.Name, e.Name)
	v.form(p.Field("name"), e.Name, DNSLabel)
	v.notEmpty(p.Field("serviceName"))
	if e.Mode == "" {
		v.Errorf(source.Required, p.Field("mode"), "write PerPod, Shared or Headless", "mode is required in entry %s", e.Name)
		return
	}
	if *e.Type == "" && !v.DecodeFailedAt(componentPath(c.Name).Field("type"), specPath.Field("type")) {
		v.Errorf(source.Required, p.Field("type"), "write it here, on the component or on the spec, as one of: "+strings.Join(ServiceType("").Values(), ", "),
			"type is required for entry %s", e.Name)
	}
	if e.Mode == Headless && *e.Host != "" {
		v.Errorf(source.UnusableSetting, p.Field("host"), "take it out", "a headless Service has no host: clients look up the pods")
	}
	if e.Mode != PerPod && len(e.Selector) == 0 {
		v.Errorf(source.Required, componentPath(c.Name).Field("selector"), "write the labels of the pods",
			"selector is required: entry %s is %s", e.Name, e.Mode)
	}
	if e.Mode == PerPod && e.Selector != nil && len(e.Selector) == 0 && v.User.Has(p.Field("selector")) {
		v.Errorf(source.Invalid, p.Field("selector"), "leave it out to select the pod by its name",
			"a Service without a selector has no pods")
	}
	if e.Mode == PerPod && len(e.Selector) > 0 && !e.selectsOne() {
		v.Errorf(source.Invalid, p.Field("selector"), "put $(pod) into a value, or leave it out to select the pod by its name",
			"the Service of each pod would select all pods")
	}
	for _, port := range e.Ports {
		v.entryPort(c, e, port, p.Field("ports").Item("name", port.Name))
	}
	v.entryPods(e, p)
	v.onNodes(e, p)
	v.access(e.Access, LevelsOf(c.Name, e.Name, ""))
	for _, pod := range e.Pods {
		v.access(pod.Access, LevelsOf(c.Name, e.Name, pod.Pod))
	}
}

// selectsOne reports whether the selector differs from pod to pod.
func (e Service) selectsOne() bool {
	for _, value := range e.Selector {
		if MentionsPod(*value) {
			return true
		}
	}
	return false
}

func (v *validator) entryPort(c Component, e Service, port ServicePort, p source.Path) {
	if !slices.ContainsFunc(c.Ports, func(cp Port) bool { return cp.Name == port.Name }) {
		names := each(c.Ports, func(cp Port) string { return cp.Name })
		v.Errorf(source.UnknownName, p.Field("name"), "", "component %s has no port %q", c.Name, port.Name).
			OneOf(port.Name, names)
		return
	}
	v.numbers(e, port.Numbers, p)
	if v.User.Has(p.Field("hostPort")) {
		v.hostPort(e, *port.HostPort, p.Field("hostPort"))
	}
	if port.Steps == nil {
		return
	}
	for name, n := range map[string]*int32{"port": port.Steps.Port, "nodePort": port.Steps.NodePort, "advertisedPort": port.Steps.AdvertisedPort} {
		at := p.Field("steps", name)
		if *n < 0 {
			v.Errorf(source.NumberRange, at, "write 0 or more", "%d is negative, and numbers can only count up", *n)
		}
		if e.Mode != PerPod && v.User.Has(at) {
			v.Errorf(source.UnusableSetting, at, "take it out", "entry %s is %s: only PerPod entries count up", e.Name, e.Mode)
		}
	}
}

func (v *validator) hostPort(e Service, n int32, p source.Path) {
	if *e.Type != HostPort || e.Mode != PerPod {
		v.Errorf(source.UnusableSetting, p, "take it out, or make the entry PerPod and of type HostPort",
			"entry %s opens no ports on nodes", e.Name)
		return
	}
	v.portNumber(p, n)
}

// numbers checks whether an entry can have such a number at all, which does not depend on the
// pod.
func (v *validator) numbers(e Service, n Numbers, p source.Path) {
	if n.NodePort != nil && *n.NodePort != 0 && (e.Mode == Headless || *e.Type == ClusterIP || *e.Type == HostPort) {
		v.Errorf(source.UnusableSetting, p.Field("nodePort"), "take it out, or set the type to NodePort or LoadBalancer",
			"entry %s is of type %s, which has no node ports", e.Name, *e.Type)
	}
	if n.AdvertisedPort != nil && *n.AdvertisedPort != 0 && e.Mode == Headless {
		v.Errorf(source.UnusableSetting, p.Field("advertisedPort"), "take it out",
			"entry %s is %s: clients connect to the ports of the pods", e.Name, e.Mode)
	}
}

// entryPods checks the settings of single pods.
func (v *validator) entryPods(e Service, p source.Path) {
	if e.Mode != PerPod && len(e.Pods) > 0 {
		v.Errorf(source.UnusableSetting, p.Field("pods"), "take it out, or make the entry PerPod",
			"entry %s is %s and has no Service of a single pod", e.Name, e.Mode)
	}
	for _, pod := range e.Pods {
		at := p.Field("pods").Item("pod", pod.Pod)
		for _, port := range pod.Ports {
			q := at.Field("ports").Item("name", port.Name)
			if !slices.ContainsFunc(e.Ports, func(sp ServicePort) bool { return sp.Name == port.Name }) {
				names := each(e.Ports, func(sp ServicePort) string { return sp.Name })
				v.Errorf(source.UnknownName, q.Field("name"), "", "entry %s has no port %q", e.Name, port.Name).
					OneOf(port.Name, names)
				continue
			}
			v.numbers(e, port.Numbers, q)
		}
	}
}

// onePerPod checks that a port has only one advertised address on each pod.
func (v *validator) onePerPod(c Component) {
	carries := map[string]string{}
	for _, e := range c.Services {
		if e.Mode != PerPod {
			continue
		}
		for _, port := range e.Ports {
			if other, ok := carries[port.Name]; ok {
				v.Errorf(source.Contradiction, entryPath(c.Name, e.Name).Field("ports").Item("name", port.Name),
					"give each entry a port of its own",
					"PerPod entries %s and %s both carry port %s, and a listener has one advertised address", other, e.Name, port.Name)
			}
			carries[port.Name] = e.Name
		}
	}
}
