// Package show writes a spec as it is understood: with what its profile and the package add, and
// with the settings and defaults that its Services have. Behind each value that the user did not
// write, a comment says where it comes from. The text is a spec of its own, and generates the same.
package show

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// Access writes an ExternalAccess. merged has what the profile and the package add.
func Access(merged v1alpha1.ExternalAccess, w v1alpha1.Written) string {
	complete := merged.Default()
	merged.Spec.Profile, complete.Spec.Profile = "", "" // its values are written out
	s := shower{w: w, uses: complete.Uses()}
	return s.document(reflect.ValueOf(merged), reflect.ValueOf(complete))
}

// Endpoints writes an ExternalEndpoints.
func Endpoints(written v1alpha1.ExternalEndpoints, w v1alpha1.Written) string {
	complete := written.Default()
	t := complete.Spec.Target()
	s := shower{w: w, alone: endpoints(complete.Spec, &t)}
	return s.document(reflect.ValueOf(written), reflect.ValueOf(complete))
}

// A shower writes one spec.
type shower struct {
	lines
	w     v1alpha1.Written
	uses  v1alpha1.Uses
	alone *place // of an ExternalEndpoints, whose spec is a single Service
	plain *plain // the spec is written as it is; nil: as it is understood
}

func (s *shower) origin(p source.Path) v1alpha1.Origin {
	if s.plain != nil {
		return v1alpha1.Origin{}
	}
	return s.w.Origin(p)
}

// A place is a struct of the spec that is being written.
type place struct {
	path   source.Path
	depth  int
	entry  *entry          // around it; nil: none
	levels v1alpha1.Levels // at which its settings can be written

	can    func(source.Path) bool // whether a default can be written; nil: none can
	silent bool                   // the list around it has the comment
}

func (s *shower) document(merged, complete reflect.Value) string {
	s.structure(merged, complete, place{can: all})
	return s.String()
}

func all(source.Path) bool { return true }

// structure writes the fields of a struct, in their order. complete is the same struct with defaults.
func (s *shower) structure(merged, complete reflect.Value, at place) {
	t := merged.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "" && slices.Contains(settings, f.Type) && at.entry == nil && s.alone == nil:
			s.structure(merged.Field(i), reflect.Zero(f.Type), at) // what Services make of it is shown at the entries
		case name == "":
			s.structure(merged.Field(i), complete.Field(i), at)
		default:
			s.field(name, f.Tag.Get("patchMergeKey"), merged.Field(i), complete.Field(i), at)
		}
	}
}

var settings = []reflect.Type{reflect.TypeFor[v1alpha1.Access](), reflect.TypeFor[v1alpha1.Own]()}

func (s *shower) field(name, mergeKey string, merged, complete reflect.Value, at place) {
	here := at
	here.path = at.path.Field(name)
	if s.alone != nil && here.path.String() == "spec" {
		here.can = s.alone.can
	}
	if name == "type" && at.entry == nil && s.alone == nil {
		complete = reflect.Zero(complete.Type()) // that of the outer level, which is shown at the entries
	}
	kind := merged.Kind()
	if kind == reflect.Pointer && merged.Type().Elem().Kind() == reflect.Struct {
		s.nested(name, merged, complete, here)
		return
	}
	switch {
	case kind == reflect.Struct:
		s.nested(name, merged, complete, here)
	case kind == reflect.Map:
		s.mapping(name, merged, complete, here)
	case kind == reflect.Slice && mergeKey != "":
		key, _, _ := strings.Cut(mergeKey, ",")
		s.entries(name, key, merged, complete, here)
	default:
		s.value(name, merged, complete, here)
	}
}

// nested writes a struct below its key, if it has fields or somebody has written it.
func (s *shower) nested(name string, merged, complete reflect.Value, at place) {
	written, before := isSet(merged), len(s.all)
	origin := s.origin(at.path)
	switch {
	case !written && (!isSet(complete) || at.entry == nil && s.alone == nil):
		return
	case written && origin.Profile != "" && !s.kept(at):
		return
	case !written:
		merged = reflect.Zero(complete.Type())
		if complete.Kind() == reflect.Pointer {
			merged = reflect.New(complete.Type().Elem())
		}
	}
	comment := ""
	if written {
		comment = commentOf(origin)
	}
	if complete = reflect.Indirect(complete); !complete.IsValid() {
		complete = reflect.Zero(reflect.Indirect(merged).Type())
	}
	s.add(at.depth, name+":", "")
	below := at
	below.depth++
	s.structure(reflect.Indirect(merged), fitting(complete), below)
	switch {
	case len(s.all) > before+1:
		s.collapse(before, before+1)
	case written && (origin == v1alpha1.Origin{} || reflect.Indirect(merged).IsZero()):
		s.empty(before, comment)
	default:
		s.cut(before)
	}
}

