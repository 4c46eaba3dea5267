package strimzi

import (
	"strings"
	"testing"
)

// TestFormulas computes formulas of Strimzi's advertisedPortTemplate.
func TestFormulas(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"9000": 9000, "9000 + {nodeId}": 9003, "9000+{nodeId}*10": 9030, "(9000 - {nodeId}) * 2 - -1": 17995, "{nodeId}": 3,
	} {
		if got, ok := portFormula(text, 3); !ok || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "a", "1 +", "(1", "1)", "9000 / 2", "1 2)", "99999999999", "9000 + {pod}", strings.Repeat("(", 300), strings.Repeat("9*", 90) + "9"} {
		if got, ok := portFormula(text, 3); ok {
			t.Errorf("%q is %d, and no formula", text, got)
		}
	}
}

// TestBrokerIDs assigns ids as Strimzi does.
func TestBrokerIDs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "[]": "", "[0, 10-12, 20-18]": "0, 10-12, 20, 19, 18", "[5]": "5", "x": "", "[1-": ""} {
		if got := runs(nextIDs(text)); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
