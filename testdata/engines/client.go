package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// clientArg makes this program a client, with a task as the next argument.
const clientArg = "-client"

// A task is all that a client knows.
type task struct {
	Client    string
	Bootstrap []string
	Options   map[string]string
}

// A report says what a client has found: a contact for each address that servers have advertised.
type report struct {
	Contacts []contact
	Remark   string
	Err      string // nothing could be tried
}

// A contact is one server, as a client sees it.
type contact struct {
	At  string // the advertised address
	Who string // who answers there
	Err string // why nobody does
}

// clients are the clients, by the names of engines.
var clients = map[string]func(context.Context, task) report{
	"kafka": kafkaClient, "kafka-controllers": kafkaControllersClient,
	"redis-cluster": redisClusterClient, "redis-sentinel": redisSentinelClient, "nats": natsClient, "etcd": etcdClient,
	"rabbitmq-stream": rabbitStreamClient, "amqp": amqpClient, "hazelcast": hazelcastClient, "zookeeper": zooKeeperClient, "cassandra": cassandraClient,
}

// clientMain runs a client in its namespace, and prints its report.
func clientMain(arg string) int {
	var t task
	if err := json.Unmarshal([]byte(arg), &t); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := json.NewEncoder(os.Stdout).Encode(clients[t.Client](ctx, t)); err != nil {
		return 1
	}
	return 0
}

// ask runs a client in the namespace that is connected with the edge alone.
func (l *lab) ask(t task) report {
	arg, err := json.Marshal(t)
	l.check(err)
	self, err := os.Executable()
	l.check(err)
	cmd := l.command(nsPrefix+"client", "client", l.hostsOutside(), process{argv: []string{self, clientArg, string(arg)}}, nil)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	var found report
	if err == nil {
		err = json.Unmarshal(stdout.Bytes(), &found)
	}
	if err != nil {
		l.failf("client %s: %v\n%s", t.Client, err, tail(stderr.Bytes()))
	}
	return found
}

func indent(v any) string {
	text, _ := json.MarshalIndent(v, "", "  ")
	return string(text)
}
