package patch_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/patch"
	"sallyport.dev/generators/plan"
	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// planned returns the plan of a component whose only pod has a file of its own, and a variable.
func planned() (*plan.Plan, *plan.Component) {
	c := &plan.Component{Path: source.Path{}.Field("spec", "components").Item("name", "node"), Enabled: true, Workloads: []string{"db"},
		Spec: v1alpha1.Component{Name: "node", Create: new(true), Config: &v1alpha1.Config{Container: "main", MountPath: "/etc/db/",
			Env: v1alpha1.StringMap{"HOST": new("h")}, Files: v1alpha1.StringMap{"a.conf": new("$(pod)"), "b.conf": new("b")},
			Discovery: &v1alpha1.Discovery{By: new(v1alpha1.ByScript), Image: new("kubectl:1"), Timeout: new("5m"), Resources: &v1alpha1.Resources{}}}},
		ConfigHash: map[string]string{"db": "0123"}}
	c.ConfigMap = &plan.ConfigMap{Component: c, Name: "db-config", PerPod: []string{"a.conf"}, PodKey: v1alpha1.DefaultKey, Data: map[string]string{"HOST": "h", "db-0.a.conf": "db-0", "b.conf": "b"}}
	return &plan.Plan{Namespace: "data", Components: []*plan.Component{c}, ServiceAccount: "db"}, c
}

// patches returns the patches of a plan as YAML, and what was reported. set is the spec of the
// StatefulSet in the input; "": it is not there.
func patches(t *testing.T, p *plan.Plan, set string) (string, source.Diagnostics) {
	t.Helper()
	var sets []*workload.StatefulSet
	text := "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: data}\nspec: " + set + "\n"
	docs, ds := source.Parse("set.yaml", []byte(text))
	if ds.Failed() {
		t.Fatal(ds)
	}
	if set != "" {
		sets = workload.Read(docs)
	}
	found := finding.New(docs[0])
	all := patch.NewPatcher(sets, true).Patches(nil, p, found)
	var b bytes.Buffer
	if err := patch.Encode(&b, all); err != nil {
		t.Fatal(err)
	}
	return b.String(), found.Diagnostics()
}

// A patch mounts each file by itself and sets each variable, and changes nothing else.
func TestPatch(t *testing.T) {
	p, _ := planned()
	got, ds := patches(t, p, "")
	if len(ds) > 0 {
		t.Error(ds)
	}
	if diff := cmp.Diff(`apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  namespace: data
spec:
  template:
    metadata:
      annotations:
        sallyport.dev/config-hash: "0123"
    spec:
      containers:
      - env:
        - name: SALLYPORT_POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        - name: HOST
          valueFrom:
            configMapKeyRef:
              key: HOST
              name: db-config
        name: main
        volumeMounts:
        - mountPath: /etc/db/a.conf
          name: sallyport
          readOnly: true
          subPathExpr: $(SALLYPORT_POD_NAME).a.conf
        - mountPath: /etc/db/b.conf
          name: sallyport
          readOnly: true
          subPath: b.conf
      volumes:
      - configMap:
          name: db-config
        name: sallyport
`, got); diff != "" {
		t.Error(diff)
	}
}

