// Package schemas publishes the kinds in the words of other tools: JSON Schema for
// editors and validators, KRM function definitions, merge keys for kustomize. All of it
// is made from the types of v1alpha1 and their comments, and nothing is parsed here.
package schemas

import (
	"embed"
	"strings"
)

//go:generate go test . -run ^TestPublished$ -update
//go:generate go test ../cmd/sallyport -run ^(TestREADME|TestReference|TestCodes|TestCodesPage|TestProvidersPage)$ -update

//go:embed *.json *.yaml
var files embed.FS

// JSONSchema returns a kind's JSON Schema, draft-07.
func JSONSchema(kind string) (string, bool) {
	return text(File(kind))
}

// File returns the name of the file with a kind's JSON Schema, the same wherever it is named.
func File(kind string) string { return strings.ToLower(kind) + "_v1alpha1.schema.json" }

// FunctionDefinition returns a kind's KRMFunctionDefinition.
func FunctionDefinition(kind string) (string, bool) {
	return text(strings.ToLower(kind) + "_v1alpha1.krmfunction.yaml")
}

// OpenAPI returns what a kustomization's openapi field takes: which lists merge by which
// key, those of Kubernetes' own kinds among them.
func OpenAPI() string {
	doc, _ := text("openapi.json")
	return doc
}

func text(file string) (string, bool) {
	data, err := files.ReadFile(file)
	return string(data), err == nil
}
