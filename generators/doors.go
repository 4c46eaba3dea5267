package generators

import (
	"io"
	"iter"
	"slices"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/patch"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Until who uses the core goes by its one door, these stand for it.

type (
	Object = encode.Object
	Patch  = patch.Patch
	Table  = plan.Table
	Row    = plan.Row

	PatchContainer = patch.Container
)

const (
	ManagedByLabel  = plan.ManagedByLabel
	ManagedBy       = plan.ManagedBy
	OwnerAnnotation = plan.OwnerAnnotation
)

func Encode(w io.Writer, objs []Object) error             { return encode.YAML(w, slices.Values(objs)) }
func EncodeSeq(w io.Writer, objs iter.Seq[Object]) error  { return encode.YAML(w, objs) }
func Documents(objs []Object) iter.Seq2[Object, []byte]   { return encode.Documents(objs) }
func EncodeItems(w io.Writer, objs []Object) error        { return encode.Items(w, objs) }
func EncodeJSON(w io.Writer, objs iter.Seq[Object]) error { return encode.JSON(w, objs) }
func EncodePatches(w io.Writer, p []*Patch) error         { return patch.Encode(w, p) }

func Generate(specs []*v1alpha1.Spec, others []*source.Document) ([]Object, source.Diagnostics) {
	r := Run(specs, others)
	return r.AllObjects(), r.Diagnostics
}

func GenerateSeq(specs []*v1alpha1.Spec, others []*source.Document) (iter.Seq[Object], source.Diagnostics) {
	r := Run(specs, others)
	return r.Objects(), r.Diagnostics
}

func GenerateInjecting(specs []*v1alpha1.Spec, others []*source.Document) ([]Object, []*Patch, source.Diagnostics) {
	r := Run(specs, others)
	return r.AllObjects(), r.Injected(), r.Diagnostics
}

func Patches(specs []*v1alpha1.Spec, others []*source.Document) ([]*Patch, source.Diagnostics) {
	return Run(specs, others).Patches()
}

func Plan(specs []*v1alpha1.Spec, others []*source.Document) ([]Table, source.Diagnostics) {
	r := Run(specs, others)
	return r.Tables(), r.Diagnostics
}
