package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
)

// A key identifies a cell of the table. A cost is its value.
type key struct {
	name     string
	replicas int
}

type cost struct {
	milliseconds float64 // the median
	mebibytes    float64 // the median of the peak
}

// measure runs all contenders in turns.
func measure(in input, cs []contender, turns int, found map[key]cost) error {
	times, peaks := map[string][]float64{}, map[string][]float64{}
	for range turns {
		for _, c := range cs {
			stdin := cmp.Or(c.stdin, os.DevNull)
			out, err := output("", append([]string{in.program("measure"), stdin}, c.argv...)...)
			if err != nil {
				return err
			}
			var ns, kib, size float64
			if _, err := fmt.Sscan(string(out), &ns, &kib, &size); err != nil {
				return fmt.Errorf("measuring %s: %w", c.name, err)
			}
			times[c.name] = append(times[c.name], ns/1e6)
			peaks[c.name] = append(peaks[c.name], kib/1024)
		}
	}
	for name := range times {
		found[key{name, in.replicas}] = cost{median(times[name]), median(peaks[name])}
	}
	return nil
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

// report prints the tables and the goals.
func report(found map[key]cost) {
	table("milliseconds", "%.1f", func(k key) float64 { return found[k].milliseconds })
	table("times sallyport render", "%.2f", func(k key) float64 {
		return found[k].milliseconds / found[key{render, k.replicas}].milliseconds
	})
	table("MiB at the peak", "%.1f", func(k key) float64 { return found[k].mebibytes })
	fmt.Println("\ngoals")
	ratio := func(a string, n int, b string) float64 {
		return found[key{a, n}].milliseconds / found[key{b, n}].milliseconds
	}
	atMost := func(what string, got, goal, stretch float64) {
		goalLine(what, "at most", got, goal, stretch, got <= goal, got <= stretch)
	}
	atLeast := func(what string, got, goal, stretch float64) {
		goalLine(what, "at least", got, goal, stretch, got >= goal, got >= stretch)
	}
	atMost("3 replicas: render / a Go program that prints a line", ratio(render, 3, empty), 4.5, 2)
	atLeast("3 replicas: helm / render", ratio(helm, 3, render), 4, 8)
	atLeast("10,000 replicas: helm / render", ratio(helm, 10_000, render), 30, 60)
	atMost("10,000 replicas: render / cat", ratio(render, 10_000, cat), 8, 3)
	atMost("10,000 replicas: MiB", found[key{render, 10_000}].mebibytes, 40, 40)
	atMost("10,000 replicas / 1,000: render", found[key{render, 10_000}].milliseconds/found[key{render, 1000}].milliseconds, 10, 10)
	atMost("1,000 replicas: fn / kustomize with a generator, %", 100*ratio(function, 1000, pulled), 3, 3)
	atLeast("10,000 replicas: the framework's function / fn", ratio(kyamlFunction, 10_000, function), 30, 30)
}

func table(title, format string, value func(key) float64) {
	fmt.Printf("\n%-48s", title)
	for _, size := range sizes {
		fmt.Printf("%10d", size.replicas)
	}
	fmt.Println()
	for _, name := range names {
		fmt.Printf("%-48s", name)
		for _, size := range sizes {
			text := "-"
			if v := value(key{name, size.replicas}); v > 0 {
				text = fmt.Sprintf(format, v)
			}
			fmt.Printf("%10s", text)
		}
		fmt.Println()
	}
}

func goalLine(what, bound string, got, goal, stretch float64, met, stretched bool) {
	verdict := "MISSED"
	switch {
	case stretched:
		verdict = "met"
	case met:
		verdict = fmt.Sprintf("met, but not the stretch of %.4g", stretch)
	}
	fmt.Println(strings.TrimSpace(fmt.Sprintf("%-54s %8.2f  %s %.4g: %s", what, got, bound, goal, verdict)))
}
