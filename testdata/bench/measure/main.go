// Measure runs one program and prints its cost: nanoseconds of wall time, kibibytes of memory
// at its peak, bytes of output, microseconds of CPU. It is a separate program with almost no imports, because on
// Linux the peak memory of a program includes that of the process that starts it.
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
	cpu := state.UserTime() + state.SystemTime()
	report(wall.Nanoseconds(), peak, int64(size), cpu.Microseconds())
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
