package diff

import (
	"slices"

	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/v1alpha1"
)

// hostnameKeys are the annotations with the names of a Service, targetKeys those with what the names
// point at.
var (
	hostnameKeys = []string{"external-dns.alpha.kubernetes.io/hostname", "external-dns.kubernetes.io/hostname"}
	targetKeys   = []string{"external-dns.alpha.kubernetes.io/target", "external-dns.kubernetes.io/target"}
)

// balancerRules are what providers do when their annotations change, by the rows of the providers.
var balancerRules = []Rule{
	{ID: "LoadBalancerRenamed", Kinds: services, Fields: balancerFields, Class: Safe, When: isRenamed(provider.Equal),
		Why: "the provider reads the same value under the other name of the setting, or in the other place"},
	{ID: "LoadBalancerNewerName", Kinds: services, Fields: balancerFields, Class: Disruptive, When: isRenamed(provider.EqualNewer),
		Why: "a version of the provider that only knows the older name no longer finds the value, and gives the load balancer another one", Who: "{clients}", Instead: "keep both names, as a spec writes them"},
	{ID: "LoadBalancerProvider", Kinds: services, Fields: balancerKeys, Class: Disruptive, When: changesProvider,
		Why: "another provider makes a load balancer, and that of the old one is deleted or left behind", Who: "{clients}", Instead: "add a Service with another name, move the clients, and then remove this one"},
	{ID: "LoadBalancerLeaked", Kinds: services, Fields: balancerKeys, Class: Recreate, When: changes(provider.Abandoned),
		Why: "another controller takes the Service over, and the load balancer is replaced or left behind", Who: "{clients}", Instead: "keep the annotation; add a Service with another name, and move the clients"},
	{ID: "LoadBalancerFixed", Kinds: services, Fields: balancerKeys, Class: Recreate, When: changes(provider.Fixed),
		Why: "the provider reads it only when it creates the load balancer, or refuses the change", Instead: "add a Service with another name, and move the clients"},
	{ID: "LoadBalancerIPFixed", Kinds: services, Fields: []string{"spec.loadBalancerIP"}, Class: Recreate, When: func(c *change) bool { return fieldChange(c) == provider.Fixed },
		Why: "the load balancer keeps its address, and some providers, such as Oracle's, refuse all later changes as well", Instead: "add a Service with another name and the new address, move the clients, and then remove this one"},
	{ID: "LoadBalancerIP", Kinds: services, Fields: []string{"spec.loadBalancerIP"}, Class: Disruptive, When: staysBalanced,
		Why: "the load balancer gets another address", Who: "{clients}",
		Instead: "add a Service with another name and the new address, move the clients, and then remove this one"},
	{ID: "LoadBalancerReplaced", Kinds: services, Fields: balancerKeys, Class: Disruptive, When: changes(provider.Replaced),
		Why: "the load balancer is replaced by one with another address or name", Who: "{clients}", Instead: "add a Service with another name, move the clients, and then remove this one"},
	{ID: "LoadBalancerAddress", Kinds: services, Fields: balancerKeys, Class: Disruptive, When: func(c *change) bool {
		return changes(provider.Readdressed)(c) || changes(provider.Unshared)(c) && readdressed(c)
	},
		Why: "the load balancer gets another address, and is away until it has it", Who: "{clients}", Instead: "add a Service with another name and the new address, move the clients, and then remove this one"},
	{ID: "LoadBalancerTargets", Kinds: services, Fields: balancerKeys, Class: Disruptive, When: changes(provider.Retargeted),
		Why: "the load balancer connects to the pods in another way, and its connections end", Who: "{clients}"},
	{ID: "SharingKey", Kinds: services, Fields: balancerKeys, Class: Disruptive, When: changes(provider.Unshared),
		Why: "a Service shares an address only with those that have the same key, and gets another address, or none, while they differ", Who: "{clients}", Instead: "change the key of all Services with the address in one apply"},
	{ID: "LoadBalancerSettings", Kinds: services, Fields: balancerKeys, Class: Disruptive, When: changes(provider.Redeployed),
		Why: "EdgeLB deploys the pool again", Who: "{clients}"},

	{ID: "DNSName", Kinds: services, Fields: annotation, Class: Disruptive, When: func(c *change) bool { return slices.Contains(hostnameKeys, c.key) && len(c.gone()) > 0 },
		Why: "external-dns removes {gone}", Who: "clients that know {gone}", Instead: "keep the old name beside the new one, with aliases, until the clients have moved"},
	{ID: "DNSTarget", Kinds: services, Fields: annotation, Class: Disruptive, When: func(c *change) bool { return slices.Contains(targetKeys, c.key) && !underBoth(c) },
		Why: "the names lead to another place, once the cached answers have expired", Who: "{clients}", Instead: "keep the old place open for as long as the TTL of the records"},
}

var (
	annotation   = []string{"metadata.annotations[]"}
	balancerKeys = []string{"metadata.annotations[]", "metadata.labels[]"}

	balancerFields = []string{"metadata.annotations[]", "spec.loadBalancerIP"}
)

// isRenamed is for settings that a Service has under another name than before.
func isRenamed(to provider.Renaming) func(*change) bool {
	return func(c *change) bool {
		key := c.key
		if c.matches("spec.loadBalancerIP") {
			key = provider.FieldKey
		}
		return staysBalanced(c) && provider.RenamingOf(key, carrier(c.was), carrier(c.is)) == to
	}
}

// carrier returns the settings of a load balancer that a Service carries.
func carrier(o *object) provider.Carrier {
	out := provider.Carrier{Annotations: texts(child(o.tree, "metadata", "annotations")), Labels: texts(child(o.tree, "metadata", "labels"))}
	if ip := str(at(o.tree, "spec", "loadBalancerIP")); ip != "" {
		out.Access.LoadBalancer = &v1alpha1.LoadBalancerSettings{Address: &ip}
	}
	return out
}

// underBoth reports whether a target of DNS names is added that the Service has under the other prefix.
func underBoth(c *change) bool {
	return c.before == nil && slices.ContainsFunc(targetKeys, func(key string) bool {
		return same(at(c.was.tree, "metadata", "annotations", key), c.after)
	})
}

// changes is for keys that a provider reads while the Service has its load balancer.
func changes(to provider.Change) func(*change) bool {
	return func(c *change) bool {
		return staysBalanced(c) && provider.ChangeOf(c.key, c.matches("metadata.labels")) == to
	}
}

// changesProvider is for keys of two providers, of which each has had, or has now, the Service.
func changesProvider(c *change) bool {
	if !staysBalanced(c) || provider.ChangeOf(c.key, c.matches("metadata.labels")) == provider.Stays {
		return false
	}
	was, is := owner(c.was), owner(c.is)
	return was != nil && is != nil && was != is
}

// owner returns the provider whose keys a Service has.
func owner(o *object) *provider.Provider {
	return provider.ByKeys(texts(child(o.tree, "metadata", "annotations")), texts(child(o.tree, "metadata", "labels")))
}

// readdressed reports whether the Service requests other addresses. The sharing key is an address by default.
func readdressed(c *change) bool {
	requested := func(o *object) []string { return provider.Requested(texts(child(o.tree, "metadata", "annotations"))) }
	return !slices.Equal(requested(c.was), requested(c.is))
}

// fieldChange returns what the provider of a Service does when spec.loadBalancerIP changes.
func fieldChange(c *change) provider.Change {
	if !staysBalanced(c) {
		return provider.Stays
	}
	return provider.FieldChangeOf(str(c.new("spec", "loadBalancerClass")), texts(child(c.is.tree, "metadata", "annotations")))
}
