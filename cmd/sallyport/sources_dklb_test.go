package main

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v2"
	corev1 "k8s.io/api/core/v1"
)

// A dklbConfig is dklb's ServiceEdgeLBPoolSpec (pkg/translator/api), decoded strictly and with
// the YAML library of dklb.
type dklbConfig struct {
	CloudProviderConfiguration *string  `yaml:"cloudProviderConfiguration"`
	Constraints                *string  `yaml:"constraints"`
	CPUs                       *float64 `yaml:"cpus"`
	Memory                     *int32   `yaml:"memory"`
	Name                       *string  `yaml:"name"`
	Network                    *string  `yaml:"network"`
	Role                       *string  `yaml:"role"`
	Size                       *int32   `yaml:"size"`
	Strategies                 *struct {
		Creation *string `yaml:"creation"`
	} `yaml:"strategies"`
	Frontends []struct {
		Port        *int32 `yaml:"port"`
		ServicePort int32  `yaml:"servicePort"`
	} `yaml:"frontends"`
}

func dklbOf(t *testing.T, s *corev1.Service) dklbConfig {
	t.Helper()
	var c dklbConfig
	if err := yaml.UnmarshalStrict([]byte(s.Annotations["kubernetes.dcos.io/dklb-config"]), &c); err != nil || c.Name == nil {
		t.Fatalf("dklb would refuse %s: %v\n%s", s.Name, err, s.Annotations["kubernetes.dcos.io/dklb-config"])
	}
	return c
}

func (c dklbConfig) frontends() string {
	var out []string
	for _, f := range c.Frontends {
		out = append(out, fmt.Sprintf("%d>%d", *f.Port, f.ServicePort))
	}
	return strings.Join(out, " ")
}

// TestSourcesDklb checks the requirements of dklb's page, clause by clause.
func TestSourcesDklb(t *testing.T) {
	t.Run("edgelb-redis", edgeLBRedis)
	t.Run("edgelb-full", edgeLBFull)
	t.Run("edgelb-per-pod", edgeLBPerPod)
	t.Run("edgelb-shared-pool", edgeLBSharedPool)
	t.Run("a pool without a name", edgeLBDefaultName)
	t.Run("contraints", edgeLBTypo)
	t.Run("refused", edgeLBRefused)
}

// "mapping the service's 6379 port to the EdgeLB pool's 16379 port", "name: dklb-redis",
// app: redis.
func edgeLBRedis(t *testing.T) {
	r := example(t, "edgelb-redis")
	expect(t, "Services", []string{"redis"}, names(r.services))
	s := r.services["redis"]
	expect(t, "type", corev1.ServiceTypeLoadBalancer, s.Spec.Type)
	expect(t, "port", "redis:6379>6379/TCP", ports(s))
	expect(t, "label", "redis", s.Labels["app"])
	expect(t, "selector", map[string]string{"app": "redis"}, s.Spec.Selector)
	expect(t, "the page's text", "name: dklb-redis\nfrontends:\n- port: 16379\n  servicePort: 6379\n", s.Annotations["kubernetes.dcos.io/dklb-config"])
	expect(t, "pool", "dklb-redis", *dklbOf(t, s).Name)
	expect(t, "no address field", "", s.Spec.LoadBalancerIP)
}

// All settings on the page, and its constraint with the right quotes.
func edgeLBFull(t *testing.T) {
	c := dklbOf(t, example(t, "edgelb-full").services["web"])
	expect(t, "name", "dklb-pool-0", *c.Name)
	expect(t, "role", "*", *c.Role)
	expect(t, "network", "dcos", *c.Network)
	expect(t, "size", 3, *c.Size)
	expect(t, "cpus", 0.2, *c.CPUs)
	expect(t, "memory", 512, *c.Memory)
	expect(t, "constraints", "[[\"hostname\",\"MAX_PER\",\"1\"],[\"@zone\",\"GROUP_BY\",\"3\"]]", *c.Constraints)
	expect(t, "strategies", "IfNotPresent", *c.Strategies.Creation)
	expect(t, "frontends", "18080>8080 19090>9090", c.frontends())
}

