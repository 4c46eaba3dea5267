// Kubebox is etcd, kube-apiserver, kube-controller-manager or kubectl, depending on its first
// argument. It is a Kubernetes without nodes, for the rows of make e2e that need a real API
// server. If the standard input of a server is a pipe, it stops when the pipe is closed, and so with
// the process that starts it.
package main

import (
	"fmt"
	"io"
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: kubebox etcd|kube-apiserver|kube-controller-manager|kubectl ...")
		os.Exit(2)
	}
	os.Args = os.Args[1:]
	switch os.Args[0] {
	case "etcd":
		go endWithInput()
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		go endWithInput()
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kube-controller-manager":
		go endWithInput()
		os.Exit(cli.Run(controllers.NewControllerManagerCommand()))
	case "kubectl":
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			kubectlutil.CheckErr(err)
		}
	default:
		fmt.Fprintln(os.Stderr, "kubebox: there is no", os.Args[0])
		os.Exit(2)
	}
}

func endWithInput() {
	if info, err := os.Stdin.Stat(); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return // a terminal, or /dev/null, which ends at once
	}
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}
