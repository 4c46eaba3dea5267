package v1alpha1

import (
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"sallyport.dev/schemas/source"
)

// A Check decides whether a text has the form that a field requires. It uses the functions
// of apimachinery, so that it agrees with the API server. The advice depends on the Check and
// on the text, never on the words of apimachinery's message.
type Check struct {
	errors func(string) []string // what is wrong with a text, in apimachinery's words
	advise func(string) string   // what to write instead of a text that is wrong
}

// What the names in a spec, and the names that are made from it, must look like.
var (
	DNSLabel     = limited(validation.IsDNS1123Label, validation.DNS1123LabelMaxLength, useLabel)
	DNSSubdomain = limited(validation.IsDNS1123Subdomain, validation.DNS1123SubdomainMaxLength,
		"use lower case letters, digits, '-' and '.', such as db.example.com")

	// ServiceName is a DNS-1035 label, which API servers up to 1.35 require.
	ServiceName = limited(validation.IsDNS1035Label, validation.DNS1035LabelMaxLength,
		"use lower case letters, digits and '-', a letter first")

	// WorkloadName is the name of a StatefulSet.
	WorkloadName = limited(workloadName, maxWorkloadName, useLabel)

	// ConfigMapKey is also the name of a file.
	ConfigMapKey = undotted(limited(validation.IsConfigMapKey, validation.DNS1123SubdomainMaxLength, useName))

	// EnvName is the name of an environment variable, which is a key of the ConfigMap too.
	EnvName = undotted(limited(envName, validation.DNS1123SubdomainMaxLength,
		"use letters, digits, '-', '_' and '.', no digit first, such as MY_NAME"))

	LabelValue = limited(validation.IsValidLabelValue, validation.LabelValueMaxLength, useName)

	// QualifiedName is a name with or without a prefix: the key of a label, a protocol, a
	// class of load balancers.
	QualifiedName = Check{validation.IsQualifiedName, adviseQualified}

	// AnnotationKey is a QualifiedName that may have capitals in its prefix.
	AnnotationKey = Check{
		func(key string) []string { return validation.IsQualifiedName(strings.ToLower(key)) },
		func(key string) string { return adviseQualified(strings.ToLower(key)) },
	}

	// HostName is a DNS name that resolvers do not take for an IP address.
	HostName = Check{limited(hostName, validation.DNS1123SubdomainMaxLength, "").errors, func(text string) string {
		if hasPort(text) {
			return "write the name alone, without scheme and port"
		}
		if isAddress(text) {
			return DNSSubdomain.advise("")
		}
		if endsWithNumber(text) {
			return "write an IPv4 address of four numbers up to 255, or a DNS name whose last part is not a number"
		}
		return DNSSubdomain.advise(text)
	}}

	// targetName may end with the dot of the DNS root.
	targetName = HostName.without(".")

	// NLBName is the name of a Network Load Balancer of AWS.
	NLBName = limited(nlbName, 32, "use letters, digits and '-', none of it first or last, and not internal- first")

	// annotationPrefix ends with a slash.
	annotationPrefix = DNSSubdomain.without("/")
)

const (
	shorten  = "make it shorter"
	useLabel = "use lower case letters, digits and '-', such as my-name"
	useName  = "use letters, digits, '-', '_' and '.', such as my.name-1"
)

// Passes reports whether a text is right.
func (c Check) Passes(text string) bool { return len(c.errors(text)) == 0 }

// Problem returns what is wrong with a text, and what to write instead. Both are empty if
// the text is right.
func (c Check) Problem(text string) (wrong, wayOut string) {
	errors := c.errors(text)
	if len(errors) == 0 {
		return "", ""
	}
	wrong = regexText().ReplaceAllString(strings.Join(errors, "; "), "")
	if strings.Contains(text, "${") { // a text can have megabytes
		if m := shellVariable().FindStringSubmatch(text); m != nil {
			return wrong, "write $(" + m[1] + "), with parentheses, if it is a placeholder"
		}
	}
	if source.IsTemplate(text) {
		return wrong, source.RenderFirst
	}
	return wrong, c.advise(text)
}

// shellVariable is how a shell writes what is a placeholder here.
var shellVariable = source.Pattern(`\$\{(\w+)\}`)

// regexText is the part of apimachinery's messages that repeats the rule as a regular
// expression.
var regexText = source.Pattern(`,? *regex used for validation is '[^']*'`)

