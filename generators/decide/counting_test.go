package decide

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestNth compares with a walk through the series.
func TestNth(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 0))
		s := series{base: 1 + r.Int32N(50), step: r.Int32N(4)}
		if r.IntN(3) == 0 {
			s.base += math.MaxUint16 - 100
		}
		var in []int32
		for range r.IntN(60) {
			in = append(in, s.base-20+r.Int32N(100))
		}
		reserved := newReservedPorts(in)
		for id := int32(-3); id < 60; id++ {
			if want, got := walked(s, id, in), reserved.nth(s, id); got != want {
				t.Fatalf("seed %d: number %d of %v without %v is %d, not %d", seed, id, s, in, got, want)
			}
		}
	}
}

// walked is the number of the id-th step that meets nothing reserved, or the first one
// that is no port.
func walked(s series, id int32, reserved []int32) int64 {
	if s.step == 0 {
		return int64(s.base)
	}
	n := int64(s.base) + int64(s.step)*int64(id)
	for ; n <= math.MaxUint16; n += int64(s.step) {
		passed := 0
		for at := int64(s.base); at <= n; at += int64(s.step) {
			if slices.Contains(reserved, int32(at)) {
				passed++
			}
		}
		if n == int64(s.base)+int64(s.step)*(int64(id)+int64(passed)) {
			return n
		}
	}
	return n
}
