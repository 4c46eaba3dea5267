package v1alpha1

import "strings"

// awsHides reports whether pods see a Network Load Balancer in the place of clients, as they do by
// default where it connects to them and not to nodes.
func awsHides(a *Access) bool {
	attributes := a.Annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"]
	return !*a.LoadBalancer.AllocateNodePorts && (attributes == nil || !strings.Contains(*attributes, "preserve_client_ip.enabled=true"))
}

// The annotations that providers read, by the constants in their sources.
var (
	awsReader = Reader{Name: "the AWS Load Balancer Controller", Prefixes: []string{"service.beta.kubernetes.io/aws-load-balancer-"}, Keys: strings.Fields(`
		type nlb-target-type name scheme internal proxy-protocol proxy-protocol-per-target-group ip-address-type access-log-enabled
		access-log-s3-bucket-name access-log-s3-bucket-prefix cross-zone-load-balancing-enabled ssl-cert ssl-ports
		ssl-negotiation-policy backend-protocol additional-resource-tags healthcheck-healthy-threshold
		healthcheck-unhealthy-threshold healthcheck-timeout healthcheck-interval healthcheck-protocol healthcheck-port
		healthcheck-path healthcheck-success-codes target-group-attributes subnets eip-allocations
		eip-allocations-discovery-tags private-ipv4-addresses ipv6-addresses alpn-policy target-node-labels attributes
		security-groups manage-backend-security-group-rules inbound-sg-rules-on-private-link-traffic
		security-group-prefix-lists listener-attributes multi-cluster-target-group enable-prefix-for-ipv6-source-nat
		source-nat-ipv6-prefixes minimum-load-balancer-capacity enable-icmp-for-path-mtu-discovery
		enable-tcp-udp-listener disable-nlb-sg quic-enabled-ports quic-enabled-containers`)}

	gkeReader = Reader{Name: "GKE", Prefixes: []string{"networking.gke.io/load-balancer-"}, Keys: []string{"type", "ip-addresses", "subnet"}}

	azureReader = Reader{Name: "cloud-provider-azure", Prefixes: []string{"service.beta.kubernetes.io/azure-"}, Keys: strings.Fields(`
		load-balancer-internal load-balancer-internal-subnet load-balancer-mode load-balancer-configurations load-balancer-ipv4
		load-balancer-ipv6 load-balancer-resource-group load-balancer-tcp-idle-timeout load-balancer-disable-tcp-reset
		load-balancer-enable-high-availability-ports load-balancer-health-probe-protocol load-balancer-health-probe-interval
		load-balancer-health-probe-num-of-probe load-balancer-health-probe-request-path disable-load-balancer-floating-ip
		dns-label-name shared-securityrule pip-name pip-name-ipv6 pip-prefix-id pip-prefix-id-ipv6 pip-ip-tags pip-tags
		allowed-service-tags allowed-ip-ranges deny-all-except-load-balancer-source-ranges additional-public-ips
		pls-create pls-name pls-resource-group pls-ip-configuration-subnet pls-ip-configuration-ip-address-count
		pls-ip-configuration-ip-address pls-fqdns pls-proxy-protocol pls-visibility pls-auto-approval`)}
)