// What is patched depends on what is discovered, and on what the engine does itself.
func TestPatchOfDiscovery(t *testing.T) {
	for name, test := range map[string]struct {
		edit      func(*plan.Plan, *plan.Component)
		want, not []string
	}{
		"from the API": {func(_ *plan.Plan, c *plan.Component) { c.ConfigMap.Need.Services = []string{"db-0"} },
			[]string{"serviceAccountName: db", "name: sallyport-token", "name: POD_NAMESPACE", "automountServiceAccountToken: false", "image: kubectl:1"}, []string{"HOST_IP", "NODE_NAME", "subPathExpr"}},
		"from the node": {func(_ *plan.Plan, c *plan.Component) { c.ConfigMap.Need.Node = true },
			[]string{"serviceAccountName: db", "name: NODE_NAME"}, []string{"POD_NAMESPACE"}},
		"by the downward API": {func(_ *plan.Plan, c *plan.Component) { c.ConfigMap.Need.Host = true },
			[]string{"name: HOST_IP", "sallyport-discover"}, []string{"serviceAccountName", "sallyport-token", "automountServiceAccountToken"}},
		"and the engine reads": {func(p *plan.Plan, c *plan.Component) { p.EngineReads, c.ConfigMap.Need.Node = true, true },
			[]string{"serviceAccountName: db"}, []string{"automountServiceAccountToken"}},
		"by the engine": {func(p *plan.Plan, c *plan.Component) {
			p.EngineReads, c.Spec.Config.Discovery.By = true, new(v1alpha1.ByEngine)
		}, []string{"serviceAccountName: db"}, []string{"initContainers"}},
		"many Services": {func(_ *plan.Plan, c *plan.Component) {
			c.Enabled, c.Spec.Services = true, []v1alpha1.Service{{Mode: v1alpha1.PerPod, Create: new(true), Type: new(v1alpha1.NodePort)}}
		}, []string{"enableServiceLinks: false"}, nil},
		"host port": {func(_ *plan.Plan, c *plan.Component) { c.Openings = []plan.Opening{opening(v1alpha1.UDP)} },
			[]string{"containerPort: 1\n          hostPort: 11\n          protocol: UDP\n        volumeMounts"}, nil},
		"disabled": {func(_ *plan.Plan, c *plan.Component) {
			c.Enabled, c.Openings = false, []plan.Opening{opening(v1alpha1.TCP)}
		}, []string{"sallyport"}, []string{"hostPort"}},
		"of another tool": {func(_ *plan.Plan, c *plan.Component) { c.Spec.Create = new(false) }, nil, []string{"kind"}},
		"empty value":     {func(_ *plan.Plan, c *plan.Component) { delete(c.ConfigMap.Data, "HOST") }, []string{"sallyport"}, []string{"key: HOST"}},
	} {
		p, c := planned()
		test.edit(p, c)
		got, ds := patches(t, p, "")
		if len(ds) > 0 {
			t.Errorf("%s: %v", name, ds)
		}
		for _, text := range test.want {
			if !strings.Contains(got, text) {
				t.Errorf("%s: no %q in\n%s", name, text, got)
			}
		}
		for _, text := range test.not {
			if strings.Contains(got, text) {
				t.Errorf("%s: %q in\n%s", name, text, got)
			}
		}
	}
}

func opening(protocol v1alpha1.Protocol) plan.Opening {
	return plan.Opening{Port: &v1alpha1.Port{Name: "x", ContainerPort: 1, Protocol: protocol}, Host: 11,
		At: plan.PortPath(source.Path{}.Field("spec", "components").Item("name", "node").Field("services").Item("name", "each"), "x")}
}

// kustomize drops a host port if only one side has the protocol. So TCP is left out where the
// StatefulSet is not there to compare with, and a warning says so; other protocols must be in both.
func TestProtocols(t *testing.T) {
	for protocol, want := range map[v1alpha1.Protocol]struct{ protocols, warnings int }{v1alpha1.TCP: {0, 1}, v1alpha1.UDP: {1, 0}} {
		p, c := planned()
		c.Openings = []plan.Opening{opening(protocol)}
		got, ds := patches(t, p, "")
		if strings.Count(got, "hostPort: 11") != 1 || strings.Count(got, "protocol: "+string(protocol)) != want.protocols {
			t.Errorf("%s:\n%s", protocol, got)
		}
		if len(ds) != want.warnings {
			t.Errorf("%s: %v", protocol, ds)
		}
	}
}

