package main

import (
	"fmt"
	"io"
	"strings"

	"sallyport.dev/generators/plan"
)

// printMermaid draws the way from clients to pods: load balancer or node, Service, pod.
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

// A drawing is the text of a flowchart. Boxes have ids by what they stand for, in the order
// in which they come up.
type drawing struct {
	strings.Builder
	ids   map[string]string
	drawn map[string]bool
}

func (d *drawing) linef(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

// box returns the id of a box, and draws it when it comes up first.
func (d *drawing) box(what, label string) string {
	id, ok := d.ids[what]
	if !ok {
		id = fmt.Sprintf("n%d", len(d.ids)+1)
		d.ids[what] = id
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

// row draws the way of one port.
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
		key := spec + " door " + r.Service
		if r.LoadBalancer != "" {
			key = "door " + r.LoadBalancer
		}
		door := d.box(key, strings.TrimSpace("load balancer "+r.LoadBalancer))
		d.arrow(door, target, last)
		last = door
	case "NodePort", "HostPort":
		door := d.box(spec+" nodes", "nodes")
		if r.NodePort != 0 {
			target = fmt.Sprintf("%d", r.NodePort)
		}
		d.arrow(door, target, last)
		last = door
	}
	d.arrow(clients, r.Address, last)
}

// quoted is a label: Mermaid reads entities in it.
func quoted(label string) string {
	return `"` + strings.NewReplacer(`"`, "#quot;", "<", "#lt;", ">", "#gt;").Replace(label) + `"`
}
