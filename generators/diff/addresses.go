package diff

import (
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/v1alpha1"
)

// An Address is a row of the address table that differs.
type Address struct {
	Class     Class  `json:"class"`
	Rule      string `json:"rule"`
	Spec      string `json:"spec"`
	Component string `json:"component,omitempty"`
	Pod       string `json:"pod"`
	Service   string `json:"service,omitempty"`
	PortName  string `json:"portName,omitempty"`
	Old       string `json:"old,omitempty"`
	New       string `json:"new,omitempty"`
	Why       string `json:"why"`
}

// addressRules are the rules for rows of the address table.
var addressRules = struct{ added, removed, changed, shared, bootstrap, bootstrapStays Rule }{
	added:          Rule{ID: "AddressAdded", Class: Safe, Why: "it is new"},
	removed:        Rule{ID: "AddressRemoved", Class: Disruptive, Why: "clients that know the address no longer reach the pod"},
	changed:        Rule{ID: "AdvertisedAddress", Class: Disruptive, Why: "clients that know the old address fail, and pods advertise the new one only after they have restarted, one after the other"},
	shared:         Rule{ID: "SharedAddress", Class: Disruptive, Why: "clients that know the old address fail"},
	bootstrap:      Rule{ID: "Bootstrap", Class: Disruptive, Why: "clients are configured with an address that no longer leads to a pod"},
	bootstrapStays: Rule{ID: "BootstrapStays", Class: Safe, Why: "the old addresses still lead to pods"},
}

// AddressRules lists the rules for rows of the address table.
func AddressRules() []Rule {
	r := &addressRules
	return []Rule{r.added, r.removed, r.changed, r.shared, r.bootstrap, r.bootstrapStays}
}

// addresses compares the tables of the specs that both sides have. What becomes of the other specs
// is seen in their objects.
func addresses(from, to []plan.Table) []Address {
	out := []Address{}
	for _, is := range to {
		i := slices.IndexFunc(from, func(t plan.Table) bool { return t.Spec == is.Spec })
		if i < 0 {
			continue
		}
		out = append(append(out, rows(is.Spec, given(from[i]), given(is))...), bootstraps(from[i], is)...)
	}
	return out
}

// given returns the rows of a table with the address that clients of the port are given. Pods that
// advertise another one have a second row.
func given(t plan.Table) []plan.Row {
	return slices.DeleteFunc(slices.Clone(t.Rows), func(r plan.Row) bool { return r.Inside })
}

// rows compares the rows of a spec.
func rows(spec string, was, is []plan.Row) []Address {
	var out []Address
	left := index(is)
	pods := map[string]bool{} // the components that had pods
	for _, row := range was {
		pods[row.Component] = pods[row.Component] || row.Pod != "*"
	}
	all, gone := index(was), map[placeKey][]int{}
	for _, row := range was {
		next := left.take(row, all)
		switch {
		case next == nil && row.Type == string(v1alpha1.Headless) && row.Pod == "*" && !pods[row.Component]: // its name leads to pods that come
		case next == nil:
			gone[placeOf(row)] = append(gone[placeOf(row)], len(out))
			out = append(out, address(spec, row, &addressRules.removed, opened(row), ""))
		case opened(row) != opened(*next) && row.Pod == "*":
			out = append(out, address(spec, *next, &addressRules.shared, opened(row), opened(*next)))
		case opened(row) != opened(*next):
			out = append(out, address(spec, *next, &addressRules.changed, opened(row), opened(*next)))
		}
	}
	stays := map[int]bool{} // what is not removed: the pod has the address under another port name
	for i := range is {
		row := &is[i]
		if !slices.Contains(left.exact[exactly(*row)], row) {
			continue
		}
		if same := gone[placeOf(*row)]; len(same) > 0 {
			stays[same[0]], gone[placeOf(*row)] = true, same[1:]
			continue
		}
		out = append(out, address(spec, *row, &addressRules.added, "", opened(*row)))
	}
	kept := out[:0]
	for i, a := range out {
		if !stays[i] {
			kept = append(kept, a)
		}
	}
	return kept
}

