package provider

import (
	"maps"
	"testing"

	"sallyport.dev/schemas/v1alpha1"
)

// What each provider writes for settings can be read again: the settings that are read write the same
// annotations and labels.
func TestSettingsAreRead(t *testing.T) {
	read := 0
	for _, p := range All {
		for _, lb := range []v1alpha1.LoadBalancerSettings{
			{}, {Internal: new(true)}, {Internal: new(false)}, {ProxyProtocol: new(true)}, {AllocateNodePorts: new(false)},
			{Address: new("192.0.2.1")}, {Address: new("192.0.2.1,2001:db8::1")}, {Address: new("edge-name")}, {Address: new("192.0.2.1"), SharingKey: new("k")},
			{Address: new("192.0.2.1"), SharingKey: new("")}, {Internal: new(true), Address: new("192.0.2.1"), Subnets: []string{"s1", "s2"}},
			{AddressPool: new("edge"), Name: new("kafka-0")}, {Internal: new(true), ProxyProtocol: new(true), Name: new("kafka-0"), Subnets: []string{"s1"}},
		} {
			lb.Provider = new(p.Name)
			annotations, labels := p.Metadata(serviceOf(Carrier{}, &lb))
			c := Carrier{Annotations: annotations, Labels: labels}
			c.Access.LoadBalancer = &v1alpha1.LoadBalancerSettings{AllocateNodePorts: lb.AllocateNodePorts}
			if p.InField != nil && lb.Address != nil && p.InField(serviceOf(Carrier{}, &lb)) {
				c.Access.LoadBalancer.Address = lb.Address
			}
			if !p.Reads(c) || p.Name == "EdgeLB" {
				continue // nothing says which provider it is; import reads the object of dklb in its own way
			}
			again, keys := p.Settings(c)
			if again == nil {
				t.Errorf("%s: %v and %v are not read", p.Name, annotations, labels)
				continue
			}
			read++
			gotAnnotations, gotLabels := p.Metadata(serviceOf(Carrier{}, again))
			if !maps.Equal(annotations, gotAnnotations) || !maps.Equal(labels, gotLabels) || len(keys) != len(annotations)+len(labels) {
				t.Errorf("%s: %v %v are read as %+v, which writes %v %v", p.Name, annotations, labels, again, gotAnnotations, gotLabels)
			}
		}
	}
	if read < 60 {
		t.Errorf("only %d settings are read", read)
	}
}
