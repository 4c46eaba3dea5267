package source

import (
	"encoding/json"
	"strings"
)

// Mismatch says that a value stands in a field of another type.
func Mismatch(wrong *json.UnmarshalTypeError) string {
	got := "a " + wrong.Value
	switch kind, _, _ := strings.Cut(wrong.Value, " "); kind {
	case "array":
		got = "a list"
	case "object":
		got = "a mapping"
	case "bool":
		got = "true or false"
	}
	return got + " is no value of the field, which wants " + want(wrong.Type.Kind())
}
