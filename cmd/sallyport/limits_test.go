package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sallyport.dev/schemas/source"
)

const (
	accessHead    = "apiVersion: sallyport.dev/v1alpha1\nkind: ExternalAccess\nmetadata: {name: db, namespace: data}\nspec:\n"
	endpointsHead = "apiVersion: sallyport.dev/v1alpha1\nkind: ExternalEndpoints\nmetadata: {name: db, namespace: data}\nspec:\n"
	aliasSpec     = endpointsHead + "  externalName: db.example.com\n"
	podsHead      = accessHead + "  type: ClusterIP\n  components:\n  - name: c\n    workload: w\n    selector: {a: b}\n    ports: [{name: p, containerPort: 1}]\n"
)

// repeat makes lines of a format, in which %d is a number that counts up from 0.
func repeat(n int, format string) string {
	texts := strings.Split(format, "%d")
	var b []byte
	for i := range n {
		b = append(b, texts[0]...)
		for _, text := range texts[1:] {
			b = append(strconv.AppendInt(b, int64(i), 10), text...)
		}
	}
	return string(b)
}

// A heavyInput is what TestLimits gives the program.
type heavyInput struct{ in, want string }

// heavy is input that a naive reader hangs on or runs out of memory with, and the error
// that it comes to; "" where it is taken. It is a function because the test binary is also the
// program that scripts and kustomize run: a variable of 100 MB would be made at each start.
func heavy() map[string]heavyInput {
	return map[string]heavyInput{
		"billion laughs":       {aliasSpec + "  x: &a0 [l, l, l, l, l, l, l, l, l, l]\n" + laughs(12), "the aliases of the input expand to more than 1000000 nodes [YAMLLimit]"},
		"laughs of documents":  {strings.Repeat("a: &a [l, l, l, l, l, l, l, l, l, l]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n---\n", 2000) + aliasSpec, "the aliases of the input expand to more than 1000000 nodes [YAMLLimit]"},
		"laughs by merge keys": {endpointsHead + "  x: &x {" + repeat(3000, "k%d: v, ") + "}\n  annotations: {<<: [" + strings.Repeat("*x, ", 300) + "]}\n", "[YAMLLimit]"},
		"flow lists":           {endpointsHead + "  x: " + strings.Repeat("[", 400_000), "exceeded max depth of 10000 [Syntax]"},
		"flow mappings":        {endpointsHead + "  x: " + strings.Repeat("{a: ", 9000) + strings.Repeat("}", 9000), "nested more than 200 levels deep [YAMLLimit]"},
		"flow mappings, open":  {endpointsHead + "  x: " + strings.Repeat("{a: ", 200_000), "[Syntax]"},
		"dashes":               {endpointsHead + "  x: " + strings.Repeat("- ", 400_000) + "a\n", "[Syntax]"},
		"indentation":          {endpointsHead + "  x:\n" + steps(2000), "nested more than 200 levels deep [YAMLLimit]"},
		"a chain of anchors":   {endpointsHead + "  x:\n  - &a0 [x]\n" + chain(5000, "  - &a%d [*a%d]\n"), "nested more than 200 levels deep [YAMLLimit]"},
		"a chain of merges":    {endpointsHead + "  x:\n  - &a0 {k: v}\n" + chain(150, "  - &a%d {<<: *a%d}\n"), "nested more than 200 levels deep [YAMLLimit]"},
		"many keys":            {aliasSpec + "  annotations:\n" + repeat(40_000, "    k%d: v\n"), "262144 is the limit"},
		"many values":          {aliasSpec + "  x:\n" + strings.Repeat("  - a\n", 250_000), "the input has about 500017 values, and 500000 is the limit [InputLimit]"},
		"values in brackets":   {aliasSpec + "  x: [" + strings.Repeat("a,", 250_000) + "]\n", "the input has about 500018 values, and 500000 is the limit [InputLimit]"},
		"levels of brackets":   {aliasSpec + "---\n" + strings.Repeat("- {a: {b: {c: []}}}\n", 100_000), "values, and 500000 is the limit [InputLimit]"},
		"lines":                {strings.Repeat("\n", 2_000_000) + aliasSpec, "the input has 2000005 lines, and 2000000 is the limit [InputLimit]"},
		"one key, and again":   {aliasSpec + "  annotations:\n" + strings.Repeat("    k: v\n", 30_000), "the document has more than 1000 errors, and the rest is not reported"},
		"unknown fields":       {aliasSpec + repeat(30_000, "  k%d: v\n"), "the document has more than 1000 errors, and the rest is not reported"},
		"merging many keys":    {endpointsHead + "  externalName: db.example.com\n  x: &x {" + repeat(20_000, "k%d: v, ") + "}\n  annotations: {<<: *x}\n", "spec has no field \"x\" [UnknownField]"},
		"a long scalar":        {aliasSpec + "  annotations: {a: \"" + strings.Repeat("x", 2_000_000) + "\"}\n", "262144 is the limit"},
		"a long word":          {accessHead + "  type: " + strings.Repeat("C", 2_000_000) + "\n", "[UnknownValue]"},
		"a long name":          {endpointsHead + "  externalName: " + strings.Repeat("a.", 800_000) + "a\n", "no more than 253"},
		"a long placeholder":   {aliasSpec + "  annotations: {a: \"" + strings.Repeat("$(name)", 1000) + "$(" + strings.Repeat("x", 200_000) + ")\"}\n", "[UnknownPlaceholder]"},
		"a long key":           {podsHead + "    " + strings.Repeat("k", 3_000_000) + ": 1\n", "could not find expected ':' [Syntax]"},
		"long names, mistakes": {strings.Replace(endpointsHead, "name: db", "name: "+strings.Repeat("n", 1_000_000), 1) + repeat(2_000, "  k%d: v\n"), "the document has more than 1000 errors, and the rest is not reported"},
		"comments":             {strings.Repeat("#\n", 240_000) + aliasSpec, ""},
		"documents":            {repeat(20_000, "---\na: %d\n") + "---\n" + aliasSpec, ""},

		"replicas":                {podsHead + "    replicas: 40000\n    services: [{name: e, mode: PerPod}]\n", ""},
		"pools":                   {podsHead + "    replicas: 100000\n    services: [{name: e, mode: PerPod}]\n    pools:\n" + repeat(300, "    - {workload: w%d, replicas: 100000}\n"), "all pools together"},
		"reserved ports":          {strings.Replace(podsHead, "ClusterIP\n", "LoadBalancer\n  loadBalancer: {provider: MetalLB, address: 192.0.2.1}\n  reservedPorts: ["+repeat(46_000, "%d, ")+"]\n", 1) + "    replicas: 20000\n    services: [{name: e, mode: PerPod}]\n", "counted up from 1"},
		"replicas and entries":    {podsHead + "    replicas: 100000\n    services:\n" + repeat(30, "    - {name: e%d, mode: PerPod}\n"), "and 100000 is the limit"},
		"settings of all pods":    {strings.Replace(podsHead, "spec:\n", "spec:\n  externalIPs: ["+repeat(9_000, `"2001:db8::%d", `)+"]\n", 1) + "    replicas: 2000\n    services: [{name: e, mode: PerPod}]\n", "and 33554432 is the limit"},
		"a thousand files":        {podsHead + "    replicas: 100000\n    services: [{name: e, mode: Headless}]\n    config:\n      files:\n" + repeat(1000, "        f%d: $(id)\n"), "larger than 1048576 bytes"},
		"variables":               {podsHead + "    config:\n      env:\n" + repeat(10_000, "        V%d: "+strings.Repeat("x", 150)+"\n"), "larger than 1048576 bytes"},
		"many variables":          {podsHead + "    config:\n      env:\n" + repeat(10_001, "        V%d: v\n"), "spec.components[0].config.env: it has 10001 variables, and 10000 is the limit [NumberRange]"},
		"variables of containers": {podsHead + "    config:\n      containerEnv:\n" + repeat(10_001, "        V%d: v\n"), "spec.components[0].config.containerEnv: it has 10001 variables, and 10000 is the limit [NumberRange]"},
		"lists":                   {podsHead + "    config:\n      lists:\n" + repeat(10_001, "        l%d: {over: Pods, item: $(id)}\n"), "spec.components[0].config.lists: it has 10001 lists, and 10000 is the limit [NumberRange]"},
		"a list over pods":        {podsHead + files("$(pod)", "$(list:l) $(id)"), "larger than 1048576 bytes"},
		"a list again and again":  {podsHead + files("$(pod)", strings.Repeat("$(list:l)", 2000)), "longer than the 1048576 bytes"},
		"an empty list over pods": {podsHead + files("$(enabled)", "$(list:l)$(id)"), "larger than 1048576 bytes"},
		"a list, and a mistake":   {podsHead + files("$(pod)", "$(id)$(list:l)$(nope)"), "$(nope) is not a placeholder"},

		"addresses":             {endpointsHead + "  ports: [{name: p, port: 80}]\n  endpoints:\n" + repeat(5, "  - {addresses: [10.%d.0.0-10.%d.39.15]}\n"), ""},
		"addresses, one by one": {endpointsHead + "  ports: [{name: p, port: 80}]\n  endpoints:\n  - addresses:\n" + hosts(20_000), ""},
		"ranges":                {endpointsHead + "  ports: [{name: p, port: 80}]\n  endpoints:\n" + strings.Repeat("  - {addresses: [10.0.0.0-10.0.39.15]}\n", 10_000), "more than 500000 endpoints"},
		"target ports":          {endpointsHead + "  ports: [{name: p, port: 80, targetPorts: [" + repeat(1000, "%d, ") + "]}]\n  endpoints: [{addresses: [10.0.0.0-10.0.39.15]}]\n", "more than 500000 endpoints"},
	}
}

