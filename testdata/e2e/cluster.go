package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// kubebox is the program that make cluster builds.
const kubebox = "bin/e2e/kubebox"

// cluster gives a row kubectl, with access to the cluster with both address families that rows share.
func cluster(r *row) *controlPlane { return use(r, dualStack) }

// use gives a row kubectl, with access to one of the clusters.
func use(r *row, start func() (*controlPlane, error)) *controlPlane {
	if !exists(kubebox) {
		r.skipf("there is no %s: make cluster builds it, which takes ten minutes or more", kubebox)
	}
	c, err := start()
	r.check(err)
	r.path = append([]string{c.dir}, r.path...)
	r.env = append(r.env, "KUBECONFIG="+c.file("admin"))
	r.becomes("the first ServiceAccount", "serviceaccount/default\n", func() string {
		return r.try(r.dir, "", "kubectl", "get", "serviceaccount", "default", "-o", "name").stdout
	})
	return c
}

// A controlPlane is a cluster without nodes. Its servers stop when their standard inputs are
// closed. That happens when this program ends, so it must keep the other ends of the pipes.
type controlPlane struct {
	box, dir string
	inputs   []io.Closer
}

// The clusters, by the address families of their Services. Each is started for the first row that
// uses it.
var (
	dualStack = startCluster("cluster", "10.96.0.0/16,fd00:96::/112")
	onlyIPv4  = startCluster("cluster-ipv4", "10.96.0.0/16")
	onlyIPv6  = startCluster("cluster-ipv6", "fd00:96::/112")
)

// startCluster returns a function that starts an API server with ranges of addresses for Services,
// and the controllers that the rows need, on free ports. Their logs are in a folder of bin/e2e.
func startCluster(folder, ranges string) func() (*controlPlane, error) {
	return sync.OnceValues(func() (*controlPlane, error) { return newCluster(folder, ranges) })
}

