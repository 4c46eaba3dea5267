package main

import (
	"fmt"
	"strings"

	"sallyport.dev/generators/diff"
	"sallyport.dev/schemas/source"
)

// explainWord returns the text that describes a code, a rule of diff, or both if they have one name, or "".
func explainWord(word string) string {
	var out []string
	if p, ok := pageOf(source.Code(word)); ok {
		out = append(out, explainCode(p))
	}
	for _, r := range diff.RulesNamed() {
		if r.ID == word {
			out = append(out, explainRule(r))
		}
	}
	return strings.Join(out, "\n")
}

// explainRule returns the text that describes a rule of diff.
func explainRule(r diff.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "RULE:     %s, of sallyport diff\nCLASS:    %s\nKINDS:    %s\n", r.ID, r.Class, ruleKinds(r))
	if fields := ruleFields(r); fields != "" {
		fmt.Fprintf(&b, "\nCHANGES OF:\n%s", wrap(fields, "    "))
	}
	for _, part := range [][2]string{{"WHAT HAPPENS", r.Why}, {"WHO NOTICES", r.Who}, {"INSTEAD", r.Instead}} {
		if part[1] != "" {
			fmt.Fprintf(&b, "\n%s:\n%s", part[0], wrap(part[1], "    "))
		}
	}
	return b.String()
}

func ruleKinds(r diff.Rule) string {
	if r.Kinds == nil {
		return "all kinds"
	}
	return strings.Join(r.Kinds, ", ")
}

// ruleFields lists the fields of a rule.
func ruleFields(r diff.Rule) string {
	var out []string
	for _, f := range r.Fields {
		switch f {
		case "added", diff.Removed:
			out = append(out, "the object: it is "+f)
		case "":
			out = append(out, "any field")
		default:
			out = append(out, f)
		}
	}
	return strings.Join(out, ", ")
}

func ruleNames() []string {
	var out []string
	for _, r := range diff.RulesNamed() {
		out = append(out, r.ID)
	}
	return out
}
