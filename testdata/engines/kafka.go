package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// kafka is a broker, or a controller. It reads the generated files by references for Kafka's
// FileConfigProvider: those in the user's server.properties, or in the variables of the image
// apache/kafka. What a pod is follows from its file. A broker that has no controller's listener
// needs ZooKeeper, which then runs beside the first pod.
func kafka(version string) engine {
	k := kafkaServer{version: version}
	return engine{
		client:     "kafka",
		advertised: `(?:EXTERNAL\w*|PARTNERS|ONPREM)://[^,\s/]+:(\d+)`,
		ready:      `Kafka Server started|KafkaServer id=\d+\] started`,
		limit:      2 * time.Minute,
		fetch:      k.fetch,
		server:     k.server,
		identity:   k.id,
		options: func(l *lab, _ way) map[string]string {
			return map[string]string{"ca": l.tls.file("ca.pem"), "user": kafkaUser, "password": kafkaPassword}
		},
	}
}

// kafkaByName is kafka whose brokers differ by their names alone.
func kafkaByName(version string) engine {
	e := kafka(version)
	e.advertised, e.at = `EXTERNAL://[^,\s/]+?-(\d+)\.`, numberOfName
	return e
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
	program := func(class string) string {
		return "#!/bin/sh\nexec '" + strings.Join(java, "' '") + "' " + class + " \"$@\"\n"
	}
	what := process{programs: map[string]string{
		kafkaBin + "kafka-storage.sh": program("kafka.tools.StorageTool"), kafkaBin + "kafka-server-start.sh": program("kafka.Kafka"),
		kafkaBin + "wrapper.sh": program("kafka.docker.KafkaDockerWrapper"), kafkaBin + "zookeeper.sh": program("org.apache.zookeeper.server.ZooKeeperServerMain"),
	}}
	settings := k.settings(l, p)
	switch env := l.environment(p, l.container(p)); {
	case env["KAFKA_LISTENERS"] != "":
		what.argv, what.files, what.env = []string{"sh", "-c", kafkaImage}, kafkaDefaults, map[string]string{"CLUSTER_ID": kafkaCluster}
		for key, value := range settings {
			what.env["KAFKA_"+strings.ToUpper(strings.ReplaceAll(key, ".", "_"))] = value
		}
	case settings["zookeeper.connect"] != "":
		if p == l.pods[0] && l.servers["zookeeper"] == nil {
			zk := process{argv: []string{kafkaBin + "zookeeper.sh", "2181", "/data/zookeeper"}, programs: what.programs}
			l.servers["zookeeper"] = []*server{l.spawn(p, "zookeeper", zk, l.container(p))}
		}
		what.argv, what.files = []string{kafkaBin + "kafka-server-start.sh", serverProperties}, k.properties(l, p, settings)
	}
	return what
}

const (
	kafkaBin         = "/opt/kafka/bin/"
	kafkaCluster     = "MkU3OEVBNTcwNTJENDM2Qk"
	serverProperties = "/etc/kafka/server.properties"

	// kafkaImage is what the scripts of the image apache/kafka do.
	kafkaImage = `mkdir -p /mnt/shared/config /opt/kafka/config
/opt/kafka/bin/wrapper.sh setup --default-configs-dir /etc/kafka/docker --mounted-configs-dir /mnt/shared/config --final-configs-dir /opt/kafka/config > /tmp/setup 2>&1 ||
  grep -qi 'already formatted' /tmp/setup || { cat /tmp/setup; exit 1; }
exec /opt/kafka/bin/kafka-server-start.sh /opt/kafka/config/server.properties`
)

// kafkaDefaults are the image's own files.
var kafkaDefaults = map[string]string{
	"/etc/kafka/docker/server.properties":      "process.roles=broker,controller\n",
	"/etc/kafka/docker/log4j.properties":       "log4j.rootLogger=WARN\n",
	"/etc/kafka/docker/tools-log4j.properties": "log4j.rootLogger=WARN\n",
	"/etc/kafka/docker/log4j2.yaml":            kafkaLog4j2,
	"/etc/kafka/docker/tools-log4j2.yaml":      kafkaLog4j2,
}

