package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// patchRows run the commands of the examples with patches for operators. kubectl applies them to a
// resource in a file, as it would to one in the cluster.
var patchRows = []rowCase{
	{"patches/strimzi", func(r *row) {
		patchAdds(r, "strimzi", kafkaResource, "advertisedHost: my-cluster-broker-2.kafka.example.com")
		patchStops(r, "strimzi", strings.Replace(kafkaResource, "port: 9095", "port: 9096", 1), "test failed")
	}},
	{"patches/percona-mongodb", func(r *row) {
		patchAdds(r, "percona-mongodb", perconaResource, "external: mongo-rs0-2.mongo.example.com:27017")
		patchStops(r, "percona-mongodb", strings.Replace(perconaResource, "rs0", "rs1", 1), "test failed")
	}},
	{"patches/rabbitmq-cluster", func(r *row) {
		patchAdds(r, "rabbitmq-cluster", rabbitResource, "name: rabbit-stream")
	}},
	{"patches/mongodb-community", func(r *row) {
		patchAdds(r, "mongodb-community", communityResource, "external: mongo-2.mongo.example.com:27017")
	}},
	{"patches/mongodb-enterprise", func(r *row) {
		patchAdds(r, "mongodb-enterprise", strings.Replace(communityResource, "MongoDBCommunity", "MongoDB", 1), "external: mongo-2.mongo.example.com:27017")
	}},
}

const (
	kafkaResource = `apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: my-cluster}
spec:
  kafka:
    listeners:
    - {name: tls, port: 9093, type: internal, tls: true}
    - {name: external, port: 9095, type: internal, tls: true, configuration: {}}
`
	perconaResource = `apiVersion: psmdb.percona.com/v1
kind: PerconaServerMongoDB
metadata: {name: mongo}
spec: {replsets: [{name: rs0, size: 1, affinity: {antiAffinityTopologyKey: kubernetes.io/hostname}}]}
`
	rabbitResource = `apiVersion: rabbitmq.com/v1beta1
kind: RabbitmqCluster
metadata: {name: rabbit}
spec: {service: {type: ClusterIP}, rabbitmq: {additionalPlugins: [rabbitmq_stream]}}
`
	communityResource = `apiVersion: mongodbcommunity.mongodb.com/v1
kind: MongoDBCommunity
metadata: {name: mongo}
spec: {members: 1, type: ReplicaSet}
`
)

var kubectlPatch = regexp.MustCompile(`(?m)^kubectl patch \S+ \S+ --namespace \S+ (--type \S+ --patch-file \S+)$`)

// kubectlLocal runs the commands of the README of an export on a resource.
func kubectlLocal(r *row, name, resource string) result {
	dir := filepath.Join(r.dir, "export-"+name)
	if !exists(dir) {
		r.example("export-" + name)
	}
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	r.check(err)
	m := kubectlPatch.FindStringSubmatch(string(readme))
	if m == nil {
		r.failf("the README has no kubectl patch")
	}
	args := strings.Fields(m[1])
	r.write(filepath.Join(dir, args[len(args)-1]), r.ok(dir, "", "sallyport", "export", name, "spec.yaml"))
	r.write(filepath.Join(dir, "resource.yaml"), resource)
	return r.try(dir, "", buildKubectl(r, "v0.37.2"), append([]string{"patch", "--local", "-f", "resource.yaml", "-o", "yaml"}, args...)...)
}

// patchAdds checks that the result has what the patch adds, and what it does not mention.
func patchAdds(r *row, name, resource, added string) {
	res := kubectlLocal(r, name, resource)
	if res.status != 0 {
		r.failf("%s", res.stderr)
	}
	for _, want := range []string{added, regexp.MustCompile(`type: \w+|antiAffinityTopologyKey: \S+\w`).FindString(resource)} {
		if !strings.Contains(res.stdout, want) {
			r.failf("there is no %q in\n%s", want, res.stdout)
		}
	}
}

// patchStops checks that a patch that does not fit changes nothing.
func patchStops(r *row, name, resource, says string) {
	r.fails(kubectlLocal(r, name, resource), says)
}
