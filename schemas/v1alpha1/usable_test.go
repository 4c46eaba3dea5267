package v1alpha1

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// written returns settings of which each has another value than its default.
func written() (Access, Own) {
	a, o := unset.Access, unset.Own
	write(reflect.ValueOf(&a).Elem())
	write(reflect.ValueOf(&o).Elem())
	a.LoadBalancer.Provider = new(Provider("MetalLB"))
	return a, o
}

func write(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			write(v.Field(i))
		}
	case reflect.Pointer:
		before, elem := v.Elem(), reflect.New(v.Type().Elem())
		if !v.IsNil() {
			elem.Elem().Set(before)
		}
		v.Set(elem)
		write(elem.Elem())
	case reflect.String:
		v.SetString("other")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int32:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(7)
	case reflect.Slice:
		v.Set(reflect.Append(reflect.Zero(v.Type()), reflect.New(v.Type().Elem()).Elem()))
	case reflect.Map:
		v.Set(reflect.ValueOf(StringMap{"k": new("v")}))
	default:
		panic("no value for a " + v.Type().String())
	}
}

// Each Service keeps the settings that it can use, and those alone; the argument is not changed.
func TestUsable(t *testing.T) {
	for _, target := range []Target{
		{Mode: PerPod, Type: LoadBalancer, HasPods: true}, {Mode: PerPod, Type: NodePort, HasPods: true},
		{Mode: PerPod, Type: HostPort, HasPods: true}, {Mode: Shared, Type: ClusterIP, HasPods: true},
		{Mode: Headless, HasPods: true}, {Mode: PerPod, Type: LoadBalancer, HasPods: true, OnePod: true},
		{Mode: Shared, Type: LoadBalancer}, {Mode: Headless, Type: ClusterIP}, {Mode: Shared, Type: ClusterIP, IsAlias: true},
	} {
		access, own := written()
		target.Access, target.Own = &access, &own
		gotAccess, gotOwn := target.usable(access, own)
		if before, _ := written(); !cmp.Equal(access, before) {
			t.Fatalf("%+v: the argument changed:\n%s", target, cmp.Diff(before, access))
		}
		for i, s := range settings {
			if s.path.Name() == "type" {
				continue // it is not a setting of Access
			}
			want := valueAt(access, own, i)
			if slices.ContainsFunc(settings, func(row setting) bool { return row.path.String() == s.path.String() && !row.usable(&target) }) {
				want = valueAt(unset.Access, unset.Own, i)
			}
			if diff := cmp.Diff(want, valueAt(gotAccess, gotOwn, i)); diff != "" {
				t.Errorf("%s %s, pods %v: %s (-want +got):\n%s", target.Mode, target.Type, target.HasPods, s.path, diff)
			}
		}
	}
}

// valueAt returns the n-th setting as text. Each is in one of the two structs.
func valueAt(a Access, o Own, n int) string {
	v, index := reflect.ValueOf(a), inAccess()[n]
	if len(index) == 0 {
		v, index = reflect.ValueOf(o), inOwn()[n]
	}
	if len(index) == 0 {
		panic("no field " + settings[n].path.String())
	}
	for _, i := range index {
		v = reflect.Indirect(v).Field(i)
	}
	return fmt.Sprintf("%#v", reflect.Indirect(v))
}
