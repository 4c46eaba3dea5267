package provider

var pureLBSharer = keyed{name: "PureLB", annotation: "purelb.io/allow-shared-ip", onlyCluster: true}

// pureLB sets externalTrafficPolicy Cluster for Services that share an address. Sources:
// pkg/apis/purelb/v2/annotations.go and internal/allocator of PureLB.
var pureLB = Provider{
	Name: "PureLB",
	Keys: []Key{
		{Of: "address", Name: "purelb.io/addresses", Value: address, Change: Readdressed, Field: true},
		{Of: "addressPool", Name: "purelb.io/service-group", Value: pool, Change: Readdressed},
		{Of: "sharingKey", Name: "purelb.io/allow-shared-ip", Value: sharingKey, Change: Unshared},
	},
	Sharing:      "one address and one sharingKey, with policy Cluster",
	Check:        pureLBSharer.check,
	CheckSharing: pureLBSharer.checkSharing,
}
