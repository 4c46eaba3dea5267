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
		was := from[i]
		left := slices.Clone(is.Rows)
		for _, row := range was.Rows {
			next, ok := take(&left, row, was.Rows)
			switch {
			case !ok && withoutPods(row, was.Rows): // its name leads to pods that come
			case !ok:
				out = append(out, address(is.Spec, row, &addressRules.removed, row.Address, ""))
			case row.Address != next.Address && row.Pod == "*":
				out = append(out, address(is.Spec, next, &addressRules.shared, row.Address, next.Address))
			case row.Address != next.Address:
				out = append(out, address(is.Spec, next, &addressRules.changed, row.Address, next.Address))
			}
		}
		for _, row := range left {
			out = append(out, address(is.Spec, row, &addressRules.added, "", row.Address))
		}
		out = append(out, bootstraps(was, is)...)
	}
	return out
}

// withoutPods reports whether a row is the name of a headless Service that has no pods yet.
func withoutPods(row plan.Row, all []plan.Row) bool {
	return row.Type == string(v1alpha1.Headless) && row.Pod == "*" && count(all, func(r plan.Row) bool { return r.Component == row.Component && r.Pod != "*" }) == 0
}

func address(spec string, row plan.Row, rule *Rule, before, after string) Address {
	return Address{rule.Class, rule.ID, spec, row.Component, row.Pod, row.Service, row.PortName, before, after, rule.Why}
}

// take removes the row of NEW that has taken the place of one of OLD: that of the same Service, or
// the only one for the port of the pod.
func take(left *[]plan.Row, row plan.Row, all []plan.Row) (plan.Row, bool) {
	same := func(r plan.Row) bool {
		return r.Component == row.Component && r.Pod == row.Pod && r.PortName == row.PortName
	}
	i := slices.IndexFunc(*left, func(r plan.Row) bool { return same(r) && r.Service == row.Service })
	if i < 0 && count(*left, same) == 1 && count(all, same) == 1 {
		i = slices.IndexFunc(*left, same)
	}
	if i < 0 {
		return plan.Row{}, false
	}
	out := (*left)[i]
	*left = slices.Delete(*left, i, i+1)
	return out, true
}

func count(rows []plan.Row, is func(plan.Row) bool) int {
	n := 0
	for _, r := range rows {
		if is(r) {
			n++
		}
	}
	return n
}

// bootstraps compares the addresses with which clients are configured.
func bootstraps(was, is plan.Table) []Address {
	open := map[string]bool{}
	for _, r := range is.Rows {
		open[r.Address] = true
	}
	var out []Address
	for _, b := range was.Bootstrap {
		i := slices.IndexFunc(is.Bootstrap, func(o plan.Bootstrap) bool { return o.Component == b.Component && o.PortName == b.PortName })
		if i < 0 || is.Bootstrap[i].Addresses == b.Addresses {
			continue
		}
		rule := &addressRules.bootstrapStays
		if slices.ContainsFunc(strings.Split(b.Addresses, ","), func(a string) bool { return !open[a] }) {
			rule = &addressRules.bootstrap
		}
		row := plan.Row{Component: b.Component, Pod: "bootstrap", PortName: b.PortName}
		out = append(out, address(is.Spec, row, rule, b.Addresses, is.Bootstrap[i].Addresses))
	}
	return out
}
