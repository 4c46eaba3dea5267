package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
)

const (
	podNet    = "10.244.0."
	apiServer = podNet + "1"
	clientNet = "10.99.0."
)

//go:embed pod.sh
var podScript string

// A lab is a cluster in network namespaces: one for each pod, one for the edge, one for the
// client.
type lab struct {
	kubelet
	edge    *edge
	servers map[string][]*server // by pod; the first is that of the engine
	spawned []*server            // with those that have ended
}

// A process is what runs in a pod.
type process struct {
	argv     []string
	env      map[string]string
	files    map[string]string // files of the user, by path
	programs map[string]string // scripts of the image, by path
	image    string            // a directory with programs that are not installed on this machine
	user     string            // UID:GID, root if empty
	mounts   []mount
}

// A server is a process that was started.
type server struct {
	cmd    *exec.Cmd
	log    string
	exited chan struct{}
}

// newLab returns a lab without its network.
func newLab(r *row, c *cluster) *lab {
	if os.Geteuid() != 0 {
		r.skipf("network namespaces need root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		r.skipf("there is no ip on the PATH")
	}
	sweep()
	return &lab{kubelet: kubelet{row: r, cluster: c, tls: newAuthority(r)}, edge: &edge{ns: nsPrefix + "edge", fromPods: map[string]int{}}, servers: map[string][]*server{}}
}

// network connects pods and client with the edge, which owns all other addresses.
func (l *lab) network() {
	l.ip("netns", "add", l.edge.ns)
	l.inEdge("link", "set", "lo", "up")
	l.inEdge("link", "add", "pods", "type", "bridge")
	l.inEdge("addr", "add", apiServer+"/24", "dev", "pods")
	l.inEdge("link", "set", "pods", "up")
	for i, p := range l.pods {
		port := fmt.Sprint("pod", i)
		l.join(nsPrefix+p.name, port, p.ip, apiServer)
		l.inEdge("link", "set", port, "master", "pods", "up")
	}
	l.join(nsPrefix+"client", "client", clientNet+"2", clientNet+"1")
	l.inEdge("addr", "add", clientNet+"1/24", "dev", "client")
	l.inEdge("link", "set", "client", "up")
	owned := map[string]bool{}
	for _, f := range l.forwards() {
		ip, _, _ := strings.Cut(f.address, ":")
		if !owned[ip] {
			l.inEdge("addr", "add", ip+"/32", "dev", "lo")
		}
		owned[ip] = true
		l.check(l.edge.serve(f))
	}
}

// join makes a namespace with an address, and connects it with the edge.
func (l *lab) join(ns, port, ip, gateway string) {
	l.ip("netns", "add", ns)
	l.ip("-n", ns, "link", "set", "lo", "up")
	l.ip("-n", ns, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", l.edge.ns)
	l.ip("-n", ns, "addr", "add", ip+"/24", "dev", "eth0")
	l.ip("-n", ns, "link", "set", "eth0", "up")
	l.ip("-n", ns, "route", "add", "default", "via", gateway)
}

func (l *lab) ip(args ...string)     { l.ok("ip", args...) }
func (l *lab) inEdge(args ...string) { l.ip(append([]string{"-n", l.edge.ns}, args...)...) }

// close ends all processes of the lab and deletes its namespaces.
func (l *lab) close() {
	for _, s := range l.spawned {
		s.kill()
	}
	for _, open := range l.edge.open {
		open.Close() // a namespace stays as long as its sockets
	}
	all, _ := filepath.Glob("/run/netns/" + nsPrefix + "*")
	for _, file := range all {
		deleteNS(filepath.Base(file))
	}
}

func deleteNS(ns string) {
	exec.Command("ip", "netns", "del", ns).Run() //nolint:errcheck // a namespace that remains is deleted by the next run
}

// command prepares a program in a namespace, with its own files, name and processes.
func (l *lab) command(ns, host, hosts string, p process, mounts []mount) *exec.Cmd {
	dir, err := os.MkdirTemp(l.dir, host+"-")
	l.check(err)
	scratch := filepath.Join(dir, "root")
	l.check(os.Mkdir(scratch, 0o755))
	self, err := os.Executable()
	l.check(err)
	mounts = append(mounts, mount{l.dir, l.dir}, mount{filepath.Dir(self), filepath.Dir(self)}, mount{cacheDir(l.row), cacheDir(l.row)})
	p.files = with(p.files, map[string]string{"/etc/hosts": "127.0.0.1 localhost\n" + hosts, "/etc/resolv.conf": ""})
	for path, text := range with(p.files, p.programs) {
		file := filepath.Join(dir, strings.ReplaceAll(path, "/", "_"))
		l.write(file, text)
		l.check(os.Chmod(file, 0o755))
		mounts = append(mounts, mount{file, path})
	}
	args := []string{"netns", "exec", ns, "sh", "-c", podScript, "pod.sh", scratch, p.image, host, cmp.Or(p.user, "0:0")}
	for _, m := range mounts {
		args = append(args, m.from, m.to)
	}
	cmd := exec.CommandContext(l.ctx, "ip", append(append(args, "--"), p.argv...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/tmp", "LC_ALL=C.UTF-8", "HOSTNAME=" + host}
	for name, value := range p.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS, Pdeathsig: syscall.SIGKILL}
	return cmd
}

func with(base, more map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range []map[string]string{base, more} {
		for key, value := range m {
			all[key] = value
		}
	}
	return all
}

// spawn starts a process in a pod, with the mounts and variables of a container of its patch.
func (l *lab) spawn(p *pod, name string, what process, c corev1.Container) *server {
	what.env = with(what.env, l.environment(p, c))
	cmd := l.command(nsPrefix+p.name, p.name, l.hostsInside(p), what, slices.Concat(l.mounts(p, c), what.mounts, []mount{{l.data(p), "/data"}}))
	s := &server{cmd: cmd, log: filepath.Join(l.dir, name+".log"), exited: make(chan struct{})}
	log, err := os.Create(s.log)
	l.check(err)
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	l.check(cmd.Start())
	l.spawned = append(l.spawned, s)
	go func() {
		cmd.Wait() //nolint:errcheck // its log has the reason
		close(s.exited)
	}()
	return s
}

// until waits until something is so.
func (l *lab) until(what string, is func() bool) {
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) || l.ctx.Err() != nil {
			l.failf("timed out after a minute: waiting until %s", what)
		}
	}
}

// await waits until the log of a server has a line, and reports the end of it otherwise.
func (l *lab) await(name string, s *server, pattern string, limit time.Duration) {
	re := regexp.MustCompile(pattern)
	for end := time.Now().Add(limit); ; time.Sleep(200 * time.Millisecond) {
		log, err := os.ReadFile(s.log)
		l.check(err)
		select {
		case <-l.ctx.Done():
			l.failf("stopped")
		case <-s.exited:
			l.failf("%s has ended:\n%s", name, tail(log))
		default:
		}
		if re.Match(log) {
			return
		}
		if time.Now().After(end) {
			l.failf("%s does not print %q in %s:\n%s", name, pattern, limit, tail(log))
		}
	}
}

func tail(log []byte) string {
	lines := strings.Split(strings.TrimSpace(string(log)), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}

// stop lets a server end in order.
func (s *server) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may have ended
	select {
	case <-s.exited:
	case <-time.After(15 * time.Second):
		s.kill()
	}
}

func (s *server) kill() {
	s.cmd.Process.Kill() //nolint:errcheck // it may have ended
	<-s.exited
}

// finish waits until a process ends, which must succeed.
func (l *lab) finish(name string, s *server) {
	select {
	case <-s.exited:
	case <-time.After(time.Minute):
		s.kill()
	}
	log, err := os.ReadFile(s.log)
	l.check(err)
	if !s.cmd.ProcessState.Success() {
		l.failf("%s: %v\n%s", name, s.cmd.ProcessState, tail(log))
	}
}
