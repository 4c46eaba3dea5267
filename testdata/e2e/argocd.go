package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

var argoRows = []rowCase{
	{"argocd/discovery", discovery},
	{"argocd/plain", argoPlain},
	{"argocd/kustomize", argoKustomize},
	{"argocd/helm", argoHelm},
	{"argocd/parameters", parameters},
	{"argocd/mistake", argoMistake},
	{"argocd/install", argoInstall},
}

// A pluginFile has the fields of a ConfigManagementPlugin that Argo CD reads.
type pluginFile struct {
	Kind string
	Spec struct {
		Discover   struct{ Find struct{ Command []string } }
		Parameters struct {
			Static []struct{ Name, Title, Tooltip, String, CollectionType string }
		}
		Generate struct{ Command, Args []string }
	}
}

func readPlugin(r *row) pluginFile {
	var p pluginFile
	r.check(yaml.UnmarshalStrict([]byte(withoutHead(r.read("examples/with-argocd/plugin.yaml"))), &p))
	return p
}

// withoutHead removes version and metadata, which do not matter to the plugin.
func withoutHead(text string) string {
	_, rest, _ := strings.Cut(text, "\nkind: ")
	kind, rest, _ := strings.Cut(rest, "\n")
	_, rest, _ = strings.Cut(rest, "\nspec:\n")
	return "kind: " + kind + "\nspec:\n" + rest
}

// generate runs the plugin's command in a directory, with its parameters, as the sidecar does.
func generate(r *row, dir string, params ...string) result {
	g := readPlugin(r).Spec.Generate
	r.env = append(r.env, "ARGOCD_APP_NAME=cache", "ARGOCD_APP_NAMESPACE=shop")
	r.env = append(r.env, params...)
	return r.try(dir, "", g.Command[0], slices.Concat(g.Command[1:], g.Args)...)
}

func generated(r *row, dir string, params ...string) string {
	res := generate(r, dir, params...)
	if res.status != 0 {
		r.failf("generate: status %d\n%s", res.status, res.stderr)
	}
	return res.stdout
}

// discovery checks that the plugin finds its own applications and no others.
func discovery(r *row) {
	find := readPlugin(r).Spec.Discover.Find.Command
	app := filepath.Join(r.example("with-argocd"), "app")
	if out := r.ok(app, "", find[0], find[1:]...); out == "" {
		r.failf("an application with a spec is not found")
	}
	r.check(os.Remove(filepath.Join(app, "cache.yaml")))
	r.equal("an application without a spec", "", r.ok(app, "", find[0], find[1:]...))
}

func argoPlain(r *row) {
	dir := r.example("with-argocd")
	r.equal("generate", r.read(filepath.Join(dir, "expected.yaml")), generated(r, filepath.Join(dir, "app")))
}

// argoKustomize has a kustomization that lists the spec as a resource.
func argoKustomize(r *row) {
	r.path = append(r.path, filepath.Dir(kustomize(r)))
	app := filepath.Join(r.example("with-argocd"), "app")
	r.write(filepath.Join(app, "kustomization.yaml"), "resources: [cache.yaml, statefulset.yaml]\nnamespace: elsewhere\n")
	out := generated(r, app, "PARAM_BUILD=kustomize")
	r.equal("objects", "StatefulSet cache, Service cache-headless, Service cache-0, Service cache-1", headings(r, out))
	r.equal("namespaces", "4", count(out, "  namespace: elsewhere\n"))
}

func argoHelm(r *row) {
	dir := chart(r)
	r.path = append(r.path, filepath.Dir(helm3(r)))
	out := generated(r, filepath.Join(dir, "chart"), "PARAM_BUILD=helm")
	r.equal("objects", "StatefulSet cache, Service cache-headless, Service cache-0, Service cache-1", headings(r, out))
}

