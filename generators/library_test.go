package generators_test

import "sigs.k8s.io/yaml"

func library(v any) ([]byte, error) { return yaml.Marshal(v) }
