package v1alpha1

import (
	"slices"
	"strings"

	"sallyport.dev/schemas/source"
)

// Provider is what provides the load balancers.
type Provider string

// clouds are words for the load balancers of clouds. They read annotations, and need no table of
// their own.
var clouds = []string{"aws", "eks", "nlb", "google", "gcp", "gke", "azure", "aks", "openstack", "digitalocean", "hetzner"}

// Refuse returns what to use instead of a cloud as the provider.
func (Provider) Refuse(word string) string {
	if !slices.Contains(clouds, strings.ToLower(word)) {
		return ""
	}
	return "leave it out: for the load balancers of clouds write loadBalancer.class, and their annotations under annotations"
}

// ProviderNone is the default: the fields of the Service alone.
const ProviderNone Provider = "None"

// A ProviderRow is what a spec's validation must know of a provider. What the provider reads
// off a Service, and what it cannot do, is in the package generators/provider.
type ProviderRow struct {
	Name        Provider
	AddressIsIP bool          // an address is an IP, or one of each family; else it is whatever the provider takes
	OneAddress  bool          // a load balancer takes one address, and not one of each family
	AllFamilies bool          // the addresses of a load balancer must be of all families of the Service
	NoAddress   bool          // no address can be asked for
	PodsOnly    bool          // it takes Services with pods only
	IsProxy     bool          // it connects to the pods itself, so that they do not see the addresses of clients
	Reads       Reader        // the annotations of Services that it reads
	Settings    []source.Path // of Access, that only this provider and those with the same setting use
	Example     string        // a value of loadBalancer with which Services share one address; "": they cannot

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
		if len(row.Reads.Keys) > 0 {
			out = append(out, row.Reads)
		}
	}
	return out
}

// providers are all that a spec may name, in the order in which they are listed.
var providers = []ProviderRow{
	{Name: ProviderNone, OneAddress: true},
	{Name: "MetalLB", AddressIsIP: true, AllFamilies: true, Reads: Reader{
		Name: "MetalLB", Prefixes: []string{"metallb.io/", "metallb.universe.tf/"},
		Keys: []string{"address-pool", "allow-shared-ip", "ip-allocated-from-pool", "loadBalancerIPs"},
	}, Settings: []source.Path{at("loadBalancer", "sharingKey"), at("loadBalancer", "addressPool")},
		Example: "{provider: MetalLB, address: 192.0.2.10}"},
	edgeLBRow,
}

// Values lists the providers.
func (Provider) Values() []string {
	return each(providers, func(row ProviderRow) string { return string(row.Name) })
}

// Row is what there is to know of a provider; that of None where there is no such provider,
// which decoding reports.
func (p Provider) Row() ProviderRow {
	for _, row := range providers {
		if row.Name == p {
			return row
		}
	}
	return providers[0]
}

func (row ProviderRow) has(setting source.Path) bool {
	return slices.ContainsFunc(row.Settings, func(p source.Path) bool { return slices.Equal(p, setting) })
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

func podsOnly(row ProviderRow) bool  { return row.PodsOnly }
func noAddress(row ProviderRow) bool { return row.NoAddress }

// providersWith names the providers of which something holds, for messages.
func providersWith(holds func(ProviderRow) bool) string {
	var names []string
	for _, row := range providers {
		if holds(row) {
			names = append(names, string(row.Name))
		}
	}
	return strings.Join(names, " or ")
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
			has := func(row ProviderRow) bool { return row.has(path) }
			reason := "only provider " + providersWith(has) + " has one"
			if row.PodsOnly {
				reason += ", and it only supports Services with pods"
			}
			usable := func(t *Target) bool { return has(t.provider()) && t.serves(t.provider()) }
			out = append(out, setting{path, usable, reason, false})
		}
	}
	return out
}
