package source

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"
)

// An Enum is a string type with a closed set of values.
type Enum interface{ Values() []string }

// A Refuser is an Enum that has advice for some words that are not its values. Refuse returns
// the advice, or "".
type Refuser interface{ Refuse(word string) string }

// A Needed is a struct that no object can do without. WhenNull returns what to write in the place of null.
type Needed interface{ WhenNull() string }

// Decode fills the struct that into points to. It is strict: unknown and repeated keys,
// wrong types, unknown enum values and nulls are errors. All of them are reported, each at
// its position. Decode also sets the fields that are right, so that the checks that follow
// can find the remaining errors.
//
// The json tags name the fields. A pointer, slice or map stays nil if the field is absent.
// For a pointer to an enum, "" is a value and means none. A null is an error, except as a
// value of a map to pointers, where it stays a nil pointer. An entry of a list with a
// patchMergeKey must have the key (unless the key is marked optional), and no two entries
// may have the same one.
func (d *Document) Decode(into any) Diagnostics {
	dec := decoder{doc: d, root: reflect.TypeOf(into).Elem()}
	dec.value(d.Node(), reflect.ValueOf(into).Elem(), make(Path, 0, deepPath))
	return dec.found
}

// deepPath is the number of steps of nearly all paths. Where decoding goes on below a path, it appends
// to it in place: the paths of two fields share their memory, because no path outlives its field.
const deepPath = 32

type decoder struct {
	doc   *Document
	root  reflect.Type
	found Diagnostics
}

// fail reports an error and remembers its path, or shadows: the paths of other fields that will
// look wrong because of this error. The caller may add a proposal to the result, as with
// Errorf.
func (d *decoder) fail(code Code, at *yaml.Node, p Path, wayOut, message string, shadows ...string) *Diagnostic {
	if len(d.found) > maxMistakes {
		return &Diagnostic{} // the limit has been reported
	}
	path := d.userPath(p)
	diag := Diagnostic{Code: code, Severity: Error, Object: d.doc.Object(), File: d.doc.File, Index: d.doc.Index,
		Path: path, Message: message, WayOut: wayOut, Current: d.doc.value(p)}
	if d.doc.Numbers {
		diag.Line, diag.Column = at.Line, at.Column
	}
	if len(d.found) == maxMistakes {
		d.found = append(d.found, diag.tooMany().short())
		return &Diagnostic{}
	}
	d.found = append(d.found, diag.short())
	if len(shadows) == 0 {
		shadows = []string{path}
	}
	d.doc.shadow = append(d.doc.shadow, shadows...)
	return &d.found[len(d.found)-1]
}

func (d *decoder) userPath(p Path) string {
	_, found, rest := d.doc.find(p)
	return append(found, rest...).String()
}

func (d *decoder) value(n *yaml.Node, v reflect.Value, p Path) {
	if n.ShortTag() == "!!null" {
		wayOut := "leave the field out to inherit it; write an empty value for none"
		if r, ok := v.Interface().(Needed); ok {
			wayOut = r.WhenNull()
		}
		d.fail(Null, n, p, wayOut, "null is not a value")
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		if v.Elem().Kind() == reflect.String && n.ShortTag() == "!!str" && n.Value == "" {
			return // "" means none, also for an enum
		}
		d.value(n, v.Elem(), p)
	case reflect.Struct:
		if d.kind(n, v.Type(), p) {
			d.object(n, v, p)
		}
	case reflect.Map:
		if d.kind(n, v.Type(), p) {
			d.mapping(n, v, p)
		}
	case reflect.Slice:
		if d.kind(n, v.Type(), p) {
			v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
			for i, c := range n.Content {
				d.value(c, v.Index(i), append(p, itemAt(i)))
			}
		}
	default:
		if d.kind(n, v.Type(), p) {
			d.scalar(n, v, p)
		}
	}
}

