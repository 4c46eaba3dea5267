package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
)

// A key identifies a cell of the table. A cost is its value.
type key struct {
	name     string
	replicas int
}

// The values of a cost are medians.
type cost struct {
	milliseconds float64 // by the clock
	cpu          float64 // milliseconds of all processors
	mebibytes    float64 // at the peak
}

// measure runs all contenders in turns.
func measure(in input, cs []contender, turns int, found map[key]cost) error {
	costs, err := inTurns(in.program("measure"), cs, turns)
	for name, c := range costs {
		found[key{name, in.replicas}] = c
	}
	return err
}

// inTurns runs programs in turns, and returns the cost of each by its name.
func inTurns(program string, cs []contender, turns int) (map[string]cost, error) {
	times, cpus, peaks := map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
	for range turns {
		for _, c := range cs {
			got, err := output("", append([]string{program, cmp.Or(c.stdin, os.DevNull)}, c.argv...)...)
			if err != nil {
				return nil, err
			}
			var ns, kib, size, us float64
			if _, err := fmt.Sscan(string(got), &ns, &kib, &size, &us); err != nil {
				return nil, fmt.Errorf("measuring %s: %w", c.name, err)
			}
			times[c.name], cpus[c.name], peaks[c.name] = append(times[c.name], ns/1e6), append(cpus[c.name], us/1e3), append(peaks[c.name], kib/1024)
		}
	}
	found := map[string]cost{}
	for name := range times {
		found[name] = cost{median(times[name]), median(cpus[name]), median(peaks[name])}
	}
	return found, nil
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

// report prints the tables.
func report(found map[key]cost) {
	table("milliseconds by the clock", "%.1f", func(k key) float64 { return found[k].milliseconds })
	table("milliseconds of CPU", "%.1f", func(k key) float64 { return found[k].cpu })
	table("times sallyport render, CPU", "%.2f", func(k key) float64 { return found[k].cpu / found[key{render, k.replicas}].cpu })
	table("MiB at the peak", "%.1f", func(k key) float64 { return found[k].mebibytes })
}

// goals prints each goal with whether it is met: by the CPU time, which other work on the machine changes
// less than the clock.
func goals(found map[key]cost, ours, framework cost) {
	fmt.Fprintf(out, "\n%-62s%8s%10s\n", "goals", "CPU", "by clock")
	goal := func(what string, a, b cost, percent float64, bound string, goal, stretch float64) {
		cpu, wall := percent*a.cpu/b.cpu, percent*a.milliseconds/b.milliseconds
		holds := func(limit float64) bool { return cpu <= limit }
		if bound == "at least" {
			holds = func(limit float64) bool { return cpu >= limit }
		}
		goalLine(what, bound, cpu, wall, goal, stretch, holds)
	}
	of := func(name string, n int) cost { return found[key{name, n}] }
	goal("3 replicas: render / a Go program that prints a line", of(render, 3), of(empty, 3), 1, "at most", 2.5, 2)
	goal("3 replicas: helm / render", of(helm, 3), of(render, 3), 1, "at least", 8, 8)
	goal("10,000 replicas: helm / render", of(helm, 10_000), of(render, 10_000), 1, "at least", 40, 60)
	goal("10,000 replicas: render / cat", of(render, 10_000), of(cat, 10_000), 1, "at most", 5, 3)
	peak := of(render, 10_000).mebibytes
	goalLine("10,000 replicas: MiB", "at most", peak, peak, 40, 40, func(limit float64) bool { return peak <= limit })
	goal("10,000 replicas / 1,000: render", of(render, 10_000), of(render, 1000), 1, "at most", 10, 10)
	goal("1,000 replicas: fn / kustomize with a generator, %", of(function, 1000), of(pulled, 1000), 100, "at most", 3, 3)
	goal("10,000 replicas: the framework's function / fn", of(kyamlFunction, 10_000), of(function, 10_000), 1, "at least", 30, 30)
	goal("10,000 objects of others: the framework's function / fn", framework, ours, 1, "at least", 20, 20)
}

func table(title, format string, value func(key) float64) {
	fmt.Fprintf(out, "\n%-48s", title)
	for _, size := range sizes {
		fmt.Fprintf(out, "%10d", size.replicas)
	}
	fmt.Fprintln(out)
	for _, name := range names {
		fmt.Fprintf(out, "%-48s", name)
		for _, size := range sizes {
			text := "-"
			if v := value(key{name, size.replicas}); v > 0 {
				text = fmt.Sprintf(format, v)
			}
			fmt.Fprintf(out, "%10s", text)
		}
		fmt.Fprintln(out)
	}
}

func goalLine(what, bound string, cpu, wall, goal, stretch float64, holds func(limit float64) bool) {
	verdict := "MISSED"
	switch {
	case holds(stretch):
		verdict = "met"
	case holds(goal):
		verdict = fmt.Sprintf("met, but not the stretch of %.4g", stretch)
	}
	fmt.Fprintf(out, "%-62s%8.2f%10.2f  %s %.4g: %s\n", what, cpu, wall, bound, goal, verdict)
}
