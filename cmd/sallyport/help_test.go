package main

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// commandsOf returns a command and all those below it, as users call them.
func commandsOf(cmd *cobra.Command) []*cobra.Command {
	out := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			out = append(out, commandsOf(c)...)
		}
	}
	return out
}

// TestHelp checks that the help of each command fits a terminal, and has an example.
func TestHelp(t *testing.T) {
	t.Parallel()
	all := commandsOf(newRoot(io.Discard))
	if len(all) < 20 {
		t.Errorf("%d commands", len(all))
	}
	for _, cmd := range all {
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		out, stderr, status := sallyport("", args...)
		if status != statusFine || stderr != "" {
			t.Errorf("%s: status %d: %s", cmd.CommandPath(), status, stderr)
		}
		for line := range strings.SplitSeq(out, "\n") {
			if n := utf8.RuneCountInString(line); n > helpWidth {
				t.Errorf("%s: %d columns: %s", cmd.CommandPath(), n, line)
			}
		}
		shell := strings.Contains(cmd.CommandPath(), "completion") // cobra's own texts
		if !shell && !strings.Contains(out, "\nExamples:\n  ") {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
	}
}

// TestAlike checks that the words of other tools are no commands here, and lead to one.
func TestAlike(t *testing.T) {
	t.Parallel()
	root := newRoot(io.Discard)
	for word, command := range alike {
		if c, _, err := root.Find([]string{word}); err == nil && c != root {
			t.Errorf("%s is a command", word)
		}
		if c, _, err := root.Find([]string{command}); err != nil || c == root {
			t.Errorf("%s leads to %s, which is no command", word, command)
		}
	}
}
