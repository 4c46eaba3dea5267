package main

// initProfileHead begins a spec with a profile: its name is the only argument.
const initProfileHead = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata:
  name: %[1]s # goes into the names of what is made
  namespace: default # where the pods are
  # annotations: {config.kubernetes.io/function: "exec: {path: sallyport}"} # to be a kustomize generator
spec:
  # The profile fills in what is not said here: sallyport profiles show %[1]s
  profile: %[1]s
  # How clients outside come in: LoadBalancer, an address for each Service; NodePort, a
  # port on every node; ClusterIP, not at all.
`

// told are the ways in which clients may be told where the pods are. The first that an
// engine can do is written out; none: it finds out by itself.
var told = append([]suggestion{{}}, suggestions[:2]...)

// suggestions are settings of a spec with a profile. Those that are right for its engine
// are commented out.
var suggestions = []suggestion{
	{"  # Under a domain each pod has a name of its own, and external-dns is told of it.\n", "domain: example.com"},
	{"  # All pods have one address, and are told apart by their ports.\n", "loadBalancer: {provider: MetalLB, address: 192.0.2.10}"},
	{"  # Access from inside alone, for the time being.\n", "enabled: false"},
}

const initProfileComponents = `  # All components of the profile take part; here they may say otherwise.
  components:
`

const initEndpoints = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalEndpoints
metadata:
  name: database # the Service: pods reach it as database, others as database.default
  namespace: default
  # annotations: {config.kubernetes.io/function: "exec: {path: sallyport}"} # to be a kustomize generator
spec:
  ports:
  - name: sql
    port: 5432 # what pods connect to
    # targetPorts: [6432] # what the machines listen on, where that is another number
  # The machines, as IP addresses and ranges of them. For a DNS name instead, put
  # externalName in the place of ports and endpoints: the Service is an alias then.
  endpoints:
  - addresses:
    - 192.0.2.10
    - 192.0.2.20-192.0.2.22
    # ready: false # keeps them listed, but out of rotation
    # zone: eu-west-1a # where they are, for topology aware routing
  # Clients are given the machines' own addresses; ports are not translated then.
  # headless: true
  # A client stays with the machine that it got first.
  # sessionAffinity: ClientIP
`

// initAccess is a spec without a profile: name, namespace, workload and so on are the
// arguments.
const initAccess = `apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata:
  name: %[1]s # goes into the names of what is made
%[2]s  # annotations: {config.kubernetes.io/function: "exec: {path: sallyport}"} # to be a kustomize generator
spec:
  # How clients outside come in: LoadBalancer, an address for each Service; NodePort, a
  # port on every node; ClusterIP, not at all. Components and entries may say otherwise.
  type: LoadBalancer
  # Under a domain each pod has a name of its own, %[1]s-%[3]d.example.com, and
  # external-dns is told of it.
  # domain: example.com
  # Clients' own addresses arrive at the pods, and no node passes traffic on to another.
  # externalTrafficPolicy: Local
  # Who may come in.
  # loadBalancer: {sourceRanges: [192.0.2.0/24]}
  components:
  - name: node
    # The StatefulSet: %[4]s.
    workload: %[1]s
%[5]s    # The labels of the pods, for Services of all of them.
    selector:
%[6]s    # What the pods listen on.
    ports:
%[7]s    services:
    # One Service for each pod, %[1]s-%[3]d-external and so on: clients reach every one.
    - name: external
      mode: PerPod
      # Ports that it opens, where that is not all of them, or under another number.
      # ports: [{name: %[8]s, port: %[9]d}]
    # One Service for all pods, %[1]s-node-bootstrap: clients that know none yet ask there.
    # - {name: bootstrap, mode: Shared}
`