func (d *decoder) kind(n *yaml.Node, t reflect.Type, p Path) bool {
	if n.Kind == nodeOf(t) {
		return true
	}
	field := ""
	if len(p) > 0 {
		field = p.Name()
	}
	d.fail(WrongType, n, p, d.shape(n, t, field), "got "+Got(n)+", want "+want(t.Kind()))
	return false
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, p Path) {
	tag, wayOut, right := n.ShortTag(), "", Value{}
	switch v.Kind() {
	case reflect.String:
		if tag == "!!str" || tag == "!!merge" { // << as a value is a text
			if d.printable(n, p) && d.enum(n, v, p) {
				v.SetString(n.Value)
			}
			return
		}
		wayOut, right = "quote it: "+strconv.Quote(n.Value), String(n.Value)
	case reflect.Bool:
		if tag == "!!bool" {
			v.SetBool(strings.EqualFold(n.Value, "true"))
			return
		}
		wayOut, right = "write true or false", meantBool(n.Value)
	case reflect.Float64:
		var f float64
		if (tag == "!!float" || tag == "!!int") && n.Decode(&f) == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			v.SetFloat(f)
			return
		}
		wayOut = "write a number, without quotes"
	case reflect.Int32:
		var i int64
		if tag == "!!int" && n.Decode(&i) == nil {
			if i < math.MinInt32 || i > math.MaxInt32 {
				d.fail(WrongType, n, p, "write a smaller number", n.Value+" does not fit into 32 bits")
				return
			}
			v.SetInt(i)
			return
		}
		wayOut, right = "write a whole number, without quotes", meantNumber(n.Value)
	default:
		panic("source: no decoder for " + v.Type().String())
	}
	if IsTemplate(n.Value) {
		wayOut = RenderFirst
	}
	d.fail(WrongType, n, p, wayOut, "got "+Got(n)+", want "+want(v.Kind())).Propose(right)
}

// printable checks that YAML can carry a text. On other characters kustomize fails, or it
// changes them silently.
func (d *decoder) printable(n *yaml.Node, p Path) bool {
	i := strings.IndexFunc(n.Value, Unprintable)
	if i >= 0 {
		r, _ := utf8.DecodeRuneInString(n.Value[i:])
		d.fail(Invalid, n, p, "take it out", fmt.Sprintf("the text contains the control character %q, which YAML tools reject or change", r))
	}
	return i < 0
}

// Unprintable reports whether a character is allowed in YAML only as an escape that JSON does
// not have. JSON does have escapes for the characters below the space.
func Unprintable(r rune) bool { return r >= 0x7f && r <= 0x9f || r == 0xfffe || r == 0xffff }

// meantBool returns the boolean that a text means: in quotes, or as in YAML 1.1.
func meantBool(text string) Value {
	switch strings.ToLower(text) {
	case "true", "yes", "y", "on":
		return Value{Tag: "!!bool", Text: "true"}
	case "false", "no", "n", "off":
		return Value{Tag: "!!bool", Text: "false"}
	}
	return Value{}
}

// meantNumber returns the number that a text looks like.
func meantNumber(text string) Value {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return Value{}
	}
	return Value{Tag: "!!int", Text: strconv.FormatInt(n, 10)}
}

// enum checks a word against the values of its type, if the type is an enum.
func (d *decoder) enum(n *yaml.Node, v reflect.Value, p Path) bool {
	e, ok := v.Interface().(Enum)
	if !ok || slices.Contains(e.Values(), n.Value) {
		return true
	}
	message := fmt.Sprintf("%q is not a value of this field", n.Value)
	if r, ok := e.(Refuser); ok && r.Refuse(n.Value) != "" {
		d.fail(UnknownValue, n, p, r.Refuse(n.Value), message)
		return false
	}
	d.fail(UnknownValue, n, p, "", message).OneOf(n.Value, e.Values())
	return false
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, p Path) {
	t := v.Type()
	v.Set(reflect.MakeMapWithSize(t, len(n.Content)/2))
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		if d.repeated(seen, k, p) || !d.printable(k, p) {
			continue
		}
		e := reflect.New(t.Elem()).Elem()
		if c.ShortTag() != "!!null" || t.Elem().Kind() != reflect.Pointer {
			d.member(k, c, e, append(p, keyStep(k.Value)))
		}
		v.SetMapIndex(reflect.ValueOf(k.Value), e)
	}
}

