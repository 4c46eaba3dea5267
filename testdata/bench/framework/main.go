// Framework is a KRM function on kyaml's framework: the framework reads the ResourceList,
// expands a template, parses the result and writes the list.
package main

import (
	"os"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/fn/framework/parser"
)

// A spec has the fields of an ExternalAccess that the benchmark uses.
type spec struct {
	Spec struct {
		Components []struct {
			Replicas int `yaml:"replicas"`
		} `yaml:"components"`
	} `yaml:"spec"`
}

// Pods are numbers for the template to range over.
func (s *spec) Pods() []int {
	pods := make([]int, s.Spec.Components[0].Replicas)
	for i := range pods {
		pods[i] = i
	}
	return pods
}

const services = `{{ range .Pods }}---
apiVersion: v1
kind: Service
metadata:
  annotations:
    external-dns.alpha.kubernetes.io/hostname: kafka-{{ . }}.kafka.example.com.
    external-dns.kubernetes.io/hostname: kafka-{{ . }}.kafka.example.com.
    sallyport.dev/owner: ExternalAccess/streaming/kafka
  labels:
    app.kubernetes.io/managed-by: sallyport
  name: kafka-{{ . }}-external
  namespace: streaming
spec:
  ports:
  - name: external
    port: 9094
    protocol: TCP
    targetPort: 9094
  selector:
    statefulset.kubernetes.io/pod-name: kafka-{{ . }}
  type: LoadBalancer
{{ end }}`

func main() {
	p := framework.TemplateProcessor{
		TemplateData:      &spec{},
		ResourceTemplates: []framework.ResourceTemplate{{Templates: parser.TemplateStrings(services)}},
	}
	if err := framework.Execute(p, nil); err != nil {
		os.Exit(1)
	}
}
