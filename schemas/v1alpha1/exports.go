package v1alpha1

// Export is a text for another tool that must have the same addresses, such as the values of a
// Helm chart. sallyport export prints it. It never becomes an object, and it can only contain
// addresses that are known offline.
type Export struct {
	// For is what the text is for, as sallyport export --list prints it.
	For string `json:"for,omitempty" example:"Helm values of acme/queue 2"`

	// Ports are the component's names of ports, by the names that the text uses. Default: the
	// names are the same.
	Ports StringMap `json:"ports,omitempty" keys:"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" example:"{external: partners}"`

	// Requires names the rules that the reader of the text imposes on the addresses.
	Requires []Requirement `json:"requires,omitempty" example:"[DNSName]"`

	// Lists are texts that repeat. The text refers to them as $(list:NAME). Without a component of
	// its own, a list repeats for the pods of the component that has the export. For an export of
	// the spec, these are the pods of all components with a PerPod entry for the ports of the text.
	Lists map[string]*List `json:"lists,omitempty"`

	// Text is what is printed. It can contain placeholders: those of files, and $(replicas), the
	// number of the component's pods. Those of a single pod can only be in lists. Default: the
	// text of the built-in export of this name.
	Text string `json:"text,omitempty" example:"'addresses: [$(list:addresses)]'"`
}

// GeneralExports are the names of exports that every spec has.
var GeneralExports = []string{"zone", "hosts", "sans", "firewall", "clients"}

func completeExports(all map[string]*Export) map[string]*Export {
	out := make(map[string]*Export, len(all))
	for name, e := range clean(all) {
		out[name] = new(e.Complete())
	}
	return out
}

// Complete sets the absent fields of an export.
func (e Export) Complete() Export {
	e.Ports, e.Lists = clean(e.Ports), completeLists(e.Lists)
	return e
}

func completeLists(all map[string]*List) map[string]*List {
	out := make(map[string]*List, len(all))
	for name, l := range clean(all) {
		out[name] = &List{Over: l.Over, Component: l.Component, Limit: or(l.Limit, 0), Item: l.Item, Separator: or(l.Separator, ",")}
	}
	return out
}
