package services

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// A Pod is a pod that Services lead to.
type Pod struct {
	PodName  string // its name: WORKLOAD-ORDINAL
	Workload string
	Ordinal  int32
	Known    []string // templates that the input has, which are better than those that are found
}

// PodOf returns a pod of a StatefulSet.
func PodOf(workload string, ordinal int32) Pod {
	return Pod{PodName: fmt.Sprintf("%s-%d", workload, ordinal), Workload: workload, Ordinal: ordinal}
}

// Escaped returns a text that has no placeholders.
func Escaped(text string) string {
	if strings.Contains(text, "$(") || strings.Contains(text, "$$") {
		return strings.ReplaceAll(text, "$", "$$")
	}
	return text
}

// Expand fills a template of this package.
func (p Pod) Expand(template string) string {
	ordinal := strconv.Itoa(int(p.Ordinal))
	return expand(template, map[string]string{"pod": p.PodName, "workload": p.Workload, "ordinal": ordinal, "id": ordinal})
}

func expand(template string, values map[string]string) string {
	if !strings.Contains(template, "$") {
		return template
	}
	var b strings.Builder
	for {
		begin, end := v1alpha1.FindPlaceholder(template)
		b.WriteString(v1alpha1.Literal(template[:begin]))
		if end == 0 {
			return b.String()
		}
		b.WriteString(values[template[begin+2:end-1]])
		template = template[end:]
	}
}

// templates returns the texts with placeholders that can mean a text of a pod, the best first. A pod's
// name in it is one; else its ordinal, at each place and at all of them.
func (p Pod) templates(text string) []string {
	for _, template := range p.Known {
		if p.Expand(template) == text {
			return []string{template}
		}
	}
	if p.Workload == "" || !strings.Contains(text, strconv.Itoa(int(p.Ordinal))) {
		return nil
	}
	if parts := p.splitName(text); len(parts) > 1 {
		return []string{strings.Join(each(parts, Escaped), "$(pod)")}
	}
	return p.ordinals(text)
}

func each(all []string, f func(string) string) []string {
	out := make([]string, len(all))
	for i, one := range all {
		out[i] = f(one)
	}
	return out
}

// splitName splits a text at the pod's name, where no other digit follows.
func (p Pod) splitName(text string) []string {
	parts := strings.Split(text, p.PodName)
	for i := 1; i < len(parts); {
		if parts[i] != "" && parts[i][0] >= '0' && parts[i][0] <= '9' {
			parts[i-1] += p.PodName + parts[i]
			parts = slices.Delete(parts, i, i+1)
			continue
		}
		i++
	}
	return parts
}

// ordinals returns the text with the ordinal as placeholder: everywhere, and at each single place.
func (p Pod) ordinals(text string) []string {
	number := strconv.Itoa(int(p.Ordinal))
	var runs []string // of digits and of others, in turns
	digit := false
	for i := range len(text) {
		is := text[i] >= '0' && text[i] <= '9'
		if i == 0 || is != digit {
			runs = append(runs, "")
		}
		runs[len(runs)-1] += text[i : i+1]
		digit = is
	}
	at := func(places func(int) bool) string {
		var b strings.Builder
		for i, run := range runs {
			if run == number && places(i) {
				b.WriteString("$(ordinal)")
			} else {
				b.WriteString(Escaped(run))
			}
		}
		return b.String()
	}
	out := []string{at(func(int) bool { return true })}
	places := 0
	for i, run := range runs {
		if run == number && places < 8 {
			places++
			out = append(out, at(func(j int) bool { return i == j }))
		}
	}
	return out
}

// templated replaces the texts of pods by the template that most of them have in common; a nil stays.
// Texts that are not of the template are escaped.
func templated(pods []Pod, texts []*string) []*string {
	template := common(pods, texts)
	out := make([]*string, len(texts))
	for i, t := range texts {
		switch {
		case t == nil:
		case template != "" && pods[i].Expand(template) == *t:
			out[i] = &template
		default:
			out[i] = new(Escaped(*t))
		}
	}
	return out
}

// common returns the template of most texts; "" if they are equal, or have none.
func common(pods []Pod, texts []*string) string {
	first := slices.IndexFunc(texts, func(t *string) bool { return t != nil })
	if first < 0 {
		return ""
	}
	equal := !slices.ContainsFunc(texts, func(t *string) bool { return t != nil && *t != *texts[first] })
	if len(texts) > 1 && equal {
		return ""
	}
	best, most := "", 1
	if len(texts) == 1 {
		most = 0
	}
	tried := 0
	for i, t := range texts {
		if t == nil || tried > 4 {
			continue
		}
		tried++
		for _, template := range pods[i].templates(*t) {
			if len(texts) == 1 && !strings.Contains(template, "$(pod)") && !slices.Contains(pods[i].Known, template) {
				continue
			}
			if n := matches(pods, texts, template); n > most {
				best, most = template, n
			}
		}
	}
	return best
}

func matches(pods []Pod, texts []*string, template string) int {
	n := 0
	for i, t := range texts {
		if t != nil && pods[i].Expand(template) == *t {
			n++
		}
	}
	return n
}
