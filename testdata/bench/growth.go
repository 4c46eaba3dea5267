package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// The goals of an input of any shape.
const (
	goalSeconds   = 2
	goalMebibytes = 600
)

// growth measures what the inputs of each shape cost in each command that reads manifests. If
// sallyport says that an input has too much of something, it is measured at the limit.
func growth(dir string, only *regexp.Regexp) error {
	fmt.Fprintf(out, "\n%-40s%8s  %-9s%7s%7s  %-7s%s\n", "large inputs", "MiB", "command", "CPU s", "MiB", "goals", "ends with")
	rows, missed := 0, 0
	for _, s := range shapes {
		if !only.MatchString(s.name) {
			continue
		}
		for _, in := range []struct {
			commands []string
			text     func(most int) string
		}{{[]string{"render", "validate", "filter"}, s.text}, {[]string{"fn"}, s.list}} {
			file := filepath.Join(dir, "large")
			size, err := fit(dir, file, in.commands[0], in.text)
			if err != nil {
				return err
			}
			for _, command := range in.commands {
				rows++
				r, err := runOnce(dir, file, command)
				if err != nil {
					return err
				}
				to, verdict := io.Writer(os.Stdout), "met"
				if r.seconds > goalSeconds || r.mebibytes > goalMebibytes {
					to, verdict, missed = out, "MISSED", missed+1
				}
				fmt.Fprintf(to, "%-40s%8.2f  %-9s%7.2f%7.0f  %-7s%s\n", s.name, float64(size)/(1<<20), command, r.seconds, r.mebibytes, verdict, r.end)
			}
		}
	}
	if only.MatchString(servicesName) {
		rows++
		met, err := imports(dir)
		if err != nil {
			return err
		}
		if !met {
			missed++
		}
	}
	fmt.Fprintf(out, "at most %d s of CPU and %d MiB: %d of %d missed\n", goalSeconds, goalMebibytes, missed, rows)
	return nil
}

// beyondLimit matches how sallyport says by how much an input is over a limit.
var beyondLimit = regexp.MustCompile(`has (?:about )?(\d+) (?:values|lines|specs of kind \w+|profiles of kind \w+|components and entries of services), and (\d+) is the limit`)

// fit writes the largest input of a shape that sallyport reads, and returns its size.
func fit(dir, file, command string, text func(most int) string) (int, error) {
	for most := limit; ; {
		in := text(most)
		over, under := float64(len(in)), float64(limit)
		if len(in) <= limit {
			if err := os.WriteFile(file, []byte(in), 0o644); err != nil {
				return 0, err
			}
			r, err := runOnce(dir, file, command)
			if err != nil {
				return 0, err
			}
			m := beyondLimit.FindStringSubmatch(r.stderr)
			if m == nil {
				return len(in), nil
			}
			over, _ = strconv.ParseFloat(m[1], 64)
			under, _ = strconv.ParseFloat(m[2], 64)
		}
		most = int(float64(most) * under / over * 0.998)
	}
}

// A usage is what one run took, with its status and the beginning of what it says.
type usage struct {
	seconds, mebibytes float64
	stderr             string
	end                string // the status, and how stderr begins
}

func runOnce(dir, stdin, command string) (usage, error) {
	cmd := exec.Command(filepath.Join(dir, "measure"), stdin, filepath.Join(dir, "sallyport"), command)
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		return usage{}, err
	}
	var ns, kib, size, us float64
	if _, err := fmt.Sscan(out.String(), &ns, &kib, &size, &us); err != nil {
		return usage{}, fmt.Errorf("measuring %s: %w: %s", command, err, &stderr)
	}
	end, _, _ := strings.Cut(stderr.String(), "\n")
	if len(end) > 90 {
		end = end[:20] + " ... " + end[len(end)-65:]
	}
	return usage{us / 1e6, kib / 1024, stderr.String(), strings.TrimSpace(fmt.Sprint(cmd.ProcessState.ExitCode(), " ", end))}, nil
}