// LabelProblem returns what is wrong with the key or the value of a label, and what to
// write instead.
func LabelProblem(key, value string) (wrong, wayOut string) {
	wrongKey, keyWayOut := QualifiedName.Problem(key)
	wrongValue, valueWayOut := LabelValue.Problem(value)
	return sentences(wrongKey, wrongValue), sentences(keyWayOut, valueWayOut)
}

// sentences joins sentences. It leaves out those that are empty or repeat the one before.
func sentences(all ...string) string {
	all = slices.DeleteFunc(all, func(s string) bool { return s == "" })
	return strings.Join(slices.Compact(all), "; ")
}

// limited returns a check of a form and of a length in bytes. It expects one error for
// each of the two. The form of a text that is far too long is not looked at.
func limited(form func(string) []string, longest int, useForm string) Check {
	errors := func(text string) []string {
		if len(text) > 100*longest {
			return []string{validation.MaxLenError(longest)}
		}
		return form(text)
	}
	return Check{errors, func(text string) string {
		switch {
		case len(text) <= longest:
			return useForm
		case len(errors(text)) == 1:
			return shorten
		}
		return shorten + "; " + useForm
	}}
}

// undotted returns a check with advice of its own for the names ".", ".." and "..name", which
// no file of a ConfigMap can have.
func undotted(c Check) Check {
	return Check{c.errors, func(text string) string {
		if text == "." || strings.HasPrefix(text, "..") {
			return "begin it with a letter or a digit"
		}
		return c.advise(text)
	}}
}

// without returns the check of a text that may end with a suffix.
func (c Check) without(suffix string) Check {
	return Check{
		func(text string) []string { return c.errors(strings.TrimSuffix(text, suffix)) },
		func(text string) string { return c.advise(strings.TrimSuffix(text, suffix)) },
	}
}

// unqualified is the name of a QualifiedName without the prefix.
var unqualified = limited(validation.IsQualifiedName, validation.LabelValueMaxLength, useName)

func adviseQualified(text string) string {
	prefix, name, ok := strings.Cut(text, "/")
	switch {
	case !ok:
		return unqualified.advise(text)
	case strings.Contains(name, "/"):
		return "write one '/' at most, such as example.com/my.name-1"
	case prefix == "":
		return "write a DNS name in front of the '/', such as example.com/my.name-1"
	}
	front, behind := "", ""
	if !DNSSubdomain.Passes(prefix) {
		front = "in front of the '/', " + DNSSubdomain.advise(prefix)
	}
	if !unqualified.Passes(name) {
		behind = "behind the '/', " + unqualified.advise(name)
	}
	return sentences(front, behind)
}

// maxWorkloadName is the longest name of a StatefulSet that can create pods: the pods have
// $(name)-$(hash) as the value of a label, which can have 63 characters. The API server does
// not check it.
const maxWorkloadName = 52

func workloadName(name string) []string {
	errors := validation.IsDNS1123Label(name)
	if len(name) > maxWorkloadName && len(name) <= validation.DNS1123LabelMaxLength {
		errors = append(errors, "a StatefulSet with a name of more than 52 characters cannot make pods")
	}
	return errors
}

func envName(name string) []string {
	if errors := validation.IsEnvVarName(name); len(errors) > 0 {
		return errors
	}
	return validation.IsConfigMapKey(name)
}

// hostName rejects a name whose last label is a number: there is no such top-level domain, and
// programs take the name for an IPv4 address (RFC 3696, section 2).
func hostName(name string) []string {
	if hasPort(name) {
		return []string{"it is a URL or has a port, and not a name alone"}
	}
	if isAddress(name) {
		return []string{"it is an IP address, and not a DNS name"}
	}
	if endsWithNumber(name) {
		return []string{"it is not an IP address, although it ends with a number as one does"}
	}
	return validation.IsDNS1123Subdomain(name)
}

// withPort matches a URL, and a name or an address with a port.
var withPort = source.Pattern(`^(\w+://.*|[^:/]+:[0-9]+/?)$`)

func hasPort(text string) bool { return strings.Contains(text, ":") && withPort().MatchString(text) }

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

func endsWithNumber(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return last != "" && strings.Trim(last, "0123456789") == ""
}

var nlbForm = source.Pattern(`^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?$`)

func nlbName(name string) (errors []string) {
	if len(name) > 32 {
		errors = append(errors, validation.MaxLenError(32))
	}
	if !nlbForm().MatchString(name) || strings.HasPrefix(name, "internal-") {
		errors = append(errors, "AWS takes letters, digits and '-', none of it first or last, and not internal- first")
	}
	return errors
}
