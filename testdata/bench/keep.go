package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// figures are what is kept of the output: everything but the rows of large inputs that meet the goals.
var figures bytes.Buffer

var out = io.MultiWriter(os.Stdout, &figures)

// machine names the machine, and how busy it is.
func machine() string {
	cpu, load := "", ""
	for line := range strings.Lines(textOf("/proc/cpuinfo")) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			cpu = strings.TrimSpace(value)
		}
	}
	if fields := strings.Fields(textOf("/proc/loadavg")); len(fields) > 0 {
		load = ", load " + fields[0]
	}
	return fmt.Sprintf("%s %s/%s, %d CPUs of %s%s", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), cpu, load)
}

// textOf returns the text of a file, or "": other systems than Linux do not have these.
func textOf(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(text)
}

// sections are those of README.md, in their order.
var sections = []string{"Compared", "Large inputs"}

// keep writes the figures into their section of README.md, with the commit that they are of.
func keep(section string) error {
	commit, err := exec.Command("git", "describe", "--always", "--dirty", "--abbrev=12").Output()
	if err != nil {
		return fmt.Errorf("asking git for the commit: %w", err)
	}
	kept := map[string]string{}
	for _, part := range strings.Split(textOf("README.md"), "\n## ")[1:] {
		title, text, _ := strings.Cut(part, "\n")
		kept[title] = strings.TrimSpace(text)
	}
	kept[section] = fmt.Sprintf("Commit %s\n\n```\n%s```", strings.TrimSpace(string(commit)), strings.TrimLeft(figures.String(), "\n"))
	text := "# The last figures of `make bench`\n\n`make bench` writes this file. Times of different runs cannot be compared, and a busy machine doubles\nthem; ratios of one run can.\n"
	for _, title := range sections {
		if kept[title] != "" {
			text += "\n## " + title + "\n\n" + kept[title] + "\n"
		}
	}
	return os.WriteFile("README.md", []byte(text), 0o644)
}
