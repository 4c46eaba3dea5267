package plan

import (
	"cmp"
	"slices"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// Bootstrap has the addresses with which a client is configured.
type Bootstrap struct {
	Component string `json:"component"`
	PortName  string `json:"portName"`
	Addresses string `json:"addresses"` // HOST:PORT,HOST:PORT
}

// bootstrapPods is the number of pods in a bootstrap string. Clients learn the others from
// them.
const bootstrapPods = 3

// A start is a port of a component with the rows that clients can start from.
type start struct {
	Bootstrap
	all  Row   // of the Service for all pods; the first one outside, if there is one
	pods []Row // of the first pods
}

// bootstrap returns the bootstrap addresses of each port that clients reach: the Service for
// all pods, or some of the pods. Those that clients outside the cluster reach come first.
func bootstrap(rows []Row) []Bootstrap {
	starts := startsOf(rows)
	slices.SortStableFunc(starts, func(a, b *start) int { return cmp.Compare(a.rank(), b.rank()) })
	var out []Bootstrap
	for _, s := range starts {
		var addresses []string
		for _, r := range s.rows() {
			addresses = append(addresses, r.Address)
		}
		s.Addresses = strings.Join(slices.Compact(addresses), ",")
		out = append(out, s.Bootstrap)
	}
	return out
}

func startsOf(rows []Row) []*start {
	var out []*start
	known := map[Bootstrap]*start{}
	for _, r := range rows {
		if r.Component == "" || r.Type == string(v1alpha1.Headless) {
			continue
		}
		of := Bootstrap{Component: r.Component, PortName: r.PortName}
		s := known[of]
		if s == nil {
			s = &start{Bootstrap: of}
			known[of], out = s, append(out, s)
		}
		switch {
		case r.Pod != "*" && len(s.pods) < bootstrapPods:
			s.pods = append(s.pods, r)
		case r.Pod == "*" && (s.all.Address == "" || inside(s.all) && !inside(r)):
			s.all = r
		}
	}
	return out
}

func inside(r Row) bool { return r.Type == string(v1alpha1.ClusterIP) }

// rows returns the rows whose addresses clients start from.
func (s *start) rows() []Row {
	lacking := inside(s.all) && len(s.pods) > 0 && !inside(s.pods[0]) // clients outside cannot reach the Service for all pods
	if s.all.Address != "" && !lacking && (s.all.How == KnownOffline || len(s.pods) == 0 || s.pods[0].How != KnownOffline) {
		return []Row{s.all}
	}
	return s.pods
}

// rank is 1 for ports that only clients inside the cluster reach, else 0.
func (s *start) rank() int {
	if inside(s.rows()[0]) {
		return 1
	}
	return 0
}