// member decodes the value of a key of a mapping. In a mapping of strings, what is nested probably has
// the form that Kubernetes uses elsewhere.
func (d *decoder) member(k, n *yaml.Node, v reflect.Value, p Path) {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.String || n.Kind == yaml.ScalarNode {
		d.value(n, v, p)
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(t))
	}
	wayOut := "write KEY: VALUE pairs of strings"
	if text, ok := flat(n); ok && k.Value == "matchLabels" && len(p) > 1 {
		wayOut = fmt.Sprintf("write %s: {%s}", p[len(p)-2].name, text)
	}
	d.fail(WrongType, n, p, wayOut, "got "+Got(n)+", want a string")
}

// flat returns the pairs of a short mapping of texts, as YAML between braces.
func flat(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.MappingNode {
		return "", false
	}
	var pairs []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.ShortTag() != "!!str" || v.ShortTag() != "!!str" || len(k.Value)+len(v.Value) > 200 || i > 8 {
			return "", false
		}
		pairs = append(pairs, plain(k)+": "+plain(v))
	}
	return strings.Join(pairs, ", "), len(pairs) > 0
}

// plain returns a text, in quotes where it was.
func plain(n *yaml.Node) string {
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		return strconv.Quote(n.Value)
	}
	return n.Value
}

// repeated reports a key that the mapping already has.
func (d *decoder) repeated(seen map[string]*yaml.Node, k *yaml.Node, p Path) bool {
	first, ok := seen[k.Value]
	if !ok {
		seen[k.Value] = k
		return false
	}
	where := ""
	if d.doc.Numbers {
		where = fmt.Sprintf("; the first is on line %d", first.Line)
	}
	d.fail(DuplicateKey, k, p.Field(k.Value), "keep one of them", fmt.Sprintf("the key %q occurs twice%s", k.Value, where))
	return true
}

// A field is a field of a struct under its JSON name.
type field struct {
	name     string
	index    []int
	mergeKey string // of a list: the key that identifies its entries
	keyless  bool   // one entry may lack the key
}

// knownFields has the result of fieldsOf for each type: []field by reflect.Type.
var knownFields sync.Map

// fieldsOf lists a struct's fields, including those of inlined structs.
func fieldsOf(t reflect.Type) []field {
	if fs, ok := knownFields.Load(t); ok {
		return fs.([]field)
	}
	var fs []field
	for _, f := range reflect.VisibleFields(t) {
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" || strings.Contains(opts, "inline") {
			continue
		}
		key, opt, _ := strings.Cut(f.Tag.Get("patchMergeKey"), ",")
		fs = append(fs, field{name: name, index: f.Index, mergeKey: key, keyless: opt == "optional"})
	}
	knownFields.Store(t, fs)
	return fs
}

func (d *decoder) object(n *yaml.Node, v reflect.Value, p Path) {
	fs, seen := fieldsOf(v.Type()), make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		if d.repeated(seen, k, p) {
			continue
		}
		at := slices.IndexFunc(fs, func(f field) bool { return f.name == k.Value })
		if at < 0 {
			d.unknown(k, c, v.Type(), p)
			continue
		}
		f := fs[at]
		if beside := d.beside(n.Content[i:], fs, v.FieldByIndex(f.index).Type()); len(beside) > 0 {
			d.fail(Null, c, p.Field(f.name), fmt.Sprintf("indent %s below %s", strings.Join(beside, ", "), f.name),
				fmt.Sprintf("%s is empty, and what it should contain has the same indentation", f.name))
			i += 2 * len(beside)
			continue
		}
		d.value(c, v.FieldByIndex(f.index), append(p, fieldStep(f.name)))
		if f.mergeKey != "" && c.Kind == yaml.SequenceNode {
			d.distinct(c, v.FieldByIndex(f.index), f, p.Field(f.name))
		}
	}
}