// heavyPolicies are NetworkPolicies that are large, and many of them.
func heavyPolicies() map[string]heavyInput {
	return map[string]heavyInput{
		"ports of a policy":  {strings.Replace(podsHead, "containerPort: 1", "containerPort: 1, step: 5", 1) + "    replicas: 10001\n    services: [{name: e, mode: PerPod}]\n    networkPolicy: {}\n", "NetworkPolicy db-c would have more than 10000 ports and peers, which is the limit"},
		"items of a policy":  {podsHead + "    services: [{name: e, mode: Shared}]\n    networkPolicy:\n      from:\n" + strings.Repeat("      - {pods: {}}\n", 15_000), "which is the limit"},
		"blocks of a policy": {endpointsHead + "  networkPolicy: {pods: {}}\n  ports: [{name: p, port: 80}]\n  endpoints:\n  - addresses:\n" + evenHosts(10_000), "NetworkPolicy db would have 10001 ports and address blocks, and 10000 is the limit"},
		"ports of addresses": {endpointsHead + "  networkPolicy: {pods: {}}\n  ports: [{name: p, port: 80}]\n  endpoints:\n" + repeat(6_000, "  - {addresses: [\"2001:db8::%d\"], ports: {p: [2%d]}}\n"), "would have"},
		"policies":           {accessHead + "  type: ClusterIP\n  components:\n" + repeat(600, "  - {name: c%d, workload: w%d, selector: {a: b%d}, ports: [{name: p, containerPort: 1}, {name: q, containerPort: 2}], services: [{name: s, mode: Shared, ports: [{name: p}]}], networkPolicy: {}}\n"), "the NetworkPolicy has 602 ports and peers, 300398 together with the specs and components before, and 300000 is the limit"},
	}
}

