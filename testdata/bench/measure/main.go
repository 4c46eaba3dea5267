// Measure runs one program and prints what it cost: nanoseconds of wall time, kibibytes
// of memory at its peak, bytes that came out. It is a program of its own, and imports
// next to nothing, because Linux counts the memory of whoever starts a program to that
// program's peak.
package main

import (
	"os"
	"strconv"
	"syscall"
	"time"
)

// usage: measure STDIN PROGRAM [ARGUMENT]...
func main() {
	stdin, err := os.Open(os.Args[1])
	check(err)
	out, in, err := os.Pipe()
	check(err)
	buf := make([]byte, 64<<10)
	start := time.Now()
	p, err := os.StartProcess(os.Args[2], os.Args[2:], &os.ProcAttr{Files: []*os.File{stdin, in, os.Stderr}})
	check(err)
	in.Close()
	size := 0
	for n := 0; err == nil; size += n {
		n, err = out.Read(buf)
	}
	state, err := p.Wait()
	wall := time.Since(start)
	check(err)
	peak := state.SysUsage().(*syscall.Rusage).Maxrss
	report(wall.Nanoseconds(), peak, int64(size))
	os.Exit(state.ExitCode())
}

// report prints numbers without the fmt package.
func report(numbers ...int64) {
	var line []byte
	for _, n := range numbers {
		line = append(strconv.AppendInt(line, n, 10), ' ')
	}
	os.Stdout.Write(append(line, '\n'))
}

func check(err error) {
	if err != nil {
		os.Stderr.WriteString("measure: " + err.Error() + "\n")
		os.Exit(2)
	}
}