// parameters checks that the command reads the parameters that the plugin announces, and that
// an array of files is passed on, whatever their names are.
func parameters(r *row) {
	p := readPlugin(r).Spec
	script := strings.Join(p.Generate.Args, "")
	for _, param := range p.Parameters.Static {
		if env := "PARAM_" + strings.ToUpper(param.Name); !strings.Contains(script, env) {
			r.failf("%s is announced, and not read", param.Name)
		}
		if param.Name == "build" && !strings.Contains(script, "${PARAM_BUILD:-"+param.String+"}") {
			r.failf("build is announced as %s, and that is not its default", param.String)
		}
	}
	app := filepath.Join(r.example("with-argocd"), "app")
	db := r.read("examples/with-helm/db.yaml")
	r.write(filepath.Join(app, "specs", "my db; exit.yaml"), db)
	r.write(filepath.Join(app, "specs", "other.yaml"), strings.Replace(db, "name: db", "name: other", 1))
	has(r, generated(r, app, "PARAM_SPECS_0=specs/my db; exit.yaml", "PARAM_SPECS_1=specs/other.yaml"), "Service cache-0", "Service db", "Service other")
	r.fails(generate(r, app, "PARAM_BUILD=make"), "build: plain, kustomize or helm")
}

// argoMistake checks that an error of Sallyport, or of a tool before it, never leads to
// manifests without the objects that a spec asks for.
func argoMistake(r *row) {
	app := filepath.Join(r.example("with-argocd"), "app")
	r.edit(filepath.Join(app, "cache.yaml"), "replicas", "replicass")
	r.fails(generate(r, app), `did you mean "replicas"?`)
	r.path = append(r.path, filepath.Dir(kustomize(r)))
	r.fails(generate(r, app, "PARAM_BUILD=kustomize"), "kustomization")
}

// argoInstall builds the component over the parts of an Argo CD that it changes.
func argoInstall(r *row) {
	dir := r.example("with-argocd")
	r.write(filepath.Join(r.dir, "argocd", "kustomization.yaml"), "namespace: argocd\nresources: [argocd.yaml]\ncomponents: [../with-argocd]\n")
	r.write(filepath.Join(r.dir, "argocd", "argocd.yaml"), r.read("testdata/e2e/argocd.yaml"))
	out := r.build(filepath.Join(r.dir, "argocd"))
	for _, o := range objects(r, out) {
		switch o.text("kind") {
		case "Deployment":
			if n := len(list(o, "spec", "template", "spec", "containers")); n != 2 {
				r.failf("%d containers, and not the repo-server with a sidecar", n)
			}
		case "ConfigMap":
			if plugin := o.text("data", "plugin.yaml"); plugin != "" {
				r.equal("plugin.yaml", r.read(filepath.Join(dir, "plugin.yaml")), plugin)
				continue
			}
			r.equal("exclusions", strings.Join(argoExclusions, " "), strings.Join(excluded(r, o.text("data", "resource.exclusions")), " "))
		}
	}
	if strings.Count(out, "name: sallyport-plugin-") != 2 {
		r.failf("the sidecar does not mount the plugin:\n%s", out)
	}
}

// argoExclusions are the kinds that Argo CD 3 excludes, without Endpoints and EndpointSlice.
var argoExclusions = strings.Fields(`APIService Lease SelfSubjectReview TokenReview LocalSubjectAccessReview
	SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview CertificateSigningRequest CertificateRequest
	CiliumIdentity CiliumEndpoint CiliumEndpointSlice PolicyReport ClusterPolicyReport EphemeralReport
	ClusterEphemeralReport AdmissionReport ClusterAdmissionReport BackgroundScanReport ClusterBackgroundScanReport
	UpdateRequest`)

func excluded(r *row, text string) []string {
	var rules []struct{ APIGroups, Kinds []string }
	r.check(yaml.UnmarshalStrict([]byte(text), &rules))
	var kinds []string
	for _, rule := range rules {
		kinds = append(kinds, rule.Kinds...)
	}
	return kinds
}
