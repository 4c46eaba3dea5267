package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"slices"
	"strings"
	"time"

	"github.com/gocql/gocql"
)

const cassandraVersion = "5.0.5"

// cassandraOpens are the packages of Java 17 that Cassandra's own start script opens to it.
var cassandraOpens = []string{
	"exports java.base/jdk.internal.misc", "exports java.management.rmi/com.sun.jmx.remote.internal.rmi", "exports java.rmi/sun.rmi.registry", "exports java.rmi/sun.rmi.server",
	"exports java.rmi/sun.rmi.transport.tcp", "exports java.sql/java.sql", "exports java.base/java.lang.ref", "exports java.base/jdk.internal.ref", "exports jdk.unsupported/sun.misc", "exports jdk.attach/sun.tools.attach",
	"opens java.base/sun.nio.ch", "opens java.base/java.io", "opens java.base/java.nio", "opens java.base/java.lang", "opens java.base/java.lang.module", "opens java.base/java.lang.reflect", "opens java.base/java.util",
	"opens java.base/java.util.concurrent", "opens java.base/java.util.concurrent.atomic", "opens java.base/java.net", "opens java.base/java.math", "opens java.base/jdk.internal.loader", "opens java.base/jdk.internal.ref",
	"opens java.base/jdk.internal.reflect", "opens java.base/jdk.internal.math", "opens java.base/jdk.internal.module", "opens java.base/jdk.internal.util.jar", "opens jdk.management/com.sun.management.internal",
}

func cassandraJars(l *lab) string {
	return jars(l.row, "cassandra-"+cassandraVersion, "org.apache.cassandra:cassandra-all:"+cassandraVersion)
}

// cassandra reads the generated file alone: cassandra.yaml includes no other.
func cassandra() engine {
	return engine{
		client: "cassandra", advertised: `broadcast_rpc_address: [0-9.]*\.(\d+)`, at: `(\d+):\d+$`,
		ready: `Starting listening for CQL clients|Startup complete`, limit: 4 * time.Minute,
		fetch: func(l *lab) string {
			cassandraJars(l)
			return cassandraVersion
		},
		server:   cassandraProcess,
		identity: func(_ *lab, p *pod) string { return p.ip },
	}
}

func cassandraProcess(l *lab, p *pod) process {
	java := append(slices.Clone(javaFlags), "-Xss512k", "-Djdk.attach.allowAttachSelf=true", "-Dcassandra-foreground=yes", "-Dorg.slf4j.simpleLogger.defaultLogLevel=info")
	for _, o := range cassandraOpens {
		how, what, _ := strings.Cut(o, " ")
		java = append(java, "--add-"+how+"="+what+"=ALL-UNNAMED")
	}
	for _, setting := range []string{"storagedir=/tmp", "triggers_dir=/tmp", "ring_delay_ms=2000", "skip_wait_for_gossip_to_settle=0", "superuser_setup_delay_ms=0", "libjemalloc=-"} {
		java = append(java, "-Dcassandra."+setting)
	}
	script := "#!/bin/sh\n[ \"$1\" != -f ] || shift\nexec '" + strings.Join(java, "' '") + "' -cp '" + cassandraJars(l) + "' \"$@\" org.apache.cassandra.service.CassandraDaemon\n"
	what := process{programs: map[string]string{"/usr/local/bin/cassandra": script}}
	for _, m := range l.generated(p, l.container(p)) {
		what.argv = []string{"cassandra", "-f", "-Dcassandra.config=file://" + m.to}
	}
	return what
}

// cassandraClient asks a node for the addresses of all nodes, and each of them for its own
// address inside the cluster.
func cassandraClient(_ context.Context, t task) report {
	log.SetOutput(io.Discard) // the driver's
	first, err := cassandraSession(t.Bootstrap[0])
	if err != nil {
		return report{Err: err.Error()}
	}
	defer first.Close()
	var all []string
	for _, query := range []string{"SELECT rpc_address, rpc_port FROM system.local", "SELECT native_address, native_port FROM system.peers_v2"} {
		var host string
		var port int
		rows := first.Query(query).Iter()
		for rows.Scan(&host, &port) {
			all = append(all, join(host, int32(port)))
		}
		if err := rows.Close(); err != nil {
			return report{Err: err.Error()}
		}
	}
	var found report
	answers := 0
	for _, addr := range all {
		c := contact{At: addr}
		if c.Who, err = cassandraContact(addr); err != nil {
			c.Err = err.Error()
		} else {
			answers++
		}
		found.Contacts = append(found.Contacts, c)
	}
	found.Remark = fmt.Sprintf("%d of %d queries", answers, len(all))
	return found
}

// cassandraSession connects with one node alone.
func cassandraSession(addr string) (*gocql.Session, error) {
	cluster := gocql.NewCluster(addr)
	cluster.DisableInitialHostLookup = true
	cluster.ConnectTimeout, cluster.Timeout = dialTimeout, 5*time.Second
	cluster.ProtoVersion, cluster.NumConns = 4, 1
	return cluster.CreateSession()
}

func cassandraContact(addr string) (who string, err error) {
	s, err := cassandraSession(addr)
	if err != nil {
		return "", err
	}
	defer s.Close()
	err = s.Query("SELECT broadcast_address FROM system.local").Scan(&who)
	return who, err
}
