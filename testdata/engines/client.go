package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
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

// A report says what a client has found: a contact for each address that it was told.
type report struct {
	Contacts []contact
	Remark   string
	Err      string // nothing could be tried
}

// A contact is one server, as a client sees it.
type contact struct {
	At  string // the address that clients are told
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

// prove lets a client come in by a way until it finds every pod, and all of them but a wrong
// one. It returns the client's remark.
func (l *lab) prove(p proof, w way, wrong string) string {
	t := task{w.client, strings.Split(l.look(l.boot[w.bootstrap], l.pods[0]), ","), w.options}
	for end := time.Now().Add(45 * time.Second); ; time.Sleep(time.Second) {
		found := l.ask(t)
		against := l.judge(p, w, found, wrong)
		if against == "" {
			return found.Remark
		}
		if time.Now().After(end) {
			l.failf("%s: %s\nthe client was told %s and reports %s", w.bootstrap, against, t.Bootstrap, indent(found))
		}
	}
}

func indent(v any) string {
	text, _ := json.MarshalIndent(v, "", "  ")
	return string(text)
}

// judge compares a report with what must be found, and says what is against it.
func (l *lab) judge(p proof, w way, found report, wrong string) string {
	if found.Err != "" {
		return found.Err
	}
	if w.any && len(found.Contacts) == 1 {
		return found.Contacts[0].Err
	}
	pods := l.podsOf(w)
	if len(pods) == 0 {
		l.failf("no pod can be found by %s", w.bootstrap)
	}
	if len(found.Contacts) != len(pods) {
		return fmt.Sprintf("%d servers for %d pods", len(found.Contacts), len(pods))
	}
	for _, pod := range pods {
		at := l.expected(p, w, pod, pod.name == wrong)
		i := slices.IndexFunc(found.Contacts, func(c contact) bool { return c.At == at })
		who := p.engine.identity(l, pod)
		switch {
		case i < 0:
			return fmt.Sprintf("clients are not told %s, the address of %s", at, pod.name)
		case pod.name == wrong && found.Contacts[i].Err == "":
			return fmt.Sprintf("%s is reached at %s, where nobody listens", pod.name, at)
		case pod.name == wrong:
		case found.Contacts[i].Err != "":
			return fmt.Sprintf("%s is not reached at %s: %s", pod.name, at, found.Contacts[i].Err)
		case found.Contacts[i].Who != who:
			return fmt.Sprintf("%s answers at %s, the address of %s", found.Contacts[i].Who, at, who)
		}
	}
	return ""
}

// podsOf returns the pods that have an address by a way.
func (l *lab) podsOf(w way) []*pod {
	var all []*pod
	for _, p := range l.pods {
		if l.address(w, p) != "" {
			all = append(all, p)
		}
	}
	return all
}

// address returns the address of a pod by a way, as sallyport plan has it, or "". If pods share
// a Service, each may have the address of its node.
func (l *lab) address(w way, p *pod) string {
	shared := ""
	for _, row := range l.rows {
		if row.Component+" "+row.PortName != cmp.Or(w.told, w.bootstrap) || row.Component != p.component || row.Type == "Headless" || row.Type == "ClusterIP" {
			continue
		}
		at := strings.Replace(l.look(row.Address, p), "<node port>", fmt.Sprint(l.nodePort(row)), 1)
		switch row.Pod {
		case p.name:
			return at
		case "*":
			shared = at
		}
	}
	return shared
}

// expected returns the address that clients must be told for a pod: that of the plan, or the
// altered one.
func (l *lab) expected(p proof, w way, q *pod, wrong bool) string {
	at := l.address(w, q)
	if !wrong {
		return at
	}
	return p.engine.alteredAddress(at)
}
