package picture

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// spans shortens a list of names with numbers that follow each other: kafka-0 to kafka-2.
func spans(names []string) []string {
	return runs(names, " to ", func(a, b string) bool {
		x, y := numbered(a), numbered(b)
		return x.before == y.before && x.after == y.after && x.number >= 0 && x.number+1 == y.number
	})
}

// runs replaces each run of three or more texts by its first and its last one.
func runs(all []string, to string, follows func(a, b string) bool) []string {
	var out []string
	for i := 0; i < len(all); {
		j := i
		for j+1 < len(all) && follows(all[j], all[j+1]) {
			j++
		}
		if j > i+1 {
			out = append(out, all[i]+to+all[j])
		} else {
			out = append(out, all[i:j+1]...)
		}
		i = j + 1
	}
	return out
}

// A numberedName is a name around the number that differs from pod to pod: the last one in its first
// label.
type numberedName struct {
	before string
	number int // -1: none
	after  string
}

func numbered(name string) numberedName {
	label := name
	if i := strings.IndexAny(name, ".:"); i >= 0 {
		label = name[:i]
	}
	end := strings.LastIndexAny(label, "0123456789") + 1
	begin := end
	for begin > 0 && label[begin-1] >= '0' && label[begin-1] <= '9' {
		begin--
	}
	n, err := strconv.Atoi(name[begin:end])
	if err != nil || name[begin:end] != strconv.Itoa(n) {
		return numberedName{name, -1, ""}
	}
	return numberedName{name[:begin], n, name[end:]}
}

// addressRanges shortens a list of IP addresses that follow each other.
func addressRanges(all []string) []string {
	return runs(all, "-", func(a, b string) bool {
		x, err := netip.ParseAddr(a)
		y, err2 := netip.ParseAddr(b)
		return err == nil && err2 == nil && x.Next() == y
	})
}

// portRanges names port numbers in ascending order, each once.
func portRanges(numbers []int32) string {
	all := slices.Compact(slices.Sorted(slices.Values(numbers)))
	var out []string
	for i := 0; i < len(all); {
		j := i
		for j+1 < len(all) && all[j+1] == all[j]+1 {
			j++
		}
		if j > i {
			out = append(out, fmt.Sprintf("%d-%d", all[i], all[j]))
		} else {
			out = append(out, number(all[i]))
		}
		i = j + 1
	}
	return strings.Join(out, ", ")
}

// listed joins texts for people.
func listed(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}

// most is how many texts a list has before its middle is left out.
const most = 6

// abridged leaves out the middle of a long list, and counts it.
func abridged(all []string, noun string) string {
	if all = spans(all); len(all) <= most {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s, ..., %s (%d %s)", all[0], all[len(all)-1], len(all), noun)
}

// numbers reads port numbers.
func numbers(all []string) []int32 {
	var out []int32
	for _, text := range all {
		if n, err := strconv.ParseInt(text, 10, 32); err == nil {
			out = append(out, int32(n))
		}
	}
	return out
}

// shortened joins the ports of addresses HOST:PORT with the same host, and leaves out what follows from
// the first and the last address.
func shortened(addresses []string) []string {
	var hosts []string
	ports := map[string][]string{}
	for _, a := range addresses {
		i := strings.LastIndex(a, ":")
		if i < 0 {
			i = len(a)
		}
		hosts = append(hosts, a[:i])
		ports[a[:i]] = append(ports[a[:i]], strings.TrimPrefix(a[i:], ":"))
	}
	var out []string
	for _, h := range unique(hosts) {
		ports[h] = unique(ports[h])
		text := strings.Join(ports[h], ", ")
		if all := numbers(ports[h]); len(all) == len(ports[h]) {
			text = portRanges(all)
		}
		out = append(out, strings.TrimSuffix(h+":"+text, ":"))
	}
	if out = spans(out); len(out) > most {
		return []string{abridged(out, "addresses")}
	}
	return out
}

// unique returns texts without those that are there before.
func unique(all []string) []string {
	seen := make(map[string]bool, len(all))
	return slices.DeleteFunc(slices.Clone(all), func(text string) bool {
		was := seen[text]
		seen[text] = true
		return was
	})
}
