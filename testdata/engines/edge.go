package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

const dialTimeout = 2 * time.Second

// A forward is a TCP port of the edge.
type forward struct {
	service string
	address string // IP:PORT
	to      []target
	always  bool // also to pods that are not ready
}

// A target is a port of a pod.
type target struct {
	pod  *pod
	port int32
}

// forwards lists what is open at the edge, as Services and host ports say.
func (c *cluster) forwards() []forward {
	var all []forward
	for _, s := range c.services {
		for _, p := range s.Spec.Ports {
			if s.Spec.ClusterIP != corev1.ClusterIPNone && p.Protocol != corev1.ProtocolUDP {
				all = append(all, c.open(s, p)...)
			}
		}
	}
	for _, p := range c.pods {
		for _, container := range c.containers(p) {
			for _, port := range container.Ports {
				if port.HostPort != 0 {
					all = append(all, forward{"hostPort", join(p.nodeIP, port.HostPort), []target{{p, port.ContainerPort}}, true})
				}
			}
		}
	}
	return all
}

// open lists what a port of a Service opens: the addresses of load balancers, external
// addresses, and ports of nodes.
func (c *cluster) open(s *corev1.Service, p corev1.ServicePort) []forward {
	to := func(pods []*pod) []target {
		var all []target
		for _, q := range pods {
			all = append(all, target{q, p.TargetPort.IntVal})
		}
		return all
	}
	var all []forward
	add := func(ip string, port int32, pods []*pod) {
		all = append(all, forward{s.Name, join(ip, port), to(pods), s.Spec.PublishNotReadyAddresses})
	}
	pods := c.selected(s)
	if ip := c.balancers[s.Name]; ip != "" {
		add(ip, p.Port, pods)
	}
	for _, ip := range s.Spec.ExternalIPs {
		add(ip, p.Port, pods)
	}
	if !opensNodePorts(s) {
		return all
	}
	if c.frontIP != "" {
		add(c.frontIP, p.NodePort, pods)
	}
	for _, node := range c.pods {
		here := pods
		if s.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal {
			here = nil
			for _, q := range pods {
				if q.node == node.node {
					here = append(here, q)
				}
			}
		}
		add(node.nodeIP, p.NodePort, here)
	}
	return all
}

func join(ip string, port int32) string { return net.JoinHostPort(ip, fmt.Sprint(port)) }

func isIP(s string) bool { return net.ParseIP(s) != nil }

// An edge forwards connections, and counts those of pods.
type edge struct {
	ns       string
	open     []net.Listener
	mu       sync.Mutex
	fromPods map[string]int // by Service
}

// listen opens a port of the edge.
func (e *edge) listen(address string) (net.Listener, error) {
	l, err := listen(e.ns, address)
	if err == nil {
		e.open = append(e.open, l)
	}
	return l, err
}

// serve opens a forward.
func (e *edge) serve(f forward) error {
	l, err := e.listen(f.address)
	if err != nil {
		return fmt.Errorf("Service %s: %w", f.service, err)
	}
	go func() {
		for n := 0; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go e.pass(conn, f, n)
		}
	}()
	return nil
}

// pass connects a connection with one of the pods that may get it.
func (e *edge) pass(conn net.Conn, f forward, n int) {
	defer conn.Close()
	if strings.HasPrefix(conn.RemoteAddr().String(), podNet) {
		e.mu.Lock()
		e.fromPods[f.service]++
		e.mu.Unlock()
	}
	var to []target
	for _, t := range f.to {
		if f.always || t.pod.ready.Load() {
			to = append(to, t)
		}
	}
	if len(to) == 0 {
		return
	}
	t := to[n%len(to)]
	back, err := dial(e.ns, join(t.pod.ip, t.port))
	if err != nil {
		return
	}
	defer back.Close()
	go func() {
		io.Copy(back, conn) //nolint:errcheck // either side may close the connection
		back.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(conn, back) //nolint:errcheck // either side may close the connection
}
