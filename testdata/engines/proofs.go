package main

// proofs are all proofs. Those of CI come first in their groups.
var proofs = []proof{
	{name: "kafka/nodeport-static", spec: "kafka-nodeport-static", engine: kafka("4.1.0"), world: world{labels: app("kafka"), front: "edge.example.com"}},
}

func app(name string) map[string]string { return map[string]string{"": "app=" + name} }
