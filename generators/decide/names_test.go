package decide

import (
	"math/rand/v2"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation"

	"sallyport.dev/generators/plan"
)

// TestObviousName checks that a name which skips the checks of apimachinery would pass them,
// and that usual names do skip them.
func TestObviousName(t *testing.T) {
	const alphabet = "ab09-._A"
	random, obvious := rand.New(rand.NewPCG(1, 2)), 0
	for range 200_000 {
		name := make([]byte, random.IntN(12))
		if random.IntN(10) == 0 {
			name = make([]byte, 58+random.IntN(200))
		}
		for i := range name {
			name[i] = alphabet[random.IntN(len(alphabet))]
			if len(name) > 20 && random.IntN(20) > 0 {
				name[i] = 'a' // or no name would be valid
			}
		}
		s := string(name)
		if obviousName(s, validation.DNS1035LabelMaxLength) {
			if obvious++; len(validation.IsDNS1035Label(s)) > 0 {
				t.Errorf("%q is not a label: %v", s, validation.IsDNS1035Label(s))
			}
		}
		if obviousName(s, validation.DNS1123SubdomainMaxLength) {
			if msgs := validation.IsDNS1123Subdomain(s); len(msgs) > 0 || plan.IsIP(s) {
				t.Errorf("%q is not a name: %v", s, msgs)
			}
		}
	}
	if obvious < 1000 || !obviousName("kafka-0.kafka.example.com", validation.DNS1123SubdomainMaxLength) {
		t.Errorf("%d names were obvious", obvious)
	}
}
