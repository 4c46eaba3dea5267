package provider

var pureLBSharer = keyed{name: "PureLB", annotation: "purelb.io/allow-shared-ip", onlyCluster: true}

// pureLB sets externalTrafficPolicy Cluster for Services that share an address. Source: the
// annotations in the documentation and in internal/allocator of PureLB.
var pureLB = Provider{
	Name: "PureLB",
	Keys: []Key{
		{Of: "address", Name: "purelb.io/addresses", Value: address},
		{Of: "addressPool", Name: "purelb.io/service-group", Value: pool},
		{Of: "sharingKey", Name: "purelb.io/allow-shared-ip", Value: sharingKey},
	},
	Replaced:     []string{"address", "addressPool"},
	Sharing:      "one address and one sharingKey, with policy Cluster",
	Check:        pureLBSharer.check,
	CheckSharing: pureLBSharer.checkSharing,
}
