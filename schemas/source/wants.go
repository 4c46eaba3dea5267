package source

import (
	"encoding/json"
	"reflect"
)

// Wants names what a field takes, for messages about another value in it.
func Wants(wrong *json.UnmarshalTypeError) string {
	switch wrong.Type.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a mapping"
	}
	return "a whole number"
}