// The frontends of one pool count up from pod to pod.
func edgeLBPerPod(t *testing.T) {
	r := example(t, "edgelb-per-pod")
	for i := range 3 {
		c := dklbOf(t, r.services[fmt.Sprintf("kafka-%d-external", i)])
		expect(t, "pool", "kafka", *c.Name)
		expect(t, "frontends", fmt.Sprintf("%d>9094", 19094+i), c.frontends())
		p := javaProperties(t, r, "kafka-listeners", fmt.Sprintf("kafka-%d.listeners.properties", i))
		expect(t, "advertised", fmt.Sprintf("edgelb.example.com:%d", 19094+i), byListener(t, p["advertised.listeners"], "://")["EXTERNAL"])
	}
	expect(t, "bootstrap", "19090>9094", dklbOf(t, r.services["kafka-bootstrap"]).frontends())
}

// "The .role, .network, .cpus, .memory and .size fields must have the exact same value
// across all Service resources sharing an EdgeLB pool."
func edgeLBSharedPool(t *testing.T) {
	r := example(t, "edgelb-shared-pool")
	a, b := dklbOf(t, r.services["orders"]), dklbOf(t, r.services["stock"])
	expect(t, "frontends", "15432>5432 15433>5432", a.frontends()+" "+b.frontends())
	a.Frontends, b.Frontends = nil, nil
	expect(t, "all else", a, b)
	spec := string(read(t, root("examples", "edgelb-shared-pool", "spec.yaml")))
	for name, differs := range map[string][2]string{"size": {"size: 2", "size: 7"}, "cpus": {"cpus: 0.5", "cpus: 7"}, "memory": {"memory: 256", "memory: 7"},
		"role": {"size:", "role: other, size:"}, "network": {"size:", `role: "*", network: other, size:`}} {
		out, stderr, status := sallyport(strings.Replace(spec, differs[0], differs[1], 1), "render")
		if status != statusInput || out != "" || !strings.Contains(stderr, "[PoolConflict]") || !strings.Contains(stderr, name) {
			t.Errorf("%s differs: status %d\n%s", name, status, stderr)
		}
	}
}

// What dklb rejects, one error in each case: "EdgeLB exposes TCP services only", a network
// with the role slave_public, two frontends of a pool on one port.
func edgeLBRefused(t *testing.T) {
	for name, c := range map[string]struct{ example, from, to, want string }{
		"UDP":              {"edgelb-redis", "containerPort: 6379", "containerPort: 6379, protocol: UDP", "dklb only supports TCP"},
		"role and network": {"edgelb-redis", "{name: dklb-redis}", "{name: dklb-redis, network: other}", "dklb rejects any other"},
		"frontends":        {"edgelb-shared-pool", "15433", "15432", "15432"},
	} {
		spec := string(read(t, root("examples", c.example, "spec.yaml")))
		out, stderr, status := sallyport(strings.Replace(spec, c.from, c.to, 1), "render")
		if status != statusInput || out != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: status %d\n%s", name, status, stderr)
		}
	}
}

// dklb generates a random name. Sallyport's default is always the same, and different for each
// Service.
func edgeLBDefaultName(t *testing.T) {
	spec := strings.Replace(string(read(t, root("examples", "edgelb-redis", "spec.yaml"))), "    edgeLB: {name: dklb-redis}\n", "", 1)
	out, stderr, status := sallyport(spec, "render")
	if status != statusFine || !strings.Contains(out, "\n      name: default-redis\n") {
		t.Errorf("status %d: %s\n%s", status, stderr, out)
	}
}

// The typing error on the page is rejected with the right spelling.
func edgeLBTypo(t *testing.T) {
	spec := strings.Replace(string(read(t, root("examples", "edgelb-full", "spec.yaml"))), "constraints:", "contraints:", 1)
	out, stderr, status := sallyport(spec, "render")
	if status != statusInput || out != "" || !strings.Contains(stderr, `did you mean "constraints"?`) {
		t.Errorf("status %d: %s", status, stderr)
	}
}
