package importer_test

import (
	"runtime/debug"
	"testing"
)

// TestMain collects garbage as rarely as the program does: it takes a quarter less time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	m.Run()
}
