package randspec

import "flag"

var seeds = flag.Uint64("seeds", 25, "how many random inputs each property is held against; make properties takes 200, make fuzz 500")

// Seeds is how many random inputs each property is held against.
func Seeds() uint64 { return *seeds }
