package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestScale runs a package at three replicas, at five and at two. Only the objects of added
// and removed pods may differ.
func TestScale(t *testing.T) {
	three := scaled(t, packageList(t, root("testdata", "packages", "kafka-chart.txtar")), 3, 3)
	five := scaled(t, three, 3, 5)
	equal(t, "came", "external-3 external-4", strings.Join(missing(five, three), " "))
	equal(t, "went", "", strings.Join(missing(three, five), " "))
	two := scaled(t, five, 5, 2)
	equal(t, "came", "", strings.Join(missing(two, five), " "))
	equal(t, "went", "external-2 external-3 external-4", strings.Join(missing(five, two), " "))
	equal(t, "at two as if it had never been more", itemsText(scaled(t, three, 3, 2)), itemsText(two))
}

// scaled runs the function with another number of replicas in the spec and in its StatefulSet.
func scaled(t *testing.T, list string, from, to int) string {
	t.Helper()
	replicas := func(n int) string { return fmt.Sprintf("  replicas: %d\n", n) }
	if strings.Count(list, replicas(from)) != 2 {
		t.Fatalf("no spec and StatefulSet of %d replicas:\n%s", from, list)
	}
	in := strings.ReplaceAll(list, replicas(from), replicas(to))
	out, stderr, status := sallyport(in, "fn")
	if status != 0 {
		t.Fatal(stderr)
	}
	return out
}

// missing returns the names of the Services in one list that are not in the other with the
// same bytes. It ignores the spec and the StatefulSet, which have the number of replicas.
func missing(list, from string) []string {
	const name = "release-name-kafka-controller-"
	names := map[string]string{}
	for _, it := range strings.Split(itemsText(list), "\n- ") {
		if !strings.Contains(itemsText(from), "\n- "+it) && !strings.Contains(it, "kind: ExternalAccess\n") && !strings.Contains(it, "kind: StatefulSet\n") {
			_, rest, _ := strings.Cut(it, "  name: "+name)
			pod, _, _ := strings.Cut(rest, "-")
			names["external-"+pod] = it
		}
	}
	return slices.Sorted(maps.Keys(names))
}
