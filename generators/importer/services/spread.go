package services

import (
	"fmt"
	"reflect"
	"slices"
)

// spread splits the settings of pods into those that most have, for the entry around them, and what
// single pods have otherwise. Where a pod has none, it gets an empty value, which means none. Both are
// structs of pointers, lists and maps of pointers.
func spread[T any](all []T) (base T, own []T) {
	own = make([]T, len(all))
	values := make([]reflect.Value, len(all))
	owns := make([]reflect.Value, len(all))
	for i := range all {
		values[i], owns[i] = reflect.ValueOf(&all[i]).Elem(), reflect.ValueOf(&own[i]).Elem()
	}
	spreadStruct(values, reflect.ValueOf(&base).Elem(), owns)
	return base, own
}

func spreadStruct(all []reflect.Value, base reflect.Value, own []reflect.Value) {
	for i := range base.NumField() {
		field := func(vs []reflect.Value) []reflect.Value {
			out := make([]reflect.Value, len(vs))
			for n, v := range vs {
				out[n] = v.Field(i)
			}
			return out
		}
		spreadValue(field(all), base.Field(i), field(own))
	}
}

func spreadValue(all []reflect.Value, base reflect.Value, own []reflect.Value) {
	t := base.Type()
	switch {
	case !slices.ContainsFunc(all, func(v reflect.Value) bool { return !v.IsZero() }):
	case t.Kind() == reflect.Struct:
		spreadStruct(all, base, own)
	case t.Kind() == reflect.Map:
		spreadMap(all, base, own)
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		spreadNested(all, base, own)
	default:
		most := mostCommon(all)
		base.Set(most)
		for i, v := range all {
			switch {
			case same(v, most):
			case v.IsZero():
				own[i].Set(none(t))
			default:
				own[i].Set(v)
			}
		}
	}
}

// none returns the value that means none: an empty list, or a pointer to a zero value.
func none(t reflect.Type) reflect.Value {
	if t.Kind() == reflect.Slice {
		return reflect.MakeSlice(t, 0, 0)
	}
	return reflect.New(t.Elem())
}

func same(a, b reflect.Value) bool {
	if a.Kind() == reflect.Pointer && a.Pointer() == b.Pointer() {
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// mostCommon returns the value that most have, the first of several.
func mostCommon(all []reflect.Value) reflect.Value {
	if !slices.ContainsFunc(all, func(v reflect.Value) bool { return !same(v, all[0]) }) {
		return all[0]
	}
	count := map[string]int{}
	var best reflect.Value
	most := 0
	for _, v := range all {
		key := fmt.Sprintf("%#v", reflect.Indirect(v))
		if count[key]++; count[key] > most {
			best, most = v, count[key]
		}
	}
	for _, v := range all { // the first that has it, so that the order of texts decides
		if same(v, best) {
			return v
		}
	}
	return best
}

// spreadMap spreads the values of each key. A pod removes a key that it does not have by a null.
func spreadMap(all []reflect.Value, base reflect.Value, own []reflect.Value) {
	t := base.Type()
	keys := map[string]int{}
	for _, m := range all {
		for _, k := range m.MapKeys() {
			keys[k.String()]++
		}
	}
	for key := range keys {
		k := reflect.ValueOf(key)
		values := make([]reflect.Value, len(all))
		for i, m := range all {
			if values[i] = m.MapIndex(k); !values[i].IsValid() {
				values[i] = reflect.Zero(t.Elem())
			}
		}
		most := mostCommon(values)
		put := func(m, v reflect.Value) {
			if m.IsNil() {
				m.Set(reflect.MakeMap(t))
			}
			m.SetMapIndex(k, v)
		}
		if !most.IsZero() {
			put(base, most)
		}
		for i, v := range values {
			if !same(v, most) {
				put(own[i], v)
			}
		}
	}
}

// spreadNested spreads structs behind pointers.
func spreadNested(all []reflect.Value, base reflect.Value, own []reflect.Value) {
	elem := base.Type().Elem()
	values := make([]reflect.Value, len(all))
	owns := make([]reflect.Value, len(all))
	for i, v := range all {
		values[i], owns[i] = reflect.Zero(elem), reflect.New(elem).Elem()
		if !v.IsNil() {
			values[i] = v.Elem()
		}
	}
	out := reflect.New(elem)
	spreadStruct(values, out.Elem(), owns)
	if !out.Elem().IsZero() {
		base.Set(out)
	}
	for i, v := range owns {
		if !v.IsZero() {
			own[i].Set(v.Addr())
		}
	}
}
