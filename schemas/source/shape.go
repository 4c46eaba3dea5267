package source

import (
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// nodeOf returns the kind of node that a type is written as.
func nodeOf(t reflect.Type) yaml.Kind {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return yaml.MappingNode
	case reflect.Slice:
		return yaml.SequenceNode
	case reflect.Pointer:
		return nodeOf(t.Elem())
	default:
		return yaml.ScalarNode
	}
}

// pairs matches a selector as kubectl takes it on the command line.
var pairs = Pattern(`^[-./\w]+=[-.\w]*(,[-./\w]+=[-.\w]*)*$`)

// shape is the way out for a value that is another kind of node than a type.
func (d *decoder) shape(n *yaml.Node, t reflect.Type, field string) string {
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode || IsTemplate(n.Value) {
		return RenderFirst // {{ .Values.host }} is a mapping in a mapping
	}
	text := reshaped(n, t)
	switch {
	case text != "" && nodeOf(t) == yaml.SequenceNode:
		return "write a list: " + text
	case text != "":
		return "write " + text
	}
	return "write " + d.form(n, t, field)
}

// RenderFirst is the way out for a Helm template that was not rendered.
const RenderFirst = "this is a Helm template: render the chart first, with helm template"

// IsTemplate reports whether a text contains a Helm template.
func IsTemplate(text string) bool { return strings.Contains(text, "{{") }

// reshaped returns a short value in the shape of a type, or "".
func reshaped(n *yaml.Node, t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	short := n.Kind == yaml.ScalarNode && n.Value != "" && len(n.Value) < 64
	switch nodeOf(t) {
	case yaml.SequenceNode:
		if short && t.Elem().Kind() == reflect.String && n.ShortTag() != "!!str" {
			return "[" + strconv.Quote(n.Value) + "]"
		}
		if short && nodeOf(t.Elem()) == yaml.ScalarNode {
			return "[" + plain(n) + "]"
		}
	case yaml.MappingNode:
		if short && t.Kind() == reflect.Map && pairs().MatchString(n.Value) {
			return "{" + strings.NewReplacer("=", ": ", ",", ", ").Replace(n.Value) + "}"
		}
		if short && t.Kind() == reflect.Struct && fieldsOf(t)[0].name == "name" && n.ShortTag() == "!!str" {
			return "{name: " + plain(n) + "}"
		}
	default:
		if n.Kind == yaml.SequenceNode && len(n.Content) == 1 {
			if only := n.Content[0]; only.Kind == yaml.ScalarNode && only.Value != "" && len(only.Value) < 64 {
				return plain(only)
			}
		}
	}
	return ""
}

// form describes the shape of a type, for a value that cannot be written in that shape.
func (d *decoder) form(n *yaml.Node, t reflect.Type, field string) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Map:
		return "KEY: VALUE pairs"
	case t.Kind() == reflect.Struct && n.Kind == yaml.SequenceNode:
		return `a mapping, without "- " and brackets`
	case t.Kind() == reflect.Struct:
		return "a mapping, with fields such as " + fieldsOf(t)[0].name
	case t.Kind() == reflect.Slice && nodeOf(t.Elem()) == yaml.ScalarNode:
		return "a list of single values"
	case t.Kind() == reflect.Slice && n.Kind == yaml.MappingNode:
		return `a list: begin each entry with "- "`
	case t.Kind() == reflect.Slice:
		return "a list of mappings: [{" + fieldsOf(t.Elem())[0].name + ": ...}]"
	case n.Kind == yaml.SequenceNode && d.single(field) != "":
		return d.single(field)
	case n.Kind == yaml.SequenceNode:
		return want(t.Kind()) + " instead of a list"
	}
	return want(t.Kind())
}

// A Singular is the type of a document that has advice for fields of one value, in which a list was
// written.
type Singular interface{ Singles() map[string]string }

func (d *decoder) single(field string) string {
	if s, ok := reflect.New(d.root).Interface().(Singular); ok {
		return s.Singles()[field]
	}
	return ""
}
