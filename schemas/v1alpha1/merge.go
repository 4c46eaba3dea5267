package v1alpha1

import (
	"reflect"
	"strings"
)

// Merge lays over on top of under: what over says wins, field by field in structs,
// key by key in maps, entry by entry in lists that have a patchMergeKey (under's
// order first). All other lists are replaced whole. Neither argument is changed.
func Merge[T any](over, under T) T {
	return merge(reflect.ValueOf(over), reflect.ValueOf(under), "").Interface().(T)
}

func merge(over, under reflect.Value, mergeKey string) reflect.Value {
	switch over.Kind() {
	case reflect.Struct:
		return mergeStructs(over, under)
	case reflect.Pointer:
		if over.IsNil() || under.IsNil() || over.Elem().Kind() != reflect.Struct {
			return either(over, under)
		}
		out := reflect.New(over.Type().Elem())
		out.Elem().Set(mergeStructs(over.Elem(), under.Elem()))
		return out
	case reflect.Map:
		return mergeMaps(over, under)
	case reflect.Slice:
		if mergeKey != "" {
			return mergeLists(over, under, mergeKey)
		}
	}
	return either(over, under)
}

func either(over, under reflect.Value) reflect.Value {
	if over.IsZero() {
		return under
	}
	return over
}

func mergeStructs(over, under reflect.Value) reflect.Value {
	t := over.Type()
	out := reflect.New(t).Elem()
	for i := range t.NumField() {
		key, _, _ := strings.Cut(t.Field(i).Tag.Get("patchMergeKey"), ",")
		out.Field(i).Set(merge(over.Field(i), under.Field(i), key))
	}
	if lb, ok := out.Addr().Interface().(*LoadBalancerSettings); ok {
		lb.oneAddress(over.Interface().(LoadBalancerSettings))
	}
	return out
}

// oneAddress holds that address and addresses are one setting: of the two, what
// over says stays.
func (lb *LoadBalancerSettings) oneAddress(over LoadBalancerSettings) {
	if over.Address != nil || over.Addresses != nil {
		lb.Address, lb.Addresses = over.Address, over.Addresses
	}
}

func mergeMaps(over, under reflect.Value) reflect.Value {
	if over.Len() == 0 || under.Len() == 0 {
		return either(over, under)
	}
	out := reflect.MakeMapWithSize(over.Type(), over.Len()+under.Len())
	for _, m := range []reflect.Value{under, over} {
		for it := m.MapRange(); it.Next(); {
			out.SetMapIndex(it.Key(), it.Value())
		}
	}
	return out
}

func mergeLists(over, under reflect.Value, mergeKey string) reflect.Value {
	if over.IsNil() || under.IsNil() {
		return either(over, under)
	}
	key := func(entry reflect.Value) string { return fieldNamed(entry, mergeKey).String() }
	out := reflect.MakeSlice(over.Type(), 0, over.Len()+under.Len())
	places := make(map[string]int, over.Len()+under.Len())
	for i := range under.Len() {
		places[key(under.Index(i))] = i
		out = reflect.Append(out, under.Index(i))
	}
	for i := range over.Len() {
		entry := over.Index(i)
		if at, ok := places[key(entry)]; ok {
			out.Index(at).Set(mergeStructs(entry, out.Index(at)))
			continue
		}
		places[key(entry)] = out.Len()
		out = reflect.Append(out, entry)
	}
	return out
}

// fieldNamed returns the field of a struct that has the JSON name.
func fieldNamed(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		if tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); tag == name {
			return v.Field(i)
		}
	}
	panic("v1alpha1: " + v.Type().Name() + " has no field " + name)
}
