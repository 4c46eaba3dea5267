package strimzi

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/generators/importer/fields"
	"sallyport.dev/generators/importer/services"
	"sallyport.dev/schemas/source"
	"sallyport.dev/schemas/v1alpha1"
)

// A brokerPool is a KafkaNodePool with the role broker, or the brokers of a Kafka resource without
// pools.
type brokerPool struct {
	*fields.Fields
	name     string // "": there are no pools
	workload string // of the StrimziPodSet
	ids      []int32

	copied map[string]string // the labels that Services have from the resource
	perPod metadata          // of the template of Services for single brokers
}

// A brokerGroup has the pools that are one component: their ids do not overlap.
type brokerGroup struct {
	name  string
	pools []*brokerPool
}

// readBrokers finds out which brokers there are.
func (k *kafkaCluster) readBrokers(kafka *fields.Fields, docs []*source.Document) bool {
	replicas := kafka.Number("replicas")
	if len(docs) == 0 && replicas == nil {
		k.Errorf(source.Required, "spec", "put the KafkaNodePools of the cluster into the same input: kubectl get kafka,kafkanodepools -o yaml",
			"the input has no KafkaNodePool with the label strimzi.io/cluster: %s, so that nothing says which brokers there are", k.name)
		return false
	}
	if len(docs) == 0 && isTooMany(kafka, *replicas) {
		return false
	}
	if len(docs) == 0 {
		p := &brokerPool{Fields: k.Fields, workload: k.name + "-kafka", ids: upTo(*replicas), copied: k.copied, perPod: k.perPod}
		k.groups = []*brokerGroup{{name: "broker", pools: []*brokerPool{p}}}
		return len(p.ids) > 0 || k.noBrokers()
	}
	before := len(k.In.Found)
	k.groups = brokerGroups(k.brokerPools(docs))
	if len(k.In.Found) > before {
		return false
	}
	return len(k.groups) > 0 || k.noBrokers()
}

func (k *kafkaCluster) noBrokers() bool {
	k.Errorf(source.Required, "spec", "put the KafkaNodePool with the role broker into the input", "no KafkaNodePool of the cluster has brokers")
	return false
}

// upTo returns the numbers from 0.
func upTo(n int32) []int32 {
	var out []int32
	for i := range n {
		out = append(out, i)
	}
	return out
}

// isTooMany reports a number of replicas that is larger than a spec can have.
func isTooMany(f *fields.Fields, replicas int32) bool {
	if replicas > v1alpha1.MaxReplicas {
		f.Errorf(source.NumberRange, "replicas", "write the number that there is", "%d is more than %d, the most that a spec can have", replicas, v1alpha1.MaxReplicas)
		return true
	}
	return false
}

// brokerPools returns the pools with brokers. Ids are those of the status, or else those that the
// operator will assign: the lowest that are free, pool by pool in the order of their names.
func (k *kafkaCluster) brokerPools(docs []*source.Document) []*brokerPool {
	docs = slices.SortedFunc(slices.Values(docs), func(a, b *source.Document) int {
		return cmp.Compare(a.Object().Name, b.Object().Name)
	})
	used := map[int32]bool{}
	pools := make([]*brokerPool, len(docs))
	for i, doc := range docs {
		f := fields.Of(k.In, doc)
		pools[i] = &brokerPool{Fields: f, name: doc.Object().Name, workload: k.name + "-" + doc.Object().Name, ids: f.Child("status").Numbers("nodeIds")}
		slices.Sort(pools[i].ids)
		for _, id := range pools[i].ids {
			used[id] = true
		}
	}
	guessed := 0
	for _, p := range pools {
		guessed += p.assign(used)
	}
	var out []*brokerPool
	for _, p := range pools {
		spec := p.Child("spec")
		if slices.Contains(spec.Texts("roles"), "broker") && len(p.ids) > 0 {
			out = append(out, p)
			p.copied, p.perPod = copiedLabels(p.Fields), k.perPod
			if template := spec.Child("template"); template.Has("perPodService") {
				p.perPod = templateMeta(template, "perPodService")
			}
			if guessed > 0 && len(pools) > 1 {
				k.draft.Remark(p.Doc, p.Path("metadata"), "the broker ids %s are those that Strimzi assigns to new pools in the order of their names: "+
					"status.nodeIds of a running cluster has the real ones", runs(p.ids))
			}
		}
	}
	return out
}

// assign completes the ids of a pool as the operator does, and returns how many it has assigned.
func (p *brokerPool) assign(used map[int32]bool) int {
	replicas := p.Child("spec").Number("replicas")
	if replicas == nil {
		p.Errorf(source.Required, "spec", "write spec.replicas", "the pool has no number of replicas")
		return 0
	}
	if isTooMany(p.Child("spec"), *replicas) {
		return 0
	}
	want := int(*replicas)
	if len(p.ids) >= want {
		p.ids = p.ids[:max(want, 0)]
		return 0
	}
	next := nextIDs(p.Under("metadata", "annotations").Text("strimzi.io/next-node-ids"))
	assigned := 0
	for id, tried := int32(0), 0; len(p.ids) < want; tried++ {
		if tried < len(next) {
			id = next[tried]
		} else if tried == len(next) {
			id = 0
		}
		if !used[id] {
			used[id] = true
			p.ids = append(p.ids, id)
			assigned++
		}
		if tried >= len(next) {
			id++
		}
	}
	slices.Sort(p.ids)
	return assigned
}

// idRange is a part of the annotation strimzi.io/next-node-ids.
var idRange = source.Pattern(`^(\d{1,9})(?:\s*-\s*(\d{1,9}))?$`)

