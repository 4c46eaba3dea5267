package main

import (
	"os"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// discover runs the init containers of pods, as a kubelet would: with their command, mounts and
// variables. That of Sallyport has its image's kubectl, and is not root.
func (l *lab) discover(e engine, pods []*pod) {
	for i := 0; ; i++ {
		started := map[*pod]*server{}
		for _, p := range pods {
			if all := l.initContainers(p); i < len(all) {
				started[p] = l.spawn(p, p.name+"-"+all[i].Name, l.initProcess(e, p, all[i]), all[i])
			}
		}
		if len(started) == 0 {
			return
		}
		for p, s := range started {
			l.finish("the init container of "+p.name, s)
		}
	}
}

func isDiscovery(c corev1.Container) bool { return strings.HasPrefix(c.Name, "sallyport") }

func (l *lab) initProcess(e engine, p *pod, c corev1.Container) process {
	if !isDiscovery(c) {
		what := e.server(l, p)
		what.argv, what.files = slices.Concat(c.Command, c.Args), nil
		return what
	}
	kubectl, _ := goProgram(l.row, "k8s.io/kubectl", "./kubectl", "kubectl")
	return process{
		argv: c.Command, user: "65532:65532",
		env:    map[string]string{"KUBERNETES_SERVICE_HOST": apiServer, "KUBERNETES_SERVICE_PORT": "6443"},
		mounts: []mount{{kubectl, "/usr/local/bin/kubectl"}},
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
