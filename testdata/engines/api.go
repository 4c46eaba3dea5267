package main

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// An api is as much of an API server as discovery needs: kubectl gets one Service or Node by
// its name, if the generated RBAC allows it.
type api struct {
	*lab
	since time.Time
}

// serveAPI serves the API at the pods' gateway, if the pods need it.
func (l *lab) serveAPI() {
	if !slices.ContainsFunc(l.pods, func(p *pod) bool { return slices.ContainsFunc(l.initContainers(p), isDiscovery) }) {
		return
	}
	cert, err := tls.LoadX509KeyPair(l.tls.server("apiserver", []string{apiServer}), l.tls.file("apiserver.pem"))
	l.check(err)
	port, err := l.edge.listen(apiServer + ":6443")
	l.check(err)
	ca, err := os.ReadFile(l.tls.file("ca.pem"))
	l.check(err)
	l.files[rootCA] = map[string]string{"ca.crt": string(ca)}
	server := &http.Server{Handler: &api{lab: l, since: time.Now()}, ReadHeaderTimeout: time.Minute}
	go server.Serve(tls.NewListener(port, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}})) //nolint:errcheck // it ends with the lab
}

func (a *api) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	answer, code := a.answer(req)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(answer) //nolint:errcheck // a client that has gone
}

var resources = []metav1.APIResource{
	{Name: "services", SingularName: "service", Kind: "Service", Namespaced: true, Verbs: []string{"get"}},
	{Name: "nodes", SingularName: "node", Kind: "Node", Verbs: []string{"get"}},
}

// answer answers discovery of the API, and gets objects.
func (a *api) answer(req *http.Request) (any, int) {
	switch req.URL.Path {
	case "/api":
		return metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}}, http.StatusOK
	case "/apis":
		return metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}, http.StatusOK
	case "/api/v1":
		return metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList"}, GroupVersion: "v1", APIResources: resources}, http.StatusOK
	}
	part := strings.Split(strings.TrimPrefix(req.URL.Path, "/api/v1/"), "/")
	namespace := ""
	if len(part) == 4 && part[0] == "namespaces" {
		namespace, part = part[1], part[2:]
	}
	if req.Method != http.MethodGet || len(part) != 2 {
		return status(http.StatusMethodNotAllowed, "only objects are served, by name")
	}
	resource, name := part[0], part[1]
	i := slices.IndexFunc(a.pods, func(p *pod) bool {
		return req.Header.Get("Authorization") == "Bearer "+token(a.namespace, p.account)
	})
	if i < 0 {
		return status(http.StatusUnauthorized, "Unauthorized")
	}
	if account := a.pods[i].account; !a.rules.allow(a.cluster.namespace, account, namespace, resource, name) {
		return status(http.StatusForbidden, account+" cannot get "+resource+"/"+name+" in the namespace "+namespace)
	}
	return a.get(resource, name)
}

func status(code int, why string) (any, int) {
	return metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Message: why, Code: int32(code), Reason: metav1.StatusReason(http.StatusText(code))}, code
}

// get returns a Service with its load balancer, once that has an address, or a Node.
func (a *api) get(resource, name string) (any, int) {
	if resource == "nodes" {
		for _, p := range a.pods {
			if p.node == name {
				return node(p), http.StatusOK
			}
		}
	}
	for _, s := range a.services {
		if resource == "services" && s.Name == name {
			s = s.DeepCopy()
			if ip := a.balancers[name]; ip != "" && time.Since(a.since) > time.Duration(a.late)*time.Second {
				s.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: ip}}
				if a.elb {
					s.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{Hostname: elbName(name)}}
				}
			}
			return s, http.StatusOK
		}
	}
	return status(http.StatusNotFound, resource+" "+name+" not found")
}

func node(p *pod) corev1.Node {
	return corev1.Node{
		TypeMeta:   metav1.TypeMeta{Kind: "Node", APIVersion: "v1"},
		ObjectMeta: metav1.ObjectMeta{Name: p.node},
		Status: corev1.NodeStatus{Addresses: []corev1.NodeAddress{
			{Type: corev1.NodeInternalIP, Address: p.nodeIP}, {Type: corev1.NodeExternalIP, Address: p.nodeIP}, {Type: corev1.NodeHostName, Address: p.node},
		}},
	}
}

// allow reports whether a ServiceAccount may get an object.
func (r rbac) allow(from, account, namespace, resource, name string) bool {
	bound := func(subjects []rbacv1.Subject) bool {
		return slices.ContainsFunc(subjects, func(s rbacv1.Subject) bool {
			return s.Kind == rbacv1.ServiceAccountKind && s.Name == account && s.Namespace == from
		})
	}
	clusterRule := func(ref string) bool {
		return slices.ContainsFunc(r.clusterRoles, func(c rbacv1.ClusterRole) bool { return c.Name == ref && grants(c.Rules, resource, name) })
	}
	for _, b := range r.clusterBinds {
		if bound(b.Subjects) && clusterRule(b.RoleRef.Name) {
			return true
		}
	}
	for _, b := range r.bindings {
		if b.Namespace != namespace || !bound(b.Subjects) {
			continue
		}
		role := slices.ContainsFunc(r.roles, func(c rbacv1.Role) bool {
			return b.RoleRef.Kind == "Role" && c.Namespace == namespace && c.Name == b.RoleRef.Name && grants(c.Rules, resource, name)
		})
		if role || b.RoleRef.Kind == "ClusterRole" && clusterRule(b.RoleRef.Name) {
			return true
		}
	}
	return false
}

func grants(rules []rbacv1.PolicyRule, resource, name string) bool {
	return slices.ContainsFunc(rules, func(r rbacv1.PolicyRule) bool {
		return slices.Contains(r.APIGroups, "") && slices.Contains(r.Resources, resource) && slices.Contains(r.Verbs, "get") &&
			(len(r.ResourceNames) == 0 || slices.Contains(r.ResourceNames, name))
	})
}
