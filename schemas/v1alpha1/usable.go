package v1alpha1

import (
	"reflect"
	"strings"
	"sync"
)

// Usable returns a complete spec in which each Service only has settings that it can use. Other
// settings have their defaults. So who reads a setting need not ask whether the Service can use it.
func (e ExternalAccess) Usable() ExternalAccess {
	e.Spec.Components = each(e.Spec.Components, func(c Component) Component {
		c.Services = each(c.Services, func(s Service) Service {
			t := s.Target()
			if !*e.Spec.Enabled && s.Mode != PerPod && !t.IsService() {
				t.Type = ClusterIP // see WithoutAccess
			}
			s.Access, s.Own = t.usable(s.Access, s.Own)
			s.Pods = each(s.Pods, func(p Pod) Pod { // they also have the addresses of the entry's list
				p.Access, p.Own = t.usable(p.Access, p.Own)
				return p
			})
			return s
		})
		return c
	})
	return e
}

// WithoutAccess returns a complete entry as it is if access is disabled: its Service is inside
// the cluster. It keeps its labels and IP families, pods that are reachable before they are ready,
// and of its ports the numbers that a Service inside the cluster has.
func (s Service) WithoutAccess() Service {
	with := s.Access
	s.Type, s.Access, s.Own = new(ClusterIP), unset.Access, unset.Own
	s.Labels, s.IPFamilies, s.IPFamilyPolicy, s.PublishNotReadyAddresses = with.Labels, with.IPFamilies, with.IPFamilyPolicy, with.PublishNotReadyAddresses
	s.Ports = each(s.Ports, func(p ServicePort) ServicePort {
		p.NodePort, p.AdvertisedPort = new(int32), new(int32)
		return p
	})
	return s
}

// Usable returns a complete spec with the settings that its Service can use.
func (e ExternalEndpoints) Usable() ExternalEndpoints {
	t := e.Spec.Target()
	e.Spec.Access, _ = t.usable(e.Spec.Access, Own{})
	return e
}

// usable returns the settings that a Service can use.
func (t Target) usable(a Access, o Own) (Access, Own) {
	t.Access, t.Own = &a, &o
	access, own := a, o
	clone(reflect.ValueOf(&access).Elem())
	for i, s := range settings {
		if !s.usable(&t) {
			reset(reflect.ValueOf(&access).Elem(), reflect.ValueOf(&unset.Access).Elem(), inAccess()[i])
			reset(reflect.ValueOf(&own).Elem(), reflect.ValueOf(&unset.Own).Elem(), inOwn()[i])
		}
	}
	return access, own
}

// unset are the settings of a Service for which a spec sets none.
var unset = struct {
	Access Access
	Own    Own
}{Access{}.Complete(), Own{}.complete("")}

// clone copies the structs that the fields of a struct point to, and those below them.
func clone(v reflect.Value) {
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Pointer && f.Type().Elem().Kind() == reflect.Struct && !f.IsNil() {
			own := reflect.New(f.Type().Elem())
			own.Elem().Set(f.Elem())
			f.Set(own)
			clone(own.Elem())
		}
	}
}

// reset gives a field the value that it has in another struct.
func reset(to, from reflect.Value, index []int) {
	for _, i := range index {
		to, from = reflect.Indirect(to).Field(i), reflect.Indirect(from).Field(i)
	}
	if len(index) > 0 {
		to.Set(from)
	}
}

// Where each of the settings is in the two structs.
var (
	inAccess = sync.OnceValue(func() [][]int { return indexes(reflect.TypeFor[Access]()) })
	inOwn    = sync.OnceValue(func() [][]int { return indexes(reflect.TypeFor[Own]()) })
)

// indexes finds the settings in a struct. Those that it does not have are empty.
func indexes(t reflect.Type) [][]int {
	fields := map[reflect.Type]map[string]int{}
	return each(settings, func(s setting) (index []int) {
		at := t
		for _, name := range strings.Split(s.path.String(), ".") {
			if at.Kind() == reflect.Pointer {
				at = at.Elem()
			}
			if fields[at] == nil {
				fields[at] = fieldIndexes(at)
			}
			i, ok := fields[at][name]
			if !ok {
				return nil
			}
			index, at = append(index, i), at.Field(i).Type
		}
		return index
	})
}
