package v1alpha1

// synonyms are words of Kubernetes, of Helm charts and of other tools for fields: for each the
// fields that it may mean, of which the struct that it stands in has one at most.
var synonyms = map[string][]string{
	"address":                       {"addresses", "host", "loadBalancer.address"},
	"allocateLoadBalancerNodePorts": {"loadBalancer.allocateNodePorts"},
	"cidrs":                         {"sourceRanges"},
	"count":                         {"replicas"},
	"dnsName":                       {"externalName", "host"},
	"domainName":                    {"domain"},
	"fqdn":                          {"externalName", "host"},
	"hostname":                      {"host"},
	"hosts":                         {"addresses", "host"},
	"ips":                           {"addresses"},
	"labelSelector":                 {"selector"},
	"loadBalancerClass":             {"loadBalancer.class"},
	"loadBalancerIP":                {"loadBalancer.address"},
	"loadBalancerSourceRanges":      {"loadBalancer.sourceRanges"},
	"matchLabels":                   {"selector"},
	"nodePorts":                     {"nodePort"},
	"number":                        {"containerPort", "port"},
	"podName":                       {"pod"},
	"podSelector":                   {"selector"},
	"port":                          {"containerPort"},
	"replicaCount":                  {"replicas"},
	"serviceType":                   {"type"},
	"size":                          {"replicas"},
	"statefulSet":                   {"workload"},
	"statefulSetName":               {"workload"},
	"targetPort":                    {"targetPorts", "containerPort"},
	"timeoutSeconds":                {"timeout"},
}

// Synonyms returns other words for the fields of the kind.
func (*ExternalAccess) Synonyms() map[string][]string { return synonyms }

// Synonyms returns other words for the fields of the kind.
func (*ExternalEndpoints) Synonyms() map[string][]string { return synonyms }
