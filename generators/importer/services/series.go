package services

import (
	"slices"
	"strconv"
	"strings"

	"sallyport.dev/schemas/v1alpha1"
)

// A series is base, base+step, base+2·step, ... by the position of pods.
type series struct{ base, step int32 }

func (s series) at(n int32) int32 { return s.base + s.step*n }

// usualSteps are how far numbers plausibly count up where only two pods show it.
var usualSteps = []int32{0, 1, 2, 3, 4, 5, 10, 20, 50, 100, 1000, 10000}

// maxStep is more than people count up by.
const maxStep = 10000

// seriesOf returns the series that most numbers are of, and how many are: half of them and at least two,
// unless there is one pod. A zero is no number. Nth are the positions of the pods.
func seriesOf(numbers, nth []int32) (best series, most int) {
	if len(numbers) == 1 {
		if numbers[0] == 0 {
			return series{}, 0
		}
		return series{numbers[0], 0}, 1
	}
	tried := map[series]bool{}
	for i := 0; i+1 < len(numbers) && len(tried) < 64; i++ {
		d, n := numbers[i+1]-numbers[i], nth[i+1]-nth[i]
		if numbers[i] == 0 || numbers[i+1] == 0 || n <= 0 || d < 0 || d%n != 0 {
			continue
		}
		s := series{step: d / n}
		s.base = numbers[i] - s.step*nth[i]
		if s.base < 1 || s.step > maxStep || tried[s] {
			continue
		}
		tried[s] = true
		if count := s.count(numbers, nth); count > most && 2*count >= len(numbers) && (count > 2 || slices.Contains(usualSteps, s.step)) {
			best, most = s, count
		}
	}
	return best, most
}

func (s series) count(numbers, nth []int32) int {
	n := 0
	for i, number := range numbers {
		if number == s.at(nth[i]) {
			n++
		}
	}
	return n
}

// A portKey is a port that pods listen on.
type portKey struct {
	series
	protocol v1alpha1.Protocol
	app      string
}

// portList is the ports of a component.
type portList struct {
	ports []v1alpha1.Port
	names map[portKey]string
}

// name returns the name of a port, which it adds if it is new.
func (l *portList) name(k portKey, wanted string) string {
	if name, ok := l.names[k]; ok {
		return name
	}
	if l.names == nil {
		l.names = map[portKey]string{}
	}
	taken := func(name string) bool {
		return slices.ContainsFunc(l.ports, func(p v1alpha1.Port) bool { return p.Name == name })
	}
	name := wanted
	if taken(name) {
		name = numbered(wanted, k.base)
	}
	for taken(name) {
		name += "x"
	}
	p := v1alpha1.Port{Name: name, ContainerPort: k.base}
	if k.step != 0 {
		p.Step = new(k.step)
	}
	if k.protocol != v1alpha1.TCP {
		p.Protocol = k.protocol
	}
	if k.app != "" {
		p.AppProtocol = new(k.app)
	}
	l.ports, l.names[k] = append(l.ports, p), name
	return name
}

// numbered returns a name with a number behind it, short enough for a label.
func numbered(name string, n int32) string {
	suffix := "-" + strconv.Itoa(int(n))
	return strings.Trim(name[:min(len(name), 63-len(suffix))], "-") + suffix
}
