package source

import (
	"fmt"
	"strings"
)

// What is read, at most. None of these is Kubernetes': they keep a run within seconds and
// memory whatever it is given, and lie far beyond what a cluster takes.
const (
	MaxInput    = 20 << 20  // bytes of a file: 13 times what etcd takes for an object by default
	maxNodes    = 1_000_000 // what the aliases of an input may expand to, in nodes
	maxDepth    = 200       // how deep a document may nest; the library stops at 10,000
	maxMistakes = 1_000     // errors that are told of a document
	maxText     = 1_000     // bytes of a part of what is told, which may quote a value
)

// TooLarge says that a file has more than MaxInput bytes.
func TooLarge(file string) Diagnostic {
	return Diagnostic{Code: InputLimit, Severity: Error, File: file,
		Message: fmt.Sprintf("the input has more than %d bytes", MaxInput), WayOut: "split it into several files"}
}

// tooMany is told in the place of the first error beyond maxMistakes: what comes after it
// is not looked at.
func (d Diagnostic) tooMany() Diagnostic {
	d.Code, d.Current, d.Proposed = InputLimit, Value{}, Value{}
	d.Message = fmt.Sprintf("there are more than %d mistakes in the document, and from here on they are not told", maxMistakes)
	d.WayOut = "mend those before this one first"
	return d
}

// short is a Diagnostic that quotes no more of long values than helps.
func (d Diagnostic) short() Diagnostic {
	for _, part := range []*string{&d.Message, &d.WayOut, &d.Path, &d.Object.APIVersion, &d.Object.Kind, &d.Object.Namespace, &d.Object.Name} {
		if n := len(*part); n > maxText {
			text := (*part)[:maxText/2] + " ... " + (*part)[n-maxText/2:]
			*part = strings.ToValidUTF8(text, "")
		}
	}
	if len(d.Current.Text)+len(d.Proposed.Text) > maxText {
		d.Current, d.Proposed = Value{}, Value{}
	}
	return d
}
