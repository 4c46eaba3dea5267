package main

import (
	"bufio"
	"bytes"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// kubectlScript replaces kubectl. It records its arguments and its kubeconfig (the text, or the
// name if there is no such file). It runs the answers in their order, and repeats the last
// one. It needs no other programs, because starting them would take most of the time of these tests.
const kubectlScript = `#!/bin/sh
printf '[%s]' "$@" >>"$STUB/calls"
echo >>"$STUB/calls"
[ -z "${KUBECONFIG:-}" ] || { cat "$KUBECONFIG" || echo "$KUBECONFIG"; } >"$STUB/kubeconfig" 2>/dev/null
n=0
while read -r _; do n=$((n + 1)); done <"$STUB/calls"
while [ ! -f "$STUB/$n" ]; do n=$((n - 1)); done
. "$STUB/$n"
`

// The requests of discover.sh. Each is for one object, by its name.
const (
	asksService   = "[--request-timeout=10s][-n][streaming][get][service][kafka-0-external][-o]"
	asksIngress   = asksService + "[jsonpath={.status.loadBalancer.ingress[*].hostname} {.status.loadBalancer.ingress[*].ip}]\n"
	asksNodePort  = asksService + `[jsonpath={.spec.ports[?(@.name=="external")].nodePort}]` + "\n"
	asksNodePort2 = asksService + `[jsonpath={.spec.ports[?(@.name=="external2")].nodePort}]` + "\n"
	asksNode      = `[--request-timeout=10s][get][node][worker-1][-o][jsonpath={.status.addresses[?(@.type=="ExternalIP")].address}]` + "\n"
)

const (
	ingress   = "@sallyport:ingress:kafka-0-external@"
	ingressIP = "@sallyport:ingressIP:kafka-0-external@"
	nodePort  = "@sallyport:nodePort:kafka-0-external/external@"
	nodePort2 = "@sallyport:nodePort:kafka-0-external/external2@"
	nodeAddr  = "@sallyport:node:ExternalIP@"
	nodeIP    = "@sallyport:nodeIP:ExternalIP@"
	hostAddr  = "@sallyport:host:@"
	hostIP    = "@sallyport:hostIP:@"
	podAddr   = "@sallyport:pod:@"
	podIP     = "@sallyport:podIP:@"
)

// A discovery is one run of discover.sh.
type discovery struct {
	keys    map[string]string // of the ConfigMap
	answers []string          // of kubectl, in their order; one that begins with ! is a failure
	hostIP  string
	env     []string          // added to the environment
	old     map[string]string // what the out folder has beforehand

	status int
	files  map[string]string // what the out folder has afterwards
	calls  string            // of kubectl
	stderr string            // part of what it prints

	kubeconfig string // that kubectl gets
}

// inCluster is a run with the variables that the kubelet sets, and the kubeconfig for them.
func inCluster(server string, env ...string) discovery {
	d := finds(ingress, "203.0.113.7", asksIngress, " 203.0.113.7")
	d.env = env
	d.kubeconfig = `apiVersion: v1
kind: Config
current-context: pod
contexts: [{name: pod, context: {cluster: pod, user: pod}}]
users: [{name: pod, user: {tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token}}]
clusters: [{name: pod, cluster: {server: '` + server + `', certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt}}]
`
	return d
}

// finds is a run that turns the text of one file into want.
func finds(text, want, calls string, answers ...string) discovery {
	return discovery{keys: map[string]string{"kafka-0.f": text}, answers: answers, hostIP: "192.0.2.4",
		files: map[string]string{"f": want}, calls: calls}
}

// refuses is a run that fails and writes nothing.
func refuses(text, stderr, calls string, answers ...string) discovery {
	return discovery{keys: map[string]string{"kafka-0.e": "before", "kafka-0.f": text}, answers: answers,
		status: 1, stderr: "discover.sh: " + stderr, calls: calls}
}

const unusable = "unusable answer for ingress kafka-0-external: "

var discoveries = map[string]discovery{
	"an address":                finds("a="+ingress+":9094\n", "a=203.0.113.7:9094\n", asksIngress, " 203.0.113.7"),
	"a name":                    finds(ingress, "b0-1.Kafka.example.com", asksIngress, "b0-1.Kafka.example.com "),
	"a name before an address":  finds(ingress, "lb.example.com", asksIngress, "lb.example.com 203.0.113.7"),
	"an address beside a name":  finds(ingressIP, "203.0.113.7", asksIngress, "lb.example.com 203.0.113.7"),
	"several entries":           finds(ingress, "one.example.com", asksIngress, "one.example.com two.example.com 203.0.113.7"),
	"the highest numbers":       finds(ingress+":"+nodePort, "255.249.199.0:65535", asksIngress+asksNodePort, " 255.249.199.0", "65535"),
	"a node port":               finds(nodePort, "31094", asksNodePort, "31094"),
	"the node":                  finds(nodeAddr+" "+nodeIP, "198.51.100.9 198.51.100.9", asksNode, "198.51.100.9"),
	"dual stack":                finds(ingress+" "+ingressIP, "203.0.113.7 203.0.113.7", asksIngress, " 203.0.113.7 2001:db8::7"),
	"dual stack, IPv6 first":    finds(ingress+":1 "+ingressIP, "[2001:db8::7]:1 2001:db8::7", asksIngress, " 2001:db8::7 203.0.113.7"),
	"IPv6 of a node":            finds(nodeAddr+":30000", "[2001:db8::1]:30000", asksNode, "2001:db8::1 198.51.100.9"),
	"IPv6 in full":              finds(ingressIP, "2001:db8:0:0:0:0:0:7", asksIngress, " 2001:db8:0:0:0:0:0:7"),
	"IPv6 that ends with a gap": finds(ingressIP, "2001:db8::", asksIngress, " 2001:db8::"),
	"names of all kinds":        finds(ingress, "x0.1.2x.null.0xa.example-1.c0m", asksIngress, "x0.1.2x.null.0xa.example-1.c0m "),
	"IPv6 with IPv4 in it":      finds(ingressIP+" ,:", "::ffff:203.0.113.7 ,:", asksIngress, " ::ffff:203.0.113.7"),
	"the host's address":        finds(hostAddr+" "+hostIP, "192.0.2.4 192.0.2.4", ""),
	"many tokens":               finds(ingress+":"+nodePort+" "+nodeAddr+" "+ingress+"\n\n", "203.0.113.7:31094 198.51.100.9 203.0.113.7\n\n", asksIngress+asksNodePort+asksNode, " 203.0.113.7", "31094", "198.51.100.9"),
	"a token begins another":    finds(nodePort+" "+nodePort2, "31094 31095", asksNodePort+asksNodePort2, "31094", "31095"),
	"the pod's address":         finds(podAddr+" "+podIP, "10.1.2.3 10.1.2.3", ""),
	"text that means something": finds("a\\nb \t'$(id)' `id` \"$HOST_IP\" *\r\n  %s", "a\\nb \t'$(id)' `id` \"$HOST_IP\" *\r\n  %s", ""),
	"an empty file":             finds("", "", ""),
	"blank lines at the end":    finds("a\n\n\n", "a\n\n\n", ""),

	"late": {keys: map[string]string{"kafka-0.f": ingress}, answers: []string{" ", "", "!not found", "lb.example.com "},
		files: map[string]string{"f": "lb.example.com"}, calls: strings.Repeat(asksIngress, 4),
		stderr: "discover.sh: waiting: kubectl -n streaming get service kafka-0-external"},
	"changing": {keys: map[string]string{"kafka-0.f": ingress + ingress, "kafka-0.g": ingressIP},
		answers: []string{" 203.0.113.7", " 203.0.113.8"}, calls: asksIngress,
		files: map[string]string{"f": "203.0.113.7203.0.113.7", "g": "203.0.113.7"}},
	"the host's address, IPv6": {keys: map[string]string{"kafka-0.f": hostAddr + " " + hostIP + ":" + hostAddr}, hostIP: "2001:db8::4",
		files: map[string]string{"f": "2001:db8::4 [2001:db8::4]:2001:db8::4"}},
	"what is not this pod's": {keys: map[string]string{"kafka-0.f": "zero", "kafka-01.f": ingress, "kafka-1.f": "one", "f": "all"},
		files: map[string]string{"f": "zero"}},
	"names of files": {keys: map[string]string{"kafka-0..hidden": "h", "kafka-0.a b.c": hostAddr, "kafka-0.-x": "x"}, hostIP: "192.0.2.4",
		files: map[string]string{".hidden": "h", "a b.c": "192.0.2.4", "-x": "x"}},
	"a second run": {keys: map[string]string{"kafka-0.f": hostAddr}, hostIP: "192.0.2.5",
		old:   map[string]string{"f": "192.0.2.4", "g": "stays", "~new/f": "was left behind"},
		files: map[string]string{"f": "192.0.2.5", "g": "stays"}},
	"a second run that fails": {keys: map[string]string{"kafka-0.f": hostAddr}, hostIP: "", status: 1,
		old: map[string]string{"f": "192.0.2.4"}, files: map[string]string{"f": "192.0.2.4"}, stderr: "unusable answer for host : "},
	"in a cluster":       inCluster("https://10.96.0.1:6443", "KUBERNETES_SERVICE_HOST=10.96.0.1", "KUBERNETES_SERVICE_PORT=6443"),
	"in a cluster, IPv6": inCluster("https://[fd00::1]:443", "KUBERNETES_SERVICE_HOST=fd00::1", "KUBERNETES_SERVICE_PORT=443", "KUBECONFIG="),
	"with a KUBECONFIG": {keys: map[string]string{"kafka-0.f": ingress}, answers: []string{" 203.0.113.7"}, calls: asksIngress,
		env: []string{"KUBERNETES_SERVICE_HOST=10.96.0.1", "KUBERNETES_SERVICE_PORT=443", "KUBECONFIG=/mnt/config"}, kubeconfig: "/mnt/config\n",
		files: map[string]string{"f": "203.0.113.7"}},
	"no files": {keys: map[string]string{"kafka-01.f": ""}, status: 1, stderr: "discover.sh: no files of pod kafka-0 in "},

	"never":                           refuses(ingress, "no answer after 0 seconds: kubectl -n streaming get service kafka-0-external", asksIngress, " "),
	"forbidden":                       refuses(nodeAddr, "no answer after 0 seconds: kubectl get node worker-1", asksNode, "!Error from server (Forbidden)"),
	"a quote":                         refuses(ingress, unusable+`lb"; .example.com`, asksIngress, `lb"; .example.com `),
	"an apostrophe":                   refuses(ingress, unusable+"lb'.example.com", asksIngress, "lb'.example.com "),
	"a newline":                       refuses(ingress, unusable+"lb.example.com\nadmin=true", asksIngress, "lb.example.com\nadmin=true "),
	"a substitution":                  refuses(ingress, unusable+"$(touch$IFS/x)", asksIngress, "$(touch$IFS/x) "),
	"a backtick":                      refuses(ingress, unusable+"`id`.example.com", asksIngress, "`id`.example.com "),
	"a space and a glob":              refuses(ingress, unusable+"lb.example.com /*", asksIngress, "lb.example.com /* "),
	"a bracket":                       refuses(ingress, unusable+"lb[a-z].example.com", asksIngress, "lb[a-z].example.com "),
	"a backslash":                     refuses(ingress, unusable+`lb\tx.example.com`, asksIngress, `lb\tx.example.com `),
	"a letter that is not ASCII":      refuses(ingress, unusable+"lb\u00e9.example.com", asksIngress, "lb\u00e9.example.com "),
	"a token":                         refuses(ingress, unusable+"@sallyport:host:@", asksIngress, "@sallyport:host:@ "),
	"over-long":                       refuses(ingress, unusable+"a.a.", asksIngress, strings.Repeat("a.", 127)+"a "),
	"over-long, of digits":            refuses(ingress, unusable+"1:1:", asksIngress, strings.Repeat("1:", 127)+"1 "),
	"a name where an address must be": refuses(ingressIP, "unusable answer for ingressIP kafka-0-external: lb.example.com", asksIngress, "lb.example.com "),
	"a number where a host must be":   refuses(ingress, unusable+"31094", asksIngress, "31094"),
	"five numbers":                    refuses(ingress, unusable, asksIngress, "1.2.3.4.5"),
	"a number above 255":              refuses(ingress, unusable+"999.1.1.1", asksIngress, "999.1.1.1"),
	"256":                             refuses(nodeIP, "unusable answer for nodeIP ExternalIP: 10.0.0.256", asksNode, "10.0.0.256"),
	"a number of four digits":         refuses(ingress, unusable+"1.1.1234.1", asksIngress, "1.1.1234.1"),
	"a number with a zero in front":   refuses(ingress, unusable+"010.1.1.1", asksIngress, "010.1.1.1"),
	"not quite IPv6":                  refuses(ingress, unusable, asksIngress, "2001:db8::g"),
	"not quite IPv6 either":           refuses(ingress, unusable, asksIngress, "g001:db8::1"),
	"IPv6 with two gaps":              refuses(ingress, unusable, asksIngress, " 1::2::3"),
	"IPv6 with a long part":           refuses(ingress, unusable, asksIngress, " 12345::1"),
	"IPv6 with a long part behind":    refuses(ingress, unusable, asksIngress, " 1::12345"),
	"IPv6 with seven parts":           refuses(ingress, unusable, asksIngress, " 1:2:3:4:5:6:7"),
	"IPv6 with nine parts":            refuses(ingress, unusable, asksIngress, " 1:2:3:4:5:6:7:8:9"),
	"hexadecimal IPv4":                refuses(ingress, unusable, asksIngress, " 0x7f.1"),
	"a name that ends with a number":  refuses(ingress, unusable+"lb.example.1", asksIngress, "lb.example.1 "),
	"null":                            refuses(ingress, unusable+"null", asksIngress, "null "),
	"a host with a port":              refuses(ingress, unusable, asksIngress, "lb.example.com:80"),
	"dots in a row":                   refuses(ingress, unusable, asksIngress, "lb..example.com"),
	"an option":                       refuses(ingress, unusable+"-rf", asksIngress, "-rf"),
	"a name where a port must be":     refuses(nodePort, "unusable answer for nodePort kafka-0-external/external: http", asksNodePort, "http"),
	"a port of six digits":            refuses(nodePort, "unusable answer", asksNodePort, "310940"),
	"a port that there is not":        refuses(nodePort, "unusable answer", asksNodePort, "99999"),
	"no host address":                 refuses(hostAddr, "unusable answer for host : ", ""),
	"an unknown token":                refuses("@sallyport:secret:x@", "there is no secret to look for", ""),
	"a token that does not end":       refuses("a @sallyport:host", "unfinished: a @sallyport:host", ""),
}

// TestDiscover runs discover.sh under every installed shell.
func TestDiscover(t *testing.T) {
	t.Parallel()
	for name, d := range discoveries {
		t.Run(name, func(t *testing.T) {
			eachShell(t, func(t *testing.T, shell []string, path string) { d.run(t, shell, path) })
		})
	}
}

// eachShell runs a test with /bin/sh, dash, and busybox with its own tools.
func eachShell(t *testing.T, test func(t *testing.T, shell []string, path string)) {
	t.Run("sh", func(t *testing.T) { test(t, []string{"/bin/sh"}, os.Getenv("PATH")) })
	t.Run("dash", func(t *testing.T) {
		dash := onPath(t, "dash")
		if fileOf(t, dash) == fileOf(t, "/bin/sh") {
			t.Skip("it is /bin/sh here")
		}
		test(t, []string{dash}, os.Getenv("PATH"))
	})
	t.Run("busybox", func(t *testing.T) {
		busybox, tools := onPath(t, "busybox"), t.TempDir()
		applets(t, busybox, tools, "cat", "date", "mkdir", "mv", "rm", "sh", "sleep")
		test(t, []string{busybox, "sh"}, tools)
	})
}

// fileOf is the file to which a path leads.
func fileOf(t *testing.T, path string) string {
	t.Helper()
	file, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func onPath(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed here: %v", program, err)
	}
	return path
}

func (d discovery) run(t *testing.T, shell []string, path string) {
	templates, out, stub := t.TempDir(), t.TempDir(), t.TempDir()
	mount(t, templates, d.keys)
	writeAll(t, out, d.old)
	answer(t, stub, d.answers)
	timeout := "60"
	if d.status != 0 {
		timeout = "0"
	}
	cmd := script(t, shell, timeout, templates, out)
	cmd.Env = []string{"PATH=" + stub + ":" + path, "STUB=" + stub, "INTERVAL=0", "HOST_IP=" + d.hostIP, "POD_IP=10.1.2.3",
		"POD_NAME=kafka-0", "POD_NAMESPACE=streaming", "NODE_NAME=worker-1"}
	cmd.Env = append(cmd.Env, d.env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if stdout, err := cmd.Output(); cmd.ProcessState == nil || len(stdout) > 0 {
		t.Fatalf("%v, and on stdout: %q", err, stdout)
	}
	if status := cmd.ProcessState.ExitCode(); status != d.status {
		t.Errorf("status %d, not %d", status, d.status)
	}
	want := map[string]string{}
	maps.Copy(want, d.files)
	if diff := cmp.Diff(want, readAll(t, out)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if got := stderr.String(); !strings.Contains(got, d.stderr) || d.stderr == "" && got != "" {
		t.Errorf("stderr is %q, want %q", got, d.stderr)
	}
	calls, _ := os.ReadFile(filepath.Join(stub, "calls")) // the file does not exist without requests
	equal(t, "calls", d.calls, string(calls))
	kubeconfig, _ := os.ReadFile(filepath.Join(stub, "kubeconfig")) // the file does not exist without KUBECONFIG
	equal(t, "kubeconfig", d.kubeconfig, string(kubeconfig))
}

// TestDiscoverStops checks that a waiting pod can be deleted: the script is the first process
// of its container, and stops on SIGTERM.
func TestDiscoverStops(t *testing.T) {
	t.Parallel()
	eachShell(t, func(t *testing.T, shell []string, path string) {
		templates, out, stub := t.TempDir(), t.TempDir(), t.TempDir()
		mount(t, templates, map[string]string{"kafka-0.e": "before", "kafka-0.f": ingress})
		answer(t, stub, []string{" "})
		cmd := script(t, shell, "3600", templates, out)
		cmd.Env = []string{"PATH=" + stub + ":" + path, "STUB=" + stub, "INTERVAL=0", "POD_NAME=kafka-0", "POD_NAMESPACE=streaming"}
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waiting := false
		for lines := bufio.NewScanner(stderr); lines.Scan(); waiting = true {
			_ = cmd.Process.Signal(syscall.SIGTERM) // it waits, so the process exists
		}
		_ = cmd.Wait() // the status is checked below
		if status := cmd.ProcessState.ExitCode(); !waiting || status != 143 {
			t.Errorf("status %d", status)
		}
		if left := readAll(t, out); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

// TestDiscoverWithoutKubectl checks that an image without kubectl is an error at once.
func TestDiscoverWithoutKubectl(t *testing.T) {
	busybox, tools := onPath(t, "busybox"), t.TempDir()
	applets(t, busybox, tools, "date", "mkdir", "mv", "rm")
	d := refuses(ingress, "there is no kubectl in this image", "")
	templates, out := t.TempDir(), t.TempDir()
	mount(t, templates, d.keys)
	cmd := script(t, []string{busybox, "sh"}, "3600", templates, out)
	cmd.Env = []string{"PATH=" + tools, "POD_NAME=kafka-0", "POD_NAMESPACE=streaming"}
	output, _ := cmd.CombinedOutput()
	equal(t, "stderr", d.stderr+"\n", string(output))
	if left := readAll(t, out); len(left) > 0 || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("status %d, and left behind: %v", cmd.ProcessState.ExitCode(), left)
	}
}

// TestDiscoverLint checks that shellcheck reports nothing, and that the script is short enough
// to be read in a review.
func TestDiscoverLint(t *testing.T) {
	if n := bytes.Count(read(t, root("generators", "decide", "discover.sh")), []byte{'\n'}); n > 120 {
		t.Errorf("%d lines", n)
	}
	out, err := exec.Command(onPath(t, "shellcheck"), root("generators", "decide", "discover.sh")).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// script returns the command that runs discover.sh as the init container does.
func script(t *testing.T, shell []string, timeout, templates, out string) *exec.Cmd {
	t.Helper()
	text := string(read(t, root("generators", "decide", "discover.sh")))
	if strings.Count(text, "\nTIMEOUT=300\n") != 1 {
		t.Fatal("the script has not its line TIMEOUT=300")
	}
	file := filepath.Join(t.TempDir(), "discover.sh")
	writeFile(t, file, []byte(strings.Replace(text, "TIMEOUT=300", "TIMEOUT="+timeout, 1)))
	return exec.Command(shell[0], append(shell[1:], file, templates, out)...)
}

// mount writes the keys of a ConfigMap as the kubelet does: links to files in a folder that is
// itself a link, all of them read-only.
func mount(t *testing.T, dir string, keys map[string]string) {
	t.Helper()
	data := filepath.Join(dir, "..2026_11_25_16_00_00.123456789")
	writeAll(t, data, keys)
	if err := os.Symlink(filepath.Base(data), filepath.Join(dir, "..data")); err != nil {
		t.Fatal(err)
	}
	for key := range keys {
		if err := os.Symlink(filepath.Join("..data", key), filepath.Join(dir, key)); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []string{data, dir} {
		if err := os.Chmod(d, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(d, 0o755) }) // so that it can be removed
	}
}

func answer(t *testing.T, stub string, answers []string) {
	t.Helper()
	// A process that another test starts meanwhile must not inherit the open file: a program that is
	// open for writing cannot run, and the shell would take the next kubectl on the path.
	syscall.ForkLock.RLock()
	writeAll(t, stub, map[string]string{"kubectl": kubectlScript})
	syscall.ForkLock.RUnlock()
	if err := os.Chmod(filepath.Join(stub, "kubectl"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		why, fails := strings.CutPrefix(a, "!")
		line := "printf %s '" + strings.ReplaceAll(why, "'", `'\''`) + "'"
		if fails {
			line += " >&2\nexit 1"
		}
		writeFile(t, filepath.Join(stub, strconv.Itoa(i+1)), []byte(line+"\n"))
	}
}

func applets(t *testing.T, busybox, dir string, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if err := os.Symlink(busybox, filepath.Join(dir, tool)); err != nil {
			t.Fatal(err)
		}
	}
}

func writeAll(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, file, []byte(text))
	}
}

// readAll reads all files in and below a folder. The names of folders end in a slash.
func readAll(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != ".":
			files[path+"/"] = ""
		case !d.IsDir():
			files[path] = string(read(t, filepath.Join(dir, path)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestDiscoverEndToEnd renders a spec, and runs the script of its ConfigMap as a pod does.
func TestDiscoverEndToEnd(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]struct {
		access, answers, want, calls string
	}{
		"LoadBalancer without a domain": {
			access: "type: LoadBalancer", answers: "lb-1.example.com ", calls: "kafka-1-external",
			want: "advertised.listeners=INTERNAL://kafka-1.kafka-headless.streaming.svc.cluster.local:9092,EXTERNAL://lb-1.example.com:9094\n",
		},
		"LoadBalancer, IPv6": {
			access: "type: LoadBalancer", answers: " 2001:db8::7 203.0.113.7", calls: "kafka-1-external",
			want: "advertised.listeners=INTERNAL://kafka-1.kafka-headless.streaming.svc.cluster.local:9092,EXTERNAL://[2001:db8::7]:9094\n",
		},
		"NodePort, the node's ExternalIP": {
			access: "type: NodePort, nodeAddressType: ExternalIP", answers: "198.51.100.9|31094", calls: "worker-1 kafka-1-external",
			want: "advertised.listeners=INTERNAL://kafka-1.kafka-headless.streaming.svc.cluster.local:9092,EXTERNAL://198.51.100.9:31094\n",
		},
		"NodePort": {
			access: "type: NodePort", answers: "31094", calls: "kafka-1-external",
			want: "advertised.listeners=INTERNAL://kafka-1.kafka-headless.streaming.svc.cluster.local:9092,EXTERNAL://192.0.2.4:31094\n",
		},
		"NodePort that is chosen": {
			access: "type: NodePort, pods: [{pod: kafka-1, ports: [{name: external, nodePort: 30001}]}]",
			want:   "advertised.listeners=INTERNAL://kafka-1.kafka-headless.streaming.svc.cluster.local:9092,EXTERNAL://192.0.2.4:30001\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachShell(t, func(t *testing.T, shell []string, path string) {
				templates, out, stub := t.TempDir(), t.TempDir(), t.TempDir()
				data := configData(t, strings.Replace(kafkaSpec, "type: HERE", d.access, 1))
				mount(t, templates, data)
				answer(t, stub, strings.Split(d.answers, "|"))
				cmd := exec.Command(shell[0], append(shell[1:], filepath.Join(templates, "discover.sh"), templates, out)...)
				cmd.Env = []string{"PATH=" + stub + ":" + path, "STUB=" + stub, "HOST_IP=192.0.2.4", "POD_IP=10.1.2.3",
					"POD_NAME=kafka-1", "POD_NAMESPACE=streaming", "NODE_NAME=worker-1"}
				if output, err := cmd.CombinedOutput(); err != nil || len(output) > 0 {
					t.Fatalf("%v: %s", err, output)
				}
				if diff := cmp.Diff(map[string]string{"listeners.properties": d.want}, readAll(t, out)); diff != "" {
					t.Errorf("files (-want +got):\n%s", diff)
				}
				calls, _ := os.ReadFile(filepath.Join(stub, "calls")) // the file does not exist without requests
				equal(t, "objects asked for", d.calls, namesAsked(string(calls)))
			})
		})
	}
}

const kafkaSpec = `
apiVersion: sallyport.dev/v1alpha1
kind: ExternalAccess
metadata: {name: kafka, namespace: streaming}
spec:
  components:
  - name: broker
    workload: kafka
    replicas: 2
    selector: {app: kafka}
    ports:
    - {name: internal, containerPort: 9092, listener: {protocol: PLAINTEXT}}
    - {name: external, containerPort: 9094, listener: {protocol: SASL_SSL}}
    services:
    - {name: headless, mode: Headless, serviceName: kafka-headless}
    - {name: external, mode: PerPod, ports: [{name: external}], type: HERE}
    config:
      container: kafka
      lists: {advertised: {over: Advertised, item: "$(listener)://$(host):$(port)"}}
      files: {listeners.properties: "advertised.listeners=$(list:advertised)\n"}
      discovery: {image: registry.example/kubectl:1.36, timeout: 1m30s}
`

// configData renders a spec and returns the data of its ConfigMap.
func configData(t *testing.T, spec string) map[string]string {
	t.Helper()
	out, stderr, status := sallyport(spec, "render")
	if status != 0 {
		t.Fatal(stderr)
	}
	for _, doc := range strings.Split(out, "\n---\n") {
		var cm struct {
			Kind string
			Data map[string]string
		}
		if err := yaml.Unmarshal([]byte(doc), &cm); err != nil {
			t.Fatal(err)
		}
		if cm.Kind == "ConfigMap" {
			return cm.Data
		}
	}
	t.Fatalf("no ConfigMap:\n%s", out)
	return nil
}

var gets = regexp.MustCompile(`\[get\]\[\w+\]\[([^]]*)\]`)

// namesAsked returns the names of the requested objects, each once.
func namesAsked(calls string) string {
	var names []string
	for _, m := range gets.FindAllStringSubmatch(calls, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return strings.Join(names, " ")
}
