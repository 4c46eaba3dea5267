package v1alpha1

import (
	"fmt"
	"slices"
	"strings"

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
	v.metadata(e.Metadata, DNSSubdomain)
	s := e.Spec
	v.form(specPath.Field("clusterDomain"), *s.ClusterDomain, DNSSubdomain)
	if s.RBAC != nil {
		v.rbac(*s.RBAC)
	}
	accessValidator{v}.commonMetadata(s.Common, s.Access)
	for i, n := range s.ReservedPorts {
		v.portNumber(specPath.Field("reservedPorts").Index(i), n)
	}
	if len(s.Components) == 0 && !v.DecodeFailedAt(specPath) {
		v.Errorf(source.Required, specPath.Field("components"), "name a profile, or list components",
			"there is nothing to expose")
	}
	profileValidator{v}.profileNames(s)
	v.nameFits(e)
	for _, c := range s.Components {
		v.component(c, *s.Enabled)
	}
	exportValidator{v}.exports(s.Exports, specPath.Field("exports"))
	exportValidator{v}.written(s)
	all, places := e.reaches()
	for i := range all {
		if r := &all[i]; !r.elsewhere {
			familiesValidator{v}.addressesFit(&r.Target, stackOf(r.Access.IPFamilies, *r.Access.IPFamilyPolicy), r.levels)
		}
	}
	useValidator{v}.checkUse(all, places)
}

// metadata checks the metadata of a spec. If the name cannot be a name, it reports what the name of an object
// made from it must look like, which is stricter.
func (v *validator) metadata(m Metadata, made Check) {
	p := source.Path{}.Field("metadata")
	if m.Name == "" {
		v.Errorf(source.Required, p.Field("name"), "write metadata: {name: ...}", "the object needs a name")
	} else if wrong, _ := DNSSubdomain.Problem(m.Name); wrong != "" {
		v.form(p.Field("name"), m.Name, made)
	}
	if m.Namespace != "" {
		v.form(p.Field("namespace"), m.Namespace, DNSLabel)
	}
	v.accepted()
	for key := range m.Annotations {
		if name, ours := strings.CutPrefix(key, Group+"/"); ours && key != source.AcceptAnnotation && source.Meant(name, []string{"accept"}) != "" {
			v.Warnf(source.IgnoredKey, p.Field("annotations").MapKey(key), "did you mean "+source.AcceptAnnotation+"?", "Sallyport does not read %s", key)
		}
	}
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
	podsValidator{v}.pods(c, enabled, p)
	if len(c.Ports) == 0 {
		v.Errorf(source.Required, p.Field("ports"), "list the ports that the pods listen on", "component %s has no ports", c.Name)
	}
	for _, port := range c.Ports {
		portValidator{v}.port(c, port, p.Field("ports").Item("name", port.Name))
	}
	for _, e := range c.Services {
		entryValidator{v}.entry(c, e)
	}
	entryValidator{v}.onePerPod(c)
	if c.Config != nil {
		configValidator{v}.config(*c.Config, p.Field("config"))
	}
	if c.NetworkPolicy != nil {
		policyValidator{v}.ingress(c, enabled, p.Field("networkPolicy"))
	}
	if c.Certificate != nil {
		certificateValidator{v, p.Field("certificate")}.certificate(*c.Certificate)
	}
	exportValidator{v}.exports(c.Exports, p.Field("exports"))
}

// word is the form of listener names and protocols. It has no character that means something
// in a properties file, a shell or JSON.
var word = source.Pattern(`^[A-Za-z][A-Za-z0-9_.-]*$`)

// A portValidator checks a port of the pods and its listener.
type portValidator struct{ *validator }

func (v portValidator) listener(l Listener, p source.Path) {
	for field, value := range map[string]string{"name": *l.Name, "protocol": *l.Protocol} {
		if (value != "" || field == "name") && !word().MatchString(value) {
			v.Errorf(source.Invalid, p.Field(field), "use letters, digits, '_', '-' and '.', a letter first", "%q cannot be used in configuration files", value)
		}
	}
}

func (v portValidator) port(c Component, port Port, p source.Path) {
	v.form(p.Field("name"), port.Name, DNSLabel)
	if v.User.Empty(p.Field("containerPort")) {
		v.portNumber(p.Field("containerPort"), 0)
	} else if port.ContainerPort == 0 {
		v.Errorf(source.Required, p.Field("containerPort"), "write containerPort: ...", "port %s needs the number that the container listens on", port.Name)
	} else {
		v.portNumber(p.Field("containerPort"), port.ContainerPort)
	}
	if *port.Step < 0 {
		v.Errorf(source.NumberRange, p.Field("step"), "write 0 or more", "%d is negative, and numbers can only count up", *port.Step)
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
			v.sameNumber(c, other, port)
		}
	}
}

// sameNumber reports two ports that have the same number. If only one of them is the user's, that one has
// the mistake: it has the wrong name, or the other one must get another number, too.
func (v portValidator) sameNumber(c Component, first, second Port) {
	user, theirs := second, first
	if profileValidator(v).inherited(c, second) {
		user, theirs = first, second
	}
	p := componentPath(c.Name).Field("ports").Item("name", user.Name)
	switch number := user.ContainerPort; {
	case !profileValidator(v).inherited(c, theirs) || !v.User.Has(p):
		v.Errorf(source.Duplicate, componentPath(c.Name).Field("ports").Item("name", second.Name).Field("containerPort"), "give each port its own number, or open one port in several entries",
			"ports %s and %s cannot both listen on %d/%s", first.Name, second.Name, number, second.Protocol)
	case profileValidator(v).inProfile(p):
		v.Errorf(source.Duplicate, p.Field("containerPort"), fmt.Sprintf("write another number, or give %[1]s another one: add {name: %[1]s, containerPort: %d} to these ports", theirs.Name, c.unusedPort(number)),
			"profile %s has port %s on %d/%s", v.profile(), theirs.Name, number, user.Protocol)
	default:
		v.Errorf(source.Duplicate, p.Field("name"), "write name: "+theirs.Name, "profile %s calls the port %d %s", v.profile(), number, theirs.Name).
			Propose(source.String(theirs.Name))
	}
}

// unusedPort returns the first number after another one that no port of the component has.
func (c Component) unusedPort(after int32) int32 {
	for slices.ContainsFunc(c.Ports, func(p Port) bool { return p.ContainerPort == after }) {
		after++
	}
	return after
}

// notEmpty reports an empty value of a field that must have one. Without this check the value
// of a profile or the default would silently be used instead.
func (v *validator) notEmpty(p source.Path) {
	if v.emptied(p) {
		v.Errorf(source.Required, p, "write a value, or leave the field out", "%s must not be empty", p.Name())
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
