package decide

import (
	"math"

	"sallyport.dev/generators/finding"
	"sallyport.dev/generators/plan"
	"sallyport.dev/schemas/source"
)

// nth is a pod's place among those that the component may have, by id, from 0.
func (c *component) nth(pod *plan.Pod) int32 { return max(0, pod.ID-c.firstID) }

// count decides the numbers that pods listen on for the ports that count up from pod to pod. A
// number that is no port is 0.
func (c *component) count() {
	pods := c.Pods
	if len(pods) == 0 {
		pods = c.exemplars
	}
	for _, port := range c.Spec.Ports {
		if *port.Step <= 0 {
			continue
		}
		numbers := make([]int32, len(pods))
		for i := range pods {
			if n := c.reserved.nth(series{port.ContainerPort, *port.Step}, c.nth(&pods[i])); n <= math.MaxUint16 {
				numbers[i] = int32(n)
			}
		}
		if c.Counted == nil {
			c.Counted = map[string][]int32{}
		}
		c.Counted[port.Name] = numbers
	}
}

// checkListening checks that the ports of each pod have different numbers, after they are counted
// up. Validation has checked those of the first pod.
func (c *component) checkListening(found *finding.Findings) {
	if len(c.Counted) == 0 {
		return
	}
	for i := range c.Pods {
		pod := &c.Pods[i]
		for j := range c.Spec.Ports {
			port := &c.Spec.Ports[j]
			at := c.Path.Field("ports").Item("name", port.Name)
			if c.Listens(port, pod) == 0 {
				found.ErrorOnce(source.NumberRange, at.Field("step"), "write a smaller step, start with a lower number, or reduce the pods",
					"counted up from %d, the number of pod %s is more than %d", port.ContainerPort, pod.Name, math.MaxUint16)
			} else if c.nth(pod) > 0 {
				c.checkListener(found, pod, j, at)
			}
		}
	}
}

// checkListener checks that none of the ports before the nth one has its number.
func (c *component) checkListener(found *finding.Findings, pod *plan.Pod, nth int, at source.Path) {
	port := &c.Spec.Ports[nth]
	number := c.Listens(port, pod)
	for i := range nth {
		if other := &c.Spec.Ports[i]; other.Protocol == port.Protocol && c.Listens(other, pod) == number {
			found.ErrorOnce(source.PortClash, at, "write another step or containerPort for one of them",
				"pod %s would listen on %d/%s for two ports, %s and %s", pod.Name, number, port.Protocol, other.Name, port.Name)
		}
	}
}
