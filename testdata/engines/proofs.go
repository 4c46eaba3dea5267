package main

// The versions of Kafka. 3.9 is the last one with ZooKeeper.
const kafka3, kafka4 = "3.9.1", "4.1.0"

// proofs are all proofs.
var proofs = []proof{
	{name: "kafka/shared-address", spec: "kafka-shared-address", engine: kafka(kafka4)},
	{name: "kafka/server-properties", spec: "kafka-server-properties", engine: kafka(kafka4), world: nodes("edge.example.com")},
	{name: "kafka/nodeport-static", spec: "kafka-nodeport-static", engine: kafka(kafka4), world: world{labels: app("kafka"), front: "edge.example.com"}},
	{name: "kafka/nodeport-static-3.9", spec: "kafka-nodeport-static", engine: kafka(kafka3), world: world{labels: app("kafka"), front: "edge.example.com"}},
	{name: "kafka/pools", spec: "kafka-pools", engine: kafka(kafka4), world: world{labels: app("kafka"), front: "edge.example.com"}},
	{name: "kafka/loadbalancer-dns", spec: "kafka-loadbalancer-dns", engine: kafka(kafka4), world: world{labels: app("kafka")}, ways: []way{{bootstrap: "broker", options: protocol("SSL")}}},
	{name: "kafka/two-listeners", spec: "kafka-two-listeners", engine: kafka(kafka4), world: world{labels: app("kafka"), front: "edge.corp.example"},
		ways: []way{{bootstrap: "broker external", options: protocol("SASL_SSL")}, {bootstrap: "broker onprem", options: protocol("SSL")}}},
	{name: "kafka/existing-headless", spec: "kafka-existing-headless", engine: kafka(kafka4), world: world{labels: app("kafka"), headless: "broker.kafka.svc.cluster.local"}},
	{name: "kafka/controllers", spec: "kafka-controllers", engine: kafka(kafka4), inside: true,
		ways: []way{{bootstrap: "broker", options: protocol("SSL")}, {bootstrap: "controller", client: "kafka-controllers", options: protocol("SSL")}}},
	{name: "kafka/discovery", spec: "kafka-discovery", engine: kafka(kafka4), world: world{labels: app("kafka"), late: 8}},
	{name: "kafka/discovery-names", spec: "kafka-discovery", engine: kafka(kafka4), world: world{labels: app("kafka"), late: 8, elb: true}},
	{name: "kafka/discovery-nodeport", spec: "kafka-nodeport-discovery", engine: kafka(kafka4), world: world{labels: app("kafka")}},
	{name: "kafka/single-nodeport-local", spec: "kafka-single-nodeport-local", engine: kafka(kafka4), world: world{labels: app("broker")}},
	{name: "kafka/tlsroute-gateway", spec: "kafka-tlsroute-gateway", engine: kafkaByName(kafka4), world: world{labels: app("kafka"), door: true}, ways: []way{{bootstrap: "broker", options: protocol("SSL")}}},
	{name: "kafka/tcproute-listeners", spec: "kafka-tcproute-listeners", engine: kafka(kafka4), world: world{labels: app("kafka"), door: true}, ways: []way{{bootstrap: "broker", options: protocol("SASL_SSL")}}},
	{name: "kafka/tlsroute", spec: "kafka-tlsroute", engine: kafkaByName(kafka4), world: world{door: true}, ways: []way{{bootstrap: "broker", options: protocol("SSL")}}},
	{name: "kafka/tcproute", spec: "kafka-tcproute", engine: kafka(kafka4), world: world{door: true}},
	{name: "kafka/zookeeper-nodeport", spec: "kafka-nodeport", engine: kafka(kafka3), world: world{labels: app("kafka"), front: "203.0.113.10"}},
	{name: "kafka/zookeeper-hostport", spec: "kafka-hostport", engine: kafka(kafka3), world: world{labels: app("kafka")}},
	{name: "kafka/zookeeper-sasl", spec: "kafka-zookeeper", engine: kafka(kafka3), world: world{labels: app("kafka")}, ways: []way{{bootstrap: "broker", options: protocol("SASL_SSL")}}},

	{name: "redis/shared-address", spec: "redis-cluster", engine: redisCluster(announcedPort, ""), ways: []way{{bootstrap: "node redis"}}},
	{name: "redis/nodeport", spec: "redis-nodeport", engine: redisCluster(announcedPort, ""), world: world{labels: app("cache"), front: "203.0.113.40"}, ways: []way{{bootstrap: "node redis"}}},
	{name: "redis/hostnames", spec: "redis-cluster-hostnames", engine: redisCluster(announcedName, numberOfName), inside: true},
	{name: "redis/sentinel", spec: "redis-sentinel", engine: redisSentinel(), ways: []way{{bootstrap: "node sentinel", learns: "node redis", client: "redis-sentinel"}}},
	{name: "valkey/client-address", spec: "valkey-cluster", engine: valkeyCluster(clientPort, ""), world: nodes("203.0.113.40"), inside: true},
	{name: "valkey/shared-address", spec: "redis-cluster", engine: valkeyCluster(announcedPort, ""), ways: []way{{bootstrap: "node redis"}}},

	{name: "nats/nodeport", spec: "nats", engine: natsServer(), world: nodes("edge.example.com"), inside: true},
	{name: "etcd/loadbalancer", spec: "etcd", engine: etcd(), inside: true},
	{name: "rabbitmq/stream", spec: "rabbitmq-stream", engine: rabbitMQ(), world: rabbitWorld(""), ways: rabbitWays, inside: true},
	{name: "rabbitmq/nodeport", spec: "rabbit-nodeport", engine: rabbitMQ(), world: rabbitWorld("edge.example.com"), ways: rabbitWays, inside: true},
	{name: "hazelcast/nodeport", spec: "hazelcast", engine: hazelcast(), world: nodes("edge.example.com"), inside: true},
	{name: "zookeeper/shared-address", spec: "zookeeper", engine: zooKeeper(), world: world{labels: app("zk")}, inside: true},
	{name: "cassandra/loadbalancer", spec: "cassandra", engine: cassandra(), inside: true},
}

// What Redis and Valkey advertise: in a file, and the number in an address.
const (
	announcedPort = `cluster-announce-(?:tls-)?port (\d+)`
	announcedName = `cluster-announce-hostname cache-(\d+)`
	numberOfName  = `-(\d+)\.`
	clientPort    = `cluster-announce-client-(?:tls-)?port (\d+)`
)

func app(name string) map[string]string { return map[string]string{"": "app=" + name} }

func nodes(front string) world { return world{front: front} }

func protocol(name string) map[string]string { return map[string]string{"protocol": name} }

var rabbitWays = []way{{bootstrap: "node stream"}, {bootstrap: "node amqp", client: "amqp", any: true}}

// rabbitWorld has what the RabbitMQ Cluster Operator makes.
func rabbitWorld(front string) world {
	return world{labels: map[string]string{"": "app.kubernetes.io/name=rabbit"}, headless: "rabbit-nodes.messaging.svc.cluster.local", front: front}
}
