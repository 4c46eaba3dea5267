package export

import (
	"cmp"
	"strconv"
	"strings"
)

var firewall = Export{Name: "firewall", For: "firewalls: what to open", comment: "#", write: writeFirewall}

// writeFirewall writes a line for each port that clients reach from outside, and for each port
// outside that pods reach.
func writeFirewall(w *writer) {
	w.remark("%s", strings.Join([]string{"direction", "address", "port", "protocol", "sources", "what"}, "\t"))
	for _, r := range w.plan.Firewall() {
		direction := "in"
		if r.Out {
			direction = "out"
		}
		row := []string{direction, cmp.Or(r.Address, "?"), strconv.Itoa(int(r.Port)), string(r.Protocol), r.Source(), r.What()}
		switch {
		case r.Gap == nil:
			w.fields(row...)
		case r.Port == 0:
			w.leaveOut(r.What(), *r.Gap)
		default:
			w.leaveOut(strings.Join(row[1:], " "), *r.Gap)
		}
	}
}
