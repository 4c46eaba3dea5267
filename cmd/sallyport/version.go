package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"sallyport.dev/schemas/v1alpha1"
)

// version is that of the program, the image and the archives: see TestVersion.
var version = "0.1.0"

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of the program and of its specs",
		Example: "  sallyport version",
		Args:    usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "sallyport %s%s, %s, %s %s/%s\n", version, revision(), v1alpha1.APIVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// revision returns the commit of a program that was built in a clone, in parentheses. Releases have
// none, so that they have the same bytes wherever they are built.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return fmt.Sprintf(" (commit %.12s)", s.Value)
		}
	}
	return ""
}
