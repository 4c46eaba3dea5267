package main

import "sallyport.dev/schemas/v1alpha1"

// functionLine is the annotation with which kustomize runs a spec, and forKustomize the same with its reason.
const (
	functionLine = "  annotations: {" + v1alpha1.FunctionAnnotation + `: "` + v1alpha1.Function + `"}`
	forKustomize = `  # For kustomize, under transformers (where it reads the StatefulSet) or generators. Without
  # it, kustomize reports "unable to find plugin root". Other tools ignore it.
` + functionLine + "\n"
)

// initProfileHead is the beginning of a spec with a profile. Its arguments are the name, the line with
// the namespace, and the profile.
const initProfileHead = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata:
  name: %[1]s # becomes part of the names of the generated objects
%[2]s` + forKustomize + `spec:
  # The profile sets the fields that this spec does not: sallyport profiles show %[3]s
  profile: %[3]s
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
	{"  # With a domain each pod has its own DNS name, which external-dns publishes.\n", "domain: example.com", " # CHANGE: a domain of yours"},
	{"  # All pods share one address, and each has its own ports.\n", "loadBalancer: " + sharedBalancer(), " # CHANGE: the address, and the provider"},
	{"  # Only allow access from inside the cluster for now.\n", "enabled: false", ""},
	{"  # The function and sallyport filter write the configuration into the StatefulSet in the input.\n", "inject: true", ""},
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

// initEndpoints is a spec of kind ExternalEndpoints. Its argument is the namespace.
const initEndpoints = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalEndpoints
metadata:
  name: database # the name of the Service, database.%[1]s from other namespaces
  namespace: %[1]s
` + functionLine + ` # for kustomize, under generators
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

// initAccessHead is the beginning of a spec without a profile, and initAccessComponent a component of it.
// specOf has their arguments.
const initAccessHead = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata:
  name: %[1]s # becomes part of the names of the generated objects
%[2]s` + forKustomize + `spec:
  # How clients outside the cluster connect. LoadBalancer: an address for each Service.
  # NodePort: a port on every node. TLSRoute, TCPRoute: one address, that of a Gateway.
  # ClusterIP: they cannot. Components and entries of services can override it.
  type: LoadBalancer
  # With a domain each pod has its own DNS name, such as %[3]s-%[4]d.example.com, which
  # external-dns publishes.
  # domain: example.com
  # Pods see the addresses of clients, and nodes do not forward traffic to other nodes.
  # externalTrafficPolicy: Local
  # The addresses from which clients may connect.
  # loadBalancer: {sourceRanges: [192.0.2.0/24]}
  components:
`

const initAccessComponent = `  - name: %[1]s
    # The StatefulSet: %[2]s.
    workload: %[3]s
%[4]s    # What the pods listen on.
    ports:
%[5]s    services:
    # One Service for each pod, %[3]s-%[6]d-external and so on.
    - name: external
      mode: PerPod
%[7]s    # One Service for all pods, %[8]s-%[1]s-bootstrap, for the first connection of a client.
    # - {name: bootstrap, mode: Shared%[9]s}
`

// initServicesHead is the beginning of a spec for Services. Its arguments are the name, the line with the
// namespace, the namespace, and the file.
const initServicesHead = `# It has the types, ports, node ports and names of the Services, and nothing else of them. To keep
# addresses, policies and annotations, too: sallyport import --adopt %[4]s
# To hand the Services over: annotation sallyport.dev/owner: ExternalAccess/%[3]s/%[1]s
apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata:
  name: %[1]s # becomes part of the names of the generated objects
%[2]s` + forKustomize + `spec:
  # The components: sets of pods with the Services that lead to them.
  components:
`