// heavyTogether is input of which no part is heavy.
func heavyTogether() map[string]heavyInput {
	return map[string]heavyInput{
		"components":          {accessHead + "  type: ClusterIP\n  components:\n" + repeat(10_001, "  - {name: c%d}\n"), "spec.components: the spec has 10001 components, entries of services and pods with settings, and 10000 is the limit [NumberRange]"},
		"ports":               {accessHead + "  type: ClusterIP\n  components:\n  - name: c\n    ports:\n" + repeat(20_000, "    - {name: p%d, containerPort: 1}\n"), "spec.components[0].ports: it has 20000 ports, and 500 is the limit [NumberRange]"},
		"files":               {podsHead + "    services: [{name: s, mode: Shared}]\n    config:\n      files:\n" + repeat(15_000, "        f%d: $(id)\n"), "spec.components[0].config.files: it has 15000 files, and 10000 is the limit [NumberRange]"},
		"entries of specs":    {manySpecs(2, strings.TrimPrefix(podsHead, accessHead)+"    services:\n"+repeat(5000, "    - {name: e%d, mode: Shared}\n")), "the spec has 5001 components, entries of services and pods with settings, 10002 together with the specs and components before, and 10000 is the limit"},
		"pods of components":  {podsHead + repeat(11, "  - {name: c%d, workload: w%d, replicas: 100000, selector: {a: b}, ports: [{name: p, containerPort: 1}], services: [{name: e, mode: Shared}]}\n"), "the components have 1100000 pods, and 1000000 is the limit"},
		"files of components": {strings.Replace(podsHead, "  type: ClusterIP\n", "", 1) + repeat(40, "  - {name: c%d, workload: w%d, replicas: 10, selector: {a: b}, ports: [{name: p, containerPort: 1}], services: [{name: h, mode: Headless}], config: {files: {f: "+strings.Repeat("x", 100_000)+"$(id)}}}\n"), "the files and variables of the component have 1000080 bytes, 34002620 together with the specs and components before, and 33554432 is the limit"},
		"specs":               {manySpecs(1001, strings.TrimPrefix(podsHead, accessHead)+"    services: [{name: s, mode: Shared}]\n"), "metadata.name: the input has 1001 specs of kind ExternalAccess, and 1000 is the limit [InputLimit]"},
		"specs of aliases":    {strings.ReplaceAll(manySpecs(10_001, "  externalName: db.example.com\n"), "ExternalAccess", "ExternalEndpoints"), "metadata.name: the input has 10001 specs of kind ExternalEndpoints, and 10000 is the limit [InputLimit]"},
		"profiles":            {aliasSpec + strings.ReplaceAll(manySpecs(1001, "  annotations: {a: b}\n"), "ExternalAccess", "ExternalAccessProfile"), "metadata.name: the input has 1001 profiles of kind ExternalAccessProfile, and 1000 is the limit [InputLimit]"},
		"Services of specs":   {manySpecs(3, strings.TrimPrefix(podsHead, accessHead)+"    replicas: 60000\n    services: [{name: e, mode: PerPod}]\n"), "the pods and PerPod entries make 60000 Services, 120000 together with the specs and components before, and 100000 is the limit"},
		"endpoints of specs":  {strings.ReplaceAll(manySpecs(2, "  ports: [{name: p, port: 80}]\n  endpoints:\n"+repeat(30, "  - {addresses: [10.%d.0.0-10.%d.39.15]}\n")), "ExternalAccess", "ExternalEndpoints"), "the addresses and their ports make 300000 endpoints, 600000 together with the specs and components before, and 500000 is the limit"},
	}
}

