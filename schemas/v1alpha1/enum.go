package v1alpha1

// texts are the values of an enum as a spec writes them. TestEnums holds that no constant is
// missing.
func texts[T ~string](values ...T) []string {
	return each(values, func(v T) string { return string(v) })
}
