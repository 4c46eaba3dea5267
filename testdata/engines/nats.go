package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// natsServer is NATS, built from its module. Its nats.conf includes the generated file.
func natsServer() engine {
	const conf = "/etc/nats-config/nats.conf"
	build := func(l *lab) (file, version string) {
		const module = "github.com/nats-io/nats-server/v2"
		return goProgram(l.row, module, module, "nats-server")
	}
	return engine{
		client: "nats", advertised: `client_advertise: "[^"]*:(\d+)"`,
		ready: "Server is ready", limit: 20 * time.Second,
		fetch: func(l *lab) string {
			_, version := build(l)
			return version
		},
		server: func(l *lab, p *pod) process {
			text := "port: 4222\n"
			for _, m := range l.generated(p, l.container(p)) {
				rel, err := filepath.Rel(filepath.Dir(conf), m.to) // NATS takes paths relative to its file alone
				l.check(err)
				text += "include ./" + rel + "\n"
			}
			program, _ := build(l)
			return process{argv: []string{"nats-server", "-c", conf}, files: map[string]string{conf: text}, programs: alias("nats-server", program)}
		},
		identity: func(_ *lab, p *pod) string { return p.name },
	}
}

// natsClient connects with every server that the first one names, and sends a message through
// each of them.
func natsClient(_ context.Context, t task) report {
	urls, err := natsURLs(t.Bootstrap[0])
	if err != nil {
		return report{Err: err.Error()}
	}
	opts := []nats.Option{nats.Timeout(dialTimeout), nats.NoReconnect(), nats.IgnoreDiscoveredServers()}
	first, err := nats.Connect(t.Bootstrap[0], opts...)
	if err != nil {
		return report{Err: err.Error()}
	}
	defer first.Close()
	var found report
	received := 0
	for _, url := range urls {
		c := contact{At: url}
		if c.Who, err = natsContact(first, url, opts); err != nil {
			c.Err = err.Error()
		} else {
			received++
		}
		found.Contacts = append(found.Contacts, c)
	}
	found.Remark = fmt.Sprintf("%d of %d messages", received, len(urls))
	return found
}

// natsURLs returns the addresses that a server names in the first line that it sends.
func natsURLs(addr string) ([]string, error) {
	conn, err := net.DialTimeout("tcp", addr, dialTimeout)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return nil, err
	}
	var info struct {
		URLs []string `json:"connect_urls"`
	}
	err = json.Unmarshal([]byte(strings.TrimPrefix(line, "INFO ")), &info)
	return info.URLs, err
}

// natsContact subscribes at a server to a message that the first one gets, and returns the
// server's name.
func natsContact(first *nats.Conn, url string, opts []nats.Option) (string, error) {
	c, err := nats.Connect(url, opts...)
	if err != nil {
		return "", err
	}
	defer c.Close()
	subject := nats.NewInbox()
	sub, err := c.SubscribeSync(subject)
	if err != nil {
		return "", err
	}
	for range 5 { // the interest in a subject has to reach the first server
		if err := c.Flush(); err != nil {
			return "", err
		}
		if err := first.Publish(subject, []byte("x")); err != nil {
			return "", err
		}
		if _, err = sub.NextMsg(time.Second); err == nil {
			break
		}
	}
	return c.ConnectedServerName(), err
}
