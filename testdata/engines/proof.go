package main

import (
	"cmp"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A proof is a spec and the engine that reads what Sallyport generates from it.
type proof struct {
	name   string // GROUP/WHAT
	spec   string // a directory of examples, or a file of specs
	engine engine
	world
	ways   []way // how clients come in, if not by the only line of bootstrap addresses
	inside bool  // no pod connects to another through the edge
}

// A way is a line of bootstrap addresses with the client that uses it.
type way struct {
	bootstrap string            // COMPONENT PORT, or COMPONENT
	client    string            // a key of clients, if not that of the engine
	options   map[string]string // for the client
	learns    string            // the COMPONENT PORT whose addresses servers advertise, if another
	any       bool              // one address for all pods: whichever answers
}

// An engine is the recipe of a server.
type engine struct {
	client     string                            // a key of clients
	advertised string                            // matches what a pod advertises, in one of its files; its group is a number
	at         string                            // matches the number in an address that changes with it; a port if empty
	ready      string                            // matches the log of a pod that is ready
	limit      time.Duration                     // until it is ready
	fetch      func(*lab) string                 // gets the server, and returns its version
	server     func(*lab, *pod) process          // what runs in a pod
	form       func(*lab)                        // makes a cluster of servers that are ready, or nil
	refresh    func(*lab)                        // makes servers forget what was advertised before, or nil
	identity   func(*lab, *pod) string           // what clients call the pod
	options    func(*lab, way) map[string]string // for the client, or nil
}

// specFile returns the spec of an example, or else that of a file of specs.
func specFile(name string) string {
	if file := filepath.Join("examples", name, "spec.yaml"); exists(file) {
		return file
	}
	return filepath.Join(module, "specs", name+".yaml")
}

// alteredAddress is what servers advertise after that.
func (e engine) alteredAddress(at string) string {
	return replaceGroup(regexp.MustCompile(cmp.Or(e.at, `:(\d+)$`)), at, alterNumber)
}

// alterNumber returns another port, or another last number of an address.
func alterNumber(text string) string {
	n, _ := strconv.Atoi(text) // the group has digits only
	return strconv.Itoa(n + 77)
}

// replaceGroup replaces the first group of each match.
func replaceGroup(re *regexp.Regexp, text string, by func(string) string) string {
	var b strings.Builder
	last := 0
	for _, at := range re.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[last:at[2]])
		b.WriteString(by(text[at[2]:at[3]]))
		last = at[3]
	}
	return b.String() + text[last:]
}
