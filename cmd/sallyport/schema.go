package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sallyport.dev/schemas"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// kinds are the kinds of specs. documented are all kinds that have a schema.
var (
	kinds      = []string{v1alpha1.KindExternalAccess, v1alpha1.KindExternalEndpoints}
	documented = append(slices.Clone(kinds), v1alpha1.KindExternalAccessProfile)
)

func newSchema() *cobra.Command {
	var definition, openAPI bool
	cmd := &cobra.Command{
		Use:   "schema [KIND]",
		Short: "Print the JSON Schema of a kind, for editors and validators",
		Long: `Prints the JSON Schema (draft-07) of a kind. Without a KIND it lists the kinds.

Editors with the YAML language server check and complete a spec that begins with
# yaml-language-server: $schema=externalaccess_v1alpha1.schema.json

--openapi is for kustomize patches. Without it, a patch of a spec replaces lists whole.
With openapi: {path: openapi.json} in the kustomization, kustomize merges them by key.
The file replaces the OpenAPI data that is built into kustomize, so it has the merge keys
of Kubernetes' kinds too.`,
		Example: `  sallyport schema ExternalAccess > externalaccess_v1alpha1.schema.json
  sallyport schema --openapi > openapi.json`,
		Args:              usage(cobra.MaximumNArgs(1)),
		ValidArgsFunction: cobra.FixedCompletions(documented, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case openAPI && (definition || len(args) > 0):
				return usageError{errors.New("sallyport schema: --openapi has all kinds: it cannot be combined with a KIND or --krm-function")}
			case openAPI:
				return printText(cmd, schemas.OpenAPI())
			case len(args) == 0 && definition:
				return usageError{fmt.Errorf("sallyport schema: a KIND is required with --krm-function: %s", strings.Join(kinds, ", "))}
			case len(args) == 0:
				return printText(cmd, strings.Join(documented, "\n")+"\n")
			}
			kind, err := kindNamed(args[0])
			if err != nil {
				return err
			}
			text, _ := schemas.JSONSchema(kind)
			if definition && kind == v1alpha1.KindExternalAccessProfile {
				return usageError{fmt.Errorf("sallyport schema: %s is not the config of a function: --krm-function is for %s", kind, strings.Join(kinds, ", "))}
			}
			if definition {
				text, _ = schemas.FunctionDefinition(kind)
			}
			return printText(cmd, text)
		},
	}
	cmd.Flags().BoolVar(&definition, "krm-function", false, "print the KRMFunctionDefinition of the kind instead")
	cmd.Flags().BoolVar(&openAPI, "openapi", false, "print OpenAPI with the merge keys of all kinds, for kustomize, instead")
	return cmd
}

// kindNamed returns the kind with a name, in any case.
func kindNamed(name string) (string, error) {
	for _, kind := range documented {
		if strings.EqualFold(kind, name) {
			return kind, nil
		}
	}
	return "", usageError{fmt.Errorf("there is no kind %q: %s", name, source.Suggest(name, documented))}
}

func printText(cmd *cobra.Command, text string) error {
	_, err := io.WriteString(cmd.OutOrStdout(), text)
	return err
}