// fitting returns a complete struct without the defaults that are not used: those for files in a
// ConfigMap without files, and those for a Secret where a certificate has none.
func fitting(v reflect.Value) reflect.Value {
	switch c := v.Interface().(type) {
	case v1alpha1.Config:
		if len(c.Files) == 0 {
			c.MountPath, c.Key = "", ""
		}
		return reflect.ValueOf(c)
	case v1alpha1.Certificate:
		if c.By != nil && *c.By == v1alpha1.ByCSI {
			c.Name, c.SecretName, c.Keystores = "", "", nil
		}
		return reflect.ValueOf(c)
	}
	return v
}

// kept reports whether what a profile has written can be in a spec, where the settings that no
// Service can use are an error.
func (s *shower) kept(at place) bool {
	if at.entry != nil && !at.entry.can(at.setting()) {
		return false
	}
	for n := len(at.path); n > 0; n-- {
		level := at.path[:n]
		if isLevel(level) {
			return n == len(at.path) || s.uses.Has(level, at.path[n:])
		}
	}
	return true
}

// isLevel reports whether settings can be written at a path.
func isLevel(p source.Path) bool {
	if len(p) == 1 {
		return p.String() == "spec"
	}
	owner := p[:len(p)-1]
	return p.IsItem() && slices.Contains([]string{"components", "services", "pods"}, owner.Name())
}

// setting returns the part of the path below the entry.
func (p place) setting() source.Path { return p.path[len(p.levels[0]):] }

// entries writes a list whose entries are merged by a key.
func (s *shower) entries(name, key string, merged, complete reflect.Value, at place) {
	length := complete.Len()
	if at.can == nil || !complete.IsValid() || merged.Len() > length {
		complete, length = merged, merged.Len()
	}
	if length == 0 {
		if isSet(merged) {
			s.add(at.depth, name+": []", commentOf(s.origin(at.path)))
		}
		return
	}
	before := len(s.all)
	s.add(at.depth, name+":", "")
	for i := range length {
		item := complete.Index(i)
		written := reflect.Zero(item.Type())
		if merged.Len() == length {
			written = merged.Index(i)
		}
		below := at
		below.depth++
		if id := named(item, key); id != "" {
			below.path = at.path.Item(key, id)
		} else {
			below.path = at.path.Index(i)
		}
		s.entry(written, item, below)
	}
	if len(s.all) == before+1 {
		s.cut(before)
	}
	s.bracket(name, before)
}

// entry writes an entry of a list.
func (s *shower) entry(written, item reflect.Value, at place) {
	switch e := item.Interface().(type) {
	case v1alpha1.Service:
		if s.plain != nil {
			break
		}
		at.levels = v1alpha1.LevelsOf(at.path[:len(at.path)-2].Name(), e.Name, "")
		at.entry = newEntry(e)
	case v1alpha1.Pod:
		at.entry, at.can = nil, nil
		item = written
	}
	s.item(written, item, at)
}

// item writes a struct as an entry of a list.
func (s *shower) item(merged, complete reflect.Value, at place) {
	s.dash = true
	before := len(s.all)
	if s.structure(merged, complete, at); s.dash {
		s.add(at.depth, "{}", "")
	}
	s.collapse(before, before)
}

// named returns the field of a struct with a JSON name, as text.
func named(v reflect.Value, name string) string {
	for i := range v.NumField() {
		if json, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); json == name {
			return v.Field(i).String()
		}
	}
	return ""
}

// mapping writes a map, each key with its origin.
func (s *shower) mapping(name string, merged, complete reflect.Value, at place) {
	union := map[string]bool{}
	for _, m := range []reflect.Value{merged, complete} {
		if m.Kind() == reflect.Map {
			for _, k := range m.MapKeys() {
				union[k.String()] = true
			}
		}
	}
	before := len(s.all)
	s.add(at.depth, name+":", "")
	for _, key := range sortedKeys(union) {
		below := at
		below.depth, below.path = at.depth+1, at.path.MapKey(key)
		k := reflect.ValueOf(key)
		var from, full reflect.Value
		if merged.Kind() == reflect.Map {
			from = merged.MapIndex(k)
		}
		if complete.Kind() == reflect.Map {
			full = complete.MapIndex(k)
		}
		s.key(key, from, full, below)
	}
	switch {
	case len(s.all) > before+1:
		s.collapse(before, before+1)
	case isSet(merged) && merged.Len() == 0:
		s.empty(before, commentOf(s.origin(at.path)))
	default:
		s.cut(before)
	}
}

