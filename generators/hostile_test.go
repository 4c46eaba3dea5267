package generators_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators"
	"sallyport.dev/schemas/source"
	"sallyport.dev/testdata/randspec"
)

// hostileSpec marks every value from which files, keys and the script are made. The file has
// only placeholders and separators.
const hostileSpec = `
apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: <kafka>, namespace: <streaming>}
spec:
  type: LoadBalancer
  clusterDomain: <cluster.local>
  domain: <kafka.example.com>
  loadBalancer: {provider: MetalLB}
  components:
  - name: <broker>
    workload: <kafka-b>
    replicas: 2
    selector: {app: kafka}
    pools: [{workload: <kafka-c>, replicas: 1, idOffset: 2}]
    ports:
    - {name: <one>, containerPort: 9092, listener: {name: <ONE>, protocol: <SASL_SSL>}}
    - {name: two, containerPort: 9093, listener: {name: <TWO>}}
    - {name: three, containerPort: 9094, listener: {}}
    - {name: four, containerPort: 9095, listener: {}}
    - {name: five, containerPort: 9096, listener: {}}
    services:
    - {name: <headless>, mode: Headless, serviceName: <kafka-headless>}
    - {name: <bootstrap>, mode: Shared, serviceName: <kafka-bootstrap>, ports: [{name: three}], loadBalancer: {address: <203.0.113.6>}}
    - {name: <first>, mode: PerPod, host: <b.example.com>, ports: [{name: <one>, steps: {port: 1, advertisedPort: 1}}], pods: [{pod: <kafka-b-1>, host: <old.example.com>}]}
    - {name: second, mode: PerPod, domain: "", serviceName: <a$(pod)>, ports: [{name: two}], loadBalancer: {address: <203.0.113.7>}}
    - {name: third, mode: PerPod, type: ClusterIP, domain: "", externalIPs: [<198.51.100.3>], ports: [{name: three, steps: {port: 1}}]}
    - {name: fourth, mode: PerPod, type: NodePort, domain: "", nodeAddressType: <ExternalIP>, ports: [{name: four}]}
    config:
      name: <kafka-config>
      env: {<A>: "$(name)|$(namespace)|$(component)|$(service:<broker>.<bootstrap>)"}
      lists:
        l: {over: Listeners, item: "$(listener)|$(host)|$(port)|$(bindPort)"}
        p: {over: Pods, item: "$(pod)|$(workload)|$(podFQDN)"}
      files:
        <f>: "$(listener:<one>)|$(host:two)|$(address:three)|$(port:four)|$(host:four)|$(list:l)|$(list:p)|$(service:<broker>.<headless>)"
      discovery: {image: <registry.example/kubectl:1>, timeout: <5m>}
      container: <kafka>
      mountPath: </etc/kafka>
`

// hostileTexts have a special meaning in a shell, JSON, a properties file, an env file or
// discover.sh.
var hostileTexts = []string{
	`"`, `'`, "a\nadmin=true", "a\r", `a\`, "$(id)", "$$(id)", "`id`", "a;id", "a b", "*", "[a]", "{a}", "#a", "!a", "a=b", "a,b",
	"@sallyport:host:@", "a@sallyport:", "::1%a", "::1%';id", "fe80::1%$$(id)", "a\x00", "\u00e9", "\u202e", "-rf", "a/../b", "<a>", "&a", "|",
}

// TestHostileValues replaces each value by each hostile text, or appends it to the value; with many
// seeds, it does both. It must be rejected, or not occur in files, keys and the script.
func TestHostileValues(t *testing.T) {
	places := map[string]bool{}
	for _, place := range placeholder.FindAllString(hostileSpec, -1) {
		places[place] = true
	}
	if len(dataOf(fill("", ""))) == 0 || len(places) < 30 {
		t.Fatalf("%d places, and the spec gives: %v", len(places), dataOf(fill("", "")))
	}
	tried, refused := 0, 0
	for place := range places {
		for i, h := range hostileTexts {
			values := []string{h, strings.Trim(place, "<>") + h}
			if one := (i + len(place)) % 2; randspec.Seeds() < 100 {
				values = values[one : one+1]
			}
			for _, value := range values {
				tried++
				data := dataOf(fill(place, value))
				if data == nil {
					refused++
					continue
				}
				for key, text := range data {
					if key != "discover.sh" && !harmless.MatchString(key+text) {
						t.Errorf("%s becomes %q, and %q becomes\n%q", place, value, key, text)
					}
				}
				if lines := timeoutLine.FindAllString(data["discover.sh"], -1); len(lines) != 1 {
					t.Errorf("%s becomes %q, and the script is\n%s", place, value, data["discover.sh"])
				}
			}
		}
	}
	t.Logf("%d of %d refused", refused, tried)
}

var (
	placeholder = regexp.MustCompile(`<[^<>]+>`)
	harmless    = regexp.MustCompile(`^[A-Za-z0-9_.:/@|,\[\]-]*$`)
	timeoutLine = regexp.MustCompile(`(?m)^TIMEOUT=[0-9]+$`)
)

// fill returns the spec with a value at one of the marks.
func fill(place, value string) string {
	var b strings.Builder
	last := 0
	for _, at := range placeholder.FindAllStringIndex(hostileSpec, -1) {
		b.WriteString(hostileSpec[last:at[0]])
		switch quoted, _ := json.Marshal(value); {
		case hostileSpec[at[0]:at[1]] != place:
			b.WriteString(hostileSpec[at[0]+1 : at[1]-1])
		case strings.Contains(":.", hostileSpec[at[0]-1:at[0]]):
			b.Write(quoted[1 : len(quoted)-1]) // inside a text
		default:
			b.Write(quoted)
		}
		last = at[1]
	}
	return b.String() + hostileSpec[last:]
}

// dataOf returns the data of the ConfigMap, or nil if the spec is rejected.
func dataOf(spec string) map[string]string {
	docs, ds := source.Parse("spec.yaml", []byte(spec))
	specs, others, more := generators.Read(docs)
	if ds.Failed() || more.Failed() {
		return nil
	}
	made := generators.Run(specs, others)
	if made.Diagnostics.Failed() {
		return nil
	}
	for o := range made.Objects() {
		if cm, ok := o.(*corev1.ConfigMap); ok {
			return cm.Data
		}
	}
	return nil
}
