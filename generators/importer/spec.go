package importer

import (
	"fmt"

	"sallyport.dev/generators/importer/compare"
	"sallyport.dev/generators/importer/draft"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A Spec is a spec that is imported.
type Spec struct {
	Object source.Object
	Text   string // with the notes about it as comments at the end

	Differences []compare.Difference
	Remarks     []draft.Remark
	Came        []*source.Document

	beside []*source.Document
}

// Owner is the value of the annotation that hands an object over to the spec.
func (s *Spec) Owner() string {
	return fmt.Sprintf("%s/%s/%s", s.Object.Kind, s.Object.Namespace, s.Object.Name)
}

// spec returns the trial as text with its notes.
func (t *trial) spec() *Spec {
	out := &Spec{Differences: t.differences, Remarks: t.Remarks, Came: t.Came, beside: t.Beside}
	m, kind := t.Metadata()
	out.Object = source.Object{APIVersion: v1alpha1.APIVersion, Kind: kind, Namespace: m.Namespace, Name: m.Name}
	out.Text = t.text + t.notes()
	return out
}
