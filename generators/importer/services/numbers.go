package services

import (
	"slices"

	"sallyport.dev/schemas/v1alpha1"
)

// nodePortNumbers writes the node ports. One that is missing is written as 0 where others count up.
func nodePortNumbers(sp *v1alpha1.ServicePort, numbers, nth []int32, exact []v1alpha1.PodPort) {
	s, most := seriesOf(numbers, nth)
	if len(numbers) == 1 && most == 1 {
		s.step = 1
		s.base -= nth[0]
		if s.base < v1alpha1.NodePortMin {
			most = 0
		}
	}
	if most > 0 {
		sp.NodePort = new(s.base)
		if s.step != 1 {
			steps(sp).NodePort = new(s.step)
		}
	}
	for i, n := range numbers {
		switch {
		case most > 0 && n == s.at(nth[i]), most == 0 && n == 0:
		default:
			exact[i].NodePort = &n
		}
	}
}

func steps(sp *v1alpha1.ServicePort) *v1alpha1.Steps {
	if sp.Steps == nil {
		sp.Steps = &v1alpha1.Steps{}
	}
	return sp.Steps
}

// advertisedNumbers writes the numbers that clients connect to: the base and the step, and what single
// pods have otherwise.
func advertisedNumbers(e *v1alpha1.Service, p *v1alpha1.ServicePort, numbers, nth []int32, exact []v1alpha1.PodPort) {
	s, most := seriesOf(numbers, nth)
	byDefault := advertisedStep(e, p)
	if len(numbers) == 1 {
		s.step = byDefault
	}
	if most > 0 {
		p.AdvertisedPort = new(s.base)
		if s.step != byDefault {
			steps(p).AdvertisedPort = new(s.step)
		}
	}
	for i, n := range numbers {
		if n != 0 && (most == 0 || n != s.at(nth[i])) {
			exact[i].AdvertisedPort = new(n)
		}
	}
}

// advertisedStep is how far an advertised port counts up by itself: as the number that the type opens,
// and where pods share an address or a pool.
func advertisedStep(e *v1alpha1.Service, p *v1alpha1.ServicePort) int32 {
	switch lb := e.LoadBalancer; {
	case *e.Type == v1alpha1.NodePort && p.Steps != nil && p.Steps.NodePort != nil:
		return *p.Steps.NodePort
	case *e.Type == v1alpha1.NodePort, lb != nil && lb.Address != nil && *lb.Address != "":
		return 1
	case lb != nil && lb.EdgeLB != nil && lb.EdgeLB.Name != nil && !v1alpha1.Mentions(*lb.EdgeLB.Name, "pod", "ordinal", "id", "serviceName"):
		return 1
	}
	return 0
}

// frontends writes the ports of frontends, which clients connect to.
func frontends(e *v1alpha1.Service, sp *v1alpha1.ServicePort, all []reading, ports, nth []int32, exact []v1alpha1.PodPort) {
	numbers := make([]int32, len(all))
	for i, r := range all {
		numbers[i] = r.advertised[ports[i]]
	}
	if slices.Equal(numbers, ports) && (len(numbers) == 1 || advertisedStep(e, sp) == 0) {
		return
	}
	advertisedNumbers(e, sp, numbers, nth, exact)
}
