package encode

import (
	"io"
	"iter"
	"runtime"
)

// inOrder encodes runs of objects on all processors, and writes them in their order. A processor is at
// most two runs ahead of what is written, so that the memory is that of a few runs, however many
// there are.
func inOrder(w io.Writer, runs []iter.Seq[Object], encode func(*encoder, Object)) error {
	workers := min(runtime.GOMAXPROCS(0), len(runs))
	if workers <= 1 {
		return oneByOne(w, runs, encode)
	}
	full, free := make([]chan []byte, workers), make([]chan []byte, workers)
	for n := range workers {
		full[n], free[n] = make(chan []byte, 2), make(chan []byte, 2)
		free[n] <- nil
		free[n] <- nil
		go func() {
			e := newEncoder(nil)
			for i := n; i < len(runs); i += workers {
				e.buf = (<-free[n])[:0]
				for o := range runs[i] {
					encode(e, o)
				}
				full[n] <- e.buf
			}
		}()
	}
	var err error
	for i := range runs {
		text := <-full[i%workers]
		if err == nil { // after an error the others are taken, so that no worker waits for ever
			_, err = w.Write(text)
		}
		free[i%workers] <- text
	}
	return err
}

// oneByOne encodes runs on one processor, with one buffer.
func oneByOne(w io.Writer, runs []iter.Seq[Object], encode func(*encoder, Object)) error {
	e := newEncoder(w)
	for _, run := range runs {
		for o := range run {
			encode(e, o)
			if err := e.flush(bufferSize); err != nil {
				return err
			}
		}
	}
	return e.flush(0)
}
