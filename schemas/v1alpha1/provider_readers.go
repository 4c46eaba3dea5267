package v1alpha1

import "strings"

// awsHides reports whether pods see a Network Load Balancer in the place of clients, as they do by
// default where it connects to them and not to nodes.
func awsHides(a *Access) bool {
	attributes := a.Annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"]
	return !*a.LoadBalancer.AllocateNodePorts && (attributes == nil || !strings.Contains(*attributes, "preserve_client_ip.enabled=true"))
}

// doHides reports whether a load balancer of DigitalOcean is a regional one, which is a proxy.
func doHides(a *Access) bool {
	kind := a.Annotations["service.beta.kubernetes.io/do-loadbalancer-type"]
	return *a.LoadBalancer.ProxyProtocol || kind != nil && *kind == "REGIONAL"
}

// ociHides reports whether a load balancer of Oracle takes the address of clients away, which with
// externalTrafficPolicy Local it does only if an annotation says so.
func ociHides(a *Access) bool {
	preserve := a.Annotations["oci-network-load-balancer.oraclecloud.com/is-preserve-source"]
	return preserve != nil && *preserve == "false"
}

// The annotations that providers read, by the constants in their sources.
var (
	awsReader = Reader{Name: "the AWS Load Balancer Controller", Prefixes: []string{"service.beta.kubernetes.io/aws-load-balancer-"}, Keys: strings.Fields(`
		type nlb-target-type name scheme internal proxy-protocol proxy-protocol-per-target-group ip-address-type access-log-enabled
		access-log-s3-bucket-name access-log-s3-bucket-prefix cross-zone-load-balancing-enabled ssl-cert ssl-ports
		ssl-negotiation-policy backend-protocol additional-resource-tags healthcheck-healthy-threshold
		healthcheck-unhealthy-threshold healthcheck-timeout healthcheck-interval healthcheck-protocol healthcheck-port
		healthcheck-path healthcheck-success-codes target-group-attributes subnets eip-allocations
		private-ipv4-addresses ipv6-addresses alpn-policy target-node-labels attributes
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
		disable-load-balancer-nsg-rule dns-label-name pip-name pip-name-ipv6 pip-prefix-id pip-prefix-id-ipv6 pip-ip-tags pip-tags
		allowed-service-tags allowed-ip-ranges deny-all-except-load-balancer-source-ranges additional-public-ips
		pls-create pls-name pls-resource-group pls-ip-configuration-subnet pls-ip-configuration-ip-address-count
		pls-ip-configuration-ip-address pls-fqdns pls-proxy-protocol pls-visibility pls-auto-approval`)}

	ciliumReader = Reader{Name: "Cilium", Prefixes: []string{"lbipam.cilium.io/"}, Keys: []string{"ips", "sharing-key", "sharing-cross-namespace", "sharing-permit-different-pods"}}

	kubeVIPReader = Reader{Name: "kube-vip", Prefixes: []string{"kube-vip.io/"}, Keys: strings.Fields(`
		hwaddr requestedIP vipHost egress egress-internal egress-ipv6 egress-destination-ports egress-source-ports
		egress-allowed-networks egress-denied-networks egress-no-internal-traffic egress-detect-api-server active-endpoint
		active-endpoint-ipv6 egress-nftables-table flush-conntrack loadbalancerIPs ignore loadbalancerHostname serviceInterface
		serviceVLAN ignore-service-security forwardUPNP upnp-lease-duration rp_filter leaseName forcePerServiceElection
		allow-reconcile-without-endpoints ddns macvlanName dhcp-broadcast`)}

	hetznerReader = Reader{Name: "Hetzner's cloud controller manager", Prefixes: []string{"load-balancer.hetzner.cloud/"}, Keys: strings.Fields(`
		ipv4 ipv4-rdns ipv6 ipv6-rdns ipv6-disabled name disable-public-network disable-private-ingress use-private-ip
		private-ipv4 private-subnet-ip-range hostname protocol algorithm-type type location network-zone node-selector
		uses-proxyprotocol http-cookie-name http-cookie-lifetime certificate-type http-certificates
		http-managed-certificate-name http-managed-certificate-acme-staging http-managed-certificate-domains
		http-redirect-http http-sticky-sessions http-timeout-idle health-check-protocol health-check-port
		health-check-interval health-check-timeout health-check-retries health-check-http-domain health-check-http-path
		health-check-http-validate-certificate http-status-codes id`)}

	digitalOceanReader = Reader{Name: "DigitalOcean's cloud controller manager", Prefixes: []string{"service.beta.kubernetes.io/do-loadbalancer-"}, Keys: strings.Fields(`
		ip network type name protocol healthcheck-path healthcheck-port healthcheck-protocol override-health-check
		healthcheck-check-interval-seconds healthcheck-response-timeout-seconds healthcheck-unhealthy-threshold
		healthcheck-healthy-threshold http-ports tls-ports http2-ports http3-port tls-passthrough certificate-id
		certificate-name hostname algorithm size-slug size-unit sticky-sessions-type sticky-sessions-cookie-name
		sticky-sessions-cookie-ttl redirect-http-to-https disable-lets-encrypt-dns-records enable-proxy-protocol
		enable-backend-keepalive http-idle-timeout-seconds deny-rules allow-rules network-stack subnet-uuid`)}

	octaviaReader = Reader{Name: "cloud-provider-openstack", Prefixes: []string{"loadbalancer.openstack.org/"}, Keys: strings.Fields(`
		floating-network-id floating-subnet floating-subnet-id floating-subnet-tags class keep-floatingip proxy-protocol
		x-forwarded-for timeout-client-data timeout-member-connect timeout-member-data timeout-tcp-inspect connection-limit
		enable-health-monitor health-monitor-delay health-monitor-timeout health-monitor-max-retries
		health-monitor-max-retries-down flavor-id availability-zone default-tls-container-ref load-balancer-id
		load-balancer-address port-id subnet-id network-id member-subnet-id hostname node-selector
		lb-method`)}

	ociReader = Reader{Name: "Oracle's cloud controller manager", Prefixes: []string{"oci-network-load-balancer.oraclecloud.com/"}, Keys: strings.Fields(`
		internal subnet assigned-private-ipv4 assigned-ipv6 is-ppv2-enabled is-preserve-source backend-policy
		security-list-management-mode oci-network-security-groups node-label-selector health-check-retries
		health-check-timeout health-check-interval freeform-tags defined-tags initial-freeform-tags-override
		initial-defined-tags-override external-ip-only`)}

	linodeReader = Reader{Name: "Linode's cloud controller manager", Prefixes: []string{"service.beta.kubernetes.io/linode-loadbalancer-"}, Keys: strings.Fields(`
		default-protocol default-proxy-protocol check-path check-body check-type check-interval check-timeout check-attempts
		check-passive throttle preserve nodebalancer-id hostname-only-ingress tags firewall-id firewall-acl reserved-ipv4
		retain-reserved-ipv4 nodebalancer-type default-algorithm default-stickiness udp-check-port enable-ipv6-ingress
		enable-ipv6-backends backend-ipv4-range backend-vpc-name backend-subnet-name backend-subnet-id
		frontend-ipv4-range frontend-ipv6-range frontend-vpc-name frontend-subnet-name frontend-subnet-id`)}

	vultrReader = Reader{Name: "Vultr's cloud controller manager", Prefixes: []string{"service.beta.kubernetes.io/vultr-loadbalancer-"}, Keys: strings.Fields(`
		protocol healthcheck-path healthcheck-protocol healthcheck-port healthcheck-check-interval algorithm ssl-redirect
		proxy-protocol sticky-session-enabled sticky-session-cookie-name vpc private-network firewall-rules
		firewall-rules-cm timeout hostname label id create https-ports ssl ssl-pass-through auto-ssl backend-protocol
		healthcheck-response-timeout healthcheck-unhealthy-threshold healthcheck-healthy-threshold http2 http3 node-count
		ssl-last-updated`)}

	pureLBReader = Reader{Name: "PureLB", Prefixes: []string{"purelb.io/"}, Keys: strings.Fields(`
		addresses service-group allow-shared-ip allow-local allocated-by allocated-from announcing multi-pool pool-type
		re-evaluate skip-ipv6-dad`)}

	alibabaReader = Reader{Name: "Alibaba's cloud controller manager", Prefixes: []string{"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-"}, Keys: strings.Fields(`
		address-type id name resource-group-id additional-resource-tags delete-protection modification-protection
		cert-id protocol-port idle-timeout tls-cipher-policy scheduler connection-drain connection-drain-timeout
		ignore-weight-update preserve-lb-on-delete vswitch-id network-type charge-type force-override-listeners
		master-zoneid slave-zoneid bandwidth spec instance-charge-type ip-version external-ip-type hostname ip
		acl-status acl-id acl-type forward-port http2-enabled health-check-switch health-check-flag
		health-check-type health-check-uri health-check-connect-port healthy-threshold unhealthy-threshold
		health-check-interval health-check-connect-timeout health-check-timeout health-check-domain
		health-check-httpcode health-check-method sticky-session sticky-session-type cookie-timeout cookie
		persistence-timeout vgroup-port xforwardedfor-proto xforwardedfor-slbport xforwardedfor-clientsrcport
		request-timeout established-timeout proxy-protocol domain-extensions backend-label backend-ip-version
		remove-unscheduled-backend weight default-weight zone-maps security-group-ids bandwidth-package-id
		ipv6-address-type cross-zone-enabled cacert-id cacert cps preserve-client-ip server-group-type
		ppv2-pvl-ep-id-enabled ppv2-pvl-eps-id-enabled ppv2-pvl-vpc-id-enabled alpn alpn-policy listener-port-range
		additional-cert-ids`)}
)