// key writes a key of a map with its value. A value that is not there is not valid.
func (s *shower) key(key string, merged, complete reflect.Value, at place) {
	name := scalar(key)
	if strings.Contains(name, "\n") {
		name = strconv.QuoteToASCII(key)
	}
	switch {
	case merged.IsValid() && merged.Kind() == reflect.Pointer && merged.IsNil():
		if s.origin(at.path) == (v1alpha1.Origin{}) || s.kept(at) {
			s.add(at.depth, name+": null", commentOf(s.origin(at.path)))
		}
	case merged.IsValid() && merged.Kind() == reflect.Pointer && merged.Elem().Kind() == reflect.Struct:
		if !complete.IsValid() {
			complete = merged
		}
		s.nested(name, merged, complete, at)
	case !merged.IsValid():
		s.value(name, reflect.Zero(complete.Type()), complete, at)
	default:
		s.value(name, merged, complete, at)
	}
}

func sortedKeys(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// value writes a scalar, or a list that is not merged. An unwritten one is written if it is not empty
// and its Service can use it.
func (s *shower) value(name string, merged, complete reflect.Value, at place) {
	if isSet(merged) {
		origin := s.origin(at.path)
		if origin == (v1alpha1.Origin{}) || s.kept(at) {
			s.print(name, merged, commentOf(origin), at)
		}
		return
	}
	if !complete.IsValid() || isEmpty(complete) || at.can == nil {
		return
	}
	comment := "default"
	if at.entry != nil {
		if comment = s.outer(at); !at.entry.can(at.setting()) || !at.entry.tells(at.setting()) {
			return
		}
	} else if !at.can(at.path) {
		return
	}
	if name == "create" && complete.Elem().Bool() {
		return // as everybody expects
	}
	s.print(name, complete, comment, at)
}

// outer says from which level an entry has a setting.
func (s *shower) outer(at place) string {
	setting := at.setting()
	for i, level := range at.levels[1:] {
		origin := s.origin(slices.Concat(level, setting))
		if origin.Nobody {
			continue
		}
		comment := []string{"from the component", "from the spec"}[i]
		if more := commentOf(origin); more != "" {
			comment += ", " + more
		}
		return comment
	}
	return "default"
}

// commentOf says who has written a value; "": the user.
func commentOf(o v1alpha1.Origin) string {
	switch {
	case o.Profile != "":
		return "profile " + o.Profile
	case o.Nobody:
		return "default"
	}
	return o.Package
}

// print writes a key with a scalar or a list.
func (s *shower) print(name string, v reflect.Value, comment string, at place) {
	v = reflect.Indirect(v)
	if at.silent {
		comment = ""
	}
	if s.plain != nil {
		comment = s.plain.comments[at.path.String()]
	}
	if v.Kind() != reflect.Slice {
		if v.Kind() == reflect.String {
			s.pair(at.depth, name, v.String(), comment)
		} else {
			s.add(at.depth, name+": "+number(v), comment)
		}
		return
	}
	if v.Len() > 0 && v.Index(0).Kind() == reflect.Struct {
		s.add(at.depth, name+":", comment)
		for i := range v.Len() {
			s.item(v.Index(i), v.Index(i), place{path: at.path.Index(i), depth: at.depth + 1, silent: true})
		}
		return
	}
	s.list(name, v, comment, at.depth)
}

// list writes a list of scalars: in brackets if there is room.
func (s *shower) list(name string, v reflect.Value, comment string, depth int) {
	const room = 80
	var items []string
	for i := range v.Len() {
		if item := reflect.Indirect(v.Index(i)); item.Kind() == reflect.String {
			items = append(items, inline(item.String()))
		} else {
			items = append(items, number(item))
		}
	}
	text := name + ": [" + strings.Join(items, ", ") + "]"
	if len(text)+2*depth <= room || len(items) == 1 {
		s.add(depth, text, comment)
		return
	}
	s.add(depth, name+":", comment)
	for _, item := range items {
		s.dash = true
		s.add(depth+1, item, "")
	}
}

func number(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	}
	return strconv.FormatInt(v.Int(), 10)
}

// isSet reports whether somebody has written a value. An empty one may be written.
func isSet(v reflect.Value) bool { return v.IsValid() && !v.IsZero() }

// isEmpty reports whether a value means none.
func isEmpty(v reflect.Value) bool {
	v = reflect.Indirect(v)
	return !v.IsValid() || v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0
}
