package generators_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"

	"sallyport.dev/generators/encode"
	"sallyport.dev/schemas/source"
)

// placeholderSpec has TEXT in an annotation of a pod's Service and in its file.
const placeholderSpec = `
apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: kafka, namespace: streaming}
spec:
  type: LoadBalancer
  domain: example.com
  ipFamilies: [IPv6]
  loadBalancer: {provider: MetalLB, address: "2001:db8::1"}
  components:
  - name: broker
    workload: kafka
    replicas: 1
    idOffset: 7
    selector: {app: kafka}
    ports: [{name: client, containerPort: 9092, listener: {name: CLIENT, protocol: SSL}}]
    services:
    - {name: headless, mode: Headless}
    - {name: external, mode: PerPod, host: "2001:db8::1", annotations: {text: TEXT}}
    config: {files: {text: TEXT, pod: $(pod)}}
  - name: under
    selector: {app: under}
    ports: [{name: client, containerPort: 9192}]
    services: [{name: domain, mode: Shared, host: under.example.com}]
`

// everywhere are the values of placeholders in the annotation. inFile are further ones in a
// file, where those of noService cannot be used.
var (
	everywhere = map[string]string{"name": "kafka", "namespace": "streaming", "component": "broker", "service": "external", "enabled": "true",
		"workload": "kafka", "serviceName": "kafka-0-external", "domain": "example.com", "pod": "kafka-0", "ordinal": "0", "id": "7"}
	inFile = map[string]string{"host:client": "2001:db8::1", "port:client": "9092", "address:client": "2001:db8::1", "listener:client": "CLIENT",
		"protocol:client": "SSL", "podFQDN": "kafka-0.kafka-broker-headless.streaming.svc.cluster.local", "service:broker.headless": "kafka-broker-headless"}
	noService = []string{"service", "serviceName"}
)

// FuzzPlaceholders compares the expansion with a second one, by a regular expression. The
// results are equal, or both fail. $$ becomes $ everywhere.
func FuzzPlaceholders(f *testing.F) {
	for _, text := range []string{"", "$", "$(", "$$(", "$$$(pod)", "$($(pod))", "$(pod", "$$(pod)$(pod)", "a$(pod)b$(id):c", "$(address:client):1", "$(host:client)$",
		"$(podFQDN):$(port:client)", "$(service:broker.headless)", "$(list:l)", "$(POD)", "$()", "$(pod )", "${pod}", "$(serviceName)$(domain)", "$(service)"} {
		f.Add(text)
	}
	file := map[string]string{}
	for _, known := range []map[string]string{everywhere, inFile} {
		for name, value := range known {
			f.Add("$(" + name + ")")
			file[name] = value
		}
	}
	for _, name := range noService {
		delete(file, name)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || strings.ContainsFunc(text, source.Unprintable) || strings.Contains(text, "@sallyport") || len(text) > 1<<10 {
			t.Skip("not for annotations or files")
		}
		escaped := strings.ReplaceAll(text, "$", "$$")
		annotation, data := expanded(t, escaped)
		if annotation != text || data != text {
			t.Errorf("%q becomes %q and %q", escaped, annotation, data)
		}
		annotation, data = expanded(t, text)
		if want := expand(text, everywhere); annotation != want {
			t.Errorf("%q becomes %q in an annotation, want %q", text, annotation, want)
		}
		if want := expand(text, file); data != want {
			t.Errorf("%q becomes %q in a file, want %q", text, data, want)
		}
	})
}

const wrong = "\x00wrong"

// expanded returns the text after expansion in the annotation and in the file, or wrong.
func expanded(t *testing.T, text string) (annotation, file string) {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	for i, spec := range []string{
		strings.Replace(strings.Replace(placeholderSpec, "TEXT", string(quoted), 1), "text: TEXT, ", "", 1),
		strings.Replace(strings.Replace(placeholderSpec, "TEXT", "-", 1), "TEXT", string(quoted), 1),
	} {
		objs, ds := generate(spec)
		into := []*string{&annotation, &file}[i]
		if *into = wrong; ds.Failed() {
			for _, d := range ds {
				if d.Code != "UnknownPlaceholder" || d.WayOut == "" || d.Line == 0 {
					t.Errorf("%q: %v", text, d)
				}
			}
			continue
		}
		*into = found(objs, i == 0)
	}
	return annotation, file
}

func found(objs []encode.Object, annotation bool) string {
	for _, o := range objs {
		switch o := o.(type) {
		case *corev1.Service:
			if text, ok := o.Annotations["text"]; ok && annotation && o.Name == "kafka-0-external" {
				return text
			}
		case *corev1.ConfigMap:
			for _, key := range []string{"text", "kafka-0.text"} {
				if text, ok := o.Data[key]; ok && !annotation {
					return text
				}
			}
		}
	}
	return "nowhere"
}

var token = regexp.MustCompile(`\$\$|\$\([^)]*\)?`)

// expand replaces known placeholders and puts an IPv6 address before a colon in brackets. An
// unknown placeholder makes the result wrong.
func expand(text string, known map[string]string) string {
	var b strings.Builder
	last := 0
	for _, at := range token.FindAllStringIndex(text, -1) {
		name := text[at[0]:at[1]]
		value, ok := known[strings.TrimSuffix(strings.TrimPrefix(name, "$("), ")")]
		switch {
		case name == "$$":
			value = "$"
		case !ok || !strings.HasSuffix(name, ")"):
			return wrong
		case strings.Contains(value, "::") && strings.HasPrefix(text[at[1]:], ":"):
			value = "[" + value + "]"
		}
		b.WriteString(text[last:at[0]] + value)
		last = at[1]
	}
	return b.String() + text[last:]
}
