package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"sallyport.dev/generators"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// planFormats are the output formats of the address table.
var planFormats = []string{"table", "json", "markdown", "mermaid"}

func newPlan() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "plan [FILE|DIR|-]...",
		Short: "Print the address table: the advertised address of every pod",
		Long: `Prints the address table, from which all manifests are generated. It has the numbers, the
DNS name and the advertised address of each port of each Service. Below the table are the
listeners of Gateways; the bootstrap addresses: the Service for all pods, or the first three
pods, from which clients learn the others; and how many names the certificates have (-o json
lists them).

The column HOW has the source of the advertised address:

  known       it follows from the spec
  discovered  the pod finds it when it starts, for a file or because the engine asks
  assigned    the cluster assigns it, and no pod needs it`,
		Example: `  sallyport plan kafka.yaml
  sallyport plan -o mermaid kafka.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			write, ok := map[string]func(io.Writer, []plan.Table) error{
				"table": printTables, "json": printJSON, "markdown": printMarkdown, "mermaid": printMermaid}[format]
			if !ok {
				return usageError{fmt.Errorf("sallyport plan: there is no output format %q: %s", format, source.Suggest(format, planFormats))}
			}
			in, err := readInput(cmd, args)
			if err != nil {
				return err
			}
			result := generators.Run(in.specs, in.others)
			if err := in.report(cmd, result.Diagnostics, source.Warning); err != nil {
				return err
			}
			return write(cmd.OutOrStdout(), result.Tables())
		},
	}
	cmd.Flags().StringVarP(&format, "output", "o", "table", "`FORMAT`: "+strings.Join(planFormats, ", "))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(planFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

var planColumns = []string{"COMPONENT", "POD", "SERVICE", "TYPE", "PORT", "NODE PORT", "DNS NAME", "ADVERTISED", "HOW"}

func planCells(r plan.Row) []string {
	port := strconv.Itoa(int(r.Port))
	if r.PortName != "" {
		port = r.PortName + " " + port
	}
	nodePort := ""
	if r.NodePort != 0 {
		nodePort = strconv.Itoa(int(r.NodePort))
	}
	cells := []string{r.Component, r.Pod, r.Service, r.Type, port, nodePort, r.DNSName, r.Address, string(r.How)}
	for i, c := range cells {
		if c == "" {
			cells[i] = "-"
		}
	}
	return cells
}

func printTables(w io.Writer, tables []plan.Table) error {
	for i, t := range tables {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, t.Spec)
		tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(tab, strings.Join(planColumns, "\t"))
		for _, r := range t.Rows {
			fmt.Fprintln(tab, strings.Join(planCells(r), "\t"))
		}
		if err := tab.Flush(); err != nil {
			return err
		}
		for _, g := range t.Gateways {
			fmt.Fprintf(w, "gateway %s %s: %s, %s\n", g.Component, g.PortName, g.Gateway, g.Ports)
		}
		for _, b := range t.Bootstrap {
			if _, err := fmt.Fprintf(w, "bootstrap %s %s: %s\n", b.Component, b.PortName, b.Addresses); err != nil {
				return err
			}
		}
		for _, c := range t.Certificates {
			if _, err := fmt.Fprintln(w, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func printJSON(w io.Writer, tables []plan.Table) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(tables)
}

func printMarkdown(w io.Writer, tables []plan.Table) error {
	for i, t := range tables {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "### %s\n\n| %s |\n|%s\n", t.Spec, strings.ToLower(strings.Join(planColumns, " | ")), strings.Repeat("---|", len(planColumns)))
		for _, r := range t.Rows {
			text := strings.NewReplacer("<", "&lt;", ">", "&gt;", "*", `\*`).Replace(strings.Join(planCells(r), " | "))
			fmt.Fprintf(w, "| %s |\n", text)
		}
		if len(t.Bootstrap)+len(t.Certificates) > 0 {
			fmt.Fprintln(w)
		}
		for _, g := range t.Gateways {
			fmt.Fprintf(w, "- gateway %s %s: %s, %s\n", g.Component, g.PortName, g.Gateway, g.Ports)
		}
		for _, b := range t.Bootstrap {
			if _, err := fmt.Fprintf(w, "- bootstrap %s %s: `%s`\n", b.Component, b.PortName, b.Addresses); err != nil {
				return err
			}
		}
		for _, c := range t.Certificates {
			if _, err := fmt.Fprintf(w, "- %s\n", c); err != nil {
				return err
			}
		}
	}
	return nil
}
