package main

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"sallyport.dev/generators/encode"
)

// longestName is what a file system surely takes, with room for a temporary name.
const longestName = 200

// fileNames gives each object a file name: service_kafka-0.yaml. Objects of one kind and
// name, which differ in the namespace, all get service_streaming_kafka-0.yaml: whichever
// comes first, they are called the same. No two names differ in case alone.
func fileNames(objs []encode.Object) []string {
	count := map[string]int{}
	for _, o := range objs {
		count[strings.ToLower(baseName(o, false))]++
	}
	names := make([]string, len(objs))
	for i, o := range objs {
		base := baseName(o, count[strings.ToLower(baseName(o, false))] > 1)
		names[i] = portable(base) + ".yaml"
	}
	return names
}

func baseName(o encode.Object, namespaced bool) string {
	parts := []string{strings.ToLower(o.GetObjectKind().GroupVersionKind().Kind), o.GetName()}
	if namespaced && o.GetNamespace() != "" {
		parts = []string{parts[0], o.GetNamespace(), parts[1]}
	}
	return strings.Join(parts, "_")
}

// portable turns a name that some file system does not take, or takes for another, into
// one that all do; what was lost is told apart by a hash.
func portable(base string) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '-'
	}, strings.ToLower(base))
	if safe == base && len(base) <= longestName {
		return base
	}
	sum := sha256.Sum256([]byte(base))
	return safe[:min(len(safe), longestName)] + "-" + hex.EncodeToString(sum[:4])
}
