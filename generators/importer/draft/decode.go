package draft

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	kjson "sigs.k8s.io/json"

	"sallyport.dev/schemas/source"
)

// Decode reads a document as the API server does, and reports what it would not accept.
func (in *Input) Decode(doc *source.Document, into any) bool {
	var tree any
	err := doc.Node().Decode(&tree)
	if err == nil {
		var text []byte
		if text, err = json.Marshal(tree); err == nil {
			err = kjson.UnmarshalCaseSensitivePreserveInts(text, into)
		}
	}
	if err == nil {
		return true
	}
	in.unreadable(doc, err)
	return false
}

// unreadable reports a document that the API server would not accept, at the position of the error.
func (in *Input) unreadable(doc *source.Document, err error) {
	at, line, why := source.Path{}, 0, err.Error()
	var twice *yaml.TypeError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &twice):
		why = twice.Errors[0]
		if place, rest, ok := strings.Cut(strings.TrimPrefix(why, "line "), ": "); ok {
			if n, err := strconv.Atoi(place); err == nil {
				line, why = n, rest
			}
		}
	case errors.As(err, &wrong):
		at = pathOf(doc.Node(), strings.FieldsFunc(wrong.Field, func(r rune) bool { return r == '.' }), wrong.Value)
		why = source.Mismatch(wrong)
	}
	r := source.NewReporter(doc)
	d := r.Errorf(source.WrongType, at, "write it as the API server accepts it", "the %s cannot be read: %s", doc.Object().Kind, why)
	if line > 0 && doc.Numbers {
		d.Line, d.Column = line, 1
	}
	in.Found = append(in.Found, r.Diagnostics()...)
}

// pathOf returns the path of a field of which the index in lists is not known: that of the first value
// of a type.
func pathOf(n *yaml.Node, fields []string, typ string) source.Path {
	var at source.Path
	for n != nil {
		switch {
		case n.Kind == yaml.SequenceNode:
			i := slices.IndexFunc(n.Content, func(c *yaml.Node) bool { return hasType(c, fields, typ) })
			if i < 0 {
				return at
			}
			at, n = at.Index(i), n.Content[i]
		case len(fields) == 0:
			return at
		default:
			n = ValueOf(n, fields[0])
			at, fields = at.Field(fields[0]), fields[1:]
		}
	}
	return at
}

// jsonTypes are the names of types in errors, by the tags of YAML.
var jsonTypes = map[string]string{"!!str": "string", "!!int": "number", "!!float": "number", "!!bool": "bool", "!!map": "object", "!!seq": "array"}

// hasType reports whether a value of a type is at the end of a path.
func hasType(n *yaml.Node, fields []string, typ string) bool {
	for n != nil && n.Kind == yaml.MappingNode && len(fields) > 0 {
		n, fields = ValueOf(n, fields[0]), fields[1:]
	}
	if n != nil && n.Kind == yaml.SequenceNode && len(fields) > 0 {
		return slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return hasType(c, fields, typ) })
	}
	return n != nil && len(fields) == 0 && strings.HasPrefix(typ, jsonTypes[n.ShortTag()])
}

// ValueOf returns the value of a key of a mapping; nil: there is none.
func ValueOf(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
