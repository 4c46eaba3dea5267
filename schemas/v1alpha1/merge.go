package v1alpha1

import (
	"reflect"
	"strings"
)

// Merge returns under with the values of over on top. It merges structs by field, maps by
// key, and lists that have a patchMergeKey by entry, in the order of under. Other lists of
// over replace those of under. Merge changes neither argument.
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
	switch merged := out.Addr().Interface().(type) {
	case *LoadBalancerSettings:
		merged.oneAddress(over.Interface().(LoadBalancerSettings))
	case *GatewaySettings:
		merged.oneParent(over.Interface().(GatewaySettings), under.Interface().(GatewaySettings))
	}
	return out
}

// oneAddress treats address and addresses as one setting: if over has either, both are those
// of over.
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

// fieldNamed returns the field of a struct by its JSON name.
func fieldNamed(v reflect.Value, name string) reflect.Value {
	return v.Field(fieldIndex(v.Type(), name))
}

// fieldIndex returns the index of the field of a struct with a JSON name, or -1.
func fieldIndex(t reflect.Type, name string) int {
	for i := range t.NumField() {
		if jsonName(t.Field(i)) == name {
			return i
		}
	}
	return -1
}

// fieldIndexes returns the indexes of the fields of a struct, by their JSON names.
func fieldIndexes(t reflect.Type) map[string]int {
	out := map[string]int{}
	for i := range t.NumField() {
		if name := jsonName(t.Field(i)); name != "" {
			out[name] = i
		}
	}
	return out
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}
