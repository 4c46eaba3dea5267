package plan

import (
	"slices"
	"strconv"
	"strings"
)

// GatewayPorts are what clients reach at a Gateway for a port of a component.
type GatewayPorts struct {
	Component, PortName string
	Gateway             string // as kind, namespace and name
	Ports               string // of the listeners, as "port 9094" or "ports 9094-9097"
}

// gatewayPorts collects the listeners by port of a component.
func gatewayPorts(rows []Row) []GatewayPorts {
	var out []GatewayPorts
	ports := map[GatewayPorts][]int32{}
	for _, r := range rows {
		if r.Gateway == "" || r.ListenerPort == 0 {
			continue
		}
		of := GatewayPorts{Component: r.Component, PortName: r.PortName, Gateway: r.Gateway}
		if _, ok := ports[of]; !ok {
			out = append(out, of)
		}
		ports[of] = append(ports[of], r.ListenerPort)
	}
	for i, of := range out {
		out[i].Ports = ranges(ports[of])
	}
	return out
}

// ranges names numbers for people.
func ranges(numbers []int32) string {
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	if len(numbers) == 1 {
		return "port " + strconv.Itoa(int(numbers[0]))
	}
	var out []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		one := strconv.Itoa(int(numbers[i]))
		if j > i {
			one += "-" + strconv.Itoa(int(numbers[j]))
		}
		out, i = append(out, one), j+1
	}
	return "ports " + strings.Join(out, ", ")
}