// A merge loses what the StatefulSet sets itself, without a word. So it is reported.
func TestConflicts(t *testing.T) {
	container := func(rest string) string {
		return "{selector: {}, template: {spec: {containers: [{name: main, " + rest + "}]}}}"
	}
	for name, test := range map[string]struct {
		set  string
		edit func(*plan.Plan, *plan.Component)
		code source.Code
		want string
	}{
		"nothing":            {container("image: x"), nil, "", ""},
		"no container":       {"{selector: {}, template: {spec: {containers: [{name: other}]}}}", nil, source.UnknownName, `no container "main"`},
		"the only container": {container("image: x"), func(_ *plan.Plan, c *plan.Component) { c.Spec.Config.Container = "" }, "", ""},
		"container needed":   {"{selector: {}, template: {spec: {containers: [{name: main}, {name: other}]}}}", func(_ *plan.Plan, c *plan.Component) { c.Spec.Config.Container = "" }, source.Required, "container is required"},
		"variable":           {container("env: [{name: HOST, value: x}]"), nil, source.Contradiction, "already sets the variable HOST"},
		"variable, same":     {container("env: [{name: HOST, valueFrom: {configMapKeyRef: {name: db-config, key: HOST}}}]"), nil, "", ""},
		"variable, empty":    {container("env: [{name: HOST}]"), nil, "", ""},
		"downward API":       {container("env: [{name: SALLYPORT_POD_NAME, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: metadata.name}}}]"), nil, "", ""},
		"mount":              {container("volumeMounts: [{name: x, mountPath: /etc/db/a.conf}]"), nil, source.Contradiction, "/etc/db/a.conf already has a mount"},
		"volume":             {"{selector: {}, template: {spec: {containers: [{name: main}], volumes: [{name: sallyport, emptyDir: {}}]}}}", nil, source.NameClash, "volume sallyport"},
		"volume, same":       {"{selector: {}, template: {spec: {containers: [{name: main}], volumes: [{name: sallyport, configMap: {name: db-config}}]}}}", nil, "", ""},
		"init container": {"{selector: {}, template: {spec: {containers: [{name: main}], initContainers: [{name: sallyport-discover, command: [x]}]}}}",
			func(_ *plan.Plan, c *plan.Component) { c.ConfigMap.Need.Host = true }, source.NameClash, "init container sallyport-discover"},
		"account": {"{selector: {}, template: {spec: {serviceAccountName: mine, containers: [{name: main}]}}}",
			func(_ *plan.Plan, c *plan.Component) { c.ConfigMap.Need.Node = true }, source.Contradiction, "mine"},
		"account, same": {"{selector: {}, template: {spec: {serviceAccountName: db, containers: [{name: main}]}}}",
			func(_ *plan.Plan, c *plan.Component) { c.ConfigMap.Need.Node = true }, "", ""},
		"host port":         {"{selector: {}, template: {spec: {containers: [{name: main}, {name: other, ports: [{containerPort: 2, hostPort: 11}]}]}}}", host, source.PortClash, "container other has port 2"},
		"another host port": {container("ports: [{containerPort: 1, hostPort: 12}]"), host, source.PortClash, "host port 12"},
		"host port, same":   {container("ports: [{containerPort: 1, hostPort: 11}]"), host, "", ""},
		"host port, UDP":    {container("ports: [{containerPort: 2, hostPort: 11, protocol: UDP}]"), host, "", ""},
	} {
		p, c := planned()
		if test.edit != nil {
			test.edit(p, c)
		}
		_, ds := patches(t, p, test.set)
		if test.code == "" && len(ds) > 0 || test.code != "" && (len(ds) != 1 || ds[0].Code != test.code || !strings.Contains(ds[0].Message, test.want)) {
			t.Errorf("%s: %v, want %s with %q", name, ds, test.code, test.want)
		}
	}
}

func host(_ *plan.Plan, c *plan.Component) {
	c.Openings = []plan.Opening{opening(v1alpha1.TCP)}
}

// A StatefulSet has one volume for the files, so it can have one config.
func TestOneConfig(t *testing.T) {
	p, c := planned()
	again := *c
	p.Components = append(p.Components, &again)
	if _, ds := patches(t, p, "{template: {spec: {containers: [{name: main}]}}}"); len(ds) != 1 || ds[0].Code != source.NameClash {
		t.Errorf("%v, want NameClash", ds)
	}
	p, c = planned()
	c.Workloads = nil
	if _, ds := patches(t, p, ""); len(ds) != 1 || ds[0].Code != source.NothingToPatch || ds[0].Severity != source.Warning {
		t.Errorf("%v, want a warning of NothingToPatch", ds)
	}
}

// Inject must have something to do, now or when the component is enabled or scaled up.
func TestCheckInject(t *testing.T) {
	docs, _ := source.Parse("", []byte("spec: {}\n"))
	for _, test := range []struct {
		name     string
		mode     v1alpha1.Mode
		enabled  bool
		injected []*patch.Patch
		want     int
	}{
		{"nothing", v1alpha1.Shared, true, nil, 1},
		{"a patch", v1alpha1.Shared, true, []*patch.Patch{{}}, 0},
		{"disabled", v1alpha1.Shared, false, nil, 0},
		{"no pods yet", v1alpha1.PerPod, true, nil, 0},
	} {
		p, c := planned()
		c.Enabled, c.Spec.Services = test.enabled, []v1alpha1.Service{{Mode: test.mode, Create: new(true)}}
		found := finding.New(docs[0])
		patch.CheckInject(p, found, test.injected)
		if ds := found.Diagnostics(); len(ds) != test.want {
			t.Errorf("%s: %v", test.name, ds)
		}
	}
}
