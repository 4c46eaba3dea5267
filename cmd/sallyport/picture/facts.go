package picture

import (
	"slices"
	"strings"

	"sallyport.dev/generators/plan"
)

// An opening is what a firewall must let pass, for one entry of services.
type opening struct {
	out                  bool
	addresses            []string // of the destination
	ports                string
	protocol             string
	source, what, remark string
}

// openingsOf joins the rules of a firewall: the ports of an address, then the addresses with the same
// ports.
func openingsOf(p plan.Page) []opening {
	type key struct{ address, protocol, source, what, remark string } // for the second step, the ports are in the place of the address
	var keys []key
	ports := map[key][]int32{}
	out := map[key]bool{}
	for _, r := range p.Firewall {
		k := key{r.Address, string(r.Protocol), r.Source(), r.Service.Entry, ""}
		if r.Gap != nil {
			k.remark = r.Gap.What
		}
		if c := r.Service.ComponentName(); c != "" {
			k.what = c + "." + k.what
		} else {
			k.what = r.Service.Name
		}
		if _, ok := ports[k]; !ok {
			keys = append(keys, k)
		}
		ports[k], out[k] = append(ports[k], r.Port), r.Out
	}
	var all []opening
	index := map[key]int{}
	for _, k := range keys {
		same := key{portRanges(ports[k]), k.protocol, k.source, k.what, k.remark}
		i, ok := index[same]
		if !ok {
			i = len(all)
			index[same], all = i, append(all, opening{out[k], nil, same.address, k.protocol, k.source, k.what, k.remark})
		}
		if k.address != "" {
			all[i].addresses = append(all[i].addresses, k.address)
		}
	}
	return all
}

// from names where connections come from.
func (o opening) from() string {
	switch {
	case o.out:
		return "pods of the cluster"
	case o.source == "any":
		return "not restricted"
	}
	return strings.ReplaceAll(o.source, ",", ", ")
}

// to names where connections go to.
func (o opening) to() string {
	if len(o.addresses) == 0 {
		return "not known yet"
	}
	if slices.Equal(o.addresses, []string{"nodes"}) {
		return "all nodes of the cluster"
	}
	return abridged(addressRanges(o.addresses), "addresses")
}

// portsText names the ports, or why they are not known.
func (o opening) portsText() string {
	if o.ports == "" {
		return "not known yet"
	}
	return o.ports
}

// A published is a name in DNS.
type published struct{ name, kind, target, ttl, by string }

// publishedOf returns the records of the public names, each once.
func publishedOf(p plan.Page) []published {
	var out []published
	seen := map[published]bool{}
	add := func(one published) {
		if !seen[one] {
			seen[one] = true
			out = append(out, one)
		}
	}
	for _, n := range p.Names {
		by := n.Publisher()
		records := n.Records()
		for _, r := range records {
			add(published{n.Name, string(r.Type), strings.Join(r.Targets, ", "), number(r.TTL), by})
		}
		if len(records) == 0 {
			add(published{n.Name, n.Service.RecordTypes(), "not known yet: " + n.Service.Missing().What, number(n.TTL), by})
		}
	}
	return out
}

// certificateOf describes where a certificate is, and what it may lack.
func certificateOf(s plan.Subject) string {
	var out []string
	if s.Secret != "" {
		out = append(out, "Cert-manager puts it in Secret "+s.Secret+".")
	}
	var missing []string
	for _, g := range s.Missing {
		missing = append(missing, g.What)
	}
	if len(missing) > 0 {
		out = append(out, "Names may be missing: "+strings.Join(unique(missing), "; ")+".")
	}
	return strings.Join(out, " ")
}

// namesOf returns the names and addresses of a certificate.
func namesOf(s plan.Subject) []string { return slices.Concat(s.Names.DNS, s.Names.IPs) }

// subjectsOf returns those who get a certificate with a name in it.
func subjectsOf(p plan.Page) []plan.Subject {
	return slices.DeleteFunc(slices.Clone(p.Subjects), func(s plan.Subject) bool { return len(namesOf(s)) == 0 && len(s.Missing) == 0 })
}

// A fact is a table of what others need.
type fact struct {
	title   string
	columns []string
	rows    [][]string
	none    string // what is written if there are no rows
}

// factsOf returns what those need who open firewalls and publish names, and the addresses outside the
// cluster.
func factsOf(p plan.Page) []fact {
	outside := fact{title: "Addresses outside the cluster", columns: []string{"Port", "Addresses", "Remarks"}}
	for _, b := range backendsOf(p) {
		outside.rows = append(outside.rows, []string{b.ports, strings.Join(b.addresses, ", "), strings.Trim(b.traits, " ()")})
	}
	firewall := fact{title: "Firewall", columns: []string{"From", "To", "Ports", "Protocol", "For", "Remarks"}, none: "Nothing to open."}
	for _, o := range openingsOf(p) {
		firewall.rows = append(firewall.rows, []string{o.from(), o.to(), o.portsText(), o.protocol, o.what, o.remark})
	}
	dns := fact{title: "DNS", columns: []string{"Name", "Type", "Points at", "TTL", "Published by"}, none: "No names to publish."}
	for _, r := range publishedOf(p) {
		dns.rows = append(dns.rows, []string{r.name, r.kind, r.target, r.ttl, r.by})
	}
	if len(outside.rows) == 0 {
		return []fact{firewall, dns}
	}
	return []fact{outside, firewall, dns}
}
