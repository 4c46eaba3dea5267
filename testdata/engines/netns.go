package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// within runs a function on a thread that is in a network namespace. A socket stays in the
// namespace in which it was opened.
func within(ns string, f func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread() // the thread must not end: the servers that it has started end with it
	own, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer own.Close()
	other, err := os.Open(filepath.Join("/run/netns", ns))
	if err != nil {
		return err
	}
	defer other.Close()
	if err := unix.Setns(int(other.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("entering network namespace %s: %w", ns, err)
	}
	defer func() {
		if err := unix.Setns(int(own.Fd()), unix.CLONE_NEWNET); err != nil {
			panic(fmt.Errorf("leaving network namespace %s: %w", ns, err))
		}
	}()
	return f()
}

// listen opens a TCP port in a network namespace.
func listen(ns, address string) (l net.Listener, err error) {
	err = within(ns, func() (err error) {
		l, err = net.Listen("tcp", address)
		return err
	})
	return l, err
}

// dial connects to an address of a network namespace.
func dial(ns, address string) (c net.Conn, err error) {
	err = within(ns, func() (err error) {
		c, err = net.DialTimeout("tcp", address, dialTimeout)
		return err
	})
	return c, err
}

// nsPrefix begins the names of the namespaces of this process.
var nsPrefix = fmt.Sprintf("sallyport-%d-", os.Getpid())

// sweep deletes the namespaces of processes that have ended.
func sweep() {
	all, _ := filepath.Glob("/run/netns/sallyport-*-*")
	for _, file := range all {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(file), "sallyport-"), "-")
		if n, err := strconv.Atoi(pid); err == nil && n != os.Getpid() && !exists(filepath.Join("/proc", pid)) {
			deleteNS(filepath.Base(file))
		}
	}
}
