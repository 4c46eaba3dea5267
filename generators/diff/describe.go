package diff

import (
	"slices"
	"strings"
)

// general are the placeholders of the texts of rules, for no change in particular.
var general = strings.NewReplacer("{clients}", "the clients of the pods", "{pods}", "the pods", "{readers}", "the pods that read it",
	"{holder}", "another Service has the node port", "{hosts}", "the hostnames of the route", "{gone}", "the names or addresses that are taken out", "ConfigMap {unread}", "a generated ConfigMap",
	"{key}", "NAME", "{self}", "the object")

// General returns a rule with texts that are about no change in particular.
func (r Rule) General() Rule {
	r.Why, r.Who, r.Instead = general.Replace(r.Why), general.Replace(r.Who), general.Replace(r.Instead)
	return r
}

// RulesNamed returns all rules, those for rows of the address table too, by their ID. Their texts are
// about no change in particular.
func RulesNamed() []Rule {
	var out []Rule
	for _, r := range Rules {
		out = append(out, r.General())
	}
	for _, r := range AddressRules() {
		r.Kinds = []string{AddressTable}
		out = append(out, r.General())
	}
	slices.SortFunc(out, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// AddressTable stands for the kinds of a rule for rows of the address table.
const AddressTable = "address table"
