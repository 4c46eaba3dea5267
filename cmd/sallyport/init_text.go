package main

import "sallyport.dev/schemas/v1alpha1"

// initProfileHead is the beginning of a spec with a profile. Its only argument is the name of
// the profile.
const initProfileHead = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata:
  name: %[1]s # becomes part of the names of the generated objects
  namespace: default # the namespace of the pods
  # annotations: {config.kubernetes.io/function: "exec: {path: sallyport}"} # to be a kustomize generator
spec:
  # The profile sets the fields that this spec does not: sallyport profiles show %[1]s
  profile: %[1]s
  # How clients outside the cluster connect. LoadBalancer: an address for each Service.
  # NodePort: a port on every node. TLSRoute, TCPRoute: one address, that of a Gateway.
  # ClusterIP: they cannot.
`

// addressSettings are settings that determine the advertised addresses. Init writes the first
// one that is valid with the profile. The first of all is no setting: the engine finds its
// addresses itself.
var addressSettings = append([]suggestion{{}}, suggestions[:2]...)

// suggestions are settings for a spec with a profile. Init writes those that are valid with the
// profile as comments.
var suggestions = []suggestion{
	{"  # With a domain each pod has its own DNS name, which external-dns publishes.\n", "domain: example.com"},
	{"  # All pods share one address, and each has its own ports.\n", "loadBalancer: " + sharedBalancer()},
	{"  # Only allow access from inside the cluster for now.\n", "enabled: false"},
}

// sharedBalancer returns the example of the first provider whose Services can share an address.
func sharedBalancer() string {
	for _, name := range v1alpha1.ProviderNone.Values() {
		if example := v1alpha1.Provider(name).Row().Example; example != "" {
			return example
		}
	}
	return ""
}

const initProfileComponents = `  # The components of the profile. Their fields here override those of the profile.
  components:
`

const initEndpoints = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalEndpoints
metadata:
  name: database # the name of the Service, database.default from other namespaces
  namespace: default
  # annotations: {config.kubernetes.io/function: "exec: {path: sallyport}"} # to be a kustomize generator
spec:
  ports:
  - name: sql
    port: 5432 # what pods connect to
    # targetPorts: [6432] # what the machines listen on, if it is another port
  # The machines, as IP addresses and ranges. If they have a DNS name, you can replace
  # ports and endpoints with externalName, which makes the Service an alias.
  endpoints:
  - addresses:
    - 192.0.2.10
    - 192.0.2.20-192.0.2.22
    # ready: false # the addresses get no traffic for now
    # zone: eu-west-1a # the zone of the addresses, for topology aware routing
  # Clients connect to the machines' addresses themselves. Ports are then not translated.
  # headless: true
  # All connections of a client go to the same machine.
  # sessionAffinity: ClientIP
`

// initAccess is a spec without a profile. draft.spec has its arguments.
const initAccess = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata:
  name: %[1]s # becomes part of the names of the generated objects
%[2]s  # annotations: {config.kubernetes.io/function: "exec: {path: sallyport}"} # to be a kustomize generator
spec:
  # How clients outside the cluster connect. LoadBalancer: an address for each Service.
  # NodePort: a port on every node. TLSRoute, TCPRoute: one address, that of a Gateway.
  # ClusterIP: they cannot. Components and entries of services can override it.
  type: LoadBalancer
  # With a domain each pod has its own DNS name, such as %[1]s-%[3]d.example.com, which
  # external-dns publishes.
  # domain: example.com
  # Pods see the addresses of clients, and nodes do not forward traffic to other nodes.
  # externalTrafficPolicy: Local
  # The addresses from which clients may connect.
  # loadBalancer: {sourceRanges: [192.0.2.0/24]}
  components:
  - name: node
    # The StatefulSet: %[4]s.
    workload: %[1]s
%[5]s    # The labels of the pods, for Services that select all of them.
    selector:
%[6]s    # What the pods listen on.
    ports:
%[7]s    services:
    # One Service for each pod, %[1]s-%[3]d-external and so on.
    - name: external
      mode: PerPod
%[8]s    # One Service for all pods, %[1]s-node-bootstrap, for the first connection of a client.
    # - {name: bootstrap, mode: Shared}
`
