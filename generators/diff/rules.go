package diff

import "slices"

// A Rule is what a change of a field does to a live cluster.
type Rule struct {
	ID     string   // its name in the output
	Kinds  []string // nil: all kinds
	Fields []string // patterns such as spec.ports[].name; "added" and "removed" are the whole object
	Class  Class
	When   func(*change) bool // nil: always

	Why     string // what happens; in all texts, placeholders in braces are filled
	Who     string // who notices
	Instead string // what to do instead
}

// Rules are all rules. The first one that fits a change decides.
var Rules = slices.Concat(serviceRules, balancerRules, endpointRules, gatewayRules, nameRules, policyRules, configRules, workloadRules, permissionRules, generalRules)

// ruleFor returns the rule for a change. The last rules fit every change.
func ruleFor(c *change, kind string) *Rule {
	for i := range Rules {
		r := &Rules[i]
		if (r.Kinds == nil || slices.Contains(r.Kinds, kind)) && slices.ContainsFunc(r.Fields, c.matches) && (r.When == nil || r.When(c)) {
			return r
		}
	}
	panic("diff: no rule for a change of " + kind)
}

// generalRules are for what no other rule is about.
var generalRules = []Rule{
	{ID: "Added", Fields: []string{added}, Class: Safe, Why: "it is new"},
	{ID: "Removed", Fields: []string{removed}, Class: Disruptive, Why: "it is deleted where what is no longer in the package is deleted, and stays in the cluster otherwise",
		Who: "whatever uses {self}", Instead: "remove it when nothing uses it any more"},
	{ID: "Metadata", Fields: []string{"metadata"}, Class: Safe, Why: "it changes in place"},
	{ID: "InPlace", Fields: []string{""}, Class: Safe, Why: "it changes in place"},
}
