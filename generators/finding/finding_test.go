package finding_test

import (
	"testing"

	"sallyport.dev/generators/finding"
	"sallyport.dev/schemas/source"
)

func findings(t *testing.T) *finding.Findings {
	t.Helper()
	docs, ds := source.Parse("spec.yaml", []byte("spec: {a: 1, b: 2}\n"))
	if ds.Failed() {
		t.Fatal(ds)
	}
	return finding.New(docs[0])
}

var a, b = source.Path{}.Field("spec", "a"), source.Path{}.Field("spec", "b")

// An error with the same code at the same path is reported once, whatever its message.
func TestOnce(t *testing.T) {
	f := findings(t)
	for pod := range 3 {
		f.ErrorOnce(source.NameInvalid, a, "", "pod %d", pod)
		f.WarnOnce(source.NodePortBand, a, "", "pod %d", pod)
		f.ErrorOnce(source.NameInvalid, b, "", "pod %d", pod)
		f.Errorf(source.Duplicate, b, "", "pod %d", pod)
	}
	count := map[source.Code]int{}
	for _, d := range f.Diagnostics() {
		count[d.Code]++
		if d.Code != source.Duplicate && d.Message != "pod 0" {
			t.Errorf("%v is not the first", d)
		}
	}
	if count[source.NameInvalid] != 2 || count[source.NodePortBand] != 1 || count[source.Duplicate] != 3 {
		t.Errorf("reported: %v", count)
	}
}

// Several things can be wrong at one path. Each is reported once.
func TestOnceForEach(t *testing.T) {
	f := findings(t)
	for _, what := range []string{"x", "y", "x"} {
		f.ErrorOnceFor(what, source.UnknownPlaceholder, a, "", "%s", what)
	}
	if ds := f.Diagnostics(); len(ds) != 2 || ds[0].Message != "x" || ds[1].Message != "y" {
		t.Errorf("reported: %v", ds)
	}
}

// Reported distinguishes codes and paths.
func TestReported(t *testing.T) {
	f := findings(t)
	f.ErrorOnce(source.AddressClash, a, "", "taken")
	if !f.Reported(source.AddressClash, a) || f.Reported(source.AddressClash, b) || f.Reported(source.HostClash, a) {
		t.Error("Reported does not go by code and place")
	}
}

// A clone has the findings of the original, and what it reports does not change the original.
func TestClone(t *testing.T) {
	f := findings(t)
	f.ErrorOnce(source.AddressClash, a, "", "taken")
	for range 2 {
		c := f.Clone()
		c.ErrorOnce(source.AddressClash, a, "", "taken again")
		c.ErrorOnce(source.AddressClash, b, "", "taken")
		if n, m := len(c.Diagnostics()), len(f.Diagnostics()); n != 2 || m != 1 {
			t.Errorf("%d diagnostics in the clone and %d in the original, want 2 and 1", n, m)
		}
	}
}

// A clone is quiet until it reports something.
func TestQuiet(t *testing.T) {
	f := findings(t)
	f.ErrorOnce(source.AddressClash, a, "", "taken")
	again, other := f.Clone(), f.Clone()
	again.ErrorOnce(source.AddressClash, a, "", "taken again")
	other.ErrorOnce(source.AddressClash, b, "", "taken")
	if !again.Quiet(f) || other.Quiet(f) {
		t.Errorf("again %v, other %v", again.Quiet(f), other.Quiet(f))
	}
}