func newCluster(folder, ranges string) (*controlPlane, error) {
	box, err := filepath.Abs(kubebox)
	c := &controlPlane{box: box, dir: filepath.Join(filepath.Dir(box), folder)}
	etcd, peer, api := "http://"+freePort(), "http://"+freePort(), freePort()
	_, port, _ := strings.Cut(api, ":")
	return c, errors.Join(
		err, os.RemoveAll(c.dir), os.MkdirAll(c.dir, 0o755), writeKey(c.file("accounts.key")),
		os.WriteFile(c.file("kubectl"), fmt.Appendf(nil, "#!/bin/sh\nexec '%s' kubectl \"$@\"\n", box), 0o755),
		os.WriteFile(c.file("tokens"), []byte("admin,admin,admin,system:masters\ncontrollers,system:kube-controller-manager,controllers\n"), 0o600),
		os.WriteFile(c.file("admin"), kubeconfig(api, "admin"), 0o600),
		os.WriteFile(c.file("controllers"), kubeconfig(api, "controllers"), 0o600),
		c.serve("etcd", "--data-dir=etcd", "--unsafe-no-fsync", "--listen-client-urls="+etcd, "--advertise-client-urls="+etcd,
			"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer),
		c.serve("kube-apiserver", "--etcd-servers="+etcd, "--bind-address=127.0.0.1", "--secure-port="+port, "--cert-dir=.",
			"--endpoint-reconciler-type=none", "--token-auth-file=tokens", "--authorization-mode=RBAC",
			"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file=accounts.key",
			"--service-account-signing-key-file=accounts.key", "--service-cluster-ip-range="+ranges),
		c.ready(),
		c.serve("kube-controller-manager", "--kubeconfig=controllers", "--secure-port=0", "--leader-elect=false", "--use-service-account-credentials",
			"--controllers=statefulset-controller,endpoints-controller,endpointslice-controller,"+
				"endpointslice-mirroring-controller,serviceaccount-controller,garbage-collector-controller"))
}

func (c *controlPlane) file(name string) string { return filepath.Join(c.dir, name) }

// serve starts a server. Its output goes to a log.
func (c *controlPlane) serve(name string, args ...string) error {
	log, err := os.Create(c.file(name + ".log"))
	if err != nil {
		return err
	}
	cmd := exec.Command(c.box, append([]string{name}, args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.dir, log, log
	input, err := cmd.StdinPipe()
	c.inputs = append(c.inputs, input)
	return errors.Join(err, cmd.Start())
}

// ready waits for the API server, because the controllers do not.
func (c *controlPlane) ready() error {
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		err := exec.Command(c.box, "kubectl", "--kubeconfig", c.file("admin"), "get", "--raw", "/readyz").Run()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the API server is not ready: %w; its log is in %s", err, c.dir)
		}
	}
}

// kubeconfig trusts the self-signed certificate of the API server.
func kubeconfig(api, token string) []byte {
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters: [{name: e2e, cluster: {server: "https://%s", certificate-authority: apiserver.crt}}]
users: [{name: e2e, user: {token: %q}}]
contexts: [{name: e2e, context: {cluster: e2e, user: e2e}}]
current-context: e2e
`, api, token)
}

// writeKey writes the key that signs the tokens of ServiceAccounts.
func writeKey(file string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	block := pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return os.WriteFile(file, pem.EncodeToMemory(&block), 0o600)
}

func freePort() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "127.0.0.1:0" // the server reports that it cannot use it
	}
	defer l.Close()
	return l.Addr().String()
}

// kubectl runs kubectl as the administrator.
func (r *row) kubectl(args ...string) string { return r.ok(r.dir, "", "kubectl", args...) }

// becomes waits for a result of the controllers.
func (r *row) becomes(what, want string, got func() string) {
	deadline := time.Now().Add(time.Minute)
	for now := got(); now != want; now = got() {
		if time.Now().After(deadline) {
			r.equal(what+", a minute later", want, now)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// accounted are the warnings of the API server about settings that a spec asks for, and that
// Sallyport warns of too.
var accounted = []string{"v1 Endpoints is deprecated", "spec.externalIPs is deprecated", `spec.trafficDistribution: "PreferClose" is deprecated`}

// tryApply applies a stream with all warnings shown. It creates the namespaces first.
func (r *row) tryApply(stream string, args ...string) result {
	var all strings.Builder
	seen := map[string]bool{"": true}
	for _, o := range objects(r, stream) {
		if ns := o.text("metadata", "namespace"); !seen[ns] {
			seen[ns] = true
			fmt.Fprintf(&all, "apiVersion: v1\nkind: Namespace\nmetadata: {name: %q}\n---\n", ns)
		}
	}
	all.WriteString(stream)
	return r.try(r.dir, all.String(), "kubectl", append([]string{"apply", "--server-side", "--validate=strict", "-f", "-"}, args...)...)
}

// accept applies a stream that must be accepted without warnings, except for the accounted
// ones.
func (r *row) accept(stream string) result {
	res := r.tryApply(stream, "-o", "yaml")
	if res.status != 0 {
		r.failf("the API server refuses %s ...: %s", objects(r, stream)[0].heading(), res.stderr)
	}
	for line := range strings.Lines(res.stderr) {
		if !slices.ContainsFunc(accounted, func(w string) bool { return strings.HasPrefix(line, "Warning: "+w) }) {
			r.failf("the API server warns about %s ...: %s", objects(r, stream)[0].heading(), line)
		}
	}
	return res
}

// apply accepts a stream and returns the resource versions of the generated objects.
func (r *row) apply(stream string) map[string]string {
	return versions(list(objects(r, r.accept(stream).stdout)[0], "items"))
}

// versions returns the resource version of each generated object, or its generation: if a definition
// gives new objects a status, the server stores that with the second request.
func versions(all []any) map[string]string {
	by := map[string]string{}
	for _, o := range all {
		if text(at(o, "metadata", "labels"), "app.kubernetes.io/managed-by") != "sallyport" {
			continue
		}
		version := text(o, "metadata", "resourceVersion")
		if kind := text(o, "kind"); kind == "Gateway" || kind == "ListenerSet" {
			version = fmt.Sprint(at(o, "metadata", "generation"))
		}
		by[text(o, "kind")+" "+text(o, "metadata", "name")] = version
	}
	return by
}

// remove deletes the objects that a row has applied, and their pods. It checks nothing,
// because a row that has failed is reported already.
func (r *row) remove(stream string) {
	r.try(r.dir, stream, "kubectl", "delete", "--ignore-not-found", "--cascade=foreground", "-f", "-")
}
