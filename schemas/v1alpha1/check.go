package v1alpha1

import (
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// A Check decides whether a text has the form that a field requires. Whether a text is
// right is apimachinery's decision, so that it is the API server's as well. What to write
// instead is the Check's own: it is chosen by the check that failed and by the text, never
// by the words of apimachinery's message.
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

	// hostName may end with the dot of the DNS root.
	hostName = DNSSubdomain.without(".")

	// annotationPrefix ends with a slash.
	annotationPrefix = DNSSubdomain.without("/")
)

const (
	shorten  = "make it shorter"
	useLabel = "use lower case letters, digits and '-', such as my-name"
	useName  = "use letters, digits, '-', '_' and '.', such as my.name-1"
)

// Passes tells whether a text is right.
func (c Check) Passes(text string) bool { return len(c.errors(text)) == 0 }

// Problem returns what is wrong with a text, and what to write instead. Both are empty if
// the text is right.
func (c Check) Problem(text string) (wrong, wayOut string) {
	errors := c.errors(text)
	if len(errors) == 0 {
		return "", ""
	}
	return regexText.ReplaceAllString(strings.Join(errors, "; "), ""), c.advise(text)
}

// regexText is the part of apimachinery's messages that repeats the rule as a regular
// expression.
var regexText = regexp.MustCompile(`,? *regex used for validation is '[^']*'`)

// LabelProblem returns what is wrong with the key or the value of a label, and what to
// write instead.
func LabelProblem(key, value string) (wrong, wayOut string) {
	wrongKey, keyWayOut := QualifiedName.Problem(key)
	wrongValue, valueWayOut := LabelValue.Problem(value)
	return sentences(wrongKey, wrongValue), sentences(keyWayOut, valueWayOut)
}

// sentences joins what there is to say, and leaves out what is empty or repeated.
func sentences(all ...string) string {
	all = slices.DeleteFunc(all, func(s string) bool { return s == "" })
	return strings.Join(slices.Compact(all), "; ")
}

// limited returns a check of a form and of a length in bytes. It expects one error for
// each of the two.
func limited(errors func(string) []string, longest int, form string) Check {
	return Check{errors, func(text string) string {
		switch {
		case len(text) <= longest:
			return form
		case len(errors(text)) == 1:
			return shorten
		}
		return shorten + "; " + form
	}}
}

// undotted returns a check that has advice for the names that directories have by
// themselves, which no file can have.
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

// maxWorkloadName is what is left of a label's 63 characters: pods carry
// $(name)-$(hash) as a label. The API server's validation does not check it.
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
