package main

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/redis/go-redis/v9"
)

const sentinelMaster = "cache"

// redisSentinel is Redis with a sentinel in each pod, from Debian's packages, as the StatefulSet
// of the example runs them.
func redisSentinel() engine {
	packages := []string{"redis-sentinel", "redis-server"}
	return engine{
		advertised: `announce-port (\d+)`,
		ready:      "Ready to accept connections", limit: 30 * time.Second,
		fetch: func(l *lab) string {
			_, version := image(l.row, packages...)
			return version
		},
		server: func(l *lab, _ *pod) process {
			dir, _ := image(l.row, packages...)
			return process{image: dir}
		},
		refresh:  resetSentinels,
		identity: func(l *lab, p *pod) string { return redisRun(l.ctx, l.redis(p, 6379)) },
	}
}

// resetSentinels makes sentinels forget addresses that a pod had before.
func resetSentinels(l *lab) {
	for _, p := range l.pods {
		c := l.redis(p, 26379)
		l.check(c.Do(l.ctx, "SENTINEL", "RESET", sentinelMaster).Err())
		c.Close()
	}
}

var redisRunID = regexp.MustCompile(`run_id:(\w+)`)

// redisRun returns the number of a run of a server or a sentinel, and closes the client.
func redisRun(ctx context.Context, c *redis.Client) string {
	defer c.Close()
	info, _ := c.Info(ctx, "server").Result()
	if found := redisRunID.FindStringSubmatch(info); found != nil {
		return found[1]
	}
	return ""
}

// redisSentinelClient asks a sentinel for the servers, and connects with each of them.
func redisSentinelClient(ctx context.Context, t task) report {
	sentinel := redis.NewSentinelClient(&redis.Options{Addr: t.Bootstrap[0], DialTimeout: dialTimeout, MaxRetries: -1})
	defer sentinel.Close()
	master, err := sentinel.GetMasterAddrByName(ctx, sentinelMaster).Result()
	if err != nil {
		return report{Err: err.Error()}
	}
	replicas, err := sentinel.Replicas(ctx, sentinelMaster).Result()
	if err != nil {
		return report{Err: err.Error()}
	}
	addrs := []string{master[0] + ":" + master[1]}
	for _, r := range replicas {
		addrs = append(addrs, r["ip"]+":"+r["port"])
	}
	var found report
	reached := 0
	for _, addr := range addrs {
		c := contact{At: addr, Who: redisRun(ctx, redis.NewClient(&redis.Options{Addr: addr, DialTimeout: dialTimeout, MaxRetries: -1}))}
		if c.Who == "" {
			c.Err = "no server answers"
		} else {
			reached++
		}
		found.Contacts = append(found.Contacts, c)
	}
	found.Remark = fmt.Sprintf("%d of %d servers by a sentinel", reached, len(addrs))
	client := redis.NewFailoverClient(&redis.FailoverOptions{MasterName: sentinelMaster, SentinelAddrs: t.Bootstrap, DialTimeout: dialTimeout})
	defer client.Close()
	if err := client.Set(ctx, "lab", "x", 0).Err(); err != nil {
		found.Err = fmt.Sprintf("writing to the primary: %v", err)
	}
	return found
}
