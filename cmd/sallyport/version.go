package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"sallyport.dev/schemas/v1alpha1"
)

// version is set by the linker: see make build.
var version = "devel"

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of the program and of its specs",
		Example: "  sallyport version",
		Args:    usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "sallyport %s, %s, %s %s/%s\n", version, v1alpha1.APIVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
