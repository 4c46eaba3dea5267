package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
)

// etcd is built from its module. It reads the generated file alone, as it takes no other
// settings beside a file.
func etcd() engine {
	build := func(l *lab) (file, version string) {
		const module = "go.etcd.io/etcd/server/v3"
		return goProgram(l.row, module, module, "etcd")
	}
	return engine{
		client: "etcd", advertised: `advertise-client-urls: http://\S*:(\d+)`,
		ready: "ready to serve client requests", limit: 40 * time.Second,
		fetch: func(l *lab) string {
			_, version := build(l)
			return version
		},
		server: func(l *lab, p *pod) process {
			program, _ := build(l)
			return process{argv: []string{"etcd", "--config-file", l.generated(p, l.container(p))[0].to}, programs: alias("etcd", program)}
		},
		identity: func(_ *lab, p *pod) string { return p.name },
	}
}

// etcdClient connects with every member that the first one names, and writes and reads a key at
// each of them.
func etcdClient(ctx context.Context, t task) report {
	first, err := etcdConnect(t.Bootstrap[0])
	if err != nil {
		return report{Err: err.Error()}
	}
	defer first.Close()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	members, err := first.MemberList(ctx)
	if err != nil {
		return report{Err: err.Error()}
	}
	var found report
	kept := 0
	for _, m := range members.Members {
		c := contact{At: strings.TrimPrefix(strings.Join(m.ClientURLs, ","), "http://"), Who: m.Name}
		if err := etcdContact(ctx, c.At, m.ID); err != nil {
			c.Err = err.Error()
		} else {
			kept++
		}
		found.Contacts = append(found.Contacts, c)
	}
	found.Remark = fmt.Sprintf("%d of %d keys", kept, len(members.Members))
	return found
}

func etcdConnect(addr string) (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{Endpoints: []string{addr}, DialTimeout: dialTimeout, Logger: zap.NewNop()})
}

// etcdContact writes and reads a key at a member.
func etcdContact(ctx context.Context, addr string, id uint64) error {
	c, err := etcdConnect(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := c.Put(ctx, "lab", addr); err != nil {
		return err
	}
	got, err := c.Get(ctx, "lab")
	switch {
	case err != nil:
		return err
	case got.Header.MemberId != id:
		return fmt.Errorf("member %x answers, not %x", got.Header.MemberId, id)
	case len(got.Kvs) != 1 || string(got.Kvs[0].Value) != addr:
		return fmt.Errorf("the key has another value: %v", got.Kvs)
	}
	return nil
}
