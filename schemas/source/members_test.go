package source_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/schemas/source"
)

// TestMembers holds that the items of a ServiceList are Services, and that those of a List are
// what they say.
func TestMembers(t *testing.T) {
	for in, want := range map[string]source.Object{
		"{apiVersion: v1, kind: ServiceList, items: [{metadata: {name: a}}]}":                                 {"v1", "Service", "", "a"},
		"{apiVersion: apps/v1, kind: StatefulSetList, items: [{kind: StatefulSet, metadata: {name: a}}]}":     {"apps/v1", "StatefulSet", "", "a"},
		"{apiVersion: v1, kind: List, items: [{metadata: {name: a}}]}":                                        {"", "", "", "a"},
		"{apiVersion: v1, kind: List, items: [{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}]}": {"apps/v1", "Deployment", "", "a"},
		"{apiVersion: v1, kind: ConfigMapList, items: [{apiVersion: v1, kind: Secret, metadata: {name: a}}]}": {"v1", "Secret", "", "a"},
	} {
		docs, ds := source.Parse("", []byte(in))
		if ds.Failed() {
			t.Fatal(ds)
		}
		members := docs[0].Members()
		if len(members) != 1 {
			t.Fatalf("%s: %d members", in, len(members))
		}
		if diff := cmp.Diff(want, members[0].Object()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
	}
}
