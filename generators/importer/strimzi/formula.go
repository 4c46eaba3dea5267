package strimzi

import (
	"strconv"
	"strings"
)

// portFormula computes a formula of Strimzi's advertisedPortTemplate: whole numbers, {nodeId}, +, -, *
// and parentheses.
func portFormula(text string, id int32) (int64, bool) {
	const most = 200 // characters: more is no formula that somebody writes
	if len(text) > most {
		return 0, false
	}
	text = strings.ReplaceAll(text, "{nodeId}", strconv.Itoa(int(id)))
	f := formula{rest: strings.Join(strings.Fields(text), "")}
	n := f.sum()
	return n, f.rest == "" && !f.wrong
}

// A formula is what is left to be read of one.
type formula struct {
	rest  string
	wrong bool
}

// next takes one of the signs, and returns it, or 0.
func (f *formula) next(signs string) byte {
	if f.rest == "" || !strings.Contains(signs, f.rest[:1]) {
		return 0
	}
	sign := f.rest[0]
	f.rest = f.rest[1:]
	return sign
}

func (f *formula) sum() int64 {
	n := f.product()
	for {
		switch f.next("+-") {
		case '+':
			n += f.product()
		case '-':
			n -= f.product()
		default:
			return n
		}
	}
}

func (f *formula) product() int64 {
	n := f.value()
	for f.next("*") != 0 {
		n *= f.value()
		f.wrong = f.wrong || n > 1<<31 || n < -1<<31
	}
	return n
}

func (f *formula) value() int64 {
	if f.next("(") != 0 {
		n := f.sum()
		f.wrong = f.wrong || f.next(")") == 0
		return n
	}
	if f.next("-") != 0 {
		return -f.value()
	}
	digits := len(f.rest) - len(strings.TrimLeft(f.rest, "0123456789"))
	n, err := strconv.ParseInt(f.rest[:digits], 10, 32)
	f.rest = f.rest[digits:]
	f.wrong = f.wrong || err != nil
	return n
}
