package main

import (
	"os"
	"path/filepath"
	"time"
)

// discover runs the init containers of pods, as a kubelet would: with their command, mounts and
// variables, not as root, and with the kubectl of the image.
func (l *lab) discover(pods []*pod) {
	started := map[*pod]*server{}
	for _, p := range pods {
		for _, c := range l.initContainers(p) {
			kubectl, _ := goProgram(l.row, "k8s.io/kubectl", "./kubectl", "kubectl")
			dir := filepath.Join(l.dir, "kubectl")
			l.check(os.MkdirAll(dir, 0o755))
			what := process{argv: c.Command, env: map[string]string{"KUBERNETES_SERVICE_HOST": apiServer, "KUBERNETES_SERVICE_PORT": "6443", "PATH": "/kubectl:" + os.Getenv("PATH")},
				user: "65532:65532", mounts: []mount{{filepath.Dir(kubectl), "/kubectl"}}}
			started[p] = l.spawn(p, p.name+"-"+c.Name, what, c)
		}
	}
	for p, s := range started {
		l.finish("the init container of "+p.name, s)
	}
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
