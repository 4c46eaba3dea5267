package main

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"sallyport.dev/generators/encode"
)

// longestName is a length of file names that all file systems support, with some reserve.
const longestName = 200

// fileNames returns a file name for each object: service_kafka-0.yaml. If objects of one kind
// have the same name in several namespaces, all of them get the namespace in the file name:
// service_streaming_kafka-0.yaml. So the names do not depend on the order of the objects. No
// two file names differ only in case.
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

// portable returns a name that is valid and distinct on all file systems. If it has to change
// the name, it appends a hash of the original one.
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
