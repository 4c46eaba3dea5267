package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

const (
	doorIP     = "203.0.113.7"
	gatewayAPI = "sigs.k8s.io/gateway-api@v1.6.3"
	kubebox    = "bin/e2e/kubebox"
)

// A door is Traefik at one address of the edge. It routes as the objects in an API server say,
// which are the user's Gateway, and what is generated. Nobody tells it more.
type door struct {
	*lab
	kubebox string
	traefik string
	version string
}

// newDoor gets the programs.
func newDoor(l *lab) *door {
	box, err := filepath.Abs(kubebox)
	l.check(err)
	if !exists(box) {
		l.skipf("there is no %s: make cluster builds it, which takes ten minutes or more", kubebox)
	}
	source := filepath.Join("testdata", "traefik")
	out, err := in(source, "go", "list", "-m", "-f", "{{.Version}}", "github.com/traefik/traefik/v3")
	l.check(err)
	version := strings.TrimSpace(out)
	dir := cached(l.row, "traefik-"+version, func(dir string) error {
		_, err := in(source, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(dir, "traefik"), ".")
		return err
	})
	d := &door{lab: l, kubebox: box, traefik: filepath.Join(dir, "traefik"), version: strings.TrimPrefix(version, "v")}
	d.write(d.file("tokens"), "admin,admin,admin,system:masters\n")
	d.write(d.file("admin"), fmt.Sprintf(`apiVersion: v1
kind: Config
clusters: [{name: lab, cluster: {server: "https://127.0.0.1:6443", certificate-authority: %s}}]
users: [{name: lab, user: {token: admin}}]
contexts: [{name: lab, context: {cluster: lab, user: lab}}]
current-context: lab
`, l.tls.file("ca.pem")))
	return d
}

func (d *door) file(name string) string { return filepath.Join(d.dir, "door", name) }

// serve starts an API server with the kinds of the Gateway API.
func (d *door) serve() {
	d.inEdge("addr", "add", doorIP+"/32", "dev", "lo")
	d.start("etcd", d.kubebox, "etcd", "--data-dir="+d.file("etcd"), "--unsafe-no-fsync")
	pem, accounts := d.tls.server("kube-apiserver", []string{"127.0.0.1"}), d.tls.server("accounts", nil)
	api := d.start("kube-apiserver", d.kubebox, "kube-apiserver", "--etcd-servers=http://127.0.0.1:2379", "--bind-address=127.0.0.1", "--advertise-address="+apiServer, "--secure-port=6443",
		"--tls-cert-file="+pem, "--tls-private-key-file="+pem, "--endpoint-reconciler-type=none", "--token-auth-file="+d.file("tokens"), "--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file="+accounts, "--service-account-signing-key-file="+accounts,
		"--service-cluster-ip-range=10.96.0.0/16")
	d.until("the API server is ready", func() bool {
		select {
		case <-api.exited:
			log, _ := os.ReadFile(api.log)
			d.failf("the API server has ended:\n%s", tail(log))
		default:
		}
		_, err := d.kubectl("", "get", "--raw", "/readyz")
		return err == nil
	})
	d.define()
}

