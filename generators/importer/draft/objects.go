package draft

import (
	"cmp"
	"strings"

	"sallyport.dev/schemas/source"
)

// IsService reports whether a document is a Service.
func IsService(doc *source.Document) bool {
	o := doc.Object()
	return o.Kind == "Service" && o.APIVersion == "v1"
}

// CompareObjects orders documents by what they are, so that their order in the input does not matter.
func CompareObjects(a, b *source.Document) int {
	x, y := a.Object(), b.Object()
	return cmp.Or(cmp.Compare(x.Namespace, y.Namespace), cmp.Compare(x.Kind, y.Kind), cmp.Compare(len(DigitsAs(x.Name)), len(DigitsAs(y.Name))),
		cmp.Compare(DigitsAs(x.Name), DigitsAs(y.Name)), cmp.Compare(len(x.Name), len(y.Name)), cmp.Compare(x.Name, y.Name))
}

// DigitsAs returns a name with # in the place of each number.
func DigitsAs(name string) string {
	var b strings.Builder
	digit := false
	for _, r := range name {
		if is := r >= '0' && r <= '9'; !is {
			b.WriteRune(r)
			digit = false
		} else if !digit {
			b.WriteByte('#')
			digit = true
		}
	}
	return b.String()
}