// manySpecs are specs that differ in their names.
func manySpecs(n int, spec string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("---\n" + strings.Replace(accessHead, "name: db", fmt.Sprintf("name: db%d", i), 1) + spec)
	}
	return b.String()
}

// laughs are n levels of ten aliases each.
func laughs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  x%d: &a%d [%s]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 10))
	}
	return b.String()
}

// chain makes lines each of which refers to the one before.
func chain(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i+1, i)
	}
	return b.String()
}

func steps(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i+3) + "a:\n")
	}
	return b.String()
}

func hosts(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    - 10.%d.%d.%d\n", i>>16, i>>8&255, i&255)
	}
	return b.String()
}

// evenHosts are addresses of which none are in a row.
func evenHosts(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    - 10.%d.%d.%d\n", i>>15, i>>7&255, i&127*2)
	}
	return b.String()
}

// files are a hundred thousand pods, and a file with a list over them.
func files(item, text string) string {
	return fmt.Sprintf("    replicas: 100000\n    services: [{name: h, mode: Headless}]\n    config: {lists: {l: {over: Pods, item: %q}}, files: {f: %q}}\n", item, text)
}

// TestLimits checks that heavy input is processed, or rejected with its error. The time limit is
// a guard against hanging and does not measure speed: each takes less than a second. What grows
// with the square of such input takes longer than the limit.
func TestLimits(t *testing.T) {
	t.Parallel()
	all := heavy()
	maps.Copy(all, heavyTogether())
	maps.Copy(all, heavyPolicies())
	for name, h := range all {
		t.Run(name, func(t *testing.T) {
			out, stderr, status := within(t, h.in, "render")
			switch {
			case h.want == "" && (status != statusFine || out == ""):
				t.Errorf("status %d: %.300s", status, stderr)
			case h.want != "" && (status != statusInput || out != "" || !strings.Contains(stderr, h.want)):
				t.Errorf("status %d, %d bytes on stdout, and no %q in: %.300s", status, len(out), h.want, stderr)
			}
			if len(stderr) > 4<<20 {
				t.Errorf("%d bytes on stderr", len(stderr))
			}
		})
	}
}

