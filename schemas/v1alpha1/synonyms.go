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
	"hosts":                         {"host", "addresses"},
	"ips":                           {"addresses"},
	"labelSelector":                 {"selector"},
	"loadBalancerClass":             {"loadBalancer.class"},
	"loadBalancerIP":                {"loadBalancer.address"},
	"loadBalancerSourceRanges":      {"loadBalancer.sourceRanges"},
	"matchLabels":                   {"selector"},
	"nodePorts":                     {"nodePort"},
	"number":                        {"containerPort", "port"},
	"podName":                       {"pod"},
	"podSelector":                   {"selector", "pods"},
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

// singles say how one value stands for that of each pod.
var singles = map[string]string{
	"host":     "one name, in which $(pod) or $(ordinal) is another one for each pod",
	"nodePort": "the number of the first pod: those of the others count up from it",
}

// Singles has advice for fields of one value, in which a list was written.
func (*ExternalAccess) Singles() map[string]string { return singles }
