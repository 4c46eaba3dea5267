package diff

import (
	"regexp"
	"slices"
	"strings"

	"sallyport.dev/generators/workload"
	"sallyport.dev/schemas/source"
)

var configMaps = []string{"ConfigMap"}

// configRules are those of ConfigMaps. Source: ValidateConfigMapUpdate of pkg/apis/core/validation. What a list
// of members is for is the engine's: see memberLists.
var configRules = []Rule{
	{ID: "Immutable", Kinds: configMaps, Fields: []string{"data", "binaryData", "immutable"}, Class: Refused, When: func(c *change) bool { return c.old("immutable") == true },
		Why: "the ConfigMap is immutable: the API server changes neither its data nor that", Instead: "give the new data a new name, to which the pods refer"},
	{ID: "ConfigRemoved", Kinds: configMaps, Fields: []string{removed}, Class: Disruptive,
		Why: "pods that need it do not start again", Who: "{readers}", Instead: "remove it when no pod refers to it any more"},
	{ID: "KeyOfPod", Kinds: configMaps, Fields: []string{"data[]", "binaryData[]"}, Class: Safe, When: func(c *change) bool { return c.after == nil && c.w.keyOfGonePod(c) },
		Why: "the pod that reads the key is removed, too"},
	{ID: "KeyRemoved", Kinds: configMaps, Fields: []string{"data[]", "binaryData[]"}, Class: Disruptive, When: func(c *change) bool { return c.after == nil },
		Why: "pods that need the key do not start again", Who: "{readers}", Instead: "remove it when no pod refers to it any more"},
	{ID: "ReplicaSet", Kinds: configMaps, Fields: []string{"data[]"}, Class: Disruptive, When: changesIn(horizons),
		Why: "MongoDB has the members and their horizons from rs.initiate, rs.add and rs.reconfig, and not from the file; and pods that run keep the old file until they restart",
		Who: "{readers}", Instead: "rs.add new members, restart the pods, and then load the file and run rs.reconfig"},
	{ID: "InitialCluster", Kinds: configMaps, Fields: []string{"data[]"}, Class: Disruptive, When: changesIn(initialCluster),
		Why: "etcd reads the list only when a member starts for the first time: members that run ignore the change, and a new one does not join a cluster that does not have it",
		Who: "the pods that are added", Instead: "run etcdctl member add for each new member before its pod starts, and let it start with initial-cluster-state: existing"},
	{ID: "QuorumLost", Kinds: configMaps, Fields: []string{"data[]"}, Class: Disruptive, When: func(c *change) bool { return losesQuorum(voters, c) || losesQuorum(ensemble, c) },
		Why: "half of the members of the quorum or more are removed at once: those that stay are no majority of the list that they have until they restart, and elect no leader",
		Who: "{readers}", Instead: "remove fewer members at a time, so that those that stay are a majority, and restart the pods after each step"},
	{ID: "ConfigRestarts", Kinds: configMaps, Fields: []string{"data[]", "binaryData[]"}, Class: Disruptive, When: readersRestart,
		Why: "the pods read it when they start, and they restart: their template changes with it", Who: "{readers}"},
	{ID: "Voters", Kinds: configMaps, Fields: []string{"data[]"}, Class: Disruptive, When: changesIn(voters),
		Why: "all members of a quorum must have the same list of voters, and pods that run read it only when they start again: until then, they have another list than new pods",
		Who: "{readers}", Instead: "restart all pods after the change; brokers are added without it where the controllers are apart, as with profile kafka-controllers"},
	{ID: "Ensemble", Kinds: configMaps, Fields: []string{"data[]"}, Class: Disruptive, When: changesIn(ensemble),
		Why: "all servers of a ZooKeeper ensemble must have the same list of servers, and pods that run read it only when they start again: until then, they have another list than new pods",
		Who: "{readers}", Instead: "restart the pods one after the other, the leader last: the new servers join with a majority of the new list"},
	{ID: "ConfigGrows", Kinds: configMaps, Fields: []string{"data[]"}, Class: Safe, When: func(c *change) bool { return c.before == nil || c.after != nil && seedsGrow(c) },
		Why: "keys are added, or entries of a list of pods to begin with; pods that run do not need them"},
	{ID: "ListGrows", Kinds: configMaps, Fields: []string{"data[]"}, Class: Disruptive, When: func(c *change) bool { return listGrows(str(c.before), str(c.after)) },
		Why: "entries are added to a list, and pods that run have the old list until they restart", Who: "{readers}", Instead: "if the pods need the new entries, restart them one after the other: kubectl rollout restart"},
	{ID: "ConfigChanged", Kinds: configMaps, Fields: []string{"data[]", "binaryData[]"}, Class: Disruptive,
		Why: "pods keep what they read when they started, in variables and in files mounted by subPath, until they restart", Who: "{readers}", Instead: "restart the pods one after the other: kubectl rollout restart"},
}

