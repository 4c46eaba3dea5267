package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-zookeeper/zk"
)

// zooKeeper is ZooKeeper, as Kafka 3.9 brings it. Clients name all servers themselves, and servers
// advertise nothing.
func zooKeeper() engine {
	k := kafkaServer{version: kafka3}
	const conf = "/etc/zookeeper/zoo.cfg"
	return engine{
		client: "zookeeper", ready: `LEADING - LEADER ELECTION TOOK|FOLLOWING - LEADER ELECTION TOOK`, limit: time.Minute,
		fetch: func(l *lab) string {
			k.jars(l.row)
			return "3.8.4"
		},
		server: func(l *lab, p *pod) process {
			text := "dataDir=/data/zookeeper\ntickTime=1000\ninitLimit=10\nsyncLimit=5\nstandaloneEnabled=false\nadmin.enableServer=false\n4lw.commands.whitelist=conf\n"
			script := `mkdir -p /data/zookeeper && `
			for _, m := range l.generated(p, l.container(p)) {
				if path.Base(m.to) == "myid" {
					script += "cp " + m.to + " /data/zookeeper/myid && "
				} else {
					text += "dynamicConfigFile=" + m.to + "\n"
				}
			}
			argv := slices.Concat([]string{"sh", "-c", script + `exec "$@"`, "sh"}, javaFlags, []string{"-Dorg.slf4j.simpleLogger.defaultLogLevel=info", "-cp", k.jars(l.row), "org.apache.zookeeper.server.quorum.QuorumPeerMain", conf})
			return process{argv: argv, files: map[string]string{conf: text}}
		},
		identity: func(l *lab, p *pod) string {
			for _, m := range l.generated(p, l.container(p)) {
				if path.Base(m.to) == "myid" {
					data, err := os.ReadFile(m.from)
					l.check(err)
					return strings.TrimSpace(string(data))
				}
			}
			return ""
		},
	}
}

var zooKeeperID = regexp.MustCompile(`serverId=(\d+)`)

// zooKeeperClient writes and reads a node at each server.
func zooKeeperClient(_ context.Context, t task) report {
	var found report
	kept := 0
	for _, addr := range t.Bootstrap {
		who, err := zooKeeperContact(addr)
		c := contact{At: addr, Who: who}
		if err != nil {
			c.Err = err.Error()
		} else {
			kept++
		}
		found.Contacts = append(found.Contacts, c)
	}
	found.Remark = fmt.Sprintf("%d of %d nodes", kept, len(t.Bootstrap))
	return found
}

func zooKeeperContact(addr string) (string, error) {
	conn, err := net.DialTimeout("tcp", addr, dialTimeout)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(conn, "conf"); err != nil {
		return "", err
	}
	data, err := io.ReadAll(conn)
	if err != nil {
		return "", err
	}
	id := zooKeeperID.FindSubmatch(data)
	if id == nil {
		return "", fmt.Errorf("no number of a server in %q", data)
	}
	c, _, err := zk.Connect([]string{addr}, 5*time.Second, zk.WithLogInfo(false))
	if err != nil {
		return "", err
	}
	defer c.Close()
	name, err := c.Create("/lab-", []byte(addr), zk.FlagSequence|zk.FlagEphemeral, zk.WorldACL(zk.PermAll))
	if err != nil {
		return "", err
	}
	if got, _, err := c.Get(name); err != nil || string(got) != addr {
		return "", fmt.Errorf("node %s has %q: %v", name, got, err)
	}
	return string(id[1]), nil
}