// within runs the program and fails where it does not end.
func within(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() {
		stdout, stderr, status = sallyport(stdin, args...)
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		t.Fatal("it does not end")
	}
	return stdout, stderr, status
}

// endless is input without an end. It counts what is read of it.
type endless struct {
	head string
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.head)
	e.head = e.head[n:]
	for i := n; i < len(p); i++ {
		p[i] = '\n'
	}
	e.read += len(p)
	return len(p), nil
}

// TestInputLimit checks that every command reads at most one byte beyond the limit, reports the
// limit, and prints nothing. Only the function prints its list.
func TestInputLimit(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeFile(t, "spec.yaml", []byte(aliasSpec))
	for _, args := range [][]string{{"render"}, {"render", "--patch"}, {"validate"}, {"plan"}, {"init", "-f", "-"}, {"filter"}, {"filter", "-f", "spec.yaml"}, {"fn"}, {}} {
		in := &endless{head: aliasSpec}
		var out, stderr strings.Builder
		status := run(args, in, &out, &stderr)
		if status != statusInput || !strings.Contains(stderr.String(), "the input has more than 20971520 bytes [InputLimit]\n    split it into several files\n") {
			t.Errorf("%v: status %d: %s", args, status, stderr.String())
		}
		if in.read > source.MaxInput+1 {
			t.Errorf("%v reads %d bytes", args, in.read)
		}
		want := ""
		if len(args) == 0 || args[0] == "fn" {
			want = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nresults:\n"
		}
		if got := out.String(); want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%v prints %.200q", args, got)
		}
	}
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- kind: X\n  x: [" + strings.Repeat("a,", 205_000) + "]\n"
	if _, stderr, status := sallyport(list, "fn"); status != statusInput || !strings.Contains(stderr, "values, and 400000 is the limit [InputLimit]") {
		t.Errorf("a list of many values: status %d: %s", status, stderr)
	}
}