// define installs the CustomResourceDefinitions. Traefik 3.7 asks for a TCPRoute of v1alpha2, which is
// there, and is not served.
func (d *door) define() {
	out, err := in(module, "go", "mod", "download", "-json", gatewayAPI)
	var mod struct{ Dir string }
	if err != nil || json.Unmarshal([]byte(out), &mod) != nil {
		d.skipf("go mod download %s: %v", gatewayAPI, err)
	}
	files, _ := filepath.Glob(filepath.Join(mod.Dir, "config", "crd", "standard", "*_*s.yaml"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		d.check(err)
		if strings.HasSuffix(file, "_tcproutes.yaml") {
			text = []byte(strings.ReplaceAll(string(text), "served: false", "served: true"))
		}
		d.apply(string(text))
	}
	_, err = d.kubectl("", "wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
	d.check(err)
}

// start runs a program at the edge.
func (d *door) start(name string, argv ...string) *server {
	s := &server{cmd: d.atEdge(argv...), log: filepath.Join(d.dir, name+".log"), exited: make(chan struct{})}
	log, err := os.Create(s.log)
	d.check(err)
	defer log.Close()
	s.cmd.Stdout, s.cmd.Stderr = log, log
	_, err = s.cmd.StdinPipe() // servers of kubebox end with it
	d.check(err)
	d.check(s.cmd.Start())
	d.spawned = append(d.spawned, s)
	go func() {
		s.cmd.Wait() //nolint:errcheck // its log has the reason
		close(s.exited)
	}()
	return s
}

func (d *door) atEdge(argv ...string) *exec.Cmd {
	cmd := exec.CommandContext(d.ctx, "ip", append([]string{"netns", "exec", d.edge.ns}, argv...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + d.file("home"), "KUBECONFIG=" + d.file("admin")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

func (d *door) kubectl(stdin string, args ...string) (string, error) {
	cmd := d.atEdge(append([]string{d.kubebox, "kubectl"}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, tail(exit.Stderr))
	}
	return string(out), err
}

func (d *door) apply(stream string) {
	_, err := d.kubectl(stream, "apply", "--server-side", "--validate=strict", "-f", "-")
	d.check(err)
}

// open starts Traefik, and waits until it has accepted all routes.
func (d *door) open() string {
	d.apply(d.surroundings())
	for _, doc := range d.gateway {
		d.apply(doc)
	}
	d.apply(d.endpointSlices())
	addresses := d.addresses()
	d.start("traefik", append([]string{d.traefik}, addresses...)...)
	routes := 0
	d.until("Traefik accepts all routes", func() bool {
		out, err := d.kubectl("", "get", "tlsroutes,tcproutes", "-A", "-o", "json")
		d.check(err)
		var found struct{ Items []route }
		d.check(json.Unmarshal([]byte(out), &found))
		routes = len(found.Items)
		return routes > 0 && !slices.ContainsFunc(found.Items, func(r route) bool { return !r.accepted() })
	})
	return fmt.Sprintf("Traefik %s has accepted %d routes to %d ports of one address", d.version, routes, len(addresses))
}

// addresses are what the plan needs of the door: one IP address, with the ports of routes.
func (d *door) addresses() []string {
	var all []string
	for _, row := range d.rows {
		if strings.HasSuffix(row.Type, "Route") {
			all = append(all, doorIP+row.Address[strings.LastIndex(row.Address, ":"):])
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// A route is a TLSRoute or a TCPRoute.
type route struct {
	Spec   struct{ Hostnames []string }
	Status struct {
		Parents []struct{ Conditions []metav1.Condition }
	}
}

// A dnsEndpoint is what external-dns reads.
type dnsEndpoint struct {
	Spec struct{ Endpoints []struct{ DNSName string } }
}

func (r route) accepted() bool {
	for _, p := range r.Status.Parents {
		for _, c := range p.Conditions {
			if c.Status != metav1.ConditionTrue {
				return false
			}
		}
	}
	return len(r.Status.Parents) > 0
}

// surroundings are the namespaces of all objects, and the classes of Gateways, which are Traefik's
// here.
func (d *door) surroundings() string {
	var all strings.Builder
	for _, doc := range d.gateway {
		var o struct {
			Metadata struct{ Namespace string }
			Spec     struct{ GatewayClassName string }
		}
		d.check(yaml.Unmarshal([]byte(doc), &o))
		if ns := o.Metadata.Namespace; ns != "" {
			fmt.Fprintf(&all, "apiVersion: v1\nkind: Namespace\nmetadata: {name: %q}\n---\n", ns)
		}
		if class := o.Spec.GatewayClassName; class != "" {
			fmt.Fprintf(&all, "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: %q}\nspec: {controllerName: traefik.io/gateway-controller}\n---\n", class)
		}
	}
	return all.String()
}

// endpointSlices are what the controllers of a cluster make for Services.
func (d *door) endpointSlices() string {
	var all strings.Builder
	for _, s := range d.services {
		slice := discoveryv1.EndpointSlice{
			TypeMeta:    metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"},
			ObjectMeta:  metav1.ObjectMeta{Name: s.Name + "-lab", Namespace: s.Namespace, Labels: map[string]string{discoveryv1.LabelServiceName: s.Name}},
			AddressType: discoveryv1.AddressTypeIPv4,
		}
		for _, p := range s.Spec.Ports {
			slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{Name: &p.Name, Port: &p.TargetPort.IntVal, Protocol: &p.Protocol})
		}
		for _, p := range d.selected(s) {
			ready := true
			slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{Addresses: []string{p.ip}, Conditions: discoveryv1.EndpointConditions{Ready: &ready}})
		}
		text, err := yaml.Marshal(slice)
		d.check(err)
		all.Write(append(text, "---\n"...))
	}
	return all.String()
}
