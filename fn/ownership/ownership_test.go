package ownership_test

import (
	"strings"
	"testing"

	"sallyport.dev/fn/ownership"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

const (
	spec  = "apiVersion: sallyport.dev/v1alpha1\nkind: ExternalEndpoints\nmetadata: {name: db, namespace: x}\nspec: {externalName: db.example.com}\n"
	mine  = "apiVersion: v1\nkind: Service\nmetadata: {annotations: {sallyport.dev/owner: ExternalEndpoints/x/db}}\n"
	other = "apiVersion: v1\nkind: Service\nmetadata: {annotations: {sallyport.dev/owner: ExternalEndpoints/x/gone}}\n"
	none  = "apiVersion: v1\nkind: Service\nmetadata: {name: db}\n"
)

// TestScope holds whose objects a run may replace: those of its specs, and those without a
// spec where the specs are all that there are. What was not generated is never in scope.
func TestScope(t *testing.T) {
	specs := []*v1alpha1.Spec{{Doc: parse(t, spec)}}
	for _, test := range []struct {
		doc       string
		some, all bool
	}{
		{mine, true, true},
		{other, false, true},
		{none, false, false},
		{strings.Replace(mine, "Service", "Secret", 1), false, false},
		{strings.Replace(mine, "v1", "example.com/v1", 1), false, false},
	} {
		doc := parse(t, test.doc)
		some, all := ownership.NewScope(specs, false).HasDocument(doc), ownership.NewScope(specs, true).HasDocument(doc)
		if some != test.some || all != test.all {
			t.Errorf("%q: got %t with some specs and %t with all", ownership.Of(doc), some, all)
		}
	}
}

func parse(t *testing.T, text string) *source.Document {
	t.Helper()
	docs, ds := source.Parse("", []byte(text))
	if len(docs) != 1 || ds != nil {
		t.Fatal(ds)
	}
	return docs[0]
}
