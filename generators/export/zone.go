package export

import (
	"strconv"

	"sallyport.dev/generators/plan"
)

var zone = Export{Name: "zone", For: "DNS: lines of a zone file", comment: ";", write: writeZone}

// writeZone writes a record for each address of each name, or one for the name that it stands for.
func writeZone(w *writer) {
	for n := range w.plan.PublicNames {
		records := n.Records()
		for _, r := range records {
			for _, target := range r.Targets {
				w.fields(record(r, target)...)
			}
		}
		if len(records) == 0 {
			w.leaveOut(n.Name+".", n.Service.Missing())
		}
	}
}

func record(r plan.Record, target string) []string {
	fields := []string{r.Name + "."}
	if r.TTL > 0 {
		fields = append(fields, strconv.Itoa(int(r.TTL)))
	}
	if r.Type == plan.RecordCNAME {
		target += "."
	}
	return append(fields, "IN", string(r.Type), target)
}