// beside returns the keys after an empty field that were meant to be in it: the struct around
// it does not have them, and the type of the field does.
func (d *decoder) beside(content []*yaml.Node, around []field, t reflect.Type) []string {
	if content[1].ShortTag() != "!!null" {
		return nil
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var in []field
	switch t.Kind() {
	case reflect.Struct:
		in = fieldsOf(t)
	case reflect.Map:
	default:
		return nil
	}
	var out []string
	for i := 2; i+1 < len(content); i += 2 {
		named := func(f field) bool { return f.name == content[i].Value }
		if slices.ContainsFunc(around, named) || t.Kind() == reflect.Struct && !slices.ContainsFunc(in, named) {
			break
		}
		out = append(out, content[i].Value)
	}
	return out
}

// distinct checks that each entry of a list has a merge key of its own. It drops the entries
// that do not: it is unclear what they mean, so that later checks cannot judge them.
func (d *decoder) distinct(list *yaml.Node, v reflect.Value, f field, p Path) {
	seen := map[string]bool{}
	kept := reflect.MakeSlice(v.Type(), 0, v.Len())
	for i, c := range list.Content {
		_, key := lookup(c, f.mergeKey)
		switch {
		case c.Kind != yaml.MappingNode || key != nil && key.ShortTag() != "!!str":
			continue // reported already
		case key == nil && !f.keyless && d.doc.shadowed(p.Index(i).Field(f.mergeKey)):
			continue // written under another name
		case key == nil && !f.keyless:
			d.fail(Required, c, p.Index(i).Field(f.mergeKey), "write "+f.mergeKey+": ...", fmt.Sprintf("an entry of %s needs a %s", f.name, f.mergeKey))
			continue
		case key == nil:
			key = &yaml.Node{Line: c.Line, Column: c.Column}
		}
		if seen[key.Value] {
			d.fail(Duplicate, key, p.Index(i).Field(f.mergeKey), "give each entry its own",
				fmt.Sprintf("another entry of %s has the %s %q", f.name, f.mergeKey, key.Value))
			continue
		}
		seen[key.Value] = true
		kept = reflect.Append(kept, v.Index(i))
	}
	if v.Set(kept); kept.Len() == 0 && len(list.Content) > 0 {
		d.doc.shadow = append(d.doc.shadow, d.userPath(p))
	}
}

// Suggest returns the way out for a word that is not one of a closed set.
func Suggest(word string, known []string) string {
	if len(known) == 0 {
		return ""
	}
	known = slices.Compact(slices.Clone(known))
	list := "use one of: " + strings.Join(known, ", ")
	if near := nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q? %s", near, list)
	}
	return list
}

// maxDistance is the edit distance from which a word no longer counts as a misspelling.
const maxDistance = 3

// nearest returns the known word that a word is most likely a misspelling of, or "".
func nearest(word string, known []string) string {
	best, at := "", maxDistance
	for _, k := range slices.Sorted(slices.Values(known)) {
		if n := distance(word, k); n < at && n*2 < len(k) {
			best, at = k, n
		}
	}
	return best
}

func distance(a, b string) int {
	if strings.EqualFold(a, b) {
		return 0
	}
	if len(a) > utf8.UTFMax*(len(b)+maxDistance) {
		return maxDistance // at least: computing it would take long for a long word
	}
	if swapped(a, b) {
		return 1
	}
	return levenshtein.ComputeDistance(a, b)
}

// swapped reports whether two words differ in the order of two neighbouring letters.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}

func want(k reflect.Kind) string {
	switch k {
	case reflect.Struct, reflect.Map:
		return "a mapping"
	case reflect.Slice:
		return "a list"
	case reflect.Bool:
		return "true or false"
	case reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	default:
		return "a string"
	}
}

// Got says what a value is, for messages.
func Got(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!str":
		return "the string " + strconv.Quote(Short(n.Value))
	case n.ShortTag() == "!!bool":
		return "the boolean " + n.Value
	default:
		return "the value " + Short(n.Value)
	}
}

// Short cuts a long text for a message.
func Short(text string) string {
	const most = 80
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "..."
	}
	return text
}

// Meant returns the known word that a word is a misspelling or the beginning of, or "".
func Meant(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return near
	}
	for _, k := range slices.Sorted(slices.Values(known)) {
		if len(word) > 2 && strings.HasPrefix(k, word) {
			return k
		}
	}
	return ""
}

// Near reports whether a word is probably a misspelling of another.
func Near(word, known string) bool { return nearest(word, []string{known}) != "" }