// opened returns the address of a row, with the protocol if it is not TCP: two ports may have one number.
func opened(r plan.Row) string {
	if r.Protocol == "" {
		return r.Address
	}
	return r.Address + "/" + r.Protocol
}

// A placeKey is the address of a pod, whatever the name of the port. An address that is not known offline
// is that of a port of a Service.
type placeKey struct {
	component, pod, address, service string
	port                             int32
}

func placeOf(r plan.Row) placeKey {
	if strings.Contains(r.Address, "<") {
		return placeKey{r.Component, r.Pod, opened(r), r.Service, r.Port}
	}
	return placeKey{component: r.Component, pod: r.Pod, address: opened(r)}
}

// rowIndex finds rows by what they are about. Only exact loses rows that are taken.
type rowIndex struct {
	exact map[rowKey][]*plan.Row
	ports map[rowKey][]*plan.Row // by component, pod and port
}

type rowKey struct{ component, pod, port, service string }

func exactly(r plan.Row) rowKey { return rowKey{r.Component, r.Pod, r.PortName, r.Service} }

func portOf(r plan.Row) rowKey { return rowKey{r.Component, r.Pod, r.PortName, ""} }

func index(all []plan.Row) rowIndex {
	out := rowIndex{map[rowKey][]*plan.Row{}, map[rowKey][]*plan.Row{}}
	for i := range all {
		r := &all[i]
		out.exact[exactly(*r)] = append(out.exact[exactly(*r)], r)
		out.ports[portOf(*r)] = append(out.ports[portOf(*r)], r)
	}
	return out
}

func address(spec string, row plan.Row, rule *Rule, before, after string) Address {
	return Address{rule.Class, rule.ID, spec, row.Component, row.Pod, row.Service, row.PortName, before, after, rule.Why}
}

// take removes the row of NEW that has taken the place of one of OLD: that of the same Service, or
// the only one for the port of the pod. It returns nil if there is none.
func (x rowIndex) take(row plan.Row, was rowIndex) *plan.Row {
	from := exactly(row)
	if same := x.ports[portOf(row)]; len(x.exact[from]) == 0 && len(same) == 1 && len(was.ports[portOf(row)]) == 1 {
		from = exactly(*same[0])
	}
	rows := x.exact[from]
	if len(rows) == 0 {
		return nil
	}
	i := max(0, slices.IndexFunc(rows, func(r *plan.Row) bool { return opened(*r) == opened(row) }))
	out := rows[i]
	x.exact[from] = slices.Delete(slices.Clone(rows), i, i+1)
	return out
}

// bootstraps compares the addresses with which clients are configured.
func bootstraps(was, is plan.Table) []Address {
	open := map[string]bool{}
	for _, r := range is.Rows {
		open[opened(r)] = true
	}
	var out []Address
	for _, b := range was.Bootstrap {
		i := slices.IndexFunc(is.Bootstrap, func(o plan.Bootstrap) bool { return o.Component == b.Component && o.PortName == b.PortName })
		if i < 0 || is.Bootstrap[i].Addresses == b.Addresses {
			continue
		}
		rule := &addressRules.bootstrapStays
		row := plan.Row{Component: b.Component, Pod: "bootstrap", PortName: b.PortName}
		if j := slices.IndexFunc(was.Rows, func(r plan.Row) bool { return r.Component == b.Component && r.PortName == b.PortName }); j >= 0 {
			row.Protocol = was.Rows[j].Protocol
		}
		if slices.ContainsFunc(strings.Split(b.Addresses, ","), func(a string) bool { return !open[opened(plan.Row{Address: a, Protocol: row.Protocol})] }) {
			rule = &addressRules.bootstrap
		}
		out = append(out, address(is.Spec, row, rule, b.Addresses, is.Bootstrap[i].Addresses))
	}
	return out
}
