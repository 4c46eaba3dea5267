// The program e2e runs Sallyport inside the tools of its users, and prints one line for each
// row: ok, FAIL, or SKIP with the reason. Arguments name rows, or groups of rows such as
// kustomize. Without arguments all rows run. A skipped row is a failure too, unless SKIP_OK
// names the row or its group.
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// rows are all tests.
var rows = slices.Concat(kustomizeRows, nameRows, helmRows, chartRows, patchRows, argoRows, fluxRows, kptRows, containerRows, kubectlRows, clusterRows, transitionRows)

// A rowCase is one test. Its name is GROUP/WHAT.
type rowCase struct {
	name string
	run  func(*row)
}

func main() {
	if err := os.Chdir(repository()); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	wanted := os.Args[1:]
	for _, w := range wanted {
		if !slices.ContainsFunc(rows, func(c rowCase) bool { return named(c.name, []string{w}) }) {
			fmt.Fprintf(os.Stderr, "e2e: there is no row and no group %q\n", w)
			os.Exit(2)
		}
	}
	skipOK := strings.Fields(os.Getenv("SKIP_OK"))
	status := 0
	for _, c := range rows {
		if len(wanted) > 0 && !named(c.name, wanted) {
			continue
		}
		verdict, why := run(c)
		if verdict == "FAIL" || verdict == "SKIP" && !named(c.name, skipOK) {
			status = 1
		}
		fmt.Println(strings.TrimSpace(fmt.Sprintf("%-5s %-24s %s", verdict, c.name, why)))
	}
	os.Exit(status)
}

// named reports whether a list has the row or its group.
func named(row string, list []string) bool {
	group, _, _ := strings.Cut(row, "/")
	return slices.Contains(list, row) || slices.Contains(list, group)
}
