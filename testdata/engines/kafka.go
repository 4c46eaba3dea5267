package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kafka is a broker, or a controller, whose server.properties is the user's: each key of the
// generated files is a reference for Kafka's FileConfigProvider, as the examples show. What a
// pod is follows from its file. A broker that has no controller's listener needs ZooKeeper,
// which then runs beside the first pod.
func kafka(version string) engine {
	k := kafkaServer{version: version}
	return engine{
		client:   "kafka",
		told:     `(?:EXTERNAL\w*|PARTNERS|ONPREM)://[^,\s/]+:(\d+)`,
		ready:    `Kafka Server started|KafkaServer id=\d+\] started`,
		limit:    2 * time.Minute,
		fetch:    k.fetch,
		server:   k.server,
		identity: func(l *lab, p *pod) string { return k.id(l, p) },
		options: func(l *lab, w way) map[string]string {
			return map[string]string{"ca": l.tls.file("ca.pem"), "user": kafkaUser, "password": kafkaPassword}
		},
	}
}

const kafkaUser, kafkaPassword = "bob", "secret"

type kafkaServer struct{ version string }

func (k kafkaServer) jars(r *row) string {
	return jars(r, "kafka-"+k.version, "org.apache.kafka:kafka_2.13:"+k.version, "org.apache.kafka:kafka-tools:"+k.version, "org.slf4j:slf4j-simple:1.7.36")
}

func (k kafkaServer) fetch(l *lab) string {
	k.jars(l.row)
	return k.version
}

func (k kafkaServer) server(l *lab, p *pod) process {
	java := append(slices.Clone(javaFlags), "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.log.kafka.server=info", "-cp", k.jars(l.row))
	if !k.hasControllers(l) {
		if p == l.pods[0] && l.servers["zookeeper"] == nil {
			zk := process{argv: append(slices.Clone(java), "org.apache.zookeeper.server.ZooKeeperServerMain", "2181", "/data/zookeeper")}
			l.servers["zookeeper"] = l.spawn(p, "zookeeper", zk, l.container(p))
		}
		return process{argv: append(java, "kafka.Kafka", serverProperties), files: map[string]string{serverProperties: k.properties(l, p)}}
	}
	script := `"$@" kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qk --ignore-formatted -c ` + serverProperties + ` && exec "$@" kafka.Kafka ` + serverProperties
	return process{argv: append([]string{"sh", "-c", script, "sh"}, java...), files: map[string]string{serverProperties: k.properties(l, p)}}
}

const serverProperties = "/etc/kafka/server.properties"

var javaFlags = []string{"java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"}

// generated returns the keys and values of the files that are mounted into a pod, and the file
// of each key.
func (l *lab) generated(p *pod) (values, files map[string]string) {
	values, files = map[string]string{}, map[string]string{}
	for _, m := range l.mounts(p, l.container(p)) {
		data, err := os.ReadFile(m.from)
		l.check(err)
		for line := range strings.Lines(string(data)) {
			if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
				values[key], files[key] = value, m.to
			}
		}
	}
	return values, files
}

// id is the number of a broker or controller: the generated one, or the one that the user writes.
func (k kafkaServer) id(l *lab, p *pod) string {
	values, _ := l.generated(p)
	for _, key := range []string{"node.id", "broker.id"} {
		if values[key] != "" {
			return values[key]
		}
	}
	return strconv.Itoa(p.ordinal + l.idOffset[p.workload])
}

// roles returns what a pod is, by the listeners that it binds, and the port of its controller.
func (k kafkaServer) roles(l *lab, p *pod) (roles []string, port string) {
	values, _ := l.generated(p)
	controllers := strings.Split(values["controller.listener.names"], ",")
	for listener := range strings.SplitSeq(values["listeners"], ",") {
		name, address, _ := strings.Cut(listener, "://")
		role := "broker"
		if slices.Contains(controllers, name) {
			role = "controller"
			if port == "" {
				port = address[strings.LastIndex(address, ":")+1:]
			}
		}
		if !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return roles, port
}

func (k kafkaServer) hasControllers(l *lab) bool {
	values, _ := l.generated(l.pods[0])
	return values["controller.listener.names"] != ""
}

// properties is the user's file.
func (k kafkaServer) properties(l *lab, p *pod) string {
	values, files := l.generated(p)
	var b strings.Builder
	set := func(key, format string, args ...any) {
		if _, ok := values[key]; !ok {
			fmt.Fprintf(&b, key+"="+format+"\n", args...)
		}
	}
	set("log.dirs", "/data/kafka")
	set("offsets.topic.replication.factor", "1")
	set("offsets.topic.num.partitions", "3")
	set("group.initial.rebalance.delay.ms", "0")
	if k.hasControllers(l) {
		roles, _ := k.roles(l, p)
		set("process.roles", "%s", strings.Join(roles, ","))
		set("node.id", "%s", k.id(l, p))
		set("controller.quorum.voters", "%s", k.voters(l))
		set("broker.session.timeout.ms", "4000")
	} else {
		set("broker.id", "%s", k.id(l, p))
		set("zookeeper.connect", "%s:2181", l.pods[0].ip)
		set("zookeeper.session.timeout.ms", "4000")
	}
	if strings.Contains(values["listener.security.protocol.map"], "SSL") {
		set("ssl.keystore.type", "PEM")
		set("ssl.keystore.location", "%s", l.tls.server(p.name, l.hosts(p)))
		set("ssl.truststore.type", "PEM")
		set("ssl.truststore.location", "%s", l.tls.file("ca.pem"))
		set("sasl.enabled.mechanisms", "PLAIN")
		for _, name := range []string{"external", "partners"} {
			set("listener.name."+name+".plain.sasl.jaas.config", `org.apache.kafka.common.security.plain.PlainLoginModule required user_%s="%s";`, kafkaUser, kafkaPassword)
		}
	}
	set("config.providers", "file")
	set("config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider")
	for key, file := range files {
		fmt.Fprintf(&b, "%s=${file:%s:%s}\n", key, file, key)
	}
	return b.String()
}

// voters are the controllers, by their names inside the cluster.
func (k kafkaServer) voters(l *lab) string {
	var all []string
	for _, p := range l.pods {
		if roles, port := k.roles(l, p); slices.Contains(roles, "controller") {
			all = append(all, fmt.Sprintf("%s@%s:%s", k.id(l, p), l.domains(p)[0], port))
		}
	}
	return strings.Join(all, ",")
}
