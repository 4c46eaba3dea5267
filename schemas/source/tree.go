package source

// Tree returns a document as maps, lists and scalars. Integers are int64, as Kubernetes' JSON
// decoder has them, so that the tree can be compared with that of a generated object.
func Tree(doc *Document) (map[string]any, error) {
	var out map[string]any
	if err := doc.ReadInto(&out); err != nil {
		return nil, err
	}
	wide(out)
	return out, nil
}

// wide makes all integers int64.
func wide(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case map[string]any:
		for key, inner := range v {
			v[key] = wide(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = wide(inner)
		}
	}
	return v
}
