package services

import (
	"net/netip"
	"reflect"
)

// ranges writes runs of three addresses and more as a-b.
func ranges(all []string) []string {
	var out []string
	for i := 0; i < len(all); {
		n := 1
		last, err := netip.ParseAddr(all[i])
		for err == nil && i+n < len(all) && last.Next().IsValid() && all[i+n] == last.Next().String() {
			last = last.Next()
			n++
		}
		if n < 3 {
			out = append(out, all[i])
			i++
			continue
		}
		out = append(out, all[i]+"-"+last.String())
		i += n
	}
	return out
}

// IsZero reports whether a value is the empty one of its type.
func IsZero(v any) bool { return reflect.ValueOf(v).IsZero() }
