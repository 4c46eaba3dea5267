package v1alpha1

// texts returns the values of an enum as strings. TestEnums checks that no constant is
// missing.
func texts[T ~string](values ...T) []string {
	return each(values, func(v T) string { return string(v) })
}
