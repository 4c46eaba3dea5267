package v1alpha1

import (
	"reflect"

	"sallyport.dev/schemas/source"
)

// The range of node ports is the default of kube-apiserver (--service-node-port-range).
const (
	NodePortMin = 30000
	NodePortMax = 32767
)

// ranges checks the numbers of a complete struct of settings by the tag "is" of each field.
func (v *validator) ranges(settings reflect.Value, where func(...string) source.Path, above ...string) {
	for i := range settings.NumField() {
		value := reflect.Indirect(settings.Field(i))
		switch {
		case value.Kind() == reflect.Struct:
			v.ranges(value, where, append(above, jsonName(settings.Type().Field(i)))...)
		case value.CanInt() || value.CanFloat():
			v.inRange(settings.Type().Field(i), value, where, above)
		}
	}
}

func (v *validator) inRange(field reflect.StructField, value reflect.Value, where func(...string) source.Path, above []string) {
	number := 0.0
	if value.CanFloat() {
		number = value.Float()
	} else {
		number = float64(value.Int())
	}
	is, at := field.Tag.Get("is"), func() source.Path { return where(append(above, jsonName(field))...) }
	switch {
	case is == "natural" && number < 0:
		v.Errorf(source.NumberRange, at(), "write 0 or more", "%v is negative", value)
	case is == "nodePort" && number != 0 && (number < NodePortMin || number > NodePortMax):
		v.Errorf(source.NumberRange, at(), "stay within that range", "%v is not between %d and %d", value, NodePortMin, NodePortMax)
	}
}
