package diff

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"sallyport.dev/generators/provider"
	"sallyport.dev/schemas/source"
)

// A leaf is a field that differs.
type leaf struct {
	path          source.Path
	steps         []string // the path, with "[]" for an entry of a list or a key of a map with free keys
	key           string   // the last entry or key
	before, after any      // nil: absent
	entry         [2]map[string]any
}

// matches reports whether a pattern such as spec.ports[].name names the field or one around it. An empty one names every field.
func (l leaf) matches(pattern string) bool {
	if pattern == "" {
		return true
	}
	steps := strings.Split(strings.ReplaceAll(pattern, "[]", ".[]"), ".")
	return len(steps) <= len(l.steps) && slices.Equal(steps, l.steps[:len(steps)])
}

// port returns the port of a Service that a field belongs to: the old one, if there is one.
func (l leaf) port() map[string]any {
	switch {
	case !l.matches("spec.ports[]"):
		return nil
	case l.entry[0] != nil:
		return l.entry[0]
	}
	return l.entry[1]
}

// freeMaps are the mappings whose keys are names.
var freeMaps = map[string]bool{"labels": true, "annotations": true, "data": true, "binaryData": true, "matchLabels": true}

// listKeys are the lists whose entries have an identity, with the fields that give it.
var listKeys = map[string][]string{
	"spec.listeners": {"name"}, "spec.endpoints": {"dnsName", "recordType"}, "endpoints": {"addresses"}, "ports": {"name"},
	"spec.template.spec.containers": {"name"}, "spec.template.spec.initContainers": {"name"}, "spec.template.spec.volumes": {"name"},
	"spec.template.spec.containers.[].env": {"name"}, "spec.template.spec.initContainers.[].env": {"name"},
}

// leavesOf lists the fields in which two objects differ.
func leavesOf(was, is *object) []leaf {
	var w walker
	w.maps(leaf{}, was.tree, is.tree)
	return slices.DeleteFunc(w.found, func(l leaf) bool {
		switch {
		case was.live && l.after == nil && serverSets(was.Kind, l, l.before):
			return true
		case is.live && l.before == nil && serverSets(was.Kind, l, l.after):
			return true
		}
		return was.Kind == "Service" && isDefault(l)
	})
}

// isDefault reports whether a field comes or goes with another one, and has the value that it has
// by itself.
func isDefault(l leaf) bool {
	value := l.after
	if value == nil {
		value = l.before
	} else if l.before != nil {
		return false
	}
	for field, is := range map[string]any{"spec.externalTrafficPolicy": "Cluster", "spec.internalTrafficPolicy": "Cluster",
		"spec.allocateLoadBalancerNodePorts": true, "spec.sessionAffinityConfig": int64(10800)} {
		if l.matches(field) && value == is {
			return true
		}
	}
	return false
}

// serverSets reports whether a field that only a live object has was set by the API server or by a
// controller.
func serverSets(kind string, l leaf, value any) bool {
	switch kind {
	case "StatefulSet", "Deployment", "DaemonSet":
		return true
	case "Service":
		if l.matches("spec.clusterIP") {
			return value != "None"
		}
		if l.key != "" && (l.matches("metadata.annotations") || l.matches("metadata.labels")) {
			return provider.Writes(l.key, l.matches("metadata.labels"))
		}
		return slices.ContainsFunc([]string{"spec.clusterIPs", "spec.ipFamilies", "spec.ipFamilyPolicy", "spec.healthCheckNodePort", "spec.ports[].nodePort"}, l.matches)
	}
	return false
}

// A walker collects the leaves of two trees.
type walker struct{ found []leaf }

func (w *walker) walk(l leaf, before, after any) {
	x, isMap := before.(map[string]any)
	y, isMapToo := after.(map[string]any)
	whole := len(l.steps) > 0 && l.steps[len(l.steps)-1] == "selector"
	switch {
	case !whole && (isMap || before == nil) && (isMapToo || after == nil):
		w.maps(l, x, y)
	case same(before, after):
	case w.keyed(l, before, after), w.inOrder(l, before, after):
	default:
		l.before, l.after = before, after
		w.found = append(w.found, l)
	}
}

func (w *walker) maps(l leaf, before, after map[string]any) {
	free := len(l.steps) > 0 && freeMaps[l.steps[len(l.steps)-1]]
	keys := maps.Clone(before)
	if keys == nil {
		keys = map[string]any{}
	}
	maps.Copy(keys, after)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		x, y := before[key], after[key]
		if same(x, y) {
			continue
		}
		next := l
		if free {
			next.path, next.steps, next.key = l.path.MapKey(key), append(slices.Clip(l.steps), "[]"), key
		} else {
			next.path, next.steps = l.path.Field(key), append(slices.Clip(l.steps), key)
		}
		if free || x == nil && y == nil {
			next.before, next.after = x, y
			w.found = append(w.found, next)
			continue
		}
		w.walk(next, x, y)
	}
}

