package picture_test

import (
	"runtime/debug"
	"testing"
)

// TestMain collects garbage rarely: it takes a quarter less time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	m.Run()
}
