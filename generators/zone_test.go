package generators_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// The export zone has every record of a DNSEndpoint, and no other record of its names.
func TestZoneHasTheRecords(t *testing.T) {
	published := 0
	for seed := range randspec.Seeds() {
		docs, _ := source.Parse("spec.yaml", []byte(randspec.New(seed)))
		specs, others, _ := generators.Read(docs)
		made := generators.Run(specs, others)
		zone, _, _ := made.Export("zone")
		for _, o := range made.AllObjects() {
			if o.GetObjectKind().GroupVersionKind().Kind != "DNSEndpoint" {
				continue
			}
			want := lines(t, o)
			for line := range strings.SplitSeq(zone, "\n") {
				if name, _, _ := strings.Cut(line, "\t"); want[name] != nil && !want[name][line] {
					t.Fatalf("seed %d: the zone alone has %s", seed, line)
				}
			}
			for _, all := range want {
				for line := range all {
					if published++; !strings.Contains(zone, line+"\n") {
						t.Fatalf("seed %d: the zone lacks %s:\n%s", seed, line, zone)
					}
				}
			}
		}
	}
	if published < int(randspec.Seeds())/4 {
		t.Errorf("only %d records", published)
	}
}

// lines returns the lines of a zone file for a DNSEndpoint, by name.
func lines(t *testing.T, o any) map[string]map[string]bool {
	t.Helper()
	var in struct {
		Spec struct {
			Endpoints []struct {
				DNSName, RecordType string
				RecordTTL           int
				Targets             []string
			}
		}
	}
	text, err := yaml.Marshal(o)
	if err == nil {
		err = yaml.Unmarshal(bytes.TrimSpace(text), &in)
	}
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]bool{}
	for _, e := range in.Spec.Endpoints {
		fields := []string{e.DNSName + "."}
		if e.RecordTTL > 0 {
			fields = append(fields, strconv.Itoa(e.RecordTTL))
		}
		if out[fields[0]] == nil {
			out[fields[0]] = map[string]bool{}
		}
		for _, target := range e.Targets {
			if e.RecordType == "CNAME" {
				target += "."
			}
			out[fields[0]][strings.Join(append(fields[:len(fields):len(fields)], "IN", e.RecordType, target), "\t")] = true
		}
	}
	return out
}
