package services

import (
	"reflect"
	"slices"

	"sallyport.dev/schemas/v1alpha1"
)

// Hoist moves the settings that all entries have to the spec. Those that another tool makes have none,
// but that a domain would give them a host.
func Hoist(s *v1alpha1.ExternalAccessSpec) {
	var reached, all []*v1alpha1.Service
	foreign := false
	for _, c := range s.Components {
		for i := range c.Services {
			e := &c.Services[i]
			switch {
			case e.Create != nil && !*e.Create && (e.Mode == v1alpha1.Headless || e.Type != nil):
				foreign = true
				continue
			case e.Mode != v1alpha1.Headless:
				reached = append(reached, e)
			}
			all = append(all, e)
		}
	}
	if equalTypes(reached) {
		s.Type = reached[0].Type
		for _, e := range reached {
			e.Type = nil
		}
	}
	if len(reached) > 0 {
		hoistStruct(accesses(reached), reflect.ValueOf(&s.Access).Elem(), func(name string) bool {
			return inherited(name) && len(all) > len(reached) || foreign && name == "Domain"
		})
	}
	hoistShared(s, all, reached)
}

// inherited reports whether headless entries have a setting of the levels around them.
func inherited(field string) bool {
	return slices.Contains([]string{"Labels", "IPFamilies", "IPFamilyPolicy"}, field)
}

// hoistShared moves what headless entries have, too.
func hoistShared(s *v1alpha1.ExternalAccessSpec, all, reached []*v1alpha1.Service) {
	if len(all) == len(reached) {
		return
	}
	hoistStruct(accesses(all), reflect.ValueOf(&s.Access).Elem(), func(name string) bool { return !inherited(name) })
}

func equalTypes(all []*v1alpha1.Service) bool {
	return len(all) > 0 && !slices.ContainsFunc(all, func(e *v1alpha1.Service) bool { return e.Type == nil || *e.Type != *all[0].Type })
}

func accesses(all []*v1alpha1.Service) []reflect.Value {
	var out []reflect.Value
	for _, e := range all {
		out = append(out, reflect.ValueOf(&e.Access).Elem())
	}
	return out
}

// hoistStruct moves the fields that all structs have with equal values. It leaves out those that a
// function reports.
func hoistStruct(all []reflect.Value, to reflect.Value, leave func(name string) bool) {
	for i := range to.NumField() {
		if leave(to.Type().Field(i).Name) {
			continue
		}
		fields := make([]reflect.Value, len(all))
		for n, v := range all {
			fields[n] = v.Field(i)
		}
		hoistValue(fields, to.Field(i))
	}
}

func hoistValue(all []reflect.Value, to reflect.Value) {
	first, t := all[0], to.Type()
	if slices.ContainsFunc(all, reflect.Value.IsZero) {
		return
	}
	switch {
	case t.Kind() == reflect.Map:
		for _, k := range first.MapKeys() {
			v := first.MapIndex(k)
			if slices.ContainsFunc(all, func(m reflect.Value) bool { x := m.MapIndex(k); return !x.IsValid() || !same(x, v) }) {
				continue
			}
			if to.IsNil() {
				to.Set(reflect.MakeMap(t))
			}
			to.SetMapIndex(k, v)
			for _, m := range all {
				m.SetMapIndex(k, reflect.Value{})
			}
		}
		for _, m := range all {
			if m.Len() == 0 {
				m.SetZero()
			}
		}
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		var inner []reflect.Value
		for _, v := range all {
			inner = append(inner, v.Elem())
		}
		out := reflect.New(t.Elem())
		if hoistStruct(inner, out.Elem(), func(string) bool { return false }); !out.Elem().IsZero() {
			to.Set(out)
		}
		for _, v := range all {
			if v.Elem().IsZero() {
				v.SetZero()
			}
		}
	case !slices.ContainsFunc(all, func(v reflect.Value) bool { return !same(v, first) }):
		to.Set(first)
		for _, v := range all {
			v.SetZero()
		}
	}
}
