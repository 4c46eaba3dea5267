package v1alpha1

import (
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// Provider is what provides the load balancers.
type Provider string

// otherProviders are words for load balancers that have no row.
var otherProviders = []string{"alb", "ibm", "ovh", "scaleway", "tencent", "tke"}

// Refuse returns which provider a word means, or what to do without a row.
func (Provider) Refuse(word string) string {
	low := strings.ToLower(word)
	for _, row := range providers {
		if slices.Contains(row.Words, low) {
			return "write provider: " + string(row.Name)
		}
	}
	if slices.Contains(otherProviders, low) {
		return "leave it out: write loadBalancer.class, and the annotations that it reads under annotations, with placeholders such as $(serviceName)"
	}
	return ""
}

// ProviderNone is the default: the fields of the Service alone.
const ProviderNone Provider = "None"

// A ProviderRow is what a spec's validation must know of a provider. What the provider reads
// off a Service, and what it cannot do, is in the package generators/provider.
type ProviderRow struct {
	Name  Provider
	Is    string   // what it is, for the reference
	Words []string // what people call it, in lower case
	Class string   // the class of its Services, unless the spec sets another one; "": none

	Classes     []string    // the classes that it serves; nil: any
	Address     AddressForm // what an address is
	Private     AddressForm // the same for a load balancer inside the network, where that is something else
	IsPrivate   bool        // its load balancers are inside the network unless internal is false
	AllFamilies bool        // the addresses of a load balancer must be of all families of the Service
	NoAddress   bool        // no address can be asked for
	PodsOnly    bool        // it takes Services with pods only
	OnNodes     bool        // its load balancers listen at the addresses of all nodes, so that no two can have one port
	StatusName  bool        // the status of a Service has a DNS name, and no address

	// IsProxy reports whether it connects to the pods itself, so that they do not see the addresses
	// of clients; nil: it does not.
	IsProxy func(*Access) bool

	Reads    []Reader      // the annotations of Services that it reads
	Settings []source.Path // of Access, that only this provider and those with the same setting use
	Example  string        // a value of loadBalancer with which Services share one address; "": they cannot

	// Pool is the pool that Services may share by its name, as the settings have it, with
	// placeholders; "": each has its own. Nil: the provider has no such pools.
	Pool func(*LoadBalancerSettings) string

	// complete and check are for the settings that this provider alone has; nil: it has none.
	// complete gives zero values to those that are not set, check reports each wrong one at
	// its place.
	complete func(*LoadBalancerSettings)
	check    func(*validator, *LoadBalancerSettings, func(...string) source.Path)
}

// A Reader is a tool that reads annotations. The keys are those that it documents, without the
// prefix.
type Reader struct {
	Name      string
	Prefixes  []string
	Keys      []string
	OnePrefix bool // a release of the tool reads one of the prefixes, and not all of them
}

// externalDNS is the tool external-dns (docs/annotations there).
var externalDNS = Reader{
	Name: "external-dns", Prefixes: externalDNSPrefixes, OnePrefix: true,
	Keys: []string{
		"access", "alias", "controller", "endpoints-type", "hostname", "ingress", "ingress-hostname-source", "internal-hostname",
		"record-type", "set-identifier", "target", "ttl", "aws-evaluate-target-health", "aws-failover", "aws-health-check-id",
		"aws-multi-value-answer", "aws-region", "aws-weight", "cloudflare-custom-hostname", "cloudflare-proxied", "cloudflare-region-key",
		"cloudflare-tags",
	},
}

// readers are the tools whose annotations are checked for misspellings.
func readers() []Reader {
	out := []Reader{externalDNS}
	for _, row := range providers {
		out = append(out, row.Reads...)
	}
	return out
}

// Values lists the providers.
func (Provider) Values() []string {
	return each(providers, func(row ProviderRow) string { return string(row.Name) })
}

// Row is what there is to know of a provider; that of None where there is no such provider,
// which decoding reports.
func (p Provider) Row() *ProviderRow {
	for i := range providers {
		if providers[i].Name == p {
			return &providers[i]
		}
	}
	return &providers[0]
}

// OfClass returns the provider whose Services have a class; "": it is not known.
func OfClass(class string) Provider {
	for _, row := range providers {
		if slices.Contains(row.Classes, class) {
			return row.Name
		}
	}
	return ""
}

// Has reports whether the provider uses a setting of Access.
func (row *ProviderRow) Has(setting source.Path) bool {
	return slices.ContainsFunc(row.Settings, func(p source.Path) bool { return slices.Equal(p, setting) })
}

// Inside reports whether complete settings make a load balancer inside the network.
func (lb *LoadBalancerSettings) Inside() bool {
	if lb.Internal != nil {
		return *lb.Internal
	}
	return lb.Provider.Row().IsPrivate
}

// Takes returns what an address is for complete settings.
func (row *ProviderRow) Takes(lb *LoadBalancerSettings) AddressForm {
	if lb.Inside() && row.Private.What != "" {
		return row.Private
	}
	return row.Address
}

// sharesPool reports whether the pods of a PerPod entry share one pool by its name.
func (a *Access) sharesPool() bool {
	row := a.LoadBalancer.Provider.Row()
	if row.Pool == nil {
		return false
	}
	pool := row.Pool(a.LoadBalancer)
	return pool != "" && !DiffersPerPod(pool)
}

// sharesAddress reports whether the pods of a PerPod entry are reached at one address, so that only
// ports tell them apart.
func (a *Access) sharesAddress() bool {
	return *a.LoadBalancer.Address != "" || a.LoadBalancer.Provider.Row().OnNodes
}

// count returns for how many providers something holds.
func count(holds func(ProviderRow) bool) (n int) {
	for _, row := range providers {
		n += int(one(holds(row)))
	}
	return n
}

// providersWith names the providers of which something holds, for messages.
func providersWith(holds func(ProviderRow) bool) string {
	var names []string
	for _, row := range providers {
		if holds(row) {
			names = append(names, string(row.Name))
		}
	}
	return alternatives(names)
}

// alternatives are names with commas and an "or".
func alternatives(names []string) string {
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " or " + names[n]
	}
	return strings.Join(names, "")
}

// providerSettings are the rows of the settings that not all providers have.
func providerSettings() []setting {
	var out []setting
	seen := map[string]bool{}
	for _, row := range providers {
		for _, path := range row.Settings {
			name := path.String()
			if seen[name] {
				continue
			}
			seen[name] = true
			has := func(row ProviderRow) bool { return row.Has(path) }
			reason := "only provider " + providersWith(has) + " has one"
			if count(has) > 1 {
				reason = "its provider has no such setting: sallyport providers list shows which ones have"
			}
			if row.PodsOnly {
				reason += ", and it only supports Services with pods"
			}
			usable := func(t *Target) bool { return has(t.provider()) && t.serves(t.provider()) }
			out = append(out, setting{path, usable, reason, false})
		}
	}
	return out
}
