package apiserver

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
)

// TestPatched checks that the API server accepts patched StatefulSets: those that kustomize makes
// of the cases of testdata/patch, and the injected ones of testdata/inject.
func TestPatched(t *testing.T) {
	for _, folder := range []string{"patch", "inject"} {
		files, err := filepath.Glob("../" + folder + "/*.txtar")
		if err != nil || len(files) == 0 {
			t.Fatal("no cases: ", err)
		}
		for _, file := range files {
			acceptPatched(t, file, "\n-- "+folder+"ed.yaml --\n")
		}
	}
}

func acceptPatched(t *testing.T, file, section string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, patched, ok := bytes.Cut(text, []byte(section))
	if !ok {
		t.Fatalf("%s has no section%s", file, section)
	}
	patched, _, _ = bytes.Cut(patched, []byte("\n-- ")) // the next section
	for _, doc := range strings.Split(string(patched), "\n---\n") {
		if !strings.Contains(doc, "kind: StatefulSet") {
			continue
		}
		doc = ofKubernetes.Replace(doc)
		if errs := validateStatefulSet(t, doc); len(errs) > 0 {
			t.Errorf("%s: refused: %v", file, errs)
		}
		// What would go wrong with a patch must be seen here.
		for old, wrong := range map[string]string{
			"hostPort: 4222":           "hostPort: 70000",
			"subPathExpr: $(SALLYPORT": "subPathExpr: ../$(SALLYPORT",
			"- mountPath: /tmp\n":      "- mountPath: /etc/sallyport/external.properties\n",
			"name: sallyport-token\n":  "name: sallyport-other\n",
			"fieldPath: metadata.name": "fieldPath: metadata.nam",
		} {
			if changed := strings.Replace(doc, old, wrong, 1); changed != doc && len(validateStatefulSet(t, changed)) == 0 {
				t.Errorf("%s: accepted with %s", file, wrong)
			}
		}
	}
}

// ofKubernetes makes a StatefulSet of OpenKruise one of Kubernetes, which has the same template.
var ofKubernetes = strings.NewReplacer("apps.kruise.io/v1beta1", "apps/v1", "  updateStrategy: {rollingUpdate: {podUpdatePolicy: InPlaceIfPossible}}\n", "")

func validateStatefulSet(t *testing.T, doc string) field.ErrorList {
	t.Helper()
	set, ok := decode(t, []byte(doc)).(*appsv1.StatefulSet)
	if !ok {
		t.Fatalf("not a StatefulSet:\n%s", doc)
	}
	set.Namespace = cmp.Or(set.Namespace, "default") // charts leave it out
	errs, _ := validate(t, set)
	return errs
}
