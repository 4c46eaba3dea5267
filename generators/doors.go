package generators

import (
	"io"
	"iter"
	"slices"

	"sallyport.dev/generators/encode"
)

// Until the core has one door, these stand for what encode does.

// An Object is a Kubernetes object with its type.
type Object = encode.Object

// Encode is encode.YAML for objects at hand.
func Encode(w io.Writer, objs []Object) error { return encode.YAML(w, slices.Values(objs)) }

// EncodeSeq is encode.YAML.
func EncodeSeq(w io.Writer, objs iter.Seq[Object]) error { return encode.YAML(w, objs) }

// Documents is encode.Documents.
func Documents(objs []Object) iter.Seq2[Object, []byte] { return encode.Documents(objs) }

// EncodeItems is encode.Items.
func EncodeItems(w io.Writer, objs []Object) error { return encode.Items(w, objs) }

// EncodeJSON is encode.JSON.
func EncodeJSON(w io.Writer, objs iter.Seq[Object]) error { return encode.JSON(w, objs) }
