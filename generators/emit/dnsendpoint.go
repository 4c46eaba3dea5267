package emit

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"sallyport.dev/generators/encode"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// dnsEndpoints are the names that external-dns publishes without annotations, one DNSEndpoint for
// each spec that has some.
var dnsEndpoints = row[*plan.DNSEndpoint]{
	group: "externaldns.k8s.io", version: "v1alpha1", kind: "DNSEndpoint",
	items: func(p *plan.Plan) []*plan.DNSEndpoint {
		if p.DNS == nil {
			return nil
		}
		return []*plan.DNSEndpoint{p.DNS}
	},
	name:    func(_ *plan.Plan, d *plan.DNSEndpoint) string { return d.Name },
	written: func(*plan.DNSEndpoint) (source.Path, string) { return renamedSpec() },
	object: fresh(func(p *plan.Plan, d *plan.DNSEndpoint) encode.Object {
		out := &dnsEndpoint{ObjectMeta: meta(p)}
		for _, r := range d.Records {
			out.Spec.Endpoints = append(out.Spec.Endpoints, dnsRecord{DNSName: r.Name, Targets: r.Targets, RecordType: string(r.Type), RecordTTL: int64(r.TTL)})
		}
		return out
	}),
}.Kind()

// A dnsEndpoint has the fields of external-dns' kind that plans set. Its module needs a newer Go and
// all providers of DNS. Not set are setIdentifier, labels and providerSpecific, which are for routing
// policies of single providers, and the status.
type dnsEndpoint struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec dnsEndpointSpec `json:"spec"`
}

type dnsEndpointSpec struct {
	Endpoints []dnsRecord `json:"endpoints,omitempty"`
}

type dnsRecord struct {
	DNSName    string   `json:"dnsName,omitempty"`
	Targets    []string `json:"targets,omitempty"`
	RecordType string   `json:"recordType,omitempty"`
	RecordTTL  int64    `json:"recordTTL,omitempty"`
}

// DeepCopyObject returns a copy that shares nothing with the object.
func (o *dnsEndpoint) DeepCopyObject() runtime.Object {
	out := &dnsEndpoint{TypeMeta: o.TypeMeta, Spec: dnsEndpointSpec{slices.Clone(o.Spec.Endpoints)}}
	o.DeepCopyInto(&out.ObjectMeta)
	for i, r := range out.Spec.Endpoints {
		out.Spec.Endpoints[i].Targets = slices.Clone(r.Targets)
	}
	return out
}