const kafkaLog4j2 = `Configuration:
  Appenders:
    Console: {name: STDOUT, PatternLayout: {pattern: "%m%n"}}
  Loggers:
    Root: {level: warn, AppenderRef: [{ref: STDOUT}]}
    Logger: [{name: kafka, level: warn}]
`

var javaFlags = []string{"java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"}

// keys returns the keys and values of the generated files of a pod, and the file of each key.
func (k kafkaServer) keys(l *lab, p *pod) (values, files map[string]string) {
	values, files = map[string]string{}, map[string]string{}
	for _, m := range l.generated(p, l.container(p)) {
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

// id is the number of a broker or controller.
func (k kafkaServer) id(l *lab, p *pod) string {
	values, _ := k.keys(l, p)
	return cmp.Or(values["node.id"], values["broker.id"])
}

// roles returns what a pod is, by the listeners that it binds.
func (k kafkaServer) roles(l *lab, p *pod) string {
	values, _ := k.keys(l, p)
	controllers := strings.Split(values["controller.listener.names"], ",")
	var roles []string
	for listener := range strings.SplitSeq(values["listeners"], ",") {
		name, _, _ := strings.Cut(listener, "://")
		role := "broker"
		if slices.Contains(controllers, name) {
			role = "controller"
		}
		if !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return strings.Join(roles, ",")
}

func (k kafkaServer) hasControllers(l *lab) bool {
	values, _ := k.keys(l, l.pods[0])
	return values["controller.listener.names"] != ""
}

// settings are the user's.
func (k kafkaServer) settings(l *lab, p *pod) map[string]string {
	generated, _ := k.keys(l, p)
	all := map[string]string{"log.dirs": "/data/kafka", "offsets.topic.replication.factor": "1", "offsets.topic.num.partitions": "3", "group.initial.rebalance.delay.ms": "0"}
	if k.hasControllers(l) {
		maps.Copy(all, map[string]string{"process.roles": k.roles(l, p), "broker.session.timeout.ms": "4000"})
	} else {
		maps.Copy(all, map[string]string{"zookeeper.connect": l.pods[0].ip + ":2181", "zookeeper.session.timeout.ms": "4000"})
	}
	if strings.Contains(generated["listener.security.protocol.map"], "SSL") {
		maps.Copy(all, map[string]string{"ssl.keystore.type": "PEM", "ssl.keystore.location": l.tls.server(p.name, l.hosts(p)), "ssl.truststore.type": "PEM", "ssl.truststore.location": l.tls.file("ca.pem"), "sasl.enabled.mechanisms": "PLAIN"})
		for _, name := range []string{"external", "partners"} {
			all["listener.name."+name+".plain.sasl.jaas.config"] = fmt.Sprintf(`org.apache.kafka.common.security.plain.PlainLoginModule required user_%s="%s";`, kafkaUser, kafkaPassword)
		}
	}
	return all
}

// properties is a server.properties with the user's settings, and a reference for each key that
// is generated.
func (k kafkaServer) properties(l *lab, p *pod, settings map[string]string) map[string]string {
	var b strings.Builder
	for key, value := range settings {
		fmt.Fprintf(&b, "%s=%s\n", key, value)
	}
	fmt.Fprint(&b, "config.providers=file\nconfig.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider\n")
	_, files := k.keys(l, p)
	for key, file := range files {
		if key != "controller.quorum.bootstrap.servers" { // of a dynamic quorum; the lab's is static
			fmt.Fprintf(&b, "%s=${file:%s:%s}\n", key, file, key)
		}
	}
	return map[string]string{serverProperties: b.String()}
}
