// The program engines proves with real servers and real clients that what Sallyport generates
// works, and prints one line for each proof: ok, FAIL, or SKIP with the reason. Arguments name
// proofs, or groups of proofs such as kafka. Without arguments all run. A skipped proof is a
// failure too, unless SKIP_OK names the proof or its group. KEEP=1 keeps the logs of a proof that
// fails.
//
// Each pod has a network namespace, and runs the StatefulSet of the example as sallyport filter
// prints it, or else reads the files that sallyport render --patch mounts. The edge of the cluster is another namespace, which forwards what the generated
// Services open. The client is in a third one. It is connected to the edge alone, knows only
// the bootstrap line of sallyport plan, and must reach every pod at the address that its server
// advertises. Then one pod gets a file with another address: the client must reach all others,
// and not this one.
//
// For routes, the edge has one address, at which Traefik listens. It reads the generated objects and
// the user's Gateway from a real API server (make cluster builds it). The names of all routes lead to
// the address, and so do wrong ones, which Traefik refuses.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == clientArg {
		os.Exit(clientMain(os.Args[2]))
	}
	if err := os.Chdir(repository()); err != nil {
		fmt.Fprintln(os.Stderr, "engines:", err)
		os.Exit(1)
	}
	wanted := os.Args[1:]
	for _, w := range wanted {
		if !slices.ContainsFunc(proofs, func(p proof) bool { return named(p.name, []string{w}) }) {
			fmt.Fprintf(os.Stderr, "engines: there is no proof and no group %q\n", w)
			os.Exit(2)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	os.Exit(runAll(ctx, wanted))
}

// sallyport is the program.
var sallyport string

// runAll runs the wanted proofs and returns the exit status.
func runAll(ctx context.Context, wanted []string) int {
	programs, err := os.MkdirTemp("", "sallyport-programs-")
	if err == nil {
		defer os.RemoveAll(programs)
		_, err = in(".", "go", "build", "-trimpath", "-o", programs, "./cmd/sallyport")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "engines:", err)
		return 1
	}
	sallyport = filepath.Join(programs, "sallyport")
	skipOK := strings.Fields(os.Getenv("SKIP_OK"))
	status := 0
	for _, p := range proofs {
		if len(wanted) > 0 && !named(p.name, wanted) {
			continue
		}
		begin := time.Now()
		verdict, why := run(ctx, p)
		if ctx.Err() != nil {
			fmt.Fprintln(os.Stderr, "engines: stopped by a signal")
			return 1
		}
		if verdict == "FAIL" || verdict == "SKIP" && !named(p.name, skipOK) {
			status = 1
		}
		fmt.Printf("%-4s %-28s %s  %.1fs\n", verdict, p.name, why, time.Since(begin).Seconds())
	}
	return status
}

// named reports whether a list has the proof or its group.
func named(name string, list []string) bool {
	group, _, _ := strings.Cut(name, "/")
	return slices.Contains(list, name) || slices.Contains(list, group)
}

// repository returns the root of the repository in which this program runs.
func repository() string {
	out, _ := exec.Command("go", "env", "GOMOD").Output() // without go nothing else works either
	return filepath.Join(filepath.Dir(strings.TrimSpace(string(out))), "..", "..")
}
