package apiserver

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation/field"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
)

// TestPatched holds that a StatefulSet is accepted with the patch that render --patch
// prints: what kustomize makes of the cases of testdata/patch.
func TestPatched(t *testing.T) {
	files, err := filepath.Glob("../patch/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases: ", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, patched, ok := bytes.Cut(text, []byte("\n-- patched.yaml --\n"))
		if !ok {
			t.Fatalf("%s has no patched.yaml", file)
		}
		for _, doc := range strings.Split(string(patched), "\n---\n") {
			if errs := validateStatefulSet(t, doc); len(errs) > 0 {
				t.Errorf("%s: refused: %v", file, errs)
			}
			// What would go wrong with a patch must be seen here.
			for old, wrong := range map[string]string{
				"hostPort: 4222":            "hostPort: 70000",
				"subPathExpr: $(POD_NAME).": "subPathExpr: ../$(POD_NAME).",
				"- mountPath: /tmp\n":       "- mountPath: /etc/sallyport/external.properties\n",
				"name: sallyport-token\n":   "name: sallyport-other\n",
				"fieldPath: metadata.name":  "fieldPath: metadata.nam",
			} {
				if changed := strings.Replace(doc, old, wrong, 1); changed != doc && len(validateStatefulSet(t, changed)) == 0 {
					t.Errorf("%s: accepted with %s", file, wrong)
				}
			}
		}
	}
}

func validateStatefulSet(t *testing.T, doc string) field.ErrorList {
	t.Helper()
	errs, _ := validate(t, decode(t, []byte(doc)))
	return errs
}
