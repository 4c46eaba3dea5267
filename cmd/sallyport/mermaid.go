package main

import (
	"fmt"
	"io"
	"strings"

	"sallyport.dev/generators/plan"
)

// printMermaid prints a flowchart of the paths from clients to pods, through Gateways, load
// balancers or nodes, and Services.
func printMermaid(w io.Writer, tables []plan.Table) error {
	d := drawing{ids: map[string]string{}, drawn: map[string]bool{}}
	d.linef("flowchart LR")
	for _, t := range tables {
		for _, r := range t.Rows {
			d.row(t.Spec, r)
		}
	}
	_, err := io.WriteString(w, d.String())
	return err
}

// A drawing is the text of a flowchart. It gives each box an id by its key, in the order in
// which the boxes are first used.
type drawing struct {
	strings.Builder
	ids   map[string]string // by key
	drawn map[string]bool   // arrows
}

func (d *drawing) linef(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

// box returns the id of a box. It draws the box at its first use.
func (d *drawing) box(key, label string) string {
	id, ok := d.ids[key]
	if !ok {
		id = fmt.Sprintf("n%d", len(d.ids)+1)
		d.ids[key] = id
		d.linef("  %s[%s]", id, quoted(label))
	}
	return id
}

func (d *drawing) arrow(from, label, to string) {
	line := fmt.Sprintf("  %s -->|%s| %s", from, quoted(label), to)
	if label == "" {
		line = fmt.Sprintf("  %s --> %s", from, to)
	}
	if !d.drawn[line] {
		d.drawn[line] = true
		d.linef("%s", line)
	}
}

// row draws the path to one port.
func (d *drawing) row(spec string, r plan.Row) {
	clients := d.box("outside", "clients outside")
	if r.Type == "ClusterIP" || r.Type == "Headless" || r.Type == "ExternalName" {
		clients = d.box("inside", "clients inside")
	}
	pod := r.Pod
	if pod == "*" {
		pod = strings.TrimSpace("all pods of " + r.Component)
		if r.Component == "" {
			pod = "addresses outside"
		}
	}
	last := d.box(spec+" pod "+pod, pod)
	target := fmt.Sprintf("%s %d", r.PortName, r.Target)
	if r.Service != "" {
		service := d.box(spec+" service "+r.Service, "Service "+r.Service)
		d.arrow(service, strings.TrimSpace(target), last)
		last, target = service, fmt.Sprintf("%d", r.Port)
	}
	switch r.Type {
	case "LoadBalancer":
		key := spec + " load balancer of " + r.Service
		if r.LoadBalancer != "" {
			key = "load balancer " + r.LoadBalancer
		}
		balancer := d.box(key, strings.TrimSpace("load balancer "+r.LoadBalancer))
		d.arrow(balancer, target, last)
		last = balancer
	case "TLSRoute", "TCPRoute", "UDPRoute":
		gateway := d.box("gateway "+r.Gateway, r.Gateway)
		d.arrow(gateway, r.Type+" "+target, last)
		last = gateway
	case "NodePort", "HostPort":
		nodes := d.box(spec+" nodes", "nodes")
		if r.NodePort != 0 {
			target = fmt.Sprintf("%d", r.NodePort)
		}
		d.arrow(nodes, target, last)
		last = nodes
	}
	d.arrow(clients, r.Address, last)
}

// quoted returns a label in quotes, with the entities that Mermaid requires.
func quoted(label string) string {
	return `"` + strings.NewReplacer(`"`, "#quot;", "<", "#lt;", ">", "#gt;").Replace(label) + `"`
}