// nextIDs returns the ids of the annotation strimzi.io/next-node-ids, such as [0, 10-12, 20-18].
func nextIDs(text string) []int32 {
	var out []int32
	for _, part := range strings.Split(strings.Trim(strings.TrimSpace(text), "[]"), ",") {
		m := idRange().FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			continue
		}
		from, _ := strconv.Atoi(m[1])
		to := from
		if m[2] != "" {
			to, _ = strconv.Atoi(m[2])
		}
		step := cmp.Or(cmp.Compare(to, from), 1)
		for id := from; len(out) < v1alpha1.MaxReplicas; id += step {
			out = append(out, int32(id))
			if id == to {
				break
			}
		}
	}
	return out
}

// runs writes ids as Strimzi's annotations do: 0-2, 5.
func runs(ids []int32) string {
	var out []string
	for i := 0; i < len(ids); {
		last := i
		for last+1 < len(ids) && ids[last+1] == ids[last]+1 {
			last++
		}
		text := strconv.Itoa(int(ids[i]))
		if last > i {
			text += "-" + strconv.Itoa(int(ids[last]))
		}
		out, i = append(out, text), last+1
	}
	return strings.Join(out, ", ")
}

// brokerGroups returns all pools as one component, or each as a component of its own if the ranges of their
// ids overlap: ids are unique in a component, and those of a workload are one range.
func brokerGroups(pools []*brokerPool) []*brokerGroup {
	if len(pools) == 0 {
		return nil
	}
	slices.SortFunc(pools, func(a, b *brokerPool) int { return cmp.Compare(a.ids[0], b.ids[0]) })
	overlap := false
	for i, p := range pools[1:] {
		overlap = overlap || p.ids[0] <= pools[i].ids[len(pools[i].ids)-1]
	}
	if !overlap {
		return []*brokerGroup{{name: "broker", pools: pools}}
	}
	var out []*brokerGroup
	for _, p := range pools {
		out = append(out, &brokerGroup{name: p.name, pools: []*brokerPool{p}})
	}
	return out
}

// component returns the component without ports and entries.
func (g *brokerGroup) component(k *kafkaCluster) v1alpha1.Component {
	first := g.pools[0]
	c := v1alpha1.Component{Name: g.name, Selector: v1alpha1.StringMap{}}
	c.Workload, c.Replicas, c.Ordinals = k.called(strings.TrimPrefix(first.workload, k.name)), first.replicas(), first.ordinals()
	for _, p := range g.pools[1:] {
		c.Pools = append(c.Pools, v1alpha1.Pool{Workload: k.called(strings.TrimPrefix(p.workload, k.name)), Replicas: p.replicas(), Ordinals: p.ordinals()})
	}
	services.SetAll(&c.Selector, k.selector())
	if first.name != "" {
		services.SetKey(&c.Selector, "strimzi.io/broker-role", "true")
	}
	return c
}

// selector are the labels of all pods of the cluster.
func (k *kafkaCluster) selector() map[string]string {
	return map[string]string{"strimzi.io/cluster": k.called(""), "strimzi.io/kind": "Kafka", "strimzi.io/name": k.called("-kafka")}
}

// podSelector are the labels of one pod.
func (g *brokerGroup) podSelector(k *kafkaCluster) map[string]string {
	out := k.selector()
	out["strimzi.io/pod-name"] = "$(pod)"
	if len(g.pools) == 1 && g.pools[0].name != "" {
		out["strimzi.io/pool-name"] = g.pools[0].name
	}
	return out
}

// replicas are as many as it takes to have all ids, in one range.
func (p *brokerPool) replicas() *int32 { return new(p.ids[len(p.ids)-1] - p.ids[0] + 1) }

func (p *brokerPool) ordinals() *v1alpha1.Ordinals {
	if p.ids[0] == 0 {
		return nil
	}
	return &v1alpha1.Ordinals{Start: new(p.ids[0])}
}

func (p *brokerPool) hasHoles() bool { return int(*p.replicas()) != len(p.ids) }

// pods returns the pods of a component by id, which is their ordinal.
func (g *brokerGroup) pods() []services.Pod {
	var out []services.Pod
	for _, p := range g.pools {
		for _, id := range p.ids {
			out = append(out, services.PodOf(p.workload, id))
		}
	}
	return out
}

// labelled adds the labels and annotations of a broker's pool.
func (g *brokerGroup) labelled(m *services.Made) {
	pool := g.pools[slices.IndexFunc(g.pools, func(b *brokerPool) bool { return b.workload == m.Workload })]
	m.Annotations = services.Merged(m.Annotations, pool.perPod.annotations)
	m.Labels = services.Merged(pool.copied, m.Labels, pool.perPod.labels)
}

// only names the pods if the ids have holes, so that there are ids without a pod.
func (g *brokerGroup) only() []string {
	if !slices.ContainsFunc(g.pools, (*brokerPool).hasHoles) {
		return nil
	}
	var out []string
	for _, p := range g.pods() {
		out = append(out, p.PodName)
	}
	return out
}

// copiedLabels are those that the operator copies from a resource to the Services that it makes of it.
func copiedLabels(f *fields.Fields) map[string]string {
	out := f.Under("metadata").Pairs("labels")
	maps.DeleteFunc(out, func(k, _ string) bool {
		return strings.HasPrefix(k, "strimzi.io/") || strings.HasPrefix(k, "app.kubernetes.io/") || strings.HasPrefix(k, "kustomize.toolkit.fluxcd.io")
	})
	return out
}