// TestInputLimitOfFiles holds the same of files, those of a directory among them, and that
// a file of just the limit is read.
func TestInputLimitOfFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("specs", 0o755); err != nil {
		t.Fatal(err)
	}
	padded := func(n int) []byte { return []byte(aliasSpec + strings.Repeat("#", n-len(aliasSpec))) }
	writeFile(t, filepath.Join("specs", "large.yaml"), padded(source.MaxInput+1))
	writeFile(t, "small.yaml", []byte(aliasSpec))
	writeFile(t, "spec.yaml", padded(source.MaxInput))
	for _, args := range [][]string{{"render", "specs"}, {"validate", "small.yaml", "specs/large.yaml"}, {"plan", "specs"}, {"filter", "-f", "specs"}, {"init", "-f", "specs/large.yaml"},
		{"render", "specs", "-o", "dir=out"}} {
		out, stderr, status := sallyport("a: 1\n", args...)
		if status != statusInput || out != "" || !strings.Contains(stderr, filepath.Join("specs", "large.yaml")+": error: the input has more than 20971520 bytes [InputLimit]") {
			t.Errorf("%v: status %d, %q: %s", args, status, out, stderr)
		}
	}
	if out, stderr, status := sallyport("", "render", "spec.yaml"); status != statusFine || !strings.Contains(out, "externalName: db.example.com") {
		t.Errorf("a file of just the limit: status %d: %s", status, stderr)
	}
	writeFile(t, filepath.Join("specs", "large.yaml"), []byte(aliasSpec))
	writeFile(t, filepath.Join("specs", "service_db.yaml"), append([]byte("# "+"sallyport.dev/owner\n"), padded(source.MaxInput+1)...))
	if _, stderr, status := sallyport("", "render", filepath.Join("specs", "large.yaml"), "-o", "dir=specs"); status != statusInput || !strings.Contains(stderr, "it is larger than the files that Sallyport writes") {
		t.Errorf("a large file in the way: status %d: %s", status, stderr)
	}
}

// TestManyForeign checks that packages of many objects of others are not too large, in every command
// that reads them, and that the function and the filter write all of them.
func TestManyForeign(t *testing.T) {
	t.Parallel()
	const object = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c%d\n  namespace: data\ndata:\n  a: b\n"
	stream := aliasSpec + "---\n" + repeat(50_000, object+"---\n")
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + strings.ReplaceAll(strings.TrimSpace(aliasSpec), "\n", "\n  ") + "\n" +
		repeat(50_000, "- "+strings.ReplaceAll(strings.TrimSuffix(object, "\n"), "\n", "\n  ")+"\n")
	for command, in := range map[string]string{"validate": stream, "render": stream, "filter": stream, "fn": list} {
		out, stderr, status := within(t, in, command)
		if status != statusFine {
			t.Errorf("%s: status %d: %.300s", command, status, stderr)
		}
		if n := strings.Count(out, "kind: ConfigMap"); n != 50_000 && strings.HasPrefix(command, "f") {
			t.Errorf("%s writes %d objects", command, n)
		}
	}
}

// Of many items that are dropped the function names some, and says how many the others are.
func TestManyDropped(t *testing.T) {
	t.Parallel()
	const item = "- {apiVersion: v1, kind: Service, metadata: {name: s%d, namespace: data, labels: {app.kubernetes.io/managed-by: sallyport}, annotations: {sallyport.dev/owner: ExternalEndpoints/data/db}}}\n"
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + strings.ReplaceAll(strings.TrimSpace(aliasSpec), "\n", "\n  ") + "\n"
	for n, want := range map[int]struct {
		results int
		last    string
	}{1000: {1000, "dropped: ExternalEndpoints/data/db no longer asks for it"}, 1001: {1001, "dropped: ExternalEndpoints/data/db no longer asks for it"}, 1500: {1001, "dropped: 500 more objects"}} {
		out, stderr, status := sallyport(list+repeat(n, item), "fn")
		if got := strings.Count(out, "message: 'dropped: "); status != statusFine || got != want.results || !strings.Contains(out, want.last) || strings.Contains(out, "name: s") && strings.Contains(out, "kind: Service, metadata") {
			t.Errorf("%d: status %d, %d results without %q: %s", n, status, got, want.last, stderr)
		}
	}
}