// A memberList is how the list of all members is written in the settings of an engine.
type memberList struct {
	key  func() *regexp.Regexp // of the ConfigMap, if the list is all that it has
	line func() *regexp.Regexp // from its beginning, or from within, to what stands in front of the list
}

// named returns the list that has one of the names, as a regular expression.
func named(names string) memberList {
	return memberList{source.Pattern(`(?i)^(.*[.])?(` + names + `)$`), source.Pattern(`(?i)(^|[\s,{.])(` + names + `)["']?\s*[=: ]`)}
}

// The lists of which a change is more than new places to begin. Sources: Kafka's controller.quorum.voters; ZooKeeper
// Administrator's Guide, server.x; MongoDB, rs.initiate with horizons; etcd's initial-cluster and
// ETCD_INITIAL_CLUSTER.
var (
	voters         = named(`[\w.]*voters`)
	ensemble       = named(`server\.[0-9]+`)
	horizons       = named(`horizons`)
	initialCluster = named(`(etcd_)?initial[-_]cluster`)
)

// seeds are the lists of pods to begin with: pods find all others from there, so that those that run do not need
// new entries. Sources: Kafka's controller.quorum.bootstrap.servers, discovery.seed_hosts of Elasticsearch,
// seed_provider of Cassandra, seed_servers of Redpanda, mesh-seed-address-port of Aerospike, member-list of
// Hazelcast, routes of NATS, dbms.cluster.endpoints of Neo4j; servers and peers are keys of our profiles for
// Neo4j and Sentinel.
var seeds = memberList{key: named(seedNames + `|servers|peers`).key, line: named(seedNames).line}

const seedNames = `[\w.]*bootstrap[._]servers|[\w.]*seed_hosts|seeds|seed_servers|mesh-seed-address-port|member-list|routes|[\w.]*cluster[._]+endpoints`

// changesIn returns a condition of a rule: the settings of a list have another value.
func changesIn(l memberList) func(*change) bool {
	return func(c *change) bool {
		before, after := l.values(c.key, c.before), l.values(c.key, c.after)
		return len(before) > 0 && len(after) > 0 && !slices.Equal(before, after)
	}
}

// losesQuorum reports whether so many members are taken out of a list that the others are no majority of it.
func losesQuorum(l memberList, c *change) bool {
	before, after := l.members(c.key, c.before), l.members(c.key, c.after)
	kept := slices.DeleteFunc(slices.Clone(before), func(m string) bool { return !slices.Contains(after, m) })
	return len(after) > 0 && len(after) < len(before) && 2*len(kept) <= len(before)
}

// members returns the members that a text lists: each setting is a member, or has several of them.
func (l memberList) members(key string, v any) []string {
	var out []string
	for _, value := range l.values(key, v) {
		out = append(out, strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	return out
}

// values returns the values of a list in a text: all of it, or what follows the setting in a line.
func (l memberList) values(key string, v any) []string {
	content, _ := v.(string)
	if l.key().MatchString(key) {
		return []string{strings.TrimSpace(content)}
	}
	var out []string
	for line := range strings.Lines(content) {
		if at := l.line().FindStringIndex(line); at != nil {
			out = append(out, strings.TrimSpace(line[at[1]:]))
		}
	}
	return out
}

// seedsGrow reports whether a text only gets more entries of lists of pods to begin with.
func seedsGrow(c *change) bool {
	before, after := str(c.before), str(c.after)
	if !listGrows(before, after) {
		return false
	}
	if seeds.key().MatchString(c.key) {
		return true
	}
	was, under := strings.Split(before, "\n"), false
	for line := range strings.SplitSeq(after, "\n") {
		if item := strings.TrimSpace(line); !strings.HasPrefix(item, "- ") {
			under = seeds.line().MatchString(line)
		}
		if i := slices.Index(was, line); i >= 0 {
			was = slices.Delete(was, i, i+1)
		} else if !under {
			return false
		}
	}
	return true
}

// listGrows reports whether a text only gets more words, such as entries of lists.
func listGrows(before, after string) bool {
	words := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,;\n\t\"'[](){}", r) })
	}
	rest := words(after)
	for _, word := range words(before) {
		i := slices.Index(rest, word)
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
	}
	return true
}

// readersRestart reports whether the templates of all workloads that read a ConfigMap change what their pods read when they
// start.
func readersRestart(c *change) bool {
	hash := func(o *object) any {
		return child(o.tree, "spec", "template", "metadata", "annotations")[workload.HashAnnotation]
	}
	found := false
	for _, is := range c.w.reading(c.subject()) {
		i := slices.IndexFunc(c.w.was, func(o *object) bool { return o.Kind == is.Kind && o.patch == is.patch && sameName(o, is) })
		switch {
		case i < 0 && is.patch: // the first one
		case i < 0 || hash(is) == nil || hash(is) == hash(c.w.was[i]):
			return false
		}
		found = true
	}
	return found
}
