package randspec

import "flag"

var seeds = flag.Uint64("seeds", 100, "how many random inputs each property is held against; make fuzz takes 500")

// Seeds is how many random inputs each property is held against.
func Seeds() uint64 { return *seeds }