// keyed compares two lists whose entries have an identity. It reports whether they are such lists.
func (w *walker) keyed(l leaf, before, after any) bool {
	where := strings.Join(l.steps, ".")
	x, y := list(before), list(after)
	if before != nil && x == nil || after != nil && y == nil {
		return false
	}
	fields := listKeys[where]
	if where == "spec.ports" {
		fields = []string{"name"}
	}
	if fields == nil {
		return false
	}
	was, ok := entries(x, fields)
	is, okToo := entries(y, fields)
	if !ok || !okToo {
		return false
	}
	if where == "spec.ports" {
		renamed(was, is)
	}
	for _, e := range pairEntries(was, is) {
		next := l
		if next.key = e.first().key; next.key == "" {
			next.key = text(e.first().tree["port"]) // of a port without a name
		}
		next.path, next.steps = l.path.Item(fields[0], next.key), append(slices.Clip(l.steps), "[]")
		next.entry = [2]map[string]any{e[0].tree, e[1].tree}
		if e[0].tree == nil || e[1].tree == nil {
			next.before, next.after = orNil(e[0].tree), orNil(e[1].tree)
			w.found = append(w.found, next)
			continue
		}
		w.maps(next, e[0].tree, e[1].tree)
	}
	return true
}

// inOrder compares two lists of a workload whose entries have no identity, one entry with the other in its
// place: the API server adds fields to each, such as the protocol of a port. It reports whether they are
// such lists.
func (w *walker) inOrder(l leaf, before, after any) bool {
	x, y := list(before), list(after)
	isMap := func(v any) bool { _, ok := v.(map[string]any); return ok }
	if !l.matches("spec.template") && !l.matches("spec.volumeClaimTemplates") || len(x) != len(y) ||
		!slices.ContainsFunc(x, isMap) || !slices.ContainsFunc(y, isMap) {
		return false
	}
	for i := range x {
		next := l
		next.path, next.steps = l.path.Index(i), append(slices.Clip(l.steps), "[]")
		w.walk(next, x[i], y[i])
	}
	return true
}

// same reports whether two values are equal. The texts of numbers that are none are.
func same(a, b any) bool {
	return reflect.DeepEqual(a, b) || reflect.TypeOf(a) == reflect.TypeOf(b) && text(a) == text(b)
}

func orNil(m map[string]any) any {
	if m == nil {
		return nil
	}
	return m
}

// An entry is an entry of a list.
type entry struct {
	key  string
	tree map[string]any
}

type entryPair [2]entry

func (p entryPair) first() entry {
	if p[0].tree != nil {
		return p[0]
	}
	return p[1]
}

// entries returns the entries of a list with their keys, or false if they are not unique.
func entries(all []any, fields []string) ([]entry, bool) {
	var out []entry
	seen := map[string]bool{}
	for _, one := range all {
		tree, ok := one.(map[string]any)
		if !ok {
			return nil, false
		}
		var key []string
		for _, f := range fields {
			v := tree[f]
			if l := list(v); len(l) > 0 {
				v = l[0]
			}
			key = append(key, text(v))
		}
		e := entry{strings.Join(key, " "), tree}
		if seen[e.key] {
			return nil, false
		}
		seen[e.key] = true
		out = append(out, e)
	}
	return out, true
}

// renamed gives a port that has another name now the key of the old one: it has the same number and
// protocol.
func renamed(was, is []entry) {
	has := func(all []entry, key string) bool {
		return slices.ContainsFunc(all, func(e entry) bool { return e.key == key })
	}
	for i, e := range is {
		if has(was, e.key) {
			continue
		}
		for _, old := range was {
			if old.tree["port"] == e.tree["port"] && old.tree["protocol"] == e.tree["protocol"] && !has(is, old.key) {
				is[i].key = old.key
			}
		}
	}
}

func pairEntries(was, is []entry) []entryPair {
	var out []entryPair
	for _, e := range was {
		i := slices.IndexFunc(is, func(x entry) bool { return x.key == e.key })
		if i < 0 {
			out = append(out, entryPair{e, {}})
		} else {
			out = append(out, entryPair{e, is[i]})
		}
	}
	for _, e := range is {
		if !slices.ContainsFunc(was, func(x entry) bool { return x.key == e.key }) {
			out = append(out, entryPair{{}, e})
		}
	}
	return out
}

// text returns a value as one line of JSON, and a string as it is.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case map[string]any, []any:
		out, err := json.Marshal(v)
		if err == nil {
			return string(out)
		}
	}
	return fmt.Sprint(v)
}

// longestValue is how much of a value is printed.
const longestValue = 100

// differing returns what differs in two texts: the first lines that do, without a long beginning that
// both have.
func differing(before, after string) (string, string) {
	if strings.Contains(before+after, "\n") {
		before, after = firstLines(strings.Split(before, "\n"), strings.Split(after, "\n"))
	}
	if len(before) > longestValue && len(after) > longestValue {
		same := 0
		for same < min(len(before), len(after)) && before[same] == after[same] {
			same++
		}
		if cut := strings.LastIndexAny(before[:same], " ,\"") + 1; cut > 0 {
			before, after = "..."+before[cut:], "..."+after[cut:]
		}
	}
	return shortened(before), shortened(after)
}

// firstLines returns the first lines that differ, or that only one of two texts has. A comma at the end is
// no difference where another line follows.
func firstLines(x, y []string) (before, after string) {
	for len(x) > 1 && len(y) > 1 && strings.TrimSuffix(x[0], ",") == strings.TrimSuffix(y[0], ",") {
		x, y = x[1:], y[1:]
	}
	whole := [2]string{x[0], y[0]}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	switch {
	case len(x) == 0 && len(y) > 0:
		return "", y[0]
	case len(y) == 0 && len(x) > 0:
		return x[0], ""
	}
	return whole[0], whole[1]
}

func shortened(text string) string {
	if runes := []rune(text); len(runes) > longestValue {
		return string(runes[:longestValue]) + "..."
	}
	return text
}
